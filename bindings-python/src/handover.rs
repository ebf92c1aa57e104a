//! A login that an app and its backend share.

use std::sync::Arc;

use pyo3::prelude::*;
use shutterkey::Clock;

use crate::client::Client;
use crate::config::ClientConfig;
use crate::pending::{AuthorizationRequest, Grant, PendingAuthorization};
use crate::seal::Sealing;
use crate::time::{self, Moment};
use crate::{errors, token};

/// What a backend gives its app to begin a login: the address to open in the system's browser, and a handle, which is the login,
/// sealed for the user who is signed in. Both are secrets.
#[pyclass(frozen, module = "shutterkey.protocol")]
pub(crate) struct HandoverStart(shutterkey::HandoverStart);

#[pymethods]
impl HandoverStart {
    /// Begins, at the backend: seals what `authorize()` answered for the user who is signed in, with a `SealKeys` or a sealer
    /// of one's own.
    #[staticmethod]
    fn seal(
        py: Python<'_>,
        login: &AuthorizationRequest,
        keys: &Bound<'_, PyAny>,
        session: &str,
    ) -> PyResult<HandoverStart> {
        let sealing = Sealing::given(keys)?;
        let sealed = shutterkey::HandoverStart::seal(&login.core(), sealing.core(), session);
        sealing.outcome(py, sealed.map(Self))
    }

    /// Reads what a backend sent. Members that are not known are passed over. Raises `config.unsupported` for another
    /// version, `config.invalid` for what is not the start of a hand-over.
    #[staticmethod]
    fn parse(py: Python<'_>, json: &str) -> PyResult<Self> {
        shutterkey::HandoverStart::parse(json)
            .map(Self)
            .map_err(|error| errors::raised(py, error))
    }

    /// The address to open in the system's browser. It carries the state: do not log it.
    #[getter]
    fn url(&self) -> &str {
        self.0.url()
    }

    /// Where the answer will come to.
    #[getter]
    fn redirect_uri(&self) -> &str {
        self.0.redirect_uri().as_str()
    }

    /// Until when its answer is accepted.
    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time::to_python(py, self.0.expires_at())
    }

    /// All of it as JSON, a secret: what a backend sends, and what an app keeps while the browser is open.
    fn to_json(&self) -> String {
        self.0.to_json().reveal().to_owned()
    }

    /// Checks what the browser came back with, as far as an app can, and makes of it what the backend gets. Raises the
    /// `redirect` family for an answer that is not this login's, the `denied` family when the person or the provider said no.
    #[pyo3(signature = (redirect_url, *, now=None))]
    fn answer(&self, py: Python<'_>, redirect_url: &str, now: Option<Moment>) -> PyResult<Handover> {
        self.0
            .answer(redirect_url, time::or_now(now))
            .map(Handover)
            .map_err(|error| errors::raised(py, error))
    }

    fn __repr__(&self) -> String {
        let address = self.0.url().split('?').next().unwrap_or_default();
        format!(
            "HandoverStart(url='{address}?[redacted]', redirect_uri='{}')",
            self.0.redirect_uri().as_str()
        )
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(token::not_pickled("A HandoverStart; to_json() is explicit, it"))
    }
}

/// What an app gives its backend to finish a login: the answer, and the handle that it had with the address.
#[pyclass(frozen, module = "shutterkey.protocol")]
pub(crate) struct Handover(shutterkey::Handover);

#[pymethods]
impl Handover {
    /// Reads what an app sent. Members that are not known are passed over. Raises `redirect.malformed` for what is not a
    /// hand-over, and for one of another version.
    #[staticmethod]
    fn parse(py: Python<'_>, json: &str) -> PyResult<Self> {
        shutterkey::Handover::parse(json)
            .map(Self)
            .map_err(|error| errors::raised(py, error))
    }

    /// All of it as JSON, a secret: the body of the app's request to its backend.
    fn to_json(&self) -> String {
        self.0.to_json().reveal().to_owned()
    }

    /// Opens the handle for the user who is signed in, and accepts the answer with every check: the pending login and its
    /// grant, for `complete_grant()`. `now` is by default the client's present, or the machine's for a configuration. Raises
    /// `redirect.seal_invalid` for a handle that was not made here for this user.
    #[pyo3(signature = (client, keys, session, *, now=None))]
    fn accept(
        &self,
        py: Python<'_>,
        client: &Bound<'_, PyAny>,
        keys: &Bound<'_, PyAny>,
        session: &str,
        now: Option<Moment>,
    ) -> PyResult<(PendingAuthorization, Grant)> {
        let (config, clock) = backend(client)?;
        let now = match (now, clock) {
            (None, Some(clock)) => clock.now(),
            (now, _) => time::or_now(now),
        };
        let sealing = Sealing::given(keys)?;
        let accepted = self.0.accept(&config, sealing.core(), session, now);
        let (pending, grant) = sealing.outcome(py, accepted)?;
        Ok((PendingAuthorization(pending), Grant::new(grant)))
    }

    fn __repr__(&self) -> &'static str {
        "Handover([redacted])"
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(token::not_pickled("A Handover; to_json() is explicit, it"))
    }
}

/// A client, or its configuration alone.
fn backend(given: &Bound<'_, PyAny>) -> PyResult<(shutterkey::ClientConfig, Option<Arc<dyn Clock>>)> {
    match given.cast::<ClientConfig>() {
        Ok(config) => Ok((config.get().0.clone(), None)),
        Err(_) => {
            // That of an AsyncClient.
            let inside = given.getattr_opt("_client")?.unwrap_or_else(|| given.clone());
            let client = inside.cast::<Client>()?.get();
            Ok((client.config.clone(), Some(Arc::clone(&client.clock))))
        }
    }
}
