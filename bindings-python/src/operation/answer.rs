//! What a driver answers.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use shutterkey::record::{Lease, RecordBytes, StoreKey, Stored};
use shutterkey::{Error, ErrorCode, SendFailure};

use crate::response;

/// What a driver answers to a `Step`.
#[pyclass(frozen, module = "shutterkey.operation")]
pub(crate) enum Answer {
    /// The response, whatever its status: an `HttpResponse`, or one of httpx or requests whose body was read.
    Response { response: Py<PyAny> },
    /// No response, or none that could be read whole: `timeout`, `dns`, `tls`, `offline`, `reset` or `too_large`.
    SendFailed { reason: String },
    /// The record with its version; without arguments: there is none.
    #[pyo3(constructor = (record=None, version=0))]
    Loaded { record: Option<Py<PyBytes>>, version: u64 },
    /// The lease, by its number: it grows with every lease of a key.
    Leased { fence: u64 },
    /// Somebody else has the lease.
    LeaseHeld {},
    /// The version that was written: it grows with every write of a key.
    Saved { version: u64 },
    /// Another version is there, or a later lease.
    Conflict {},
    /// The store could not do it: a code of the `store` family.
    #[pyo3(constructor = (code="store.unavailable".to_owned()))]
    StoreFailed { code: String },
    /// The lease is back.
    Released {},
    /// The record is gone.
    Deleted {},
    /// The time has passed.
    Waited {},
}

impl Answer {
    pub(super) fn core(&self, py: Python<'_>) -> PyResult<shutterkey::Answer> {
        use shutterkey::Answer as Core;
        Ok(match self {
            Self::Response { response } => Core::Response(response::given(response.bind(py), None, None)?),
            Self::SendFailed { reason } => Core::SendFailed(failure(reason)?.into()),
            Self::Loaded { record: None, .. } => Core::Loaded(None),
            Self::Loaded {
                record: Some(record),
                version,
            } => Core::Loaded(Some(Stored {
                record: RecordBytes {
                    bytes: record.as_bytes(py).to_vec().into(),
                    due_at: None,
                    forget_at: None,
                },
                version: *version,
            })),
            Self::Leased { fence } => Core::Leased(Lease {
                key: StoreKey::from_stored(""),
                fence: *fence,
            }),
            Self::LeaseHeld {} => Core::LeaseHeld,
            Self::Saved { version } => Core::Saved(*version),
            Self::Conflict {} => Core::Conflict,
            Self::StoreFailed { code } => Core::StoreFailed(Error::new(coded(code)?)),
            Self::Released {} => Core::Released,
            Self::Deleted {} => Core::Deleted,
            Self::Waited {} => Core::Waited,
        })
    }
}

#[pymethods]
impl Answer {
    fn __repr__(&self) -> String {
        match self {
            Self::Response { .. } => "Answer.Response([redacted])".to_owned(),
            Self::SendFailed { reason } => format!("Answer.SendFailed('{reason}')"),
            Self::Loaded { record: None, .. } => "Answer.Loaded()".to_owned(),
            Self::Loaded { version, .. } => format!("Answer.Loaded([redacted], {version})"),
            Self::Leased { fence } => format!("Answer.Leased({fence})"),
            Self::LeaseHeld {} => "Answer.LeaseHeld()".to_owned(),
            Self::Saved { version } => format!("Answer.Saved({version})"),
            Self::Conflict {} => "Answer.Conflict()".to_owned(),
            Self::StoreFailed { code } => format!("Answer.StoreFailed('{code}')"),
            Self::Released {} => "Answer.Released()".to_owned(),
            Self::Deleted {} => "Answer.Deleted()".to_owned(),
            Self::Waited {} => "Answer.Waited()".to_owned(),
        }
    }
}

fn failure(reason: &str) -> PyResult<SendFailure> {
    SendFailure::by_name(reason)
        .ok_or_else(|| PyValueError::new_err("a request fails by timeout, dns, tls, offline, reset or too_large"))
}

fn coded(code: &str) -> PyResult<ErrorCode> {
    let known = ErrorCode::ALL.iter().find(|known| known.as_str() == code);
    known
        .copied()
        .ok_or_else(|| PyValueError::new_err("there is no error of that code; a store fails by one of store.*"))
}
