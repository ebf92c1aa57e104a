//! What a driver answers.

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use shutterkey::record::{Lease, RecordBytes, StoreKey, Stored};
use shutterkey::{Answer, Error, ErrorCode, Result, SendFailure};

use crate::host_store::{count, store_code};
use crate::options::ApiAnswer;

/// What a driver answers to a step. `count` is a version or a fence, `reason` a code or why no response came.
#[napi(object, object_to_js = false)]
pub struct StepAnswer {
    pub kind: String,
    pub response: Option<ApiAnswer>,
    pub reason: Option<String>,
    pub record: Option<Uint8Array>,
    pub count: Option<f64>,
}

impl StepAnswer {
    pub(super) fn core(self) -> Result<Answer> {
        let number = || count(self.count.unwrap_or_default());
        Ok(match (self.kind.as_str(), self.response) {
            ("response", Some(response)) => Answer::Response(response.read()),
            ("send_failed", _) => Answer::SendFailed(
                SendFailure::by_name(&self.reason.unwrap_or_default())
                    .unwrap_or(SendFailure::UNKNOWN)
                    .into(),
            ),
            ("loaded", _) => Answer::Loaded(match &self.record {
                None => None,
                Some(record) => Some(Stored {
                    record: RecordBytes {
                        bytes: record.to_vec().into(),
                        due_at: None,
                        forget_at: None,
                    },
                    version: number()?,
                }),
            }),
            ("leased", _) => Answer::Leased(Lease {
                key: StoreKey::from_stored(""),
                fence: number()?,
            }),
            ("lease_held", _) => Answer::LeaseHeld,
            ("saved", _) => Answer::Saved(number()?),
            ("conflict", _) => Answer::Conflict,
            ("store_failed", _) => Answer::StoreFailed(Error::new(coded(self.reason.as_deref())?)),
            ("released", _) => Answer::Released,
            ("deleted", _) => Answer::Deleted,
            ("waited", _) => Answer::Waited,
            _ => return Err(misuse("A step has no such answer.")),
        })
    }
}

fn coded(reason: Option<&str>) -> Result<ErrorCode> {
    let Some(reason) = reason else {
        return Ok(ErrorCode::StoreUnavailable);
    };
    store_code(reason).ok_or_else(|| misuse("A store fails by a code of the store family."))
}

fn misuse(what: &'static str) -> Error {
    Error::with_detail(ErrorCode::Misuse, what)
}
