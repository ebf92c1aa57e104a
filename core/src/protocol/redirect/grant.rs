//! What a redirect grants.

use std::fmt;

use super::parameters::Parameters;
use super::strip_suffix_once;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::token::is_token_text;
use crate::scope::ScopeSet;
use crate::secret::Secret;

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

pub(super) fn code_grant(parameters: &Parameters<'_>) -> Result<Grant> {
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

pub(super) fn token_grant(parameters: &Parameters<'_>) -> Result<Grant> {
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
