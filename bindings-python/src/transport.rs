//! How requests are sent: the built-in HTTP, or an object of the caller's.

use std::sync::Arc;

use pyo3::prelude::*;
use shutterkey::{HttpTransport, Transport};

use crate::process::PerProcess;

/// What a client sends with.
pub(crate) enum Sending {
    /// The built-in HTTP. Its connections belong to one process.
    BuiltIn(PerProcess<Arc<HttpTransport>>),
}

impl Sending {
    pub(crate) fn given(_py: Python<'_>, http: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        match http {
            None => Ok(Self::BuiltIn(PerProcess::new())),
            Some(_) => Err(pyo3::exceptions::PyNotImplementedError::new_err("http=")),
        }
    }

    pub(crate) fn transport(&self, py: Python<'_>) -> PyResult<Arc<dyn Transport>> {
        match self {
            Self::BuiltIn(made) => made
                .get(py, || Ok(Arc::new(HttpTransport::new())))
                .map(|transport| transport as Arc<dyn Transport>),
        }
    }
}
