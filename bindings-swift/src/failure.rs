//! Errors of the core as plain values.

use std::sync::Arc;

use shutterkey::{Error, ErrorCode, Retry};

use crate::token::NativeToken;

/// Why a call failed.
#[derive(Debug, thiserror::Error, uniffi::Error)]
pub enum Failure {
    /// The core says so.
    #[error("{}", error.text)]
    Raised {
        /// What it says.
        error: FailureParts,
    },
}

/// What an error of the core says. It holds no secret.
#[derive(Clone, Debug, uniffi::Record)]
pub struct FailureParts {
    /// One of ten.
    pub family: String,
    /// The stable code.
    pub code: String,
    /// What happened, with the provider's words and the code.
    pub text: String,
    /// What happened.
    pub summary: String,
    /// What to do, and where.
    pub hint: String,
    /// Whether trying again makes sense.
    pub retry: String,
    /// For `after`: from when on.
    pub after: Option<i64>,
    /// For `user_action`: where.
    pub address: Option<String>,
    /// Why an account needs a login, as the code of an error.
    pub reason: Option<String>,
    /// What the provider itself said.
    pub provider: Option<ProviderSaid>,
    /// What is left of a login whose code is spent.
    pub resumable: Option<Arc<NativeResumable>>,
}

/// What the provider itself said, made safe to print.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ProviderSaid {
    /// HTTP status.
    pub status: Option<u16>,
    /// `error_type`, `type`, or RFC 6749's `error`.
    pub kind: Option<String>,
    /// The Graph API's error code.
    pub code: Option<i64>,
    /// The Graph API's `error_subcode`.
    pub subcode: Option<i64>,
    /// The message.
    pub said: Option<String>,
    /// `fbtrace_id`.
    pub trace_id: Option<String>,
    /// The Graph API's own word that trying again may help.
    pub is_transient: bool,
}

impl From<Error> for FailureParts {
    fn from(error: Error) -> Self {
        let (after, address) = match error.retry() {
            Retry::After(at) => (Some(at.seconds()), None),
            Retry::UserAction(address) => (None, Some(address.to_owned())),
            _ => (None, None),
        };
        Self {
            family: error.family().as_str().to_owned(),
            code: error.code().as_str().to_owned(),
            text: error.to_string(),
            summary: error.message().to_owned(),
            hint: error.hint().to_owned(),
            retry: error.retry().as_str().to_owned(),
            after,
            address,
            reason: error.reason().map(str::to_owned),
            provider: error.provider().map(|said| ProviderSaid {
                status: said.status,
                kind: said.kind.clone(),
                code: said.code,
                subcode: said.subcode,
                said: said.said.clone(),
                trace_id: said.trace_id.clone(),
                is_transient: said.is_transient,
            }),
            resumable: error
                .resumable()
                .cloned()
                .map(|resumable| Arc::new(NativeResumable(resumable))),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Raised { error: error.into() }
    }
}

/// What is left of a login whose code is spent and whose later step failed.
#[derive(Debug, uniffi::Object)]
pub struct NativeResumable(pub(crate) shutterkey::Resumable);

#[uniffi::export]
impl NativeResumable {
    /// The public name of the login. Generated Swift has a `handle` of its own.
    pub fn login_handle(&self) -> String {
        self.0.handle()
    }

    /// The token that was received.
    pub fn token(&self) -> Arc<NativeToken> {
        NativeToken::wrap(self.0.token().clone())
    }
}

/// A misuse of the package by its caller.
pub(crate) fn misuse(what: &'static str) -> Error {
    Error::with_detail(ErrorCode::Misuse, what)
}

/// The error that a misuse of a package by its caller is.
#[uniffi::export]
pub fn misused(what: String) -> FailureParts {
    Error::with_detail(ErrorCode::Misuse, what).into()
}

/// An error of the `store` family, for stores in the host's language; `store.unavailable` for a code that is none.
#[uniffi::export]
pub fn store_failure(code: String) -> FailureParts {
    Error::new(store_code(&code).unwrap_or(ErrorCode::StoreUnavailable)).into()
}

pub(crate) fn store_code(code: &str) -> Option<ErrorCode> {
    ErrorCode::ALL
        .iter()
        .copied()
        .find(|known| known.as_str() == code && known.family() == shutterkey::Family::Store)
}
