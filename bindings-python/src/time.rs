//! Moments: `datetime` in UTC outwards; `datetime`, or seconds since 1970, inwards.

use std::time::Duration;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use shutterkey::{Clock, SystemClock, Timestamp};

/// The last second that a `datetime` can be.
const LAST: i64 = 253_402_300_799;
const FIRST: i64 = -62_135_596_800;

/// A `datetime` with time zone UTC. What lies beyond the year 9999 is its last second.
pub(crate) fn to_python(py: Python<'_>, at: Timestamp) -> PyResult<Bound<'_, PyAny>> {
    static DATETIME: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static EPOCH: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static DELTA: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    static UTC: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let epoch = EPOCH.get_or_try_init(py, || {
        let utc = UTC.get_or_try_init(py, || {
            Ok::<_, PyErr>(
                PyModule::import(py, "datetime")?
                    .getattr("timezone")?
                    .getattr("utc")?
                    .unbind(),
            )
        })?;
        let class = DATETIME.import(py, "datetime", "datetime")?;
        Ok::<_, PyErr>(class.call1((1970, 1, 1, 0, 0, 0, 0, utc))?.unbind())
    })?;
    // By addition: `fromtimestamp` asks the C library, which refuses years that Python knows.
    let delta = DELTA.import(py, "datetime", "timedelta")?;
    epoch.bind(py).add(delta.call1((0, at.seconds().clamp(FIRST, LAST)))?)
}

/// The same for what may be absent.
pub(crate) fn maybe(py: Python<'_>, at: Option<Timestamp>) -> PyResult<Option<Bound<'_, PyAny>>> {
    at.map(|at| to_python(py, at)).transpose()
}

/// A moment of the caller's.
#[derive(Clone, Copy)]
pub(crate) struct Moment(pub(crate) Timestamp);

impl<'py> FromPyObject<'_, 'py> for Moment {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        if let Ok(seconds) = given.extract::<i64>() {
            return Ok(Self(Timestamp::from_seconds(seconds)));
        }
        let seconds = match given.extract::<f64>() {
            Ok(seconds) => seconds,
            Err(_) => of_datetime(&given)?,
        };
        whole(seconds)
            .map(Self)
            .ok_or_else(|| PyValueError::new_err("this is no moment that a clock can show"))
    }
}

fn of_datetime(given: &Bound<'_, PyAny>) -> PyResult<f64> {
    if !given.hasattr("utcoffset")? {
        return Err(PyTypeError::new_err(
            "a moment is a datetime with a time zone, or seconds since 1970",
        ));
    }
    if given.call_method0("utcoffset")?.is_none() {
        return Err(PyValueError::new_err(
            "this datetime has no time zone; use datetime.now(timezone.utc), or .astimezone() on a local one",
        ));
    }
    given.call_method0("timestamp")?.extract()
}

/// Whole seconds, downwards.
pub(crate) fn whole(seconds: f64) -> Option<Timestamp> {
    const LIMIT: f64 = 9.0e18;
    #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
    let whole = (seconds.abs() < LIMIT).then(|| seconds.floor() as i64)?;
    Some(Timestamp::from_seconds(whole))
}

/// The moment given, or the machine's own.
pub(crate) fn or_now(given: Option<Moment>) -> Timestamp {
    given.map_or_else(|| SystemClock.now(), |moment| moment.0)
}

/// A length of time: seconds, or a `timedelta`.
#[derive(Clone, Copy)]
pub(crate) struct Length(pub(crate) f64);

impl<'py> FromPyObject<'_, 'py> for Length {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let seconds: f64 = match given.extract() {
            Ok(seconds) => seconds,
            Err(_) if given.hasattr("total_seconds")? => given.call_method0("total_seconds")?.extract()?,
            Err(_) => {
                return Err(PyTypeError::new_err(
                    "a length of time is a number of seconds or a timedelta",
                ));
            }
        };
        match seconds.is_finite() {
            true => Ok(Self(seconds)),
            false => Err(PyValueError::new_err("a length of time is finite")),
        }
    }
}

impl Length {
    /// Whole seconds, which may be negative.
    pub(crate) fn seconds(self) -> i64 {
        whole(self.0).map_or(i64::MAX, Timestamp::seconds)
    }

    /// Zero for what is negative.
    pub(crate) fn duration(self) -> Duration {
        Duration::try_from_secs_f64(self.0.max(0.0)).unwrap_or(Duration::MAX)
    }
}
