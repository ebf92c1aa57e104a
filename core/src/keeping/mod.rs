//! Keeping accounts in memory, without I/O: what a keeper knows, when it asks the store again, when it refreshes, and what it
//! tells about it.
//!
//! [`Keeping`] gives an [`Operation`](crate::Operation) for everything that needs the store or the provider. A keeper in whatever language drives
//! it, sees to it that callers who want the same at once share one, and decides nothing: [`crate::Keeper`] does so over tokio.

mod accounts;
mod events;
mod held;
mod import_line;
mod logins;
mod look;
mod memory;
mod pace;

use std::fmt;
use std::sync::Arc;

pub use events::{Event, EventKind};
pub use held::{Renewed, Stretch};
pub use import_line::{ImportOptions, ImportedLine};
pub use logins::ImportToken;
pub use look::Looked;
use memory::Memory;
pub use pace::{Next, Pace, Rest, RestReason};

use crate::account::{AccountKey, UserId};
use crate::clock::Timestamp;
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Result};
use crate::operation::Io;
use crate::protocol::token::Token;
use crate::record::{AccountRecord, StoreKey, pointer};

/// How long an account is answered from memory before the store is asked again, in seconds, unless said otherwise: another
/// process may have removed or replaced it.
pub const DEFAULT_REREAD: i64 = 30;

/// How many accounts are kept in memory unless said otherwise.
pub const DEFAULT_CAPACITY: usize = 10_000;

/// The accounts of one client in one namespace of a store.
pub struct Keeping {
    config: ClientConfig,
    namespace: String,
    reread: i64,
    memory: Memory,
    events: events::Queue,
}

impl Keeping {
    /// Nothing is in memory yet. `reread` is in seconds.
    pub fn new(config: ClientConfig, namespace: impl Into<String>, reread: i64, capacity: usize) -> Arc<Self> {
        Arc::new(Self {
            config,
            namespace: namespace.into(),
            reread,
            memory: Memory::new(capacity.max(1)),
            events: events::Queue::default(),
        })
    }

    /// The client.
    pub fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// The namespace of the store.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The keys of this client's accounts begin with this text.
    #[cfg(feature = "client")]
    pub(crate) fn accounts_prefix(&self) -> String {
        StoreKey::accounts_of(&self.namespace, self.config.provider().id(), self.config.client_id())
    }

    /// The account's token if it is in memory and nothing has to be done for it: the way that nearly every call takes. `None`
    /// says nothing about the account.
    pub fn fresh_token(&self, name: &str, now: Timestamp) -> Option<Token> {
        self.memory.fresh(name, now, self.reread)
    }

    /// Drops an account from memory; the store keeps it.
    pub fn forget(&self, name: &str) {
        self.memory.forget_name(name);
    }

    /// The next thing that happened beside the answers. The queue is bounded; the oldest go first.
    pub fn next_event(&self) -> Option<Event> {
        self.events.pop()
    }

    /// Whether something happened that nobody has taken yet.
    pub fn has_event(&self) -> bool {
        !self.events.is_empty()
    }

    /// The account that a name means. The store says so: another process may have given the name to another account.
    async fn resolve(&self, io: &Io, name: &str) -> Result<AccountKey> {
        let (provider, app_id) = (self.config.provider().id(), self.config.client_id());
        let alias = StoreKey::alias(&self.namespace, provider, app_id, name);
        if let Some(stored) = io.load(&alias).await?
            && let Some(key) = pointer(&stored.record.bytes)
        {
            return Ok(key);
        }
        let user_id = UserId::parse(name).map_err(|_| not_found(name))?;
        Ok(self.key_of(user_id))
    }

    fn key_of(&self, user_id: UserId) -> AccountKey {
        AccountKey {
            provider: self.config.provider().id().to_owned(),
            app_id: self.config.client_id().to_owned(),
            user_id,
        }
    }

    async fn load(&self, io: &Io, account: &AccountKey) -> Result<Option<AccountRecord>> {
        let stored = io.load(&StoreKey::account(&self.namespace, account)).await?;
        stored.map(|stored| self.read_record(&stored.record.bytes)).transpose()
    }

    /// Reads a record of this client's provider.
    ///
    /// # Errors
    /// `store.corrupt`.
    pub fn read_record(&self, bytes: &[u8]) -> Result<AccountRecord> {
        AccountRecord::decode(self.config.provider(), bytes)
    }

    /// Whether a record is of one of this client's accounts; a namespace may hold those of several.
    pub fn is_own(&self, record: &AccountRecord) -> bool {
        let key = record.key();
        key.provider == self.config.provider().id() && key.app_id == self.config.client_id()
    }
}

fn not_found(name: &str) -> Error {
    let name = crate::error::printable(name);
    Error::with_detail(
        ErrorCode::AccountNotFound,
        format!("No account is stored under \"{name}\"."),
    )
}

impl fmt::Debug for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeping")
            .field("config", &self.config)
            .field("namespace", &self.namespace)
            .finish_non_exhaustive()
    }
}
