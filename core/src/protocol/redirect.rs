//! The authorization response (RFC 6749 4.1.2 and 4.2.2, RFC 9207), with every check.

use std::borrow::Cow;
use std::fmt;

use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, ProviderError, Result, is_unprintable, printable};
use crate::protocol::answer::explain_words;
use crate::protocol::pending::PendingAuthorization;
use crate::protocol::token::is_token_text;
use crate::provider::ResponseType;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// The longest response that is read, in bytes.
pub const RESPONSE_CAP: usize = 16 << 10;

/// The most parameters that are read.
pub const PARAMETER_CAP: usize = 64;

/// What the person granted: a code to exchange, or a token.
pub enum Grant {
    /// `response_type=code`.
    Code(CodeGrant),
    /// `response_type=token`.
    Token(TokenGrant),
}

/// An authorization code. It works once, for an hour at most.
pub struct CodeGrant {
    pub(crate) code: Secret,
}

impl CodeGrant {
    /// The code, for the exchange alone.
    pub fn code(&self) -> &Secret {
        &self.code
    }
}

/// A token that came in the fragment.
pub struct TokenGrant {
    pub(crate) access_token: Secret,
    pub(crate) token_type: Option<String>,
    /// Seconds; `Some(0)` is how Facebook says that it does not know.
    pub(crate) expires_in: Option<i64>,
    pub(crate) scopes: Option<ScopeSet>,
    pub(crate) long_lived_token: Option<Secret>,
    pub(crate) data_access_until: Option<Timestamp>,
}

impl TokenGrant {
    /// The access token.
    pub fn access_token(&self) -> &Secret {
        &self.access_token
    }

    /// Facebook's `long_lived_token`, where it sent one.
    pub fn long_lived_token(&self) -> Option<&Secret> {
        self.long_lived_token.as_ref()
    }
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Code(_) => "Grant::Code([redacted])",
            Self::Token(_) => "Grant::Token([redacted])",
        })
    }
}

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
            Some(ErrorCode::RedirectUriNotRegistered) => Error::with_detail(
                ErrorCode::RedirectUriNotRegistered,
                format!(
                    "The provider does not know the redirect URI. Register exactly {} (often registered by mistake: {}).",
                    self.redirect_uri(),
                    self.redirect_uri().slash_variant()
                ),
            ),
            Some(code) => Error::new(code),
            None if is_bare_code(text.trim()) => Error::with_detail(
                ErrorCode::RedirectStateMissing,
                "This looks like a code alone. Paste the whole address: its state proves that the answer belongs to this login.",
            ),
            None => Error::new(ErrorCode::RedirectNotRecognised),
        }
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
            return Err(self.refusal(error, answered_in));
        }
        if wants_token {
            token_grant(answered_in)
        } else {
            code_grant(answered_in)
        }
    }

    fn refusal(&self, error: &str, parameters: &Parameters<'_>) -> Error {
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

fn code_grant(parameters: &Parameters<'_>) -> Result<Grant> {
    let code = parameters.get("code").map_or("", |code| &**code);
    // `abc%23_`: the fragment mark, encoded on its way through some framework.
    let code = strip_suffix_once(code);
    if code.is_empty() {
        return Err(Error::new(ErrorCode::RedirectCodeMissing));
    }
    if !is_token_text(code) {
        return Err(Error::with_detail(
            ErrorCode::RedirectMalformed,
            "The code has characters that no code has.",
        ));
    }
    Ok(Grant::Code(CodeGrant { code: code.into() }))
}

fn token_grant(parameters: &Parameters<'_>) -> Result<Grant> {
    let Some(access_token) = parameters.get("access_token").filter(|token| !token.is_empty()) else {
        return Err(Error::new(ErrorCode::RedirectTokenMissing));
    };
    let long_lived_token = parameters.get("long_lived_token").filter(|token| !token.is_empty());
    if !is_token_text(access_token) || !long_lived_token.is_none_or(|token| is_token_text(token)) {
        return Err(Error::with_detail(
            ErrorCode::RedirectMalformed,
            "The token has characters that no token has.",
        ));
    }
    let number = |name: &str| -> Result<Option<i64>> {
        match parameters.get(name) {
            None => Ok(None),
            Some(text) => match text.parse::<i64>() {
                Ok(number) if number >= 0 && text.bytes().all(|b| b.is_ascii_digit()) => Ok(Some(number)),
                _ => Err(Error::with_detail(
                    ErrorCode::RedirectMalformed,
                    format!("The {name} is not a number of seconds."),
                )),
            },
        }
    };
    Ok(Grant::Token(TokenGrant {
        access_token: (&**access_token).into(),
        token_type: parameters.get("token_type").map(|kind| kind.clone().into_owned()),
        expires_in: number("expires_in")?,
        scopes: parameters
            .get("granted_scopes")
            .or_else(|| parameters.get("scope"))
            .map(|scopes| ScopeSet::granted([&**scopes])),
        long_lived_token: long_lived_token.map(|token| (&**token).into()),
        data_access_until: number("data_access_expiration_time")?
            .filter(|seconds| *seconds > 0)
            .map(Timestamp::from_seconds),
    }))
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

fn is_bare_code(text: &str) -> bool {
    (16..=1_024).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'#' | b'='))
        && text.bytes().any(|b| b.is_ascii_digit())
}

