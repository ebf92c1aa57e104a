//! Logins that wait for their answer.

use std::sync::{Mutex, OnceLock, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use shutterkey::{Error, ErrorCode, Secret};

use crate::errors;
use crate::seal::Sealing;
use crate::time::{self, Moment};

/// Where to send the person, and what to keep until the answer comes.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct AuthorizationRequest {
    url: String,
    pending: shutterkey::PendingAuthorization,
    shown: OnceLock<Py<PendingAuthorization>>,
}

impl AuthorizationRequest {
    pub(crate) fn new(request: shutterkey::AuthorizationRequest) -> Self {
        Self {
            url: request.url,
            pending: request.pending,
            shown: OnceLock::new(),
        }
    }

    pub(crate) fn core(&self) -> shutterkey::AuthorizationRequest {
        shutterkey::AuthorizationRequest {
            url: self.url.clone(),
            pending: self.pending.clone(),
        }
    }
}

#[pymethods]
impl AuthorizationRequest {
    /// The authorize URL, to be opened in the person's own browser. It carries the state: do not log it.
    #[getter]
    fn url(&self) -> &str {
        &self.url
    }

    /// What the answer is checked against. Keep it with the person's session.
    #[getter]
    fn pending(&self, py: Python<'_>) -> PyResult<Py<PendingAuthorization>> {
        if let Some(shown) = self.shown.get() {
            return Ok(shown.clone_ref(py));
        }
        let made = Py::new(py, PendingAuthorization(self.pending.clone()))?;
        Ok(self.shown.get_or_init(|| made).clone_ref(py))
    }

    fn __repr__(&self) -> String {
        let address = self.url.split('?').next().unwrap_or_default();
        format!("AuthorizationRequest(url='{address}?[redacted]')")
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("An AuthorizationRequest"))
    }
}

/// A login that was begun and waits for its answer. It holds the state and the code verifier, which are secrets.
///
/// It lives ten minutes by default and is bound to its provider, client id, redirect URI and, if the caller wants, to a
/// browser session. `serialize()` and `seal()` let it wait anywhere; it never travels in `state`.
#[pyclass(frozen, module = "shutterkey")]
#[derive(Clone)]
pub(crate) struct PendingAuthorization(pub(crate) shutterkey::PendingAuthorization);

#[pymethods]
impl PendingAuthorization {
    /// Checks a whole redirect URL: that it came to the registered address, its state, then error, then code. For a
    /// loopback listener, a paste or a deep link.
    #[pyo3(signature = (url, *, now=None, session=None))]
    fn accept(&self, py: Python<'_>, url: &str, now: Option<Moment>, session: Option<&str>) -> PyResult<Grant> {
        granted(py, self.0.accept(url, time::or_now(now), session))
    }

    /// The same for the raw query of a route that is itself the registered redirect: behind a proxy, a server does not
    /// know its own URL.
    #[pyo3(signature = (query, *, now=None, session=None))]
    fn accept_query(&self, py: Python<'_>, query: &str, now: Option<Moment>, session: Option<&str>) -> PyResult<Grant> {
        granted(py, self.0.accept_query(query, time::or_now(now), session))
    }

    /// The same for what a person pasted: quotes, line breaks and a missing scheme are forgiven, a missing state is
    /// not.
    #[pyo3(signature = (text, *, now=None, session=None))]
    fn accept_pasted(&self, py: Python<'_>, text: &str, now: Option<Moment>, session: Option<&str>) -> PyResult<Grant> {
        granted(py, self.0.accept_pasted(text, time::or_now(now), session))
    }

    /// All of it as text, a secret: for a server-side session. In a cookie or a form use `seal()`.
    fn serialize(&self) -> String {
        self.0.serialize().reveal().to_owned()
    }

    /// Reads what `serialize()` wrote.
    #[staticmethod]
    fn deserialize(py: Python<'_>, text: &str) -> PyResult<Self> {
        shutterkey::PendingAuthorization::deserialize(text)
            .map(Self)
            .map_err(|error| errors::raised(py, error))
    }

    /// Seals the login for a cookie, a hidden field or a handle, with a `SealKeys` or a sealer of one's own. Provider
    /// and session are bound to it. Whoever has the sealed text can present it again: single use is the store's part.
    #[pyo3(signature = (keys, session=None))]
    fn seal(&self, py: Python<'_>, keys: &Bound<'_, PyAny>, session: Option<&str>) -> PyResult<String> {
        let sealing = Sealing::given(keys)?;
        sealing.outcome(py, self.0.seal(sealing.core(), session))
    }

