//! The authorization response (RFC 6749 4.1.2 and 4.2.2, RFC 9207), with every check.

mod grant;
mod parameters;
mod pasted;

pub use grant::{CodeGrant, Grant, TokenGrant};
use grant::{code_grant, token_grant};
pub(crate) use parameters::Parameters;
use parameters::{check_text, decode};
#[cfg(feature = "explain")]
pub(crate) use pasted::{is_bare_code, not_registered};

use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, ProviderError, Result, printable};
use crate::protocol::answer::explain_words;
use crate::protocol::pending::PendingAuthorization;
use crate::provider::ResponseType;

/// The longest response that is read, in bytes.
pub const RESPONSE_CAP: usize = 16 << 10;

/// The most parameters that are read.
pub const PARAMETER_CAP: usize = 64;

impl PendingAuthorization {
    /// Accepts a whole redirect URL: from a loopback listener, a deep link, or a route that knows its own address.
    ///
    /// In this order: length and characters; scheme, host, port and path equal the registered redirect URI; each
    /// parameter at most once; state, in constant time; time to live; session; issuer; error; then the code or
    /// token. An answer that fails leaves this login untouched: a wrong state must not cancel somebody's login.
    ///
    /// `session` is the browser session's id where the login was bound to one.
    ///
    /// # Errors
    /// The `redirect` family; the `denied` family when the person or the provider said no.
    pub fn accept(&self, url: &str, now: Timestamp, session: Option<&str>) -> Result<Grant> {
        check_text(url)?;
        let response = self.redirect_uri().response_part(url).ok_or_else(|| {
            Error::with_detail(
                ErrorCode::RedirectMismatch,
                format!("The answer came to another address than {}.", self.redirect_uri()),
            )
        })?;
        self.accept_parts(response.query, response.fragment, now, session)
    }

    /// Accepts the raw query of a server's route that is itself the registered redirect URI. Behind a proxy that ends
    /// TLS a server does not know its own address, and must not take it from the Host header.
    ///
    /// # Errors
    /// As [`Self::accept`]. A login that asked for a token answers `redirect.token_missing`: fragments never reach a server.
    pub fn accept_query(&self, query: &str, now: Timestamp, session: Option<&str>) -> Result<Grant> {
        check_text(query)?;
        self.accept_parts(own_query(query), None, now, session)
    }

    fn accept_parts(
        &self,
        query: &str,
        fragment: Option<&str>,
        now: Timestamp,
        session: Option<&str>,
    ) -> Result<Grant> {
        let in_query = Parameters::parse(query)?;
        let wants_token = self.response_type() == ResponseType::Token;
        // Instagram ends its redirects in `#_`, Facebook in `#_=_`; neither is part of anything.
        let fragment = fragment.filter(|fragment| !matches!(*fragment, "" | "_" | "_=_"));
        let in_fragment = match fragment {
            Some(fragment) if wants_token => Parameters::parse(strip_suffix_once(fragment))?,
            Some(fragment) => {
                refuse_token_injection(fragment)?;
                Parameters::none()
            }
            None => Parameters::none(),
        };
        // A denial comes in the query even when a token was asked for (fact sheet 4.2.2).
        let answered_in = if wants_token && in_query.get("error").is_none() {
            &in_fragment
        } else {
            &in_query
        };

        match answered_in.raw("state") {
            None | Some("") => return Err(Error::new(ErrorCode::RedirectStateMissing)),
            Some(state) if !self.state.matches(state) => return Err(Error::new(ErrorCode::RedirectStateMismatch)),
            Some(_) => {}
        }
        if now >= self.expires_at {
            return Err(Error::new(ErrorCode::RedirectStateExpired));
        }
        match (self.session(), session) {
            (None, _) => {}
            (Some(bound), Some(present)) if bound.matches(present) => {}
            (Some(_), _) => return Err(Error::new(ErrorCode::RedirectSessionMismatch)),
        }
        if in_query.get("response").is_some()
            || answered_in.get("response").is_some()
            || answered_in.get("id_token").is_some()
        {
            return Err(Error::new(ErrorCode::RedirectResponseUnsupported));
        }
        match (answered_in.get("iss"), &self.binding.issuer) {
            (Some(iss), Some(issuer)) if *iss != **issuer => return Err(Error::new(ErrorCode::RedirectIssuerMismatch)),
            (None, Some(_)) if self.binding.iss_promised => return Err(Error::new(ErrorCode::RedirectIssuerMissing)),
            _ => {}
        }
        if let Some(error) = answered_in.get("error") {
            return Err(refusal(error, answered_in));
        }
        if wants_token {
            token_grant(answered_in)
        } else {
            code_grant(answered_in)
        }
    }
}

/// What an error response means (RFC 6749 4.1.2.1, and Meta's own members of it).
pub(crate) fn refusal(error: &str, parameters: &Parameters<'_>) -> Error {
    let reason = parameters.get("error_reason").map(|reason| &**reason);
    let described = parameters.get("error_description").map(|words| printable(words));
    let code = match error {
        // Meta's Threads page misspells the first in its table (fact sheet 1.2).
        "access_denied" | "acceess_denied" => match reason {
            None | Some("user_denied") => ErrorCode::DeniedByUser,
            Some(_) => ErrorCode::DeniedByProvider,
        },
        "invalid_scope" => ErrorCode::InvalidScope,
        "unauthorized_client" => ErrorCode::ClientRejected,
        "temporarily_unavailable" | "server_error" => ErrorCode::Unavailable,
        "invalid_request" | "unsupported_response_type" => ErrorCode::RequestRejected,
        _ => described
            .as_deref()
            .and_then(explain_words)
            .unwrap_or(ErrorCode::DeniedByProvider),
    };
    let provider = ProviderError {
        kind: Some(printable(reason.unwrap_or(error))),
        said: described,
        ..ProviderError::default()
    };
    Error::new(code).from_provider(provider)
}

/// A query without its question mark, and without the `#_` of a redirect that some framework handed on whole.
fn own_query(query: &str) -> &str {
    strip_suffix_once(query.strip_prefix('?').unwrap_or(query))
}

/// The state in a raw query, read as [`PendingAuthorization::accept_query`] reads it.
#[cfg(feature = "seal")]
pub(crate) fn state_in_query(query: &str) -> Result<&str> {
    check_text(query)?;
    Parameters::parse(own_query(query))?
        .raw("state")
        .filter(|state| !state.is_empty())
        .ok_or_else(|| Error::new(ErrorCode::RedirectStateMissing))
}

/// A token in the fragment of a code flow is somebody else's (token injection); anything else there is ignored.
fn refuse_token_injection(fragment: &str) -> Result<()> {
    let named = fragment.split(['&', '?', '#']).any(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        matches!(&*decode(name).unwrap_or_default(), "access_token" | "id_token")
    });
    if named {
        Err(Error::new(ErrorCode::RedirectTokenUnexpected))
    } else {
        Ok(())
    }
}

fn strip_suffix_once(text: &str) -> &str {
    text.strip_suffix("#_=_")
        .or_else(|| text.strip_suffix("#_"))
        .unwrap_or(text)
}
