//! What people paste.

use super::{Grant, RESPONSE_CAP};
use crate::clock::Timestamp;
use crate::config::RedirectUri;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::answer::explain_words;
use crate::protocol::pending::PendingAuthorization;

impl PendingAuthorization {
    /// Accepts what a person pasted: quotes, line breaks from a terminal and a missing scheme are
    /// forgiven; a missing state is not. The text of a provider's error page is recognised and explained.
    ///
    /// # Errors
    /// As [`Self::accept`]; the `provider` family for an error page that is known; `redirect.not_recognised` for
    /// anything else.
    pub fn accept_pasted(&self, text: &str, now: Timestamp, session: Option<&str>) -> Result<Grant> {
        if text.len() > 4 * RESPONSE_CAP {
            return Err(Error::new(ErrorCode::RedirectTooLarge));
        }
        match self.pasted_url(text) {
            Some(url) => self.accept(&url, now, session),
            None => Err(self.explain_pasted(text)),
        }
    }

    fn pasted_url(&self, text: &str) -> Option<String> {
        let text = text
            .trim()
            .trim_matches(['"', '\'', '`', '<', '>', '\u{201c}', '\u{201d}']);
        // Terminals cut long lines: a URL has no white space, so what is between its pieces goes.
        let joined: String = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '\u{feff}')
            .collect();
        let joined = joined.trim_matches(['"', '\'', '`', '<', '>']);
        let registered = self.redirect_uri().as_str();
        let (scheme, rest) = registered.split_once(':')?;
        let rest = rest.trim_start_matches('/');
        let host = rest.split(['/', '?']).next().unwrap_or(rest);
        let lower = joined.to_ascii_lowercase();
        if lower.starts_with(&format!("{}:", scheme.to_ascii_lowercase())) {
            return Some(joined.to_owned());
        }
        if !host.is_empty() && lower.starts_with(&host.to_ascii_lowercase()) {
            return Some(format!("{scheme}://{joined}"));
        }
        // Another address, whole: let `accept` say that it is the wrong one.
        let other = lower.starts_with("http://") || lower.starts_with("https://");
        let has_response = ["code=", "access_token=", "error=", "state="]
            .iter()
            .any(|name| lower.contains(name));
        match (other, has_response) {
            (true, _) => Some(joined.to_owned()),
            // The part after the question mark alone.
            (false, true) if !joined.contains(['{', '}']) && !text.contains(char::is_whitespace) => {
                let separator = if joined.starts_with(['?', '#']) { "" } else { "?" };
                Some(format!("{registered}{separator}{joined}"))
            }
            _ => None,
        }
    }

    fn explain_pasted(&self, text: &str) -> Error {
        match explain_words(text) {
            Some(ErrorCode::RedirectUriNotRegistered) => not_registered(self.redirect_uri()),
            Some(code) => Error::new(code),
            None if is_bare_code(text.trim()) => Error::with_detail(
                ErrorCode::RedirectStateMissing,
                "This looks like a code alone. Paste the whole address: its state proves that the answer belongs to this login.",
            ),
            None => Error::new(ErrorCode::RedirectNotRecognised),
        }
    }
}

/// The exact text to register, and the one that is often registered in its place.
pub(crate) fn not_registered(redirect_uri: &RedirectUri) -> Error {
    Error::with_detail(
        ErrorCode::RedirectUriNotRegistered,
        format!(
            "The provider does not know the redirect URI. Register exactly {redirect_uri} (often registered by mistake: {}).",
            redirect_uri.slash_variant()
        ),
    )
}

pub(crate) fn is_bare_code(text: &str) -> bool {
    (16..=1_024).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'#' | b'='))
        && text.bytes().any(|b| b.is_ascii_digit())
}