    /// Opens a sealed login of this provider and session. Raises `redirect.seal_invalid` for anything else.
    #[staticmethod]
    #[pyo3(signature = (sealed, keys, provider, session=None))]
    fn open(
        py: Python<'_>,
        sealed: &str,
        keys: &Bound<'_, PyAny>,
        provider: &str,
        session: Option<&str>,
    ) -> PyResult<Self> {
        let sealing = Sealing::given(keys)?;
        let opened = shutterkey::PendingAuthorization::open(sealed, sealing.core(), provider, session);
        sealing.outcome(py, opened.map(Self))
    }

    /// The code verifier (RFC 7636), a secret, for an exchange of one's own; `None` without PKCE.
    fn reveal_verifier(&self) -> Option<&str> {
        self.0.verifier().map(|verifier| verifier.reveal())
    }

    /// The provider's stable name.
    #[getter]
    fn provider(&self) -> &str {
        self.0.provider()
    }

    /// Where the answer will come to.
    #[getter]
    fn redirect_uri(&self) -> &str {
        self.0.redirect_uri().as_str()
    }

    /// `code` or `token`.
    #[getter]
    fn response_type(&self) -> &'static str {
        self.0.response_type().as_str()
    }

    /// When the login was begun.
    #[getter]
    fn created_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time::to_python(py, self.0.created_at())
    }

    /// Until when its answer is accepted.
    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time::to_python(py, self.0.expires_at())
    }

    /// The caller's own data.
    #[getter]
    fn context<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.context().map(|context| PyBytes::new(py, context))
    }

    /// Where the person goes afterwards.
    #[getter]
    fn return_to(&self) -> Option<&str> {
        self.0.return_to()
    }

    /// The account that has to log in, if it is one in particular.
    #[getter]
    fn expected_account(&self) -> Option<&str> {
        self.0.expected_account().map(|id| id.as_str())
    }

    /// A public name of this login, for logs and stores: nothing can be done with it.
    #[getter]
    fn handle(&self) -> String {
        self.0.handle()
    }

    fn __repr__(&self) -> String {
        format!(
            "PendingAuthorization(provider='{}', handle='{}')",
            self.0.provider(),
            self.0.handle()
        )
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled(
            "A PendingAuthorization; serialize() is explicit, it",
        ))
    }
}

fn granted(py: Python<'_>, grant: shutterkey::Result<shutterkey::Grant>) -> PyResult<Grant> {
    grant.map(Grant::new).map_err(|error| errors::raised(py, error))
}

/// What an accepted answer grants: a code to be exchanged, or, by explicit choice of `response_type`, a token. It is
/// used once: a client that it was given to has it.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct Grant {
    kind: &'static str,
    held: Mutex<Option<shutterkey::Grant>>,
}

impl Grant {
    pub(crate) fn new(grant: shutterkey::Grant) -> Self {
        let kind = match &grant {
            shutterkey::Grant::Code(_) => "code",
            shutterkey::Grant::Token(_) => "token",
        };
        Self {
            kind,
            held: Mutex::new(Some(grant)),
        }
    }

    /// Takes the grant out, for the one use that it has.
    pub(crate) fn take(&self, py: Python<'_>) -> PyResult<shutterkey::Grant> {
        let taken = self.held.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.ok_or_else(|| errors::raised(py, Error::new(ErrorCode::RedirectStateUsed)))
    }

    fn reveal(&self, read: impl FnOnce(&shutterkey::Grant) -> Option<&Secret>) -> Option<String> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.as_ref().and_then(read).map(|secret| secret.reveal().to_owned())
    }
}

#[pymethods]
impl Grant {
    /// `code` or `token`.
    #[getter]
    fn kind(&self) -> &'static str {
        self.kind
    }

    /// The code, a secret; `None` for a token, and once it was used.
    fn reveal_code(&self) -> Option<String> {
        self.reveal(|grant| match grant {
            shutterkey::Grant::Code(code) => Some(code.code()),
            shutterkey::Grant::Token(_) => None,
        })
    }

    /// The access token, a secret; `None` for a code, and once it was used.
    fn reveal_access_token(&self) -> Option<String> {
        self.reveal(|grant| match grant {
            shutterkey::Grant::Token(token) => Some(token.access_token()),
            shutterkey::Grant::Code(_) => None,
        })
    }

    /// The long-lived token beside it (Facebook Login), a secret.
    fn reveal_long_lived_token(&self) -> Option<String> {
        self.reveal(|grant| match grant {
            shutterkey::Grant::Token(token) => token.long_lived_token(),
            shutterkey::Grant::Code(_) => None,
        })
    }

    fn __repr__(&self) -> String {
        format!("Grant(kind='{}', [redacted])", self.kind)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("A Grant"))
    }
}
