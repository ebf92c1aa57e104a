//! What a driver answers.

use shutterkey::protocol::request::HttpResponse;
use shutterkey::record::{Lease, RecordBytes, StoreKey, Stored};
use shutterkey::{Answer, Error, ErrorCode, Result, SendFailure};

use crate::failure::{misuse, store_code};

/// What an API, or a provider, answered.
#[derive(Clone, uniffi::Record)]
pub struct ApiAnswer {
    /// HTTP status.
    pub status: u16,
    /// Names of headers.
    pub header_names: Vec<String>,
    /// Their values, in the same order.
    pub header_values: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl ApiAnswer {
    pub(crate) fn read(self) -> HttpResponse {
        let headers = self.header_names.into_iter().zip(self.header_values).collect();
        HttpResponse::new(self.status, headers, self.body)
    }
}

/// What a driver answers to a step.
#[derive(Clone, uniffi::Enum)]
pub enum AnswerParts {
    /// The response, whatever its status.
    Response {
        /// The response.
        answer: ApiAnswer,
    },
    /// No response.
    SendFailed {
        /// `timeout`, `dns`, `tls`, `offline`, `reset` or `too_large`.
        reason: String,
    },
    /// There is no record.
    NotThere,
    /// The record.
    Loaded {
        /// The record.
        record: Vec<u8>,
        /// Its version.
        version: u64,
    },
    /// The lease.
    Leased {
        /// Its number.
        fence: u64,
    },
    /// Somebody else has the lease.
    LeaseHeld,
    /// It was written.
    Saved {
        /// Its version now.
        version: u64,
    },
    /// Another version is there, or a later lease.
    Conflict,
    /// The store could not do it.
    StoreFailed {
        /// A code of the `store` family.
        code: Option<String>,
    },
    /// The lease is back.
    Released,
    /// The record is gone.
    Deleted,
    /// The time has passed.
    Waited,
}

impl AnswerParts {
    pub(crate) fn core(self) -> Result<Answer> {
        Ok(match self {
            Self::Response { answer } => Answer::Response(answer.read()),
            Self::SendFailed { reason } => {
                Answer::SendFailed(SendFailure::by_name(&reason).unwrap_or(SendFailure::UNKNOWN).into())
            }
            Self::NotThere => Answer::Loaded(None),
            Self::Loaded { record, version } => Answer::Loaded(Some(Stored {
                record: RecordBytes {
                    bytes: record.into(),
                    due_at: None,
                    forget_at: None,
                },
                version,
            })),
            Self::Leased { fence } => Answer::Leased(Lease {
                // The machine puts in what was asked for.
                key: StoreKey::from_stored(""),
                fence,
            }),
            Self::LeaseHeld => Answer::LeaseHeld,
            Self::Saved { version } => Answer::Saved(version),
            Self::Conflict => Answer::Conflict,
            Self::StoreFailed { code } => Answer::StoreFailed(Error::new(coded(code.as_deref())?)),
            Self::Released => Answer::Released,
            Self::Deleted => Answer::Deleted,
            Self::Waited => Answer::Waited,
        })
    }
}

fn coded(code: Option<&str>) -> Result<ErrorCode> {
    let Some(code) = code else {
        return Ok(ErrorCode::StoreUnavailable);
    };
    store_code(code).ok_or_else(|| misuse("A store fails by a code of the store family."))
}
