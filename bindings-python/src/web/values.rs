//! A request and an answer, as Python sees them.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use shutterkey::site::Served;
use shutterkey::web;

use crate::account::{AccountKey, Connection};
use crate::pending::{Grant, PendingAuthorization};
use crate::{errors, time};

/// A request, copied from a framework's own: method, raw query, all header fields, raw body.
#[pyclass(frozen, module = "shutterkey")]
#[derive(Clone)]
pub(crate) struct WebRequest {
    method: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

#[pymethods]
impl WebRequest {
    #[new]
    #[pyo3(signature = (method, query="", headers=Vec::new(), body=b"".as_slice()))]
    fn new(method: String, query: &str, headers: Vec<(String, String)>, body: &[u8]) -> Self {
        Self {
            method,
            query: query.to_owned(),
            headers,
            body: body.to_vec(),
        }
    }

    /// The raw body.
    #[getter]
    fn body<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.body)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("A WebRequest"))
    }

    fn __repr__(&self) -> String {
        format!("WebRequest({:?}, [redacted])", self.method)
    }
}

impl WebRequest {
    pub(super) fn headers(&self) -> Vec<(&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    pub(super) fn core<'a>(&'a self, headers: &'a [(&'a str, &'a str)]) -> web::Request<'a> {
        web::Request {
            method: &self.method,
            query: &self.query,
            headers,
            body: &self.body,
        }
    }

    pub(super) fn with_core<T>(&self, read: impl FnOnce(&web::Request<'_>) -> T) -> T {
        read(&self.core(&self.headers()))
    }
}

/// What a route came to: the response to send in any case, the error if there was one, and what was verified.
#[pyclass(frozen, get_all, module = "shutterkey")]
pub(crate) struct WebAnswer {
    status: u16,
    /// Pairs of name and value; each name once.
    headers: Vec<(String, String)>,
    body: String,
    /// An exception that was not raised; `None` when all went well.
    error: Option<Py<PyAny>>,
    /// What was verified; each member is `None` where it has no meaning.
    pending: Option<PendingAuthorization>,
    grant: Option<Py<Grant>>,
    connection: Option<Connection>,
    /// The app-scoped id that a callback of the platform is about.
    user_id: Option<String>,
    /// When that callback was made, or a deletion was asked for.
    issued_at: Option<Py<PyAny>>,
    /// The account that was removed.
    removed: Option<AccountKey>,
    confirmation_code: Option<String>,
    /// Whether the body is a verified delivery of the webhook.
    delivery: bool,
}

#[pymethods]
impl WebAnswer {
    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("A WebAnswer"))
    }

    fn __repr__(&self) -> String {
        format!("WebAnswer(status={}, [redacted])", self.status)
    }
}

/// What a route came to, as Python sees it.
pub(super) fn answer(py: Python<'_>, served: Served) -> PyResult<WebAnswer> {
    let error = served.error.map(|error| errors::exception(py, error)).transpose()?;
    let (pending, grant) = served.accepted.map(|it| (it.pending, it.grant)).unzip();
    let issued_at = served
        .requested_at
        .or(served.signed.as_ref().map(|signed| signed.issued_at));
    let response = served.response;
    Ok(WebAnswer {
        status: response.status,
        headers: response
            .headers
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        body: response.body,
        error: error.map(Bound::unbind),
        pending: pending.map(PendingAuthorization),
        grant: grant.map(|grant| Py::new(py, Grant::new(grant))).transpose()?,
        connection: served.connection.map(Connection),
        user_id: served.signed.map(|signed| signed.user_id.as_str().to_owned()),
        issued_at: time::maybe(py, issued_at)?.map(Bound::unbind),
        removed: served.removed.map(AccountKey),
        confirmation_code: served.confirmation_code,
        delivery: served.delivery,
    })
}
