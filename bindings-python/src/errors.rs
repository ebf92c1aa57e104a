//! Errors of the core as exceptions. The classes are Python's own (`shutterkey._errors`): one a family.

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use shutterkey::{Error, ErrorCode, Retry};

use crate::cause;
use crate::gate;
use crate::time;
use crate::token::Token;

/// The exception that says what this error says.
pub(crate) fn raised(py: Python<'_>, error: Error) -> PyErr {
    match exception(py, error) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}

/// The same, not raised.
pub(crate) fn exception(py: Python<'_>, error: Error) -> PyResult<Bound<'_, PyAny>> {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let _inside = gate::hold(py);
    let make = MAKE.import(py, "shutterkey._errors", "make")?;
    let (after, address) = match error.retry() {
        Retry::After(at) => (Some(time::to_python(py, at)?), None),
        Retry::UserAction(address) => (None, Some(address)),
        _ => (None, None),
    };
    let provider = error.provider().map(|said| {
        (
            said.status,
            said.kind.as_deref(),
            said.code,
            said.subcode,
            said.said.as_deref(),
            said.trace_id.as_deref(),
            said.is_transient,
        )
    });
    let resumable = error.resumable().cloned().map(Resumable);
    let exception = make.call1((
        error.family().as_str(),
        error.code().as_str(),
        error.to_string(),
        error.message(),
        error.hint(),
        (error.retry().as_str(), after, address),
        provider.into_bound_py_any(py)?,
        error.reason(),
        resumable,
    ))?;
    if let Some(cause) = cause::of(py, &error) {
        exception.setattr("__cause__", cause)?;
    }
    Ok(exception)
}

/// A misuse of this package by its caller.
pub(crate) fn misuse(py: Python<'_>, what: &'static str) -> PyErr {
    raised(py, Error::with_detail(ErrorCode::Misuse, what))
}

/// What is left of a login whose code is spent and whose later step failed: give it to `resume()`, and the login is
/// finished without a new one. It holds the token that was received and cannot be pickled.
#[pyclass(frozen, module = "shutterkey")]
#[derive(Clone)]
pub(crate) struct Resumable(pub(crate) shutterkey::Resumable);

#[pymethods]
impl Resumable {
    /// The public name of the login.
    #[getter]
    fn handle(&self) -> String {
        self.0.handle()
    }

    /// The token that was received, for callers without a store.
    #[getter]
    fn token(&self) -> Token {
        Token(self.0.token().clone())
    }

    fn __repr__(&self) -> String {
        format!("Resumable(handle='{}')", self.0.handle())
    }
}

/// The catalogue of errors: (code, family, summary, hint, retry) of each, in its order. For tests and tools.
#[pyfunction]
pub(crate) fn catalogue() -> Vec<(&'static str, &'static str, &'static str, &'static str, &'static str)> {
    ErrorCode::ALL
        .iter()
        .map(|code| {
            let (family, summary) = (code.family().as_str(), code.summary());
            (code.as_str(), family, summary, code.hint(), code.retry().as_str())
        })
        .collect()
}
