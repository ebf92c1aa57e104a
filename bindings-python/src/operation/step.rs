//! What an operation asks its driver to do.

use pyo3::exceptions::PyNotImplementedError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyType};

use crate::http::HttpRequest;
use crate::time;

/// What an operation asks its driver to do; `match` tells which. Lengths are in seconds, moments are `datetime`.
#[pyclass(frozen, module = "shutterkey.operation")]
pub(crate) enum Step {
    /// Send a request. Answer `Response` or `SendFailed`.
    Send { request: Py<HttpRequest> },
    /// Load a record. Answer `Loaded` or `StoreFailed`.
    Load { key: String },
    /// Take a lease on a key; it frees itself after `ttl`. Answer `Leased`, `LeaseHeld` or `StoreFailed`.
    Lease { key: String, ttl: f64 },
    /// Write a record if the present version is `expected` (`None`: there is none) and no later lease than `fence` was
    /// given out. The record holds a token. Answer `Saved`, `Conflict` or `StoreFailed`.
    Save {
        key: String,
        record: Py<PyBytes>,
        expected: Option<u64>,
        fence: Option<u64>,
        due_at: Option<Py<PyAny>>,
        forget_at: Option<Py<PyAny>>,
    },
    /// Give a lease back. Answer `Released` or `StoreFailed`.
    Release { key: String, fence: u64 },
    /// Remove a record if it still has this version. Answer `Deleted`, `Conflict` or `StoreFailed`.
    Delete { key: String, expected: u64 },
    /// Wait, on the machine's own time. Answer `Waited`.
    Wait { seconds: f64 },
    /// Finished.
    Done { value: Py<PyAny> },
}

impl Step {
    pub(super) fn new<T>(
        py: Python<'_>,
        step: shutterkey::Step<T>,
        convert: impl FnOnce(T) -> PyResult<Py<PyAny>>,
    ) -> PyResult<Self> {
        use shutterkey::Step as Core;
        let moment = |at| Ok::<_, PyErr>(time::maybe(py, at)?.map(Bound::unbind));
        Ok(match step {
            Core::Send(request) => Self::Send {
                request: Py::new(py, HttpRequest(request))?,
            },
            Core::Load(key) => Self::Load {
                key: key.as_str().to_owned(),
            },
            Core::Lease { key, ttl } => Self::Lease {
                key: key.as_str().to_owned(),
                ttl: ttl.as_secs_f64(),
            },
            Core::Save(save) => Self::Save {
                key: save.key.as_str().to_owned(),
                record: PyBytes::new(py, &save.record.bytes).unbind(),
                expected: save.expected,
                fence: save.fence,
                due_at: moment(save.record.due_at)?,
                forget_at: moment(save.record.forget_at)?,
            },
            Core::Release(lease) => Self::Release {
                key: lease.key.as_str().to_owned(),
                fence: lease.fence,
            },
            Core::Delete { key, expected } => Self::Delete {
                key: key.as_str().to_owned(),
                expected,
            },
            Core::Wait(length) => Self::Wait {
                seconds: length.as_secs_f64(),
            },
            Core::Done(value) => Self::Done { value: convert(value)? },
            _ => return Err(PyNotImplementedError::new_err("a step that this package does not know")),
        })
    }
}

#[pymethods]
impl Step {
    /// `Step[Token]`: what the operation gives, for type checkers.
    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, gives: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let alias = PyModule::import(class.py(), "types")?.getattr("GenericAlias")?;
        alias.call1((class, gives))
    }

    fn __repr__(&self) -> String {
        match self {
            Self::Send { request } => format!("Step.Send({})", request.get().printed()),
            Self::Load { key } => format!("Step.Load('{key}')"),
            Self::Lease { key, ttl } => format!("Step.Lease('{key}', ttl={ttl})"),
            Self::Save { key, expected, .. } => format!("Step.Save('{key}', expected={expected:?}, [redacted])"),
            Self::Release { key, fence } => format!("Step.Release('{key}', fence={fence})"),
            Self::Delete { key, expected } => format!("Step.Delete('{key}', expected={expected})"),
            Self::Wait { seconds } => format!("Step.Wait({seconds})"),
            Self::Done { .. } => "Step.Done([redacted])".to_owned(),
        }
    }
}
