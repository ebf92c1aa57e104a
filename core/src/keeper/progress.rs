//! What a fleet has come to so far.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
pub use crate::keeping::{Rest, RestReason};
use crate::operation::Kept;

/// Counters of a fleet that runs, and how it stands. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    refreshed: AtomicU64,
    unchanged: AtomicU64,
    failed: AtomicU64,
    at_risk: AtomicU64,
    needs_login: AtomicU64,
    blocked: AtomicU64,
    lost: AtomicU64,
    foreign: AtomicU64,
    store_failures: AtomicU64,
    under_way: AtomicU64,
    moment: Mutex<Moment>,
}

#[derive(Clone, Debug, Default)]
struct Moment {
    rest: Option<Rest>,
    slower: Option<f64>,
    store_failure: Option<StoreFailure>,
}

/// How a fleet stands at the moment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct FleetState {
    /// Refreshes that are under way.
    pub under_way: u64,
    /// Until when no refresh begins, and why.
    pub rest: Option<Rest>,
    /// How many times slower than the full rate it goes, since the provider says that the app's limit nears: 1 and more.
    pub slower: f64,
    /// Since when the store cannot be asked for what is due.
    pub store_failure: Option<StoreFailure>,
}

/// A store that cannot be asked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct StoreFailure {
    /// Since when.
    pub since: Timestamp,
    /// What it failed with last.
    pub error: Error,
}

/// What a fleet has done since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct FleetCounts {
    /// Tokens that were refreshed.
    pub refreshed: u64,
    /// Accounts that were looked at and needed nothing.
    pub unchanged: u64,
    /// Refreshes that failed; the token lives, and it is tried again.
    pub failed: u64,
    /// Accounts that came to be at risk.
    pub at_risk: u64,
    /// Accounts that were found to need a login.
    pub needs_login: u64,
    /// Accounts whose person has to do something first.
    pub blocked: u64,
    /// Accounts whose token is dead and could not be renewed this time, or whose record could not be read or kept.
    pub lost: u64,
    /// Records of an app with the same id at another server, such as a sandbox: they are left alone.
    pub foreign: u64,
    /// How often the store could not be asked for what is due.
    pub store_failures: u64,
}

impl FleetCounts {
    /// How many accounts were looked after.
    pub fn accounts(&self) -> u64 {
        self.refreshed + self.unchanged + self.failed + self.needs_login + self.blocked + self.lost
    }
}

impl Progress {
    /// What has been done so far.
    pub fn counts(&self) -> FleetCounts {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counters = &*self.0;
        FleetCounts {
            refreshed: of(&counters.refreshed),
            unchanged: of(&counters.unchanged),
            failed: of(&counters.failed),
            at_risk: of(&counters.at_risk),
            needs_login: of(&counters.needs_login),
            blocked: of(&counters.blocked),
            lost: of(&counters.lost),
            foreign: of(&counters.foreign),
            store_failures: of(&counters.store_failures),
        }
    }

    pub(super) fn done(&self, outcome: &Result<Kept>) {
        let counters = &*self.0;
        let counter = match outcome {
            Ok(kept) => {
                if kept.at_risk.is_some() {
                    count(&counters.at_risk);
                }
                match (&kept.problem, kept.refreshed) {
                    (Some(_), true) => &counters.lost,
                    (None, true) => &counters.refreshed,
                    (Some(_), false) => &counters.failed,
                    (None, false) => &counters.unchanged,
                }
            }
            Err(error) => match error.code() {
                ErrorCode::AccountNeedsLogin => &counters.needs_login,
                ErrorCode::AccountCheckpoint => &counters.blocked,
                ErrorCode::ConfigSandboxCredentials => &counters.foreign,
                _ => &counters.lost,
            },
        };
        count(counter);
    }

    /// How it stands at the moment.
    pub fn state(&self) -> FleetState {
        let moment = self.moment().clone();
        FleetState {
            under_way: self.0.under_way.load(Ordering::Relaxed),
            rest: moment.rest,
            slower: moment.slower.unwrap_or(1.0),
            store_failure: moment.store_failure,
        }
    }

    pub(super) fn begin(&self) -> UnderWay {
        count(&self.0.under_way);
        UnderWay(self.clone())
    }

    pub(super) fn paced(&self, rest: Option<Rest>, slower: f64) {
        let mut moment = self.moment();
        (moment.rest, moment.slower) = (rest, Some(slower));
    }

    pub(super) fn store_answered(&self) {
        self.moment().store_failure = None;
    }

    pub(super) fn store_failed(&self, error: &Error, now: Timestamp) {
        count(&self.0.store_failures);
        let mut moment = self.moment();
        let since = moment.store_failure.as_ref().map_or(now, |known| known.since);
        let error = error.clone();
        moment.store_failure = Some(StoreFailure { since, error });
    }

    fn moment(&self) -> MutexGuard<'_, Moment> {
        self.0.moment.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A refresh that is under way; it counts until this is dropped, also by a panic.
pub(super) struct UnderWay(Progress);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
