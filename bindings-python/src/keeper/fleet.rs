//! Keeping all accounts of an app alive.

use std::sync::Arc;
use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use shutterkey::keeper::{FleetOptions, Progress};
use tokio::sync::watch;

use super::Keeper;
use crate::time::Length;
use crate::{errors, process, wait};

/// How often somebody who wants to hear of the progress is told.
const TELL: Duration = Duration::from_secs(1);

/// What `Keeper.run()` has done.
#[pyclass(frozen, eq, module = "shutterkey")]
#[derive(Clone, PartialEq)]
pub(crate) struct FleetCounts(shutterkey::keeper::FleetCounts);

#[pymethods]
impl FleetCounts {
    /// How many accounts were looked after.
    #[getter]
    fn accounts(&self) -> u64 {
        self.0.accounts()
    }

    /// Tokens that were refreshed.
    #[getter]
    fn refreshed(&self) -> u64 {
        self.0.refreshed
    }

    /// Accounts that were looked at and needed nothing.
    #[getter]
    fn unchanged(&self) -> u64 {
        self.0.unchanged
    }

    /// Refreshes that failed; the token lives, and it is tried again.
    #[getter]
    fn failed(&self) -> u64 {
        self.0.failed
    }

    /// Accounts that came to be at risk.
    #[getter]
    fn at_risk(&self) -> u64 {
        self.0.at_risk
    }

    /// Accounts that were found to need a login.
    #[getter]
    fn needs_login(&self) -> u64 {
        self.0.needs_login
    }

    /// Accounts whose person has to do something first.
    #[getter]
    fn blocked(&self) -> u64 {
        self.0.blocked
    }

    /// Accounts whose token is dead and could not be renewed this time, or whose record could not be read or kept.
    #[getter]
    fn lost(&self) -> u64 {
        self.0.lost
    }

    /// How often the store could not be asked for what is due.
    #[getter]
    fn store_failures(&self) -> u64 {
        self.0.store_failures
    }

    fn __repr__(&self) -> String {
        let Self(counts) = self;
        format!(
            "FleetCounts(refreshed={}, unchanged={}, failed={}, at_risk={}, needs_login={}, blocked={}, lost={}, \
             store_failures={})",
            counts.refreshed,
            counts.unchanged,
            counts.failed,
            counts.at_risk,
            counts.needs_login,
            counts.blocked,
            counts.lost,
            counts.store_failures
        )
    }
}

pub(super) fn options(per_second: f64, at_once: usize, poll: Length, once: bool) -> PyResult<FleetOptions> {
    if !per_second.is_finite() || per_second <= 0.0 || at_once == 0 {
        return Err(PyValueError::new_err("per_second and at_once are above zero"));
    }
    let options = FleetOptions::new()
        .per_second(per_second)
        .at_once(at_once)
        .poll(poll.duration());
    Ok(if once { options.once() } else { options })
}

type Outcome = Option<shutterkey::Result<shutterkey::keeper::FleetCounts>>;

/// A fleet that is kept. When nobody has this any more, it stops.
#[pyclass(frozen, module = "shutterkey._native")]
pub(crate) struct FleetRun {
    progress: Progress,
    told: std::sync::Mutex<shutterkey::keeper::FleetCounts>,
    stop: watch::Sender<bool>,
    outcome: watch::Receiver<Outcome>,
}

impl FleetRun {
    pub(super) fn begin(py: Python<'_>, keeper: &Keeper, options: FleetOptions) -> PyResult<Self> {
        let core = keeper.core(py)?;
        let stops = keeper.stops.get(py, || Ok(Arc::new(watch::Sender::new(()))))?;
        let (mut of_keeper, mut at_exit) = (stops.subscribe(), process::ending(py)?);
        let (stop, mut stopped) = watch::channel(false);
        let (tell, outcome) = watch::channel(None);
        let progress = options.progress();
        process::runtime(py)?.spawn(async move {
            // The program's end waits for those who listen to it.
            let _until_done = at_exit.clone();
            let stop = async move {
                tokio::select! {
                    _ = stopped.wait_for(|stop| *stop) => {}
                    _ = of_keeper.changed() => {}
                    _ = at_exit.wait_for(|ending| *ending) => {}
                }
            };
            let _ = tell.send(Some(core.run(options, stop).await));
        });
        Ok(Self {
            progress,
            told: std::sync::Mutex::default(),
            stop,
            outcome,
        })
    }

    /// Waits for the end; Ctrl-C, or an exception of `on_progress`, stops it, and is raised once it has ended. A second one
    /// is raised at once.
    pub(super) fn wait(&self, py: Python<'_>, on_progress: Option<&Bound<'_, PyAny>>) -> PyResult<FleetCounts> {
        let mut raised = None;
        loop {
            let mut outcome = self.outcome.clone();
            let waited = wait::wait(py, async move {
                let done = tokio::time::timeout(TELL, outcome.wait_for(Option::is_some)).await;
                done.ok().and_then(|outcome| outcome.ok().and_then(|told| told.clone()))
            });
            let told = waited.and_then(|outcome| {
                if let (Some(tell), None, Some(counts)) = (on_progress, &raised, self.changed()) {
                    tell.call1((counts,))?;
                }
                Ok(outcome)
            });
            match (told, raised.take()) {
                (Ok(Some(_)), Some(error)) | (Err(error), Some(_)) => return Err(error),
                (Ok(Some(outcome)), None) => {
                    return outcome.map(FleetCounts).map_err(|error| errors::raised(py, error));
                }
                (Ok(None), before) => raised = before,
                (Err(error), None) => {
                    self.stop();
                    raised = Some(error);
                }
            }
        }
    }
}

#[pymethods]
impl FleetRun {
    /// The counts if they have changed since this was asked before.
    fn changed(&self) -> Option<FleetCounts> {
        let counts = self.progress.counts();
        let mut told = self.told.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        (*told != counts).then(|| {
            *told = counts;
            FleetCounts(counts)
        })
    }

    /// Finishes what is under way and begins nothing more.
    fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// A future of the counts at the end.
    fn done<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut outcome = self.outcome.clone();
        let work = async move {
            let told = outcome.wait_for(Option::is_some).await;
            told.ok().and_then(|told| told.clone()).unwrap_or_else(|| {
                Err(shutterkey::Error::with_detail(
                    shutterkey::ErrorCode::Misuse,
                    "The process that kept the fleet is another one.",
                ))
            })
        };
        wait::start(py, work, |_, counts| Ok(FleetCounts(counts)))
    }
}
