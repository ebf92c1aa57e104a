//! The sandbox's time.

use pyo3::prelude::*;
use shutterkey::{Clock, Timestamp};

use crate::process;
use crate::time::{self, Length, Moment};

/// A sandbox's clock: it runs with the machine's, and can be moved or stopped. The sandbox's clients follow it; give it
/// to others as `clock=`.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct SandboxClock {
    pub(crate) clock: shutterkey_sandbox::SandboxClock,
    generation: u64,
}

impl SandboxClock {
    pub(crate) fn of(clock: shutterkey_sandbox::SandboxClock) -> Self {
        Self {
            clock,
            generation: process::generation(),
        }
    }

    /// The clock, in the process whose sandbox follows it: a forked child has a copy that nobody would follow.
    fn own(&self, py: Python<'_>) -> PyResult<&shutterkey_sandbox::SandboxClock> {
        match self.generation == process::generation() {
            true => Ok(&self.clock),
            false => Err(super::failed(py, super::FORKED)),
        }
    }
}

#[pymethods]
impl SandboxClock {
    /// Moves by a length of time, in seconds or as a `timedelta`; backwards if it is negative. A frozen clock moves as
    /// well and stays frozen.
    fn advance(&self, py: Python<'_>, length: Length) -> PyResult<()> {
        self.own(py)?.advance(length.seconds());
        Ok(())
    }

    /// Sets the present; the clock runs on from there, or stands there if it is frozen.
    fn set(&self, py: Python<'_>, now: Moment) -> PyResult<()> {
        self.own(py)?.set(now.0);
        Ok(())
    }

    /// Stops it at its present moment.
    fn freeze(&self, py: Python<'_>) -> PyResult<()> {
        self.own(py)?.freeze();
        Ok(())
    }

    /// Lets it run again from the moment at which it stands.
    fn unfreeze(&self, py: Python<'_>) -> PyResult<()> {
        self.own(py)?.unfreeze();
        Ok(())
    }

    /// Whether it stands still.
    #[getter]
    fn is_frozen(&self) -> bool {
        self.clock.is_frozen()
    }

    /// The present of the sandbox.
    fn now<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time::to_python(py, self.present())
    }

    fn __repr__(&self) -> String {
        let frozen = if self.is_frozen() { ", frozen" } else { "" };
        format!("SandboxClock('{}'{frozen})", self.present())
    }
}

impl SandboxClock {
    fn present(&self) -> Timestamp {
        self.clock.now()
    }
}
