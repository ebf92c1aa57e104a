//! A request and an answer, as Python sees them.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use shutterkey::Error;
use shutterkey::web::{self, Response};

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
    pub(super) fn with_core<T>(&self, read: impl FnOnce(&web::Request<'_>) -> T) -> T {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        read(&web::Request {
            method: &self.method,
            query: &self.query,
            headers: &headers,
            body: &self.body,
        })
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

/// What a route came to, before Python sees it.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) response: Option<Response>,
    pub(super) error: Option<Error>,
    pub(super) accepted: Option<web::Accepted>,
    pub(super) connection: Option<shutterkey::Connection>,
    pub(super) signed: Option<shutterkey::meta::SignedRequest>,
    pub(super) requested_at: Option<shutterkey::Timestamp>,
    pub(super) removed: Option<shutterkey::AccountKey>,
    pub(super) confirmation_code: Option<String>,
    pub(super) delivery: bool,
}

impl Outcome {
    pub(super) fn saying(response: Response) -> Self {
        Self {
            response: Some(response),
            ..Self::default()
        }
    }

    pub(super) fn into_answer(self, py: Python<'_>) -> PyResult<WebAnswer> {
        let response = self
            .response
            .ok_or_else(|| PyValueError::new_err("a route without a response"))?;
        let error = self.error.map(|error| errors::exception(py, error)).transpose()?;
        let (pending, grant) = self.accepted.map(|it| (it.pending, it.grant)).unzip();
        let issued_at = self
            .requested_at
            .or(self.signed.as_ref().map(|signed| signed.issued_at));
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
            connection: self.connection.map(Connection),
            user_id: self.signed.map(|signed| signed.user_id.as_str().to_owned()),
            issued_at: time::maybe(py, issued_at)?.map(Bound::unbind),
            removed: self.removed.map(AccountKey),
            confirmation_code: self.confirmation_code,
            delivery: self.delivery,
        })
    }
}
