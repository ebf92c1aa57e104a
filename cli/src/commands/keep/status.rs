//! What is known of a fleet while it runs, for the live line, the metrics and the summary.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use shutterkey::keeper::{Census, Progress};
use shutterkey::record::{StoreKey, pointer};
use shutterkey::store::list_all;
use shutterkey::{AccountKey, Clock, Keeper, SystemClock, Timestamp};

/// How long between two counts of all accounts, at least. One that takes long is repeated more seldom: the store has other
/// work.
const COUNT_EVERY: Duration = Duration::from_secs(60);

/// How many times as long as a count takes passes before the next one.
const COUNT_SHARE: u32 = 100;

/// Shared by whoever shows something. Clones are the same.
#[derive(Clone)]
pub(super) struct Status(Arc<Inner>);

struct Inner {
    keeper: Keeper,
    namespace: String,
    progress: Progress,
    began: (Timestamp, Instant),
    hooks_done: AtomicU64,
    hooks_failed: AtomicU64,
    counted: Mutex<Option<Census>>,
    names: Mutex<BTreeMap<AccountKey, String>>,
}

impl Status {
    pub(super) fn new(keeper: &Keeper, namespace: &str, progress: Progress) -> Self {
        Self(Arc::new(Inner {
            keeper: keeper.clone(),
            namespace: namespace.to_owned(),
            progress,
            began: (SystemClock.now(), Instant::now()),
            hooks_done: AtomicU64::new(0),
            hooks_failed: AtomicU64::new(0),
            counted: Mutex::default(),
            names: Mutex::default(),
        }))
    }

    pub(super) fn progress(&self) -> &Progress {
        &self.0.progress
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.keeper.client().now()
    }

    pub(super) fn began(&self) -> Timestamp {
        self.0.began.0
    }

    pub(super) fn runs_for(&self) -> Duration {
        self.0.began.1.elapsed()
    }

    /// How many programs of `--on-refresh` ended well, and how many did not.
    pub(super) fn hooks(&self) -> (u64, u64) {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        (of(&self.0.hooks_done), of(&self.0.hooks_failed))
    }

    pub(super) fn hook_ended(&self, well: bool) {
        let counter = if well { &self.0.hooks_done } else { &self.0.hooks_failed };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// All accounts, as they were counted last.
    pub(super) fn counted(&self) -> Option<Census> {
        *lock(&self.0.counted)
    }

    /// The person's own name for an account.
    pub(super) fn name(&self, account: &AccountKey) -> Option<String> {
        lock(&self.0.names).get(account).cloned()
    }

    /// Counts all accounts now.
    pub(super) async fn count(&self) -> shutterkey::Result<()> {
        let census = self.0.keeper.census().await?;
        *lock(&self.0.counted) = Some(census);
        Ok(())
    }

    /// Reads the names of all accounts.
    pub(super) async fn read_names(&self) -> shutterkey::Result<()> {
        let (store, now) = (self.0.keeper.store(), self.now());
        let mut names = BTreeMap::new();
        for listed in list_all(&**store, &StoreKey::aliases_prefix(&self.0.namespace)).await? {
            if let (Some(name), Some(stored)) = (listed.key.alias_name(), store.load(&listed.key, now).await?)
                && let Some(account) = pointer(&stored.record.bytes)
            {
                names.entry(account).or_insert(name);
            }
        }
        *lock(&self.0.names) = names;
        Ok(())
    }

    /// Counts again and again. A store that fails is told of by those who claim from it.
    pub(super) async fn keep_counting(self) {
        loop {
            let began = Instant::now();
            let _ = self.read_names().await;
            let _ = self.count().await;
            tokio::time::sleep((began.elapsed() * COUNT_SHARE).max(COUNT_EVERY)).await;
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
