//! The pending logins of one browser in one cookie.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;

use crate::errors;
use crate::pending::PendingAuthorization;
use crate::seal::Sealing;
use crate::time::{self, Moment};

/// The pending logins of one browser, newest first, in one sealed cookie: `Cookie` header in, `Set-Cookie` value out.
/// Two tabs can log in at once; of many abandoned logins the newest eight stay. The cookie is what binds a login to the
/// browser that began it.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct PendingJar(Mutex<shutterkey::PendingJar>);

impl PendingJar {
    fn jar(&self) -> MutexGuard<'_, shutterkey::PendingJar> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl PendingJar {
    /// Reads the jar from a `Cookie` header. A jar that is missing, expired, foreign or damaged is an empty jar.
    /// `secure` is false only for a site on http://localhost.
    #[staticmethod]
    #[pyo3(signature = (cookie_header, keys, *, now=None, secure=true))]
    fn from_cookie(
        py: Python<'_>,
        cookie_header: Option<&str>,
        keys: &Bound<'_, PyAny>,
        now: Option<Moment>,
        secure: bool,
    ) -> PyResult<Self> {
        let sealing = Sealing::given(keys)?;
        let jar = shutterkey::PendingJar::from_cookie(cookie_header, sealing.core(), time::or_now(now), secure);
        sealing.outcome(py, Ok(Self(Mutex::new(jar))))
    }

    /// Puts a login in front.
    fn add(&self, pending: &PendingAuthorization) {
        self.jar().add(pending.0.clone());
    }

    /// The login that a callback's raw query belongs to, by its state. It stays in the jar until it is removed: a wrong
    /// answer must not cancel it. Raises `redirect.state_missing`, `redirect.state_mismatch` and the like.
    fn find(&self, py: Python<'_>, query: &str) -> PyResult<PendingAuthorization> {
        let found = self.jar().find(query).cloned();
        found
            .map(PendingAuthorization)
            .map_err(|error| errors::raised(py, error))
    }

    /// Takes out a login that is completed, or was denied, by its handle.
    fn remove(&self, handle: &str) {
        self.jar().remove(handle);
    }

    fn __len__(&self) -> usize {
        self.jar().len()
    }

    /// The value of a `Set-Cookie` header that stores the jar as it is now: HttpOnly, SameSite=Lax, Secure and
    /// `__Host-` unless the site is on http://localhost, and gone when the last login is.
    #[pyo3(signature = (keys, *, now=None))]
    fn to_set_cookie(&self, py: Python<'_>, keys: &Bound<'_, PyAny>, now: Option<Moment>) -> PyResult<String> {
        let sealing = Sealing::given(keys)?;
        // A sealer of the caller's own may look into this jar.
        let jar = self.jar().clone();
        let cookie = jar.to_set_cookie(sealing.core(), time::or_now(now));
        sealing.outcome(py, cookie)
    }

    fn __repr__(&self) -> String {
        format!("PendingJar({} logins)", self.jar().len())
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("A PendingJar"))
    }
}
