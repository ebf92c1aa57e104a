//! Why a request has no response.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, ErrorCode};

/// Why there is no response.
///
/// [`Dns`](Self::Dns) and [`Offline`](Self::Offline) promise that **nothing was sent**: a login whose code exchange ends
/// so may be completed again. A driver that is not certain answers [`Reset`](Self::Reset).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendFailure {
    /// The deadline passed.
    Timeout,
    /// The host's name could not be resolved.
    Dns,
    /// No secure connection.
    Tls,
    /// No connection.
    Offline,
    /// The connection broke.
    Reset,
    /// The body is above the cap.
    TooLarge,
}

impl SendFailure {
    /// What becomes of a request that must not or cannot be sent. Nothing was sent, and trying again cannot help.
    pub const REFUSED: Self = Self::Tls;

    /// The failure of that name: `timeout`, `dns`, `tls`, `offline`, `reset`, `too_large`.
    pub fn by_name(name: &str) -> Option<Self> {
        Some(match name {
            "timeout" => Self::Timeout,
            "dns" => Self::Dns,
            "tls" => Self::Tls,
            "offline" => Self::Offline,
            "reset" => Self::Reset,
            "too_large" => Self::TooLarge,
            _ => return None,
        })
    }

    /// What a failure under a name that is none means: it is not known, so the request may have been sent.
    pub const UNKNOWN: Self = Self::Reset;

    /// The error code of this failure.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Timeout => ErrorCode::Timeout,
            Self::Dns => ErrorCode::Dns,
            Self::Tls => ErrorCode::Tls,
            Self::Offline => ErrorCode::Offline,
            Self::Reset => ErrorCode::Reset,
            Self::TooLarge => ErrorCode::TooLarge,
        }
    }
}

impl fmt::Display for SendFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code().summary())
    }
}

impl std::error::Error for SendFailure {}

/// A [`SendFailure`] with what the transport itself raised, where it has something to show.
#[derive(Clone)]
pub struct SendError {
    failure: SendFailure,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl SendError {
    /// A failure with the error behind it, which ends up as the [`source`](std::error::Error::source) of shutterkey's
    /// [`Error`]. It must print no secret: the messages of HTTP libraries quote URLs, and Meta puts tokens into those.
    pub fn new(failure: SendFailure, source: Arc<dyn std::error::Error + Send + Sync>) -> Self {
        Self {
            failure,
            source: Some(source),
        }
    }

    /// What kind of failure.
    pub fn failure(&self) -> SendFailure {
        self.failure
    }
}

impl From<SendFailure> for SendError {
    fn from(failure: SendFailure) -> Self {
        Self { failure, source: None }
    }
}

impl From<SendError> for Error {
    fn from(error: SendError) -> Self {
        let failure = Self::new(error.failure.code());
        match error.source {
            Some(source) => failure.with_source(source),
            None => failure,
        }
    }
}

impl fmt::Debug for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendError")
            .field("failure", &self.failure)
            .field("source", &self.source.is_some())
            .finish()
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure.fmt(f)
    }
}

impl std::error::Error for SendError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
