//! Making a keeper, and taking tokens in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::memory::Memory;
use super::{Inner, Keeper, Tasks, events};
use crate::client::Client;
use crate::protocol::token::{Expiry, TokenKind};
use crate::secret::Secret;
use crate::store::Store;

/// How long an account is answered from memory before the store is asked again, unless said otherwise: another process
/// may have removed or replaced it.
pub const DEFAULT_REREAD: Duration = Duration::from_secs(30);

/// How many accounts are kept in memory unless said otherwise.
pub const DEFAULT_CAPACITY: usize = 10_000;

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
        Keeper(Arc::new(Inner {
            client: self.client,
            store: self.store,
            namespace: self.namespace,
            reread: i64::try_from(self.reread.as_secs()).unwrap_or(i64::MAX),
            memory: Memory::new(self.capacity),
            logins: Mutex::new(HashMap::new()),
            events: Arc::new(events::Queue::default()),
            tasks: self.tasks,
        }))
    }
}

/// A token made elsewhere, to be taken in.
#[derive(Clone, Debug)]
pub struct ImportToken {
    /// The token.
    pub token: Secret,
    /// What it is; a long-lived one by default, as the dashboard's *Generate token* makes.
    pub kind: Option<TokenKind>,
    /// When it expires; by default unknown, and one refresh tells.
    pub expiry: Option<Expiry>,
    /// The caller's own name for the account.
    pub alias: Option<String>,
}

impl ImportToken {
    /// A token of which nothing else is known.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self {
            token: token.into(),
            kind: None,
            expiry: None,
            alias: None,
        }
    }

    /// With a name for the account.
    #[must_use]
    pub fn alias(mut self, name: impl Into<String>) -> Self {
        self.alias = Some(name.into());
        self
    }
}
