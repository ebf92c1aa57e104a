//! What a fleet has come to so far.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{ErrorCode, Result};
use crate::operation::Kept;

/// Counters of a fleet that runs. Clones are the same.
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
    store_failures: AtomicU64,
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
                _ => &counters.lost,
            },
        };
        count(counter);
    }

    pub(super) fn store_failed(&self) {
        count(&self.0.store_failures);
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
