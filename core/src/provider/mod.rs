//! Each platform as data: endpoints, shapes, rules and lifetimes. No behaviour lives here.
//!
//! Five are built in. `instagram`, `facebook` and `threads` are Meta's products of today, `legacy` is the Instagram
//! platform of 2010 to 2020 (its real hosts are gone, so it talks to a sandbox only), and `standard` is any server that
//! follows RFC 6749. Adding one is adding data: see ARCHITECTURE.md.

mod facebook;
mod instagram;
mod legacy;
mod standard;
mod threads;
mod token_kind;
mod token_shape;
mod versions;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

pub use standard::StandardBuilder;
pub use token_kind::TokenKind;
pub use token_shape::TokenShape;
pub use versions::{ApiVersion, GRAPH_API_VERSIONS, Support};

use crate::config::{ClientIdKind, Endpoint, RedirectRules};
use crate::error::{Error, ErrorCode, Result};
use crate::scope::ScopeTable;

/// The version of Meta's Graph API that the endpoints name (v26.0, 2026-07-29; supported for about two years).
pub const GRAPH_API_VERSION: &str = "v26.0";

/// One platform. Cloning is cheap.
#[derive(Clone)]
pub struct Provider(Arc<ProviderData>);

/// What is known about a platform. Read through [`Provider`]; every field says what it decides.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ProviderData {
    /// Stable name: `instagram`, `facebook`, `threads`, `legacy`, `standard`, or one of your own.
    pub id: Cow<'static, str>,
    /// What people call it.
    pub name: Cow<'static, str>,
    /// Where its tokens may be sent: stored with every record, compared before every request.
    pub origin: String,
    /// Whether a sandbox stands in for the platform.
    pub sandbox: bool,
    /// Where people are sent. `None`: it has to be configured or discovered first.
    pub authorize: Option<Endpoint>,
    /// The token endpoint.
    pub token: Option<Endpoint>,
    /// How a code becomes a token.
    pub exchange: Exchange,
    /// How a short-lived token becomes a long-lived one.
    pub extend: Option<Extend>,
    /// How a token is renewed.
    pub refresh: Refresh,
    /// How one learns whose token it is.
    pub identify: Option<Identify>,
    /// RFC 7009 revocation, or `DELETE permissions`.
    pub revoke: Option<Revoke>,
    /// Whether calls that carry a token carry `appsecret_proof` too, where the app secret is at hand (fact sheet 5.1).
    pub secret_proof: bool,
    /// The app's own token.
    pub app_token: Option<AppToken>,
    /// How one learns what a token is, and which app it was made for.
    pub inspect: Inspect,
    /// Below this address, `/me/permissions` tells what was granted, and takes it back one by one.
    pub permissions: Option<Endpoint>,
    /// How a token leads to Instagram accounts.
    pub accounts: Accounts,
    /// The authorization server's issuer (RFC 8414), where it has one.
    pub issuer: Option<String>,
    /// Whether every authorization response carries `iss` (RFC 9207): a missing one is then an error.
    pub iss_promised: bool,
    /// Response types; the first is the default.
    pub response_types: Cow<'static, [ResponseType]>,
    /// Whether PKCE S256 is sent (RFC 7636). Meta's products document no such parameter.
    pub pkce: bool,
    /// What separates scopes in the authorize URL.
    pub scope_joiner: char,
    /// The scope names of the product.
    pub scopes: ScopeTable,
    /// Parameters always added to the authorize URL.
    pub authorize_extra: &'static [(&'static str, &'static str)],
    /// Whether the authorize URL takes `force_reauth`, which Meta recommends on mobile.
    pub force_reauth: bool,
    /// Which redirect URIs can be registered.
    pub redirect_rules: RedirectRules,
    /// The shape of client ids.
    pub client_id: ClientIdKind,
    /// How long its tokens live when an answer does not say.
    pub lifetimes: Lifetimes,
    /// How its tokens begin, by the mark that only sandbox tokens carry.
    pub sandbox_mark: Option<&'static str>,
}

/// `response_type` of the authorization request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ResponseType {
    /// Authorization code, in the query (RFC 6749 4.1).
    Code,
    /// Access token, in the fragment (RFC 6749 4.2). By explicit choice only: RFC 9700 2.1.2 advises against it.
    Token,
}

impl ResponseType {
    /// The parameter's value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Token => "token",
        }
    }
}

/// How a code becomes a token.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Exchange {
    /// Form-encoded POST; otherwise a GET with a query (Facebook).
    pub post: bool,
    /// How the client proves itself.
    pub auth: ClientAuth,
    /// What kind of token comes back.
    pub kind: TokenKind,
}

