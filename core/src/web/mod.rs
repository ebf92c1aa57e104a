//! What a web site's routes decide, for adapters to any framework in any language.
//!
//! An adapter copies its framework's request into a [`Request`], calls one function per route of [`Routes`], and copies the
//! [`Response`] back. It decides nothing itself: who may begin a login, which login an answer belongs to, when the cookie is
//! kept, where the person goes next, what is signed and what an error looks like is decided here, without I/O.
//!
//! | route | method | the adapter calls | and then |
//! |---|---|---|---|
//! | [`Route::Start`] | POST, or GET from a page of the site | [`Routes::start`] | sends the response: a redirect to the provider |
//! | [`Route::Callback`] | GET | [`Routes::callback`] | completes the login with the keeper, sends [`Routes::connected`] |
//! | [`Route::Deauthorize`] | POST | [`Routes::deauthorize`] | removes the account, sends [`Routes::deauthorized`] |
//! | [`Route::DataDeletion`] | POST | [`Routes::data_deletion`] | removes everything, sends [`Routes::deletion_confirmed`] |
//! | [`Route::DataDeletion`] | GET | [`Routes::deletion_status`] | sends [`Routes::deletion_page`] |
//! | [`Route::Webhook`] | GET, POST | [`Routes::webhook`] | hands a delivery on, sends the response |
//! | [`Route::HandoverStart`] | POST of an app | [`Routes::handover_start`] | sends the response: the start of a hand-over |
//! | [`Route::HandoverFinish`] | POST of an app | [`Routes::handover_finish`] | completes the login with the keeper, sends [`Routes::handed_over`] |
//!
//! Whatever fails, also in between, becomes a response by [`Routes::failed`]. [`Site`](crate::Site) does all of that with a
//! keeper, a call for each route.
//!
//! ```
//! use std::sync::Arc;
//! use shutterkey::web::{Request, Route, Routes};
//! # use shutterkey::{AuthorizeOptions, ClientConfig, Entropy, InstagramAppId, SealKeys, Timestamp};
//! # fn main() -> shutterkey::Result<()> {
//! # let config = ClientConfig::instagram(&InstagramAppId::parse("990602627938098")?)
//! #     .redirect_uri("https://app.example/instagram/callback")
//! #     .build()?;
//! # let now = Timestamp::from_seconds(1_800_000_000);
//! let routes = Routes::builder(config, Arc::new(SealKeys::generate()?)).home("/settings").build()?;
//!
//! // A form on https://app.example/settings was sent.
//! let request = Request {
//!     method: "POST",
//!     query: "",
//!     headers: &[("Sec-Fetch-Site", "same-origin"), ("Origin", "https://app.example")],
//!     body: b"",
//! };
//! let response = routes
//!     .start(&request, AuthorizeOptions::new().session("ada"), now, Entropy::from_os()?)
//!     .unwrap_or_else(|error| routes.failed(Route::Start, &request, &error, now));
//! assert_eq!(response.status, 303);
//! # Ok(())
//! # }
//! ```
//!
//! The Host header is never read: the site's own address is the redirect URI's. Pending logins wait in the browser's own cookie
//! ([`PendingJar`](crate::PendingJar)), which is what binds them to it.

mod begin;
mod callback;
mod failure;
mod handover;
mod page;
mod platform;
mod request;
mod response;

use std::fmt;
use std::sync::Arc;

pub use callback::Accepted;
pub use platform::{DeletionRequest, DeletionStatus, Webhook};
pub use request::Request;
pub use response::Response;

use crate::config::{ClientConfig, RedirectKind, RedirectUri};
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::pending::check_return_to;
use crate::protocol::seal::Sealer;
use crate::provider::ResponseType;
use crate::secret::Secret;

