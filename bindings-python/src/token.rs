//! Tokens.

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use shutterkey::{Error, ErrorCode, Expiry, ScopeSet, Secret, TokenKind, Validity};

use crate::time::{self, Moment};
use crate::{errors, options, provider};

/// An access token with what is known about it. Its value comes out by `reveal()` alone.
///
/// A token that the caller has kept: of Instagram unless `provider` says otherwise, and with what is known about
/// it; `expires_at` is a moment, `"never"`, or `None` when it is not known. Raises `token.malformed` for a value
/// that no token has.
#[pyclass(frozen, module = "shutterkey")]
#[derive(Clone)]
pub(crate) struct Token(pub(crate) shutterkey::Token);

#[pymethods]
impl Token {
    #[new]
    #[pyo3(signature = (value, *, provider=None, kind="long", scopes=None, issued_at=None, expires_at=None,
        data_access_until=None, refresh_token=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn new(
        py: Python<'_>,
        value: &str,
        provider: Option<&Bound<'_, PyAny>>,
        kind: &str,
        scopes: Option<&Bound<'_, PyAny>>,
        issued_at: Option<Moment>,
        expires_at: Option<&Bound<'_, PyAny>>,
        data_access_until: Option<Moment>,
        refresh_token: Option<&str>,
    ) -> PyResult<Self> {
        let provider = provider.map_or_else(|| Ok(shutterkey::Provider::instagram()), provider::given)?;
        let raised = |error| errors::raised(py, error);
        let scopes = scopes.map(options::names).transpose()?;
        shutterkey::Token::builder(&provider, value, kind_named(py, kind)?)
            .scopes(scopes.map(ScopeSet::new).transpose().map_err(raised)?)
            .issued_at(issued_at.map(|at| at.0))
            .expiry(expires_at.map_or(Ok(Expiry::Unknown), expiry)?)
            .data_access_until(data_access_until.map(|at| at.0))
            .refresh_token(refresh_token.map(Secret::from))
            .build()
            .map(Self)
            .map_err(raised)
    }

    /// The token itself, a secret: for the request that needs it, not for a log.
    fn reveal(&self) -> &str {
        self.0.reveal()
    }

    /// The token as query parameters: `{"access_token": …}`, a secret. For `requests.get(url, params=…)`.
    pub(crate) fn params<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let (name, value) = self.0.query_parameter();
        let params = PyDict::new(py);
        params.set_item(name, value)?;
        Ok(params)
    }

    /// The token as a header (RFC 6750 2.1): `{"Authorization": "Bearer …"}`, a secret.
    pub(crate) fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let headers = PyDict::new(py);
        headers.set_item("Authorization", self.0.authorization().reveal())?;
        Ok(headers)
    }

    /// What it is: `short` (an hour or two), `long` (sixty days), `page`, `system_user`, `permanent`, `bearer` or `app`.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind().as_str()
    }

    /// The scopes that were granted; `None` when the provider did not say.
    #[getter]
    fn scopes<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyTuple>>> {
        self.0
            .scopes()
            .map(|scopes| PyTuple::new(py, scopes.iter().collect::<Vec<_>>()))
            .transpose()
    }

    /// When it was issued, if that is known.
    #[getter]
    fn issued_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        time::maybe(py, self.0.issued_at())
    }

    /// When it expires. `None`: see `expiry`.
    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.0.expiry() {
            Expiry::At(at) => time::to_python(py, at).map(Some),
            Expiry::Never | Expiry::Unknown => Ok(None),
        }
    }

    /// What is known of its expiry: `at` (see `expires_at`), `never`, or `unknown` (an imported token; one refresh
    /// tells).
    #[getter]
    fn expiry(&self) -> &'static str {
        match self.0.expiry() {
            Expiry::At(_) => "at",
            Expiry::Never => "never",
            Expiry::Unknown => "unknown",
        }
    }

    /// Until when the app may read the person's data with it, where the provider limits that (Facebook Login).
    #[getter]
    fn data_access_until<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        time::maybe(py, self.0.data_access_until())
    }

    /// Whether a refresh token came with it (RFC 6749 1.5).
    #[getter]
    fn has_refresh_token(&self) -> bool {
        self.0.refresh_token().is_some()
    }

    /// The refresh token, a secret, for callers who keep tokens themselves.
    fn reveal_refresh_token(&self) -> Option<&str> {
        self.0.refresh_token().map(|secret| secret.reveal())
    }

    /// Whether it works at a moment, as far as time can tell; by default now, on the machine's clock.
    #[pyo3(signature = (now=None))]
    fn is_live(&self, now: Option<Moment>) -> bool {
        matches!(self.0.validity(time::or_now(now)), Validity::Live { .. })
    }

    /// Until when it works, if it works at that moment and its end is known.
    #[pyo3(signature = (now=None))]
    fn live_until<'py>(&self, py: Python<'py>, now: Option<Moment>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.0.validity(time::or_now(now)) {
            Validity::Live { until } => time::maybe(py, until),
            Validity::Expired => Ok(None),
        }
    }

    /// Whether it can be refreshed at a moment; by default now, on the machine's clock.
    #[pyo3(signature = (now=None))]
    fn refreshable(&self, now: Option<Moment>) -> Refreshable {
        Refreshable(self.0.refreshable(time::or_now(now)))
    }

    fn __repr__(&self) -> String {
        let expiry = match self.0.expiry() {
            Expiry::At(at) => at.to_string(),
            Expiry::Never => "never".to_owned(),
            Expiry::Unknown => "unknown".to_owned(),
        };
        format!(
            "Token([redacted], kind='{}', expires='{expiry}')",
            self.0.kind().as_str()
        )
    }

    fn __str__(&self) -> PyResult<String> {
        Err(not_a_text())
    }

    #[expect(unused_variables, reason = "whatever the format")]
    fn __format__(&self, spec: &Bound<'_, PyAny>) -> PyResult<String> {
        Err(not_a_text())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(not_pickled("A Token"))
    }

    fn __copy__(&self) -> Self {
        self.clone()
    }

    #[expect(unused_variables, reason = "nothing in it can be copied")]
    fn __deepcopy__(&self, memo: &Bound<'_, PyAny>) -> Self {
        self.clone()
    }
}

