//! HTTP requests and responses as values.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};
use shutterkey::protocol::request;

use crate::response;

/// A request to be sent by a driver. It may hold a code, a token or the app secret: its printed form has method, host
/// and path alone.
///
/// Whoever sends it: https only (a loopback address excepted), redirects not followed, no cookies, within `deadline`,
/// at most `body_cap` bytes read, and tried once unless it is `replay_safe`.
#[pyclass(frozen, module = "shutterkey.protocol")]
#[derive(Clone)]
pub(crate) struct HttpRequest(pub(crate) request::HttpRequest);

#[pymethods]
impl HttpRequest {
    /// `GET`, `POST` or `DELETE`.
    #[getter]
    fn method(&self) -> &'static str {
        self.0.method().as_str()
    }

    /// The whole address. It may hold a token or the app secret.
    #[getter]
    fn url(&self) -> &str {
        self.0.url()
    }

    /// Header names, in lower case, and values. A value may hold the client's credentials.
    #[getter]
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        for (name, value) in self.0.headers() {
            headers.set_item(name, value)?;
        }
        Ok(headers)
    }

    /// The body, form-encoded ASCII; `None` without one. It may hold a code or the app secret.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.body().map(|body| PyBytes::new(py, body.as_bytes()))
    }

    /// Whether it may be sent again when no answer came. A code exchange never is.
    #[getter]
    fn replay_safe(&self) -> bool {
        self.0.is_replay_safe()
    }

    /// How long it may take, from connecting to the last byte, in seconds.
    #[getter]
    fn deadline(&self) -> f64 {
        self.0.deadline().as_secs_f64()
    }

    /// How many bytes of the answer's body may be read.
    #[getter]
    fn body_cap(&self) -> usize {
        self.0.body_cap()
    }

    #[pyo3(name = "__repr__")]
    pub(crate) fn printed(&self) -> String {
        format!("HttpRequest('{:?}', [redacted])", self.0)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("An HttpRequest"))
    }
}

/// An answer as it was received: status, headers, whole body. Its printed form has status and length alone. Wherever
/// one is taken, a response of httpx or requests whose body was read is taken as well.
///
/// `body` is bytes or text, `headers` a mapping or pairs; names in any case.
#[pyclass(frozen, module = "shutterkey.protocol")]
#[derive(Clone)]
pub(crate) struct HttpResponse(pub(crate) request::HttpResponse);

#[pymethods]
impl HttpResponse {
    #[new]
    #[pyo3(signature = (status, body=None, headers=None))]
    fn new(status: u16, body: Option<&Bound<'_, PyAny>>, headers: Option<&Bound<'_, PyAny>>) -> PyResult<Self> {
        let body = body.map(response::bytes).transpose()?;
        let headers = response::pairs(headers)?;
        Ok(Self(request::HttpResponse::new(
            status,
            headers,
            body.unwrap_or_default(),
        )))
    }

    /// The HTTP status.
    #[getter]
    fn status(&self) -> u16 {
        self.0.status()
    }

    /// Whether the status is 2xx.
    #[getter]
    fn is_success(&self) -> bool {
        self.0.is_success()
    }

    /// The first header of that name, in any case.
    fn header(&self, name: &str) -> Option<&str> {
        self.0.header(name)
    }

    /// The body. It may hold a token.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.body())
    }

    fn __repr__(&self) -> String {
        format!("HttpResponse('{:?}')", self.0)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("An HttpResponse"))
    }
}
