//! What an error says about a token.

use crate::error::{Error, ErrorCode, Retry};

/// What an error means for a token.
pub(super) enum Meaning {
    /// Nothing: the network, the provider's health, a limit.
    Passing,
    /// It is dead.
    Dead,
    /// It may be dead.
    Unclear,
    /// The person has to do something; it is not dead.
    Blocked,
    /// Nothing: our own configuration or answer handling.
    Ours,
}

impl Meaning {
    pub(super) fn of(error: &Error) -> Self {
        match error.code() {
            ErrorCode::TokenInvalidated | ErrorCode::TokenRevoked | ErrorCode::TokenExpired => Self::Dead,
            ErrorCode::GrantRejected => Self::Dead,
            ErrorCode::TokenInvalid if error.provider().is_some_and(|provider| provider.subcode.is_some()) => {
                Self::Dead
            }
            ErrorCode::TokenInvalid | ErrorCode::RequestRejected | ErrorCode::BasicDisplayEnded => Self::Unclear,
            ErrorCode::AccountCheckpoint => Self::Blocked,
            _ if matches!(error.retry(), Retry::Backoff | Retry::After(_)) => Self::Passing,
            _ => Self::Ours,
        }
    }
}

/// `account.needs_login` with its reason.
pub(crate) fn needs_login(reason: &str) -> Error {
    Error::with_detail(
        ErrorCode::AccountNeedsLogin,
        format!("The account has no live token any more ({reason})."),
    )
    .because(reason)
}
