//! What a token is, and what was granted.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use shutterkey::protocol::answer;
use shutterkey::{Expiry, ScopeSet};

use crate::{errors, time};

fn names<'py>(py: Python<'py>, scopes: &ScopeSet) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, scopes.iter().collect::<Vec<_>>())
}

fn kind_of(expiry: Expiry) -> &'static str {
    match expiry {
        Expiry::At(_) => "at",
        Expiry::Never => "never",
        Expiry::Unknown => "unknown",
    }
}

fn moment_of(py: Python<'_>, expiry: Expiry) -> PyResult<Option<Bound<'_, PyAny>>> {
    match expiry {
        Expiry::At(at) => time::to_python(py, at).map(Some),
        Expiry::Never | Expiry::Unknown => Ok(None),
    }
}

/// What the platform says about a token (Meta's `debug_token`). That it is valid does not say that it is yours: compare
/// `app_id` with your own before you take a token from somebody else.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct TokenInspection(pub(crate) answer::TokenInspection);

#[pymethods]
impl TokenInspection {
    /// Whether the platform would accept it.
    #[getter]
    fn is_valid(&self) -> bool {
        self.0.is_valid
    }

    /// The app that it was made for. Threads' answers show none.
    #[getter]
    fn app_id(&self) -> Option<&str> {
        self.0.app_id.as_deref()
    }

    /// The name of that app.
    #[getter]
    fn application(&self) -> Option<&str> {
        self.0.application.as_deref()
    }

    /// What kind of token it is: `user`, `page`, `app`, `system_user`, or another word as the platform wrote it.
    #[getter]
    fn kind(&self) -> Option<&str> {
        self.0.kind.as_ref().map(|kind| kind.as_str())
    }

    /// Whose it is, as that app sees the person.
    #[getter]
    fn user_id(&self) -> Option<&str> {
        self.0.user_id.as_ref().map(|id| id.as_str())
    }

    /// The Page that it acts for.
    #[getter]
    fn profile_id(&self) -> Option<&str> {
        self.0.profile_id.as_deref()
    }

    /// What was granted.
    #[getter]
    fn scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        names(py, &self.0.scopes)
    }

    /// Which of it was granted for some Pages or accounts only.
    #[getter]
    fn granular_scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.granular_scopes.iter().cloned().map(GranularScope))
    }

    /// When it was issued. Not all answers say.
    #[getter]
    fn issued_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        time::maybe(py, self.0.issued_at)
    }

    /// When it expires. `None`: see `expiry`.
    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        moment_of(py, self.0.expiry)
    }

    /// What is known of its expiry: `at` (see `expires_at`), `never` or `unknown`.
    #[getter]
    fn expiry(&self) -> &'static str {
        kind_of(self.0.expiry)
    }

    /// When data stop being readable with it (Facebook's 90 days without activity). `None`: see `data_access`.
    #[getter]
    fn data_access_until<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        moment_of(py, self.0.data_access)
    }

    /// What is known of that: `at` (see `data_access_until`), `never` or `unknown`.
    #[getter]
    fn data_access(&self) -> &'static str {
        kind_of(self.0.data_access)
    }

    /// Why it is not valid: an exception that was not raised, the same as when a call with the token fails.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let error = self.0.error.clone();
        error.map(|error| errors::exception(py, error)).transpose()
    }

    fn __repr__(&self) -> String {
        format!(
            "TokenInspection(is_valid={}, kind={:?}, app_id={:?})",
            if self.0.is_valid { "True" } else { "False" },
            self.kind().unwrap_or_default(),
            self.app_id().unwrap_or_default()
        )
    }
}

/// A permission, and what it was granted for.
#[pyclass(frozen, eq, module = "shutterkey")]
#[derive(PartialEq)]
pub(crate) struct GranularScope(answer::GranularScope);

#[pymethods]
impl GranularScope {
    /// The permission.
    #[getter]
    fn scope(&self) -> &str {
        &self.0.scope
    }

    /// The Pages or accounts; `None`: all of them, those to come as well.
    #[getter]
    fn target_ids<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.0.target_ids.as_ref().map(|ids| PyTuple::new(py, ids)).transpose()
    }

    fn __repr__(&self) -> String {
        format!("GranularScope(scope={:?})", self.0.scope)
    }
}

/// What became of each permission that was ever asked for.
#[pyclass(frozen, eq, module = "shutterkey")]
#[derive(PartialEq)]
pub(crate) struct Permissions(pub(crate) answer::Permissions);

#[pymethods]
impl Permissions {
    /// Those that the token has.
    #[getter]
    fn granted<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        names(py, &self.0.granted)
    }

    /// Those that the person refused, or took back.
    #[getter]
    fn declined<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        names(py, &self.0.declined)
    }

    /// Those that lapsed: Meta takes back what was not used for 90 days.
    #[getter]
    fn expired<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        names(py, &self.0.expired)
    }

    fn __repr__(&self) -> String {
        format!(
            "Permissions(granted={:?}, declined={:?}, expired={:?})",
            self.0.granted, self.0.declined, self.0.expired
        )
    }
}