/// How the client proves itself at the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClientAuth {
    /// `client_id` and `client_secret` as parameters, always with a secret (Meta's products).
    SecretInBody,
    /// RFC 6749 2.3.1: HTTP Basic when there is a secret, else `client_id` alone (a public client with PKCE).
    BasicOrPublic,
    /// As above, the secret as a parameter (`client_secret_post`).
    PostOrPublic,
}

/// The call that makes a short-lived token long-lived.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Extend {
    /// Where.
    pub endpoint: Endpoint,
    /// `grant_type`.
    pub grant_type: &'static str,
    /// The parameter that carries the token.
    pub token_parameter: &'static str,
    /// Whether `client_id` goes with it (Facebook) or not (Instagram, Threads).
    pub sends_client_id: bool,
}

/// How a token is renewed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Refresh {
    /// The token renews itself: once it is old enough, until it expires (Instagram, Threads).
    LongLived {
        /// Where.
        endpoint: Endpoint,
        /// `grant_type`.
        grant_type: &'static str,
    },
    /// A refresh token (RFC 6749 6), replaced when the answer carries a new one.
    RefreshToken,
    /// Not at all; the sentence says what to do instead.
    None(&'static str),
}

/// The call that tells whose token it is.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Identify {
    /// Where.
    pub endpoint: Endpoint,
    /// The `fields` parameter, where there is one.
    pub fields: Option<&'static str>,
    /// Whether the token goes into the query as `access_token` (Meta) or into the Authorization header (RFC 6750).
    pub token_in_query: bool,
    /// The member that holds the account's id.
    pub user_id: &'static str,
    /// The member that holds the app-scoped id, where it is another one.
    pub app_scoped_id: Option<&'static str>,
}

/// The call that ends a token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Revoke {
    /// RFC 7009.
    Endpoint(Endpoint),
    /// `DELETE /{user-id}/permissions` below this address (Facebook Login).
    DeletePermissions(Endpoint),
}

/// The token of the app itself, not of a person.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AppToken {
    /// Where it is issued, for the client's credentials (RFC 6749 4.4).
    pub endpoint: Endpoint,
    /// What stands before `<app id>|<app secret>`, which the platform takes as well.
    pub prefix: &'static str,
}

/// The call that tells what a token is (Meta's `debug_token`).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Inspect {
    /// Here.
    DebugToken(Endpoint),
    /// There is none; the sentence says what to do instead.
    None(&'static str),
}

/// How a token leads to Instagram accounts.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Accounts {
    /// Through the person's Facebook Pages, listed here (fact sheet 2.5).
    Pages(Endpoint),
    /// The token is one account's own.
    Own,
    /// Not at all; the sentence says why.
    None(&'static str),
}

/// Lifetimes in seconds, used where an answer does not say.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Lifetimes {
    /// Of a fresh token without `expires_in`; `None`: it is not known to expire.
    pub short: Option<i64>,
    /// How old a long-lived token must be before it can be refreshed.
    pub refresh_from: i64,
}

impl Provider {
    /// Instagram API with Instagram Login: professional accounts, 60-day tokens (fact sheet 1).
    pub fn instagram() -> Self {
        Self(Arc::new(instagram::data()))
    }

    /// Facebook Login for Business: Instagram accounts linked to a Facebook Page (fact sheet 2).
    pub fn facebook() -> Self {
        Self(Arc::new(facebook::data()))
    }

    /// Threads API (fact sheet 3).
    pub fn threads() -> Self {
        Self(Arc::new(threads::data()))
    }

    /// The Instagram platform of 2010 to 2020 (fact sheet 4.2). It answers in a sandbox only.
    pub fn legacy() -> Self {
        Self(Arc::new(legacy::data()))
    }

    /// Any RFC 6749 server, described by hand. See [`crate::protocol::metadata`] for describing it from its own metadata.
    pub fn standard() -> StandardBuilder {
        StandardBuilder::default()
    }

    /// A built-in provider by its name; `None` for `standard`, which has to be described.
    pub fn by_id(id: &str) -> Option<Self> {
        match id {
            "instagram" => Some(Self::instagram()),
            "facebook" => Some(Self::facebook()),
            "threads" => Some(Self::threads()),
            "legacy" => Some(Self::legacy()),
            _ => None,
        }
    }

    /// The same platform, played by a sandbox: every endpoint moves below `base/<id>`.
    ///
    /// The base is the sandbox's address, such as `http://127.0.0.1:8910`, or `http://10.0.2.2:8910` from an Android emulator.
    /// `origin` names the sandbox in stored records;
    /// by default it is the base address, and a sandbox that is kept between runs gives its own stable name.
    ///
    /// # Errors
    /// `config.insecure_endpoint` when the base is neither https, nor loopback, nor an emulator's way to it.
    pub fn at_sandbox(&self, base: &str, origin: Option<&str>) -> Result<Self> {
        let base = base.trim_end_matches('/');
        let below = Endpoint::of_sandbox(&format!("{base}/{}", self.0.id))?;
        let mut data = (*self.0).clone();
        data.rebase(below.as_str())?;
        data.origin = origin.unwrap_or(base).to_owned();
        data.sandbox = true;
        Ok(Self(Arc::new(data)))
    }