/// A moment, or `"never"`.
pub(crate) fn expiry(given: &Bound<'_, PyAny>) -> PyResult<Expiry> {
    match given.extract::<&str>() {
        Ok("never") => Ok(Expiry::Never),
        Ok(_) => Err(PyValueError::new_err("an expiry is a moment or \"never\"")),
        Err(_) => Ok(Expiry::At(given.extract::<Moment>()?.0)),
    }
}

/// A kind of token by its name.
pub(crate) fn kind_named(py: Python<'_>, name: &str) -> PyResult<TokenKind> {
    TokenKind::by_name(name).ok_or_else(|| {
        let what = "A token is short, long, page, system_user, permanent, bearer or app.";
        errors::raised(py, Error::with_detail(ErrorCode::ConfigInvalid, what))
    })
}

/// A token, or its value as text.
pub(crate) fn value_of(token: &Bound<'_, PyAny>) -> PyResult<Secret> {
    match token.cast::<Token>() {
        Ok(token) => Ok(Secret::from(token.get().0.reveal())),
        Err(_) => Ok(Secret::from(token.extract::<&str>()?)),
    }
}

fn not_a_text() -> PyErr {
    PyTypeError::new_err(
        "a Token does not turn into text by itself, so that it is not logged by accident; use token.reveal()",
    )
}

/// For values that hold a secret.
pub(crate) fn not_pickled(what: &str) -> PyErr {
    PyTypeError::new_err(format!("{what} holds a secret and cannot be pickled"))
}

/// Whether a token can be refreshed at a moment.
#[pyclass(frozen, eq, module = "shutterkey")]
#[derive(PartialEq)]
pub(crate) struct Refreshable(shutterkey::Refreshable);

#[pymethods]
impl Refreshable {
    /// `now`, `not_before` (see `not_before`) or `impossible` (see `reason`).
    #[getter]
    fn kind(&self) -> &'static str {
        match self.0 {
            shutterkey::Refreshable::Now => "now",
            shutterkey::Refreshable::NotBefore(_) => "not_before",
            shutterkey::Refreshable::Impossible(_) => "impossible",
        }
    }

    /// From which moment on.
    #[getter]
    fn not_before<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.0 {
            shutterkey::Refreshable::NotBefore(at) => time::to_python(py, at).map(Some),
            _ => Ok(None),
        }
    }

    /// Why not: `expired`, `short_lived`, `never_expires`, `not_offered` or `no_refresh_token`.
    #[getter]
    fn reason(&self) -> Option<&'static str> {
        match self.0 {
            shutterkey::Refreshable::Impossible(reason) => Some(reason.as_str()),
            _ => None,
        }
    }

    fn __bool__(&self) -> bool {
        self.0 == shutterkey::Refreshable::Now
    }

    fn __repr__(&self) -> String {
        match self.0 {
            shutterkey::Refreshable::NotBefore(at) => format!("Refreshable('not_before', '{at}')"),
            shutterkey::Refreshable::Impossible(reason) => format!("Refreshable('impossible', '{}')", reason.as_str()),
            shutterkey::Refreshable::Now => "Refreshable('now')".to_owned(),
        }
    }
}

/// What a code was exchanged for.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct TokenAnswer(pub(crate) shutterkey::protocol::answer::TokenAnswer);

#[pymethods]
impl TokenAnswer {
    /// The token.
    #[getter]
    fn token(&self) -> Token {
        Token(self.0.token.clone())
    }

    /// The user id beside it, exact. Which of the account's ids it is differs; `identify()` tells for certain.
    #[getter]
    fn user_id(&self) -> Option<&str> {
        self.0.user_id.as_ref().map(|id| id.as_str())
    }

    fn __repr__(&self) -> String {
        format!(
            "TokenAnswer(token=[redacted], user_id={:?})",
            self.0.user_id.as_ref().map(|id| id.as_str())
        )
    }
}
