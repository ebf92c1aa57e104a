//! The conformance suite: what every store promises, as checks that run against any [`Store`].
//!
//! Give it a way to make an empty store; it makes a fresh one for every check and reports what it found. It never
//! panics, needs no test framework, and does the same in every run, so a store in another language can be put through
//! it as well.
//!
//! ```
//! use shutterkey::MemoryStore;
//! use shutterkey::store::conformance::{Subject, check};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let report = check(|| async { Ok(Subject::new(MemoryStore::new())) }).await;
//! assert!(report.passed(), "{report}");
//! # }
//! ```

mod claims;
mod leases;
mod lists;
mod names;
mod records;
mod report;
mod together;

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::sync::Arc;

pub use report::{Finding, Outcome, Report};

use super::{BoxFuture, Store};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::record::{RecordBytes, StoreKey};

/// An empty store to check, with what the suite should know about it.
pub struct Subject {
    store: Arc<dyn Store>,
    second: Option<Arc<dyn Store>>,
    own_clock: bool,
    kept: Option<Box<dyn Any + Send + Sync>>,
}

impl Subject {
    /// An empty store.
    pub fn new(store: impl Store + 'static) -> Self {
        Self::shared(Arc::new(store))
    }

    /// An empty store that is shared already.
    pub fn shared(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            second: None,
            own_clock: false,
            kept: None,
        }
    }

    /// A second handle to the same place, as another process would have one. Without it the checks of two handles are
    /// reported as skipped.
    #[must_use]
    pub fn second_handle(self, store: impl Store + 'static) -> Self {
        self.shared_second_handle(Arc::new(store))
    }

    /// The same for a handle that is shared already.
    #[must_use]
    pub fn shared_second_handle(mut self, store: Arc<dyn Store>) -> Self {
        self.second = Some(store);
        self
    }

    /// Says that leases run on a clock of the store's own instead of the `now` they are given. Expiry is then checked
    /// by waiting a few real seconds, and the checks that move the clock are reported as skipped.
    #[must_use]
    pub fn own_clock(mut self) -> Self {
        self.own_clock = true;
        self
    }

    /// Keeps something until the check is over: a temporary directory, a schema to drop.
    #[must_use]
    pub fn keeping(mut self, guard: impl Any + Send + Sync) -> Self {
        self.kept = Some(Box::new(guard));
        self
    }

    fn second(&self) -> Result<Arc<dyn Store>, Stop> {
        self.second
            .clone()
            .ok_or_else(|| Stop::Skipped("there is no second handle".to_owned()))
    }

    fn follows_now(&self) -> Result<(), Stop> {
        if self.own_clock {
            return Err(Stop::Skipped("the store has a clock of its own".to_owned()));
        }
        Ok(())
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("store", &self.store)
            .field("second", &self.second.is_some())
            .field("own_clock", &self.own_clock)
            .finish_non_exhaustive()
    }
}

/// Runs every check, each on a store that `make` makes for it, and reports all of them.
///
/// Run it in a tokio runtime; on one with several threads the concurrent checks are sharper.
pub async fn check<F, Made>(make: F) -> Report
where
    F: Fn() -> Made,
    Made: Future<Output = Result<Subject>>,
{
    let mut findings = Vec::with_capacity(CHECKS.len());
    for (name, run) in CHECKS {
        let outcome = match make().await {
            Ok(subject) => match run(&subject).await {
                Ok(()) => Outcome::Passed,
                Err(Stop::Skipped(why)) => Outcome::Skipped(why),
                Err(Stop::Failed(why)) => Outcome::Failed(why),
            },
            Err(error) => Outcome::Failed(format!("No store could be made: {error}")),
        };
        findings.push(Finding { name, outcome });
    }
    Report::new(findings)
}

type Run = for<'a> fn(&'a Subject) -> BoxFuture<'a, Checked>;