    /// The platform with this name, played by a sandbox; `standard` is the sandbox's own RFC 6749 server.
    ///
    /// # Errors
    /// `config.invalid` for a name that is not one; as [`Self::at_sandbox`].
    pub fn in_sandbox(id: &str, base: &str, origin: Option<&str>) -> Result<Self> {
        let platform = match id {
            // Whatever is described here is moved into the sandbox whole.
            "standard" => Self::standard()
                .name("the sandbox's RFC 6749 server")
                .authorize_endpoint("https://localhost/authorize")
                .token_endpoint("https://localhost/token")
                .build()?,
            other => Self::by_id(other).ok_or_else(|| {
                Error::with_detail(
                    ErrorCode::ConfigInvalid,
                    "A sandbox plays instagram, facebook, threads, legacy and standard.",
                )
            })?,
        };
        platform.at_sandbox(base, origin)
    }

    /// Everything that is known about the platform.
    pub fn data(&self) -> &ProviderData {
        &self.0
    }

    /// The stable name.
    pub fn id(&self) -> &str {
        &self.0.id
    }

    /// What people call it.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Where its tokens may be sent.
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// Whether a sandbox stands in for the platform.
    pub fn is_sandbox(&self) -> bool {
        self.0.sandbox
    }

    pub(crate) fn from_data(data: ProviderData) -> Self {
        Self(Arc::new(data))
    }

    pub(crate) fn authorize_endpoint(&self) -> Result<&Endpoint> {
        self.0
            .authorize
            .as_ref()
            .ok_or_else(|| self.not_there("authorization endpoint"))
    }

    pub(crate) fn token_endpoint(&self) -> Result<&Endpoint> {
        self.0.token.as_ref().ok_or_else(|| self.not_there("token endpoint"))
    }

    fn not_there(&self, what: &str) -> Error {
        let why = if self.0.id == "legacy" {
            "its hosts were switched off in 2020; use it with a sandbox"
        } else {
            "configure it, or discover it from the server's metadata"
        };
        Error::with_detail(
            ErrorCode::ConfigMissing,
            format!("{} has no {what}: {why}.", self.0.name),
        )
    }

    /// The scope tables of the other products, to recognise foreign names by.
    pub(crate) fn check_scopes(&self, scopes: &crate::scope::ScopeSet, allow_unknown: bool) -> Result<()> {
        let tables = [
            ("Instagram Login", &instagram::SCOPES),
            ("Facebook Login for Business", &facebook::SCOPES),
            ("Threads", &threads::SCOPES),
            ("the legacy platform", &legacy::SCOPES),
        ];
        self.0.scopes.check(&self.0.id, scopes, allow_unknown, &tables)
    }
}

impl ProviderData {
    fn rebase(&mut self, base: &str) -> Result<()> {
        let endpoints = [
            self.authorize.as_mut(),
            self.token.as_mut(),
            self.extend.as_mut().map(|extend| &mut extend.endpoint),
            self.identify.as_mut().map(|identify| &mut identify.endpoint),
            match &mut self.refresh {
                Refresh::LongLived { endpoint, .. } => Some(endpoint),
                _ => None,
            },
            match &mut self.revoke {
                Some(Revoke::Endpoint(endpoint) | Revoke::DeletePermissions(endpoint)) => Some(endpoint),
                None => None,
            },
            self.app_token.as_mut().map(|app_token| &mut app_token.endpoint),
            match &mut self.inspect {
                Inspect::DebugToken(endpoint) => Some(endpoint),
                Inspect::None(_) => None,
            },
            self.permissions.as_mut(),
            match &mut self.accounts {
                Accounts::Pages(endpoint) => Some(endpoint),
                Accounts::Own | Accounts::None(_) => None,
            },
        ];
        for endpoint in endpoints.into_iter().flatten() {
            *endpoint = endpoint.rebase(base)?;
        }
        if self.id == "legacy" {
            legacy::place(self, base)?;
        }
        if self.id == "standard" {
            standard::place(self, base)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Provider({}, {})", self.0.id, self.0.origin)
    }
}

/// A built-in endpoint. The addresses are constants of this crate, and a test parses each.
fn known(url: &'static str) -> Option<Endpoint> {
    Endpoint::parse(url).ok()
}
