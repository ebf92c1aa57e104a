//! Where the present comes from.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use shutterkey::{Clock, SystemClock, Timestamp};

use crate::gate;
use crate::sandbox::SandboxClock;
use crate::time::{self, Length, Moment};

/// A clock that stands still until it is moved, for tests: give it to a client or a keeper as `clock=`.
///
/// A clock that stands at `now`; by default at the machine's present.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct ManualClock(pub(crate) shutterkey::ManualClock);

#[pymethods]
impl ManualClock {
    #[new]
    #[pyo3(signature = (now=None))]
    fn new(now: Option<Moment>) -> Self {
        Self(shutterkey::ManualClock::new(time::or_now(now)))
    }

    /// Moves by a length of time, in seconds or as a `timedelta`; backwards if it is negative.
    fn advance(&self, length: Length) {
        self.0.advance(length.seconds());
    }

    /// Moves to a moment, forwards or backwards.
    fn set(&self, now: Moment) {
        self.0.set(now.0);
    }

    /// The moment it stands at.
    fn now<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time::to_python(py, self.0.now())
    }

    fn __repr__(&self) -> String {
        format!("ManualClock('{}')", self.0.now())
    }
}

/// A clock of the caller's: a function, or an object with `now()`, that answers a `datetime` or seconds since 1970.
struct HostClock {
    ask: Py<PyAny>,
    /// What it said last: the answer when Python cannot be asked any more.
    last: AtomicI64,
}

impl fmt::Debug for HostClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostClock")
    }
}

impl HostClock {
    fn ask(&self, py: Python<'_>) -> PyResult<Timestamp> {
        self.ask.call0(py)?.extract::<Moment>(py).map(|moment| moment.0)
    }
}

impl Clock for HostClock {
    fn now(&self) -> Timestamp {
        let answered = gate::call_python(|py| match self.ask(py) {
            Ok(now) => Some(now),
            Err(error) => {
                // A clock cannot fail; what it raised is shown as Python shows what nobody can catch.
                error.write_unraisable(py, Some(self.ask.bind(py)));
                None
            }
        });
        match answered.flatten() {
            Some(now) => {
                self.last.store(now.seconds(), Ordering::Relaxed);
                now
            }
            None => Timestamp::from_seconds(self.last.load(Ordering::Relaxed)),
        }
    }
}

/// The clock that was given; the machine's, if none was.
pub(crate) fn given(py: Python<'_>, clock: Option<&Bound<'_, PyAny>>) -> PyResult<Arc<dyn Clock>> {
    let Some(clock) = clock else {
        return Ok(Arc::new(SystemClock));
    };
    if let Ok(manual) = clock.cast::<ManualClock>() {
        return Ok(Arc::new(manual.get().0.clone()));
    }
    if let Ok(sandbox) = clock.cast::<SandboxClock>() {
        return Ok(Arc::new(sandbox.get().clock.clone()));
    }
    let ask = match clock.getattr_opt("now")? {
        Some(now) if now.is_callable() => now,
        _ if clock.is_callable() => clock.clone(),
        _ => return Err(PyTypeError::new_err("a clock is a function, or an object with now()")),
    };
    let host = HostClock {
        ask: ask.unbind(),
        last: AtomicI64::new(0),
    };
    // A clock that fails is better found now than in the middle of a refresh.
    host.last.store(host.ask(py)?.seconds(), Ordering::Relaxed);
    Ok(Arc::new(host))
}
