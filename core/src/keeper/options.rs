//! How a fleet is kept.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::progress::Progress;
use crate::record::AccountRecord;
use crate::store::BoxFuture;

/// How a fleet is kept; see [`Keeper::run`](super::Keeper::run).
#[derive(Clone, Debug)]
#[must_use = "options do nothing until they are given to run()"]
pub struct FleetOptions {
    pub(super) per_second: f64,
    pub(super) at_once: usize,
    pub(super) poll: Duration,
    pub(super) once: bool,
    pub(super) progress: Progress,
    pub(super) then: Option<Then>,
}

/// What is done with every refreshed record.
#[derive(Clone)]
pub(super) struct Then(pub(super) Arc<dyn Fn(AccountRecord) -> BoxFuture<'static, ()> + Send + Sync>);

impl fmt::Debug for Then {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Then")
    }
}

impl Default for FleetOptions {
    fn default() -> Self {
        Self {
            per_second: 10.0,
            at_once: 16,
            poll: Duration::from_secs(30),
            once: false,
            progress: Progress::default(),
            then: None,
        }
    }
}

impl FleetOptions {
    /// Ten refreshes a second, sixteen at once, a look for what is due every thirty seconds, for ever.
    pub fn new() -> Self {
        Self::default()
    }

    /// At most so many refreshes a second, by this process alone.
    pub fn per_second(mut self, rate: f64) -> Self {
        self.per_second = rate.clamp(0.001, 100_000.0);
        self
    }

    /// At most so many refreshes under way at once.
    pub fn at_once(mut self, refreshes: usize) -> Self {
        self.at_once = refreshes.max(1);
        self
    }

    /// How long to wait before looking again when nothing is due; about that long, so that machines do not keep step.
    pub fn poll(mut self, interval: Duration) -> Self {
        self.poll = interval;
        self
    }

    /// Ends when nothing is due any more, for a job that cron starts; also when the provider asks for a rest of more than
    /// half a minute, which [`FleetState::rest`](super::FleetState::rest) then tells of. What is due waits for the next run.
    pub fn once(mut self) -> Self {
        self.once = true;
        self
    }

    /// Does this with the record of each account that this run refreshed, beside the next ones; it counts as under way, so that
    /// [`at_once`](Self::at_once) bounds it and the run's end waits for it. The record is stored by then and its lease given back,
    /// unless the store failed: then this process alone has the new token, and goes on trying to store it.
    pub fn then(mut self, work: impl Fn(AccountRecord) -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Self {
        self.then = Some(Then(Arc::new(work)));
        self
    }

    /// What has been done so far, to be read while it runs.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }
}