/// Length, and no character that a URL does not have.
fn check_text(text: &str) -> Result<()> {
    if text.len() > RESPONSE_CAP {
        return Err(Error::new(ErrorCode::RedirectTooLarge));
    }
    if any_byte(text, |b| (b <= b' ') | (b == 0x7f) | (b == b'\\')) {
        return Err(Error::with_detail(
            ErrorCode::RedirectMalformed,
            "The redirect has spaces, control characters or backslashes.",
        ));
    }
    Ok(())
}

/// Whether any byte is so. There is no branch in the loop and nothing wider than a byte, so that it runs over many bytes
/// at once.
fn any_byte(text: &str, is: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(0, |found, b| found | u8::from(is(b))) != 0
}

/// Whether decoding would change anything, or find something that cannot be decoded.
fn is_encoded(text: &str) -> bool {
    any_byte(text, |b| (b == b'%') | (b == b'+'))
}

/// Parameters in order, names decoded, values raw and decoded.
struct Parameters<'a>(Vec<(Cow<'a, str>, &'a str, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    fn none() -> Self {
        Self(Vec::new())
    }

    fn parse(text: &'a str) -> Result<Self> {
        if text.is_empty() {
            return Ok(Self::none());
        }
        // Mostly nothing is encoded: one look at everything then saves one at each name and value.
        let encoded = is_encoded(text);
        let plain = !encoded && text.is_ascii();
        let decode = |part: &'a str| if encoded { decode(part) } else { Ok(Cow::Borrowed(part)) };
        let mut parameters: Vec<(Cow<'a, str>, &'a str, Cow<'a, str>)> = Vec::with_capacity(6);
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            if parameters.len() == PARAMETER_CAP {
                return Err(Error::new(ErrorCode::RedirectTooLarge));
            }
            let (raw_name, raw) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(raw_name)?;
            if parameters.iter().any(|(known, _, _)| *known == name) {
                return Err(Error::with_detail(
                    ErrorCode::RedirectDuplicateParameter,
                    format!(
                        "The parameter {} occurs more than once in the redirect.",
                        printable(&name)
                    ),
                ));
            }
            let value = decode(raw)?;
            // The provider's prose is made printable where it is used; everything else is refused.
            if !plain && name != "error_description" && value.chars().any(is_unprintable) {
                return Err(Error::with_detail(
                    ErrorCode::RedirectMalformed,
                    "A parameter of the redirect has control or bidirectional characters.",
                ));
            }
            parameters.push((name, raw, value));
        }
        Ok(Self(parameters))
    }

    fn get(&self, name: &str) -> Option<&Cow<'a, str>> {
        self.0
            .iter()
            .find(|(known, _, _)| known == name)
            .map(|(_, _, value)| value)
    }

    /// As it stood in the URL: the state is compared before anything is decoded.
    fn raw(&self, name: &str) -> Option<&'a str> {
        self.0
            .iter()
            .find(|(known, _, _)| known == name)
            .map(|(_, raw, _)| *raw)
    }
}

/// Form-decoding (RFC 6749 App. B) that refuses what lenient decoders let through: `%zz`, a lone `%`, and bytes that
/// are not UTF-8, overlong forms included.
fn decode(text: &str) -> Result<Cow<'_, str>> {
    if !is_encoded(text) {
        return Ok(Cow::Borrowed(text));
    }
    let malformed = || Error::with_detail(ErrorCode::RedirectMalformed, "The redirect has bad percent-encoding.");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |b: Option<u8>| {
                    b.and_then(|b| char::from(b).to_digit(16))
                        .and_then(|d| u8::try_from(d).ok())
                };
                match (digit(rest.next()), digit(rest.next())) {
                    (Some(high), Some(low)) => high << 4 | low,
                    _ => return Err(malformed()),
                }
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| malformed())
}