const CHECKS: &[(&str, Run)] = &[
    ("an empty store has nothing", |s| Box::pin(records::nothing(s))),
    ("bytes come back as they were", |s| Box::pin(records::bytes(s))),
    ("due_at and forget_at come back as they were", |s| {
        Box::pin(records::times(s))
    }),
    ("a write replaces only the version it expects", |s| {
        Box::pin(records::compare_and_swap(s))
    }),
    ("versions grow and are never used again", |s| {
        Box::pin(records::versions(s))
    }),
    ("a deletion removes only the version it expects", |s| {
        Box::pin(records::deletion(s))
    }),
    ("a forgotten record is absent and can be made anew", |s| {
        Box::pin(records::forgetting(s))
    }),
    ("an older record does not replace a newer one", |s| {
        Box::pin(records::rollback(s))
    }),
    ("a probe leaves nothing behind", |s| Box::pin(records::probe(s))),
    ("a lease has one holder", |s| Box::pin(leases::exclusive(s))),
    ("a lease that is given back is free", |s| {
        Box::pin(leases::given_back(s))
    }),
    ("a lease frees itself", |s| Box::pin(leases::expiry(s))),
    ("giving back an old lease leaves the new one", |s| {
        Box::pin(leases::old_release(s))
    }),
    ("a clock that is set back does not make a lease eternal", |s| {
        Box::pin(leases::clock_set_back(s))
    }),
    ("a shorter lease cannot take a longer one", |s| {
        Box::pin(leases::shorter(s))
    }),
    ("leases of different keys are independent", |s| {
        Box::pin(leases::independent(s))
    }),
    ("fences grow with every lease", |s| Box::pin(leases::fences(s))),
    ("a write under an earlier lease is refused", |s| {
        Box::pin(leases::fencing(s))
    }),
    ("a lease needs no record and makes none", |s| {
        Box::pin(leases::without_record(s))
    }),
    ("a list has the keys of its prefix, in order of their bytes", |s| {
        Box::pin(lists::order(s))
    }),
    ("wildcards in a prefix stand for themselves", |s| {
        Box::pin(lists::wildcards(s))
    }),
    ("a list goes on after a key", |s| Box::pin(lists::pages(s))),
    ("a list of what is due has what is due before the moment", |s| {
        Box::pin(lists::due(s))
    }),
    ("a list does not name what was deleted", |s| Box::pin(lists::deleted(s))),
    ("what is due is claimed with its record and a lease", |s| {
        Box::pin(claims::due(s))
    }),
    ("a claim passes over what somebody has", |s| {
        Box::pin(claims::of_others(s))
    }),
    ("claims in batches take each once", |s| Box::pin(claims::batches(s))),
    ("odd names do not meet", |s| Box::pin(names::apart(s))),
    ("a key of a kilobyte is a key", |s| Box::pin(names::long(s))),
    ("of many that create at once, one does", |s| {
        Box::pin(together::create(s))
    }),
    ("of many that replace one version at once, one does", |s| {
        Box::pin(together::replace(s))
    }),
    ("of many that ask for a lease at once, one has it", |s| {
        Box::pin(together::lease(s))
    }),
    ("of many that claim at once, no two have the same", |s| {
        Box::pin(together::claim(s))
    }),
    ("many that load, write and repeat lose no write", |s| {
        Box::pin(together::count(s))
    }),
    ("two handles see each other's records", |s| {
        Box::pin(together::two_handles(s))
    }),
    ("two handles share leases and fences", |s| {
        Box::pin(together::two_holders(s))
    }),
];

/// How a check ends before its end.
enum Stop {
    Failed(String),
    Skipped(String),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(format!("the store failed: {error}"))
    }
}

type Checked<T = ()> = Result<T, Stop>;

/// Ends a check unless something holds.
fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(Stop::Failed(otherwise())) }
}

/// A moment that every check begins at; nothing in it depends on the present.
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn key(name: &str) -> StoreKey {
    StoreKey::alias("conformance", "standard", "app", name)
}

fn record(bytes: &[u8]) -> RecordBytes {
    RecordBytes {
        bytes: bytes.to_vec().into(),
        due_at: None,
        forget_at: None,
    }
}
