//! What happens beside a keeper's answers.

use std::time::Duration;

use pyo3::prelude::*;

use super::Keeper;
use crate::account::AccountKey;
use crate::time::{self, Length};
use crate::{errors, wait};

/// What happens beside a keeper's answers. Iterating waits for the next event, for ever; `next()` waits for a while.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct Events(pub(super) Py<Keeper>);

#[pymethods]
impl Events {
    /// The next event if there is one.
    fn try_next(&self, py: Python<'_>) -> PyResult<Option<Event>> {
        Ok(self.0.get().core(py)?.events().try_next().map(Event))
    }

    /// The next event; waits at most `timeout` seconds for it, and for ever by default. `None`: there was none.
    #[pyo3(signature = (timeout=None))]
    fn next(&self, py: Python<'_>, timeout: Option<Length>) -> PyResult<Option<Event>> {
        let until =
            timeout.map(|timeout| std::time::Instant::now() + timeout.duration().min(Duration::from_secs(1 << 30)));
        loop {
            // The waiting takes no event, so that Ctrl-C loses none.
            let events = self.0.get().core(py)?.events();
            if let Some(event) = events.try_next() {
                return Ok(Some(Event(event)));
            }
            let left = until.map(|until| until.saturating_duration_since(std::time::Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Ok(None);
            }
            wait::wait(py, async move {
                match left {
                    Some(left) => drop(tokio::time::timeout(left, events.ready()).await),
                    None => events.ready().await,
                }
            })?;
        }
    }

    fn __iter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<Event>> {
        self.next(py, None)
    }

    fn __repr__(&self) -> &'static str {
        "Events()"
    }
}

/// Something that happened to an account.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct Event(shutterkey::keeper::Event);

#[pymethods]
impl Event {
    /// The account.
    #[getter]
    fn account(&self) -> AccountKey {
        AccountKey(self.0.account.clone())
    }

    /// What happened: `refreshed`, `refresh_failed`, `store_failed`, `unsaved`, `stalled`, `at_risk`, `needs_login`,
    /// `blocked` or `recovered`.
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.kind.as_str()
    }

    /// Why, where something went wrong: an exception that was not raised.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0
            .error
            .clone()
            .map(|error| errors::exception(py, error))
            .transpose()
    }

    /// Until when the token lives, of an account at risk: it was not or cannot be refreshed.
    #[getter]
    fn until<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0.until.map(|until| time::to_python(py, until)).transpose()
    }

    /// When.
    #[getter]
    fn at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time::to_python(py, self.0.at)
    }

    fn __repr__(&self) -> String {
        format!(
            "Event(kind='{}', account='{}', at='{}')",
            self.0.kind.as_str(),
            self.0.account,
            self.0.at
        )
    }
}