/// The routes of a site that connects accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// Where a person begins to connect an account.
    Start,
    /// The registered redirect URI.
    Callback,
    /// Meta's *Deauthorize callback URL*.
    Deauthorize,
    /// Meta's *Data deletion request URL*, and the status page that its answer points to.
    DataDeletion,
    /// The webhook's callback URL.
    Webhook,
    /// Where an app begins a login that it shares with this site.
    HandoverStart,
    /// Where the app hands it over.
    HandoverFinish,
}

impl Route {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Start,
        Self::Callback,
        Self::Deauthorize,
        Self::DataDeletion,
        Self::Webhook,
        Self::HandoverStart,
        Self::HandoverFinish,
    ];

    /// The name, which is also the last part of the path of all but the callback: `start`, `callback`, `deauthorize`,
    /// `data-deletion`, `webhook`, `handover-start`, `handover-finish`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Callback => "callback",
            Self::Deauthorize => "deauthorize",
            Self::DataDeletion => "data-deletion",
            Self::Webhook => "webhook",
            Self::HandoverStart => "handover-start",
            Self::HandoverFinish => "handover-finish",
        }
    }
}

/// The decisions of one client's routes. Cloning is cheap.
#[derive(Clone)]
pub struct Routes(Arc<Settings>);

struct Settings {
    config: ClientConfig,
    /// The same client, with the redirect URI that an app waits at.
    app_config: ClientConfig,
    sealer: Arc<dyn Sealer>,
    /// `scheme://host[:port]`, as browsers write it.
    origin: String,
    trusted_origins: Vec<String>,
    /// The path that all routes but the callback stand below, without a slash at its end.
    prefix: String,
    home: String,
    app_secrets: Vec<Secret>,
    verify_token: Option<Secret>,
}

/// Collects the settings of [`Routes`]; [`RoutesBuilder::build`] checks them.
#[must_use = "routes are checked and made by build()"]
pub struct RoutesBuilder {
    config: ClientConfig,
    app_redirect_uri: Option<String>,
    sealer: Arc<dyn Sealer>,
    origin: Option<String>,
    trusted_origins: Vec<String>,
    prefix: Option<String>,
    home: String,
    app_secrets: Vec<Secret>,
    verify_token: Option<Secret>,
}

impl RoutesBuilder {
    /// The site's own origin, where it is not the redirect URI's: behind a relay page that hands the answer on.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// Another origin whose pages may begin a login here, by POST: `https://www.app.example`.
    pub fn trusted_origin(mut self, origin: impl Into<String>) -> Self {
        self.trusted_origins.push(origin.into());
        self
    }

    /// The redirect URI at which this site's app takes answers, where it is not the client's own: an app link (universal link)
    /// such as `https://app.example/instagram/app`, registered beside the first.
    pub fn app_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.app_redirect_uri = Some(uri.into());
        self
    }

    /// The path below which the routes other than the callback are reached from outside. By default the callback's folder:
    /// `/instagram` for `https://app.example/instagram/callback`.
    pub fn prefix(mut self, path: impl Into<String>) -> Self {
        self.prefix = Some(path.into());
        self
    }

    /// Where a person goes after a login that names no path to return to: `/` unless said otherwise.
    pub fn home(mut self, path: impl Into<String>) -> Self {
        self.home = path.into();
        self
    }

    /// A further secret that may sign what Meta sends, beside the client's own: the other of Instagram's and Meta's app
    /// secrets, and one that was just replaced.
    pub fn app_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.app_secrets.push(secret.into());
        self
    }

    /// The verify token of the webhook, as it is entered in the App Dashboard.
    pub fn verify_token(mut self, token: impl Into<Secret>) -> Self {
        self.verify_token = Some(token.into());
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    /// `config.missing` without a known app; `config.redirect_uri` unless the site is reached by https, or by http on this
    /// machine; `config.unsupported` for a client of the implicit flow, whose answers no server sees; `config.invalid` for an
    /// origin that is none; `redirect.return_to` for a prefix or a home that is no path of this site.
    pub fn build(self) -> Result<Routes> {
        let redirect_uri = self.config.redirect_uri();
        self.config.check_known_app()?;
        if self.config.response_type() == ResponseType::Token {
            return Err(Error::with_detail(
                ErrorCode::ConfigUnsupported,
                "The answer of an implicit flow stands in the fragment, which no server sees; use the code flow.",
            ));
        }
        check_served(redirect_uri)?;
        let origin = match &self.origin {
            Some(origin) => own_origin(origin)?,
            None => own_origin(redirect_uri.origin())?,
        };
        let trusted_origins = self
            .trusted_origins
            .iter()
            .map(|text| own_origin(text))
            .collect::<Result<_>>()?;
        let prefix = self.prefix.unwrap_or_else(|| folder(redirect_uri.path()).to_owned());
        let prefix = prefix.trim_end_matches('/');
        if !prefix.is_empty() {
            check_return_to(prefix)?;
        }
        check_return_to(&self.home)?;
        let mut app_secrets: Vec<_> = self.config.client_secret().cloned().into_iter().collect();
        app_secrets.extend(self.app_secrets);
        let app_config = match &self.app_redirect_uri {
            Some(uri) => self.config.with_redirect_uri(RedirectUri::parse(uri)?)?,
            None => self.config.clone(),
        };
        Ok(Routes(Arc::new(Settings {
            origin,
            app_config,
            trusted_origins,
            prefix: prefix.to_owned(),
            home: self.home,
            app_secrets,
            verify_token: self.verify_token,
            sealer: self.sealer,
            config: self.config,
        })))
    }
}

