//! Making a keeper.

use std::sync::Arc;
use std::time::Duration;

use super::{Flights, Inner, Keeper, Tasks, events};
use crate::client::Client;
pub use crate::keeping::DEFAULT_CAPACITY;
use crate::keeping::{self, Keeping};
use crate::store::Store;

/// How long an account is answered from memory before the store is asked again, unless said otherwise: another process
/// may have removed or replaced it.
pub const DEFAULT_REREAD: Duration = Duration::from_secs(keeping::DEFAULT_REREAD.unsigned_abs());

/// Collects what a keeper is made of.
#[derive(Debug)]
#[must_use = "a keeper is made by build()"]
pub struct KeeperBuilder {
    client: Client,
    store: Arc<dyn Store>,
    namespace: String,
    reread: Duration,
    capacity: usize,
    tasks: Tasks,
}

impl KeeperBuilder {
    pub(super) fn new(client: Client, store: Arc<dyn Store>) -> Self {
        Self {
            client,
            store,
            namespace: "default".to_owned(),
            reread: DEFAULT_REREAD,
            capacity: DEFAULT_CAPACITY,
            tasks: Tasks::default(),
        }
    }

    /// The caller's own namespace in the store, such as a tenant. `default` unless said otherwise.
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// How long an account is answered from memory before the store is asked again: [`DEFAULT_REREAD`] unless said
    /// otherwise; whole seconds.
    pub fn reread(mut self, interval: Duration) -> Self {
        self.reread = interval;
        self
    }

    /// How many accounts are kept in memory: [`DEFAULT_CAPACITY`] unless said otherwise. Those beyond it are read again.
    pub fn capacity(mut self, accounts: usize) -> Self {
        self.capacity = accounts.max(1);
        self
    }

    /// Counts this keeper's tasks with those of other keepers.
    pub fn tasks(mut self, tasks: &Tasks) -> Self {
        self.tasks = tasks.clone();
        self
    }

    /// The keeper.
    pub fn build(self) -> Keeper {
        let reread = i64::try_from(self.reread.as_secs()).unwrap_or(i64::MAX);
        let config = self.client.config().clone();
        let keeping = Keeping::new(config, self.namespace, reread, self.capacity);
        Keeper(Arc::new(Inner {
            client: self.client,
            store: self.store,
            looks: Flights::default(),
            renewals: Flights::default(),
            logins: Flights::default(),
            events: Arc::new(events::Queue::new(Arc::clone(&keeping))),
            keeping,
            tasks: self.tasks,
        }))
    }
}
