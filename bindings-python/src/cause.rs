//! What a caller's own object raised, as the cause of what shutterkey raises.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// An exception that prints no secret. In Rust it says its class alone.
pub(crate) struct Raised {
    exception: Py<PyAny>,
    class: String,
}

impl Raised {
    /// What was raised, or an exception in its place if it, or what is behind it, prints one of these secrets.
    pub(crate) fn of(py: Python<'_>, error: PyErr, secrets: &[&str]) -> Arc<dyn Error + Send + Sync> {
        static SHOWN: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let class = class_of(py, &error);
        let shown = SHOWN
            .import(py, "shutterkey._causes", "shown")
            .and_then(|shown| shown.call1((error.value(py), secrets)));
        match shown {
            Ok(exception) => Arc::new(Self {
                exception: exception.unbind(),
                class,
            }),
            // What it prints is not known, so it is not shown.
            Err(_) => Arc::new(Told(class)),
        }
    }
}

/// The full name of an exception's class.
pub(crate) fn class_of(py: Python<'_>, error: &PyErr) -> String {
    error
        .get_type(py)
        .fully_qualified_name()
        .map_or_else(|_| "an exception".to_owned(), |name| name.to_string())
}

impl fmt::Debug for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.class)
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.class)
    }
}

impl Error for Raised {}

/// A cause that is no exception of the caller's.
#[derive(Debug)]
pub(crate) struct Told(pub(crate) String);

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Told {}

/// The exception to show as the cause of this error.
pub(crate) fn of<'py>(py: Python<'py>, error: &shutterkey::Error) -> Option<Bound<'py, PyAny>> {
    let source = error.source()?;
    if let Some(raised) = source.downcast_ref::<Raised>() {
        return Some(raised.exception.bind(py).clone());
    }
    let told = source.downcast_ref::<Told>()?;
    Some(
        PyRuntimeError::new_err(told.0.clone())
            .into_value(py)
            .into_bound(py)
            .into_any(),
    )
}