impl Routes {
    /// Begins the routes of a client. All clients of one site share one cookie: give each the same keys.
    pub fn builder(config: ClientConfig, sealer: Arc<dyn Sealer>) -> RoutesBuilder {
        RoutesBuilder {
            config,
            app_redirect_uri: None,
            sealer,
            origin: None,
            trusted_origins: Vec::new(),
            prefix: None,
            home: "/".to_owned(),
            app_secrets: Vec::new(),
            verify_token: None,
        }
    }

    /// The path of a route as the outside sees it. The callback's is the registered redirect URI's.
    pub fn path(&self, route: Route) -> String {
        match route {
            Route::Callback => self.0.config.redirect_uri().path().to_owned(),
            other => format!("{}/{}", self.0.prefix, other.as_str()),
        }
    }

    /// The address of a route, as it is entered in the App Dashboard.
    pub fn url(&self, route: Route) -> String {
        match route {
            Route::Callback => self.0.config.redirect_uri().as_str().to_owned(),
            other => format!("{}{}", self.0.origin, self.path(other)),
        }
    }

    /// Whether the cookie is for https alone.
    fn secure(&self) -> bool {
        self.0.origin.starts_with("https:")
    }
}

/// An origin, in the spelling of browsers.
fn own_origin(text: &str) -> Result<String> {
    let refuse = || {
        Error::with_detail(
            ErrorCode::ConfigInvalid,
            "An origin is a scheme, a host and perhaps a port, such as https://app.example.",
        )
    };
    let parsed = RedirectUri::parse(text).map_err(|_| refuse())?;
    if parsed.path() != "/" || text.contains('?') {
        return Err(refuse());
    }
    check_served(&parsed)?;
    Ok(parsed.origin().to_owned())
}

/// Refuses an address that no web server has.
fn check_served(address: &RedirectUri) -> Result<()> {
    match address.kind() {
        RedirectKind::Https | RedirectKind::LoopbackHttp => Ok(()),
        _ => Err(Error::with_detail(
            ErrorCode::ConfigRedirectUri,
            "The routes of a site need https, or http on localhost, 127.0.0.1 or [::1].",
        )),
    }
}

/// The folder that a path is in, without a slash at its end.
fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl fmt::Debug for Routes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Routes")
            .field("config", &self.0.config)
            .field("origin", &self.0.origin)
            .field("trusted_origins", &self.0.trusted_origins)
            .field("prefix", &self.0.prefix)
            .field("home", &self.0.home)
            .finish_non_exhaustive()
    }
}
