//! HTTP requests and responses as values, and the requests of the token lifecycle.
//!
//! Each request has a parser of the same name in [`crate::protocol::answer`] or [`crate::operation`]: the pairs can be
//! used without any operation, client or transport of shutterkey.

mod build;
mod caller;
mod graph;
mod secrets;

use std::fmt;
use std::time::Duration;

pub(crate) use build::check_destination;
pub use build::{
    build_exchange_request, build_extend_request, build_identify_request, build_refresh_request, build_revoke_request,
};
pub use caller::Caller;
pub(crate) use graph::unsupported;
pub use graph::{
    build_accounts_request, build_app_token_request, build_inspect_request, build_permissions_request,
    build_revoke_permission_request,
};

use crate::config::{Endpoint, sanitized};
use crate::error::Result;
use crate::provider::Provider;
use crate::secret::Secret;

/// How long one request may take, from connecting to the last byte. A lease must live longer.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// The most that is read of an answer: 1 MiB. Token answers are below 4 KiB.
pub const BODY_CAP: usize = 1 << 20;

/// HTTP method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The method's name in capitals.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// A request to be sent by a driver.
///
/// **Driver contract:** https only (loopback excepted), redirects not followed, no cookies, within [`Self::deadline`], at
/// most [`Self::body_cap`] bytes read, and tried once unless [`Self::is_replay_safe`]. Its printed form has method, host
/// and path alone: Meta puts tokens and secrets into GET queries.
#[derive(Clone)]
pub struct HttpRequest {
    method: Method,
    url: Secret,
    headers: Vec<(&'static str, Secret)>,
    body: Option<Secret>,
    replay_safe: bool,
    at_sandbox: bool,
}

impl HttpRequest {
    /// A request without body.
    pub fn new(method: Method, url: impl Into<Secret>) -> Self {
        Self {
            method,
            url: url.into(),
            headers: Vec::new(),
            body: None,
            replay_safe: false,
            at_sandbox: false,
        }
    }

    /// The same request with another method.
    #[must_use]
    pub(crate) fn with_method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// The same request with a header. Names are lower case.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<Secret>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same request with a form-encoded body.
    #[must_use]
    pub fn form(mut self, body: impl Into<Secret>) -> Self {
        self.body = Some(body.into());
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    /// The same request, marked as safe to send again when no answer came.
    #[must_use]
    pub fn replay_safe(mut self) -> Self {
        self.replay_safe = true;
        self
    }

    /// The same request, to a provider that a sandbox plays or does not.
    #[must_use]
    pub(crate) fn for_provider(mut self, provider: &Provider) -> Self {
        self.at_sandbox = provider.is_sandbox();
        self
    }

    /// The method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The whole address. It may hold a token or the app secret: for the transport alone, never for a log.
    pub fn url(&self) -> &str {
        self.url.reveal()
    }

    /// Names and values. Values may hold the client's credentials.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.headers.iter().map(|(name, value)| (*name, value.reveal()))
    }

    /// The body, form-encoded. It may hold a code or the app secret.
    pub fn body(&self) -> Option<&str> {
        self.body.as_ref().map(Secret::reveal)
    }

    /// Where it goes, without the query, if a driver may send it there at all: https, or http on this machine (and, to a
    /// sandbox alone, on the machine that an emulator runs on).
    ///
    /// # Errors
    /// `config.insecure_endpoint`: it must not be sent, and the answer is
    /// [`SendFailure::REFUSED`](crate::operation::SendFailure::REFUSED).
    pub fn endpoint(&self) -> Result<Endpoint> {
        // Without the query, which may hold several tokens: an endpoint's length is limited.
        let address = sanitized(self.url());
        if self.at_sandbox {
            Endpoint::of_sandbox(address)
        } else {
            Endpoint::parse(address)
        }
    }

    /// What must not be printed when a driver of the caller's own fails: the values of query, body and headers, as they
    /// are and as they are sent, but for those that everybody may know (client id, redirect URI, names of fields).
    pub fn secret_values(&self) -> Vec<Secret> {
        secrets::of(self)
    }

    /// How long it may take: [`DEADLINE`].
    pub fn deadline(&self) -> Duration {
        DEADLINE
    }

    /// How much of the answer may be read: [`BODY_CAP`].
    pub fn body_cap(&self) -> usize {
        BODY_CAP
    }

    /// Whether it may be sent again when no answer came. A code exchange never is.
    pub fn is_replay_safe(&self) -> bool {
        self.replay_safe
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), sanitized(self.url.reveal()))
    }
}

/// An answer, as a driver received it. Its printed form has status and length alone.
#[derive(Clone)]
pub struct HttpResponse {
    status: u16,
    headers: Vec<(String, String)>,
    body: zeroize::Zeroizing<Vec<u8>>,
    /// What no error may repeat of the body.
    secrets: Vec<Secret>,
}

impl HttpResponse {
    /// An answer. Header names may be in any case.
    pub fn new(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        Self {
            status,
            headers,
            body: zeroize::Zeroizing::new(body),
            secrets: Vec::new(),
        }
    }

    /// The same answer, of which no error may repeat these values: providers quote what they were sent.
    #[must_use]
    pub(crate) fn hiding(mut self, secrets: Vec<Secret>) -> Self {
        self.secrets.extend(secrets);
        self
    }

    /// A provider's words without the values that are to be hidden. What is shorter than eight bytes is no secret worth the
    /// name, and occurs by accident.
    #[cold]
    pub(crate) fn hide(&self, words: &str) -> String {
        let secrets = self
            .secrets
            .iter()
            .map(Secret::reveal)
            .filter(|secret| secret.len() >= 8);
        secrets.fold(words.to_owned(), |words, secret| {
            if words.contains(secret) {
                words.replace(secret, crate::secret::REDACTED)
            } else {
                words
            }
        })
    }

    /// HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// When the answer was made, by the sender's clock: the `Date` header (RFC 9110 6.6.1).
    pub fn date(&self) -> Option<crate::clock::Timestamp> {
        let at = httpdate::parse_http_date(self.header("date")?).ok()?;
        let seconds = at.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
        i64::try_from(seconds).ok().map(crate::clock::Timestamp::from_seconds)
    }

    /// The body. It may be a token.
    pub fn body(&self) -> &[u8] {
        &self.body
    }
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {} ({} bytes)", self.status, self.body.len())
    }
}
