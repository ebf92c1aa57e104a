//! Where tokens are kept: the [`Store`] trait, and stores.
//!
//! A store holds opaque bytes under plain keys. It promises four things, and [`conformance`] tests them: a write
//! replaces only the version it expects, a write under an earlier lease than the last is refused, a lease has one holder
//! at a time and frees itself, and what was written is read back whole or not at all.

pub mod conformance;
mod due;
#[cfg(feature = "file-store")]
mod file;
#[cfg(feature = "keychain")]
mod keychain;
mod lease;
mod memory;
#[cfg(all(feature = "config-file", feature = "file-store"))]
mod named;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "seal")]
mod sealed;
mod shared;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

pub use due::Claimed;
#[cfg(feature = "file-store")]
pub use file::FileStore;
#[cfg(feature = "keychain")]
pub use keychain::KeychainStore;
pub use memory::MemoryStore;
#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "seal")]
pub use sealed::{PlainRecords, RecordSealer, Resealed, SealedStore, WithSealer};

use crate::clock::Timestamp;
use crate::error::Result;
use crate::record::{Lease, RecordBytes, StoreKey, Stored};

/// A future on the heap, so that a store can be a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// All keys of a store that begin with `prefix`, in order: [`Store::list`], page by page.
///
/// # Errors
/// The `store` family.
pub async fn list_all(store: &dyn Store, prefix: &str) -> Result<Vec<Listed>> {
    const PAGE: usize = 500;
    let mut all: Vec<Listed> = Vec::new();
    loop {
        let page = store.list(prefix, None, all.last().map(|last| &last.key), PAGE).await?;
        let is_last = page.len() < PAGE;
        all.extend(page);
        if is_last {
            return Ok(all);
        }
    }
}

/// What became of a write or a deletion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// Done; a write answers the new version, a deletion the version that was removed.
    Version(u64),
    /// Another version is there, or a later lease has been given out. Nothing was changed.
    Conflict,
}

/// A key with what a store knows about it in plain sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The key.
    pub key: StoreKey,
    /// When the keeper wants to see it.
    pub due_at: Option<Timestamp>,
}

/// A place where tokens are kept. Implement it for a database of your own, and run [`conformance::check`] on it.
///
/// Time is given where it matters (`now` of leases and lists) so that a store needs no clock and follows a moved one; a store
/// on a server of its own uses the server's clock instead.
pub trait Store: Send + Sync + fmt::Debug {
    /// The record under a key, or `None`. A record past its `forget_at` is answered as `None`, and is none
    /// for a write.
    ///
    /// # Errors
    /// The `store` family.
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>>;

    /// Writes if the present version is `expected` (`None`: there is no record) and no later lease than `fence` was given
    /// out for the key. Durable when it returns.
    ///
    /// # Errors
    /// The `store` family; the old record is then still there, whole.
    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>>;

    /// Removes a record if it still has this version.
    ///
    /// # Errors
    /// The `store` family.
    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>>;

    /// Takes the lease of a key, unless somebody has it. It frees itself after `ttl`.
    ///
    /// # Errors
    /// The `store` family.
    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>>;

    /// Gives a lease back. One that somebody else has by now is left alone.
    ///
    /// # Errors
    /// The `store` family.
    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>>;

    /// Keys that begin with `prefix`, in order, after `after`, at most `limit`; with `due_before`, only those that are
    /// due before that moment.
    ///
    /// # Errors
    /// The `store` family.
    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>>;

    /// Leases up to `limit` records below `prefix` that are due before `due_before` and that nobody has, and answers them
    /// with their leases, which free themselves after `ttl`. Of several that claim at once, no two get the same record.
    ///
    /// This is how machines share the work of keeping many accounts: each claims a few, refreshes them, and
    /// [releases](Self::release) them. The built-in way lists and leases one by one; a database does it in one statement.
    ///
    /// # Errors
    /// The `store` family. A single record that cannot be read is no error: see [`Claimed::record`].
    fn claim_due<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Timestamp,
        limit: usize,
        ttl: Duration,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<Claimed>>> {
        Box::pin(due::claim_one_by_one(self, prefix, due_before, limit, ttl, now))
    }

    /// Whether the store can be written to right now: asked before a person is sent to log in.
    ///
    /// # Errors
    /// The `store` family.
    fn probe(&self) -> BoxFuture<'_, Result<()>>;
}
