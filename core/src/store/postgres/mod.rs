//! A store in a PostgreSQL database, for all processes on all machines that share it.
//!
//! ```no_run
//! # async fn run(client: shutterkey::Client) -> shutterkey::Result<()> {
//! use std::sync::Arc;
//! use shutterkey::store::PostgresStore;
//! use shutterkey::{Keeper, SealKeys};
//!
//! let address = std::env::var("DATABASE_URL").unwrap_or_default(); // postgres://user:password@db.example/app
//! let keys = SealKeys::parse(&std::env::var("SHUTTERKEY_SEAL_KEYS").unwrap_or_default())?;
//! let store = PostgresStore::builder(&address).sealed(keys).build()?;
//! store.migrate().await?; // or by hand, from builder(…).migrations()
//! let keeper = Keeper::new(client, Arc::new(store));
//! let token = keeper.token("me").await?;
//! # let _ = token;
//! # Ok(())
//! # }
//! ```

mod address;
mod builder;
mod connections;
mod end_point;
mod failure;
mod migrations;
mod names;
mod pool;
mod rows;
mod statements;
mod table;
mod tls;
mod verify;

/// Compiles what the page on stores shows.
#[cfg(all(doctest, feature = "file-store"))]
#[doc = include_str!("../../../../docs/stores.md")]
struct Page;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use address::TlsMode;
pub use builder::PostgresStoreBuilder;
pub use connections::{Connections, Lent};
use table::Table;
/// The client library, for [`Connections`] of one's own.
pub use tokio_postgres;

use super::{BoxFuture, Claimed, Listed, PlainRecords, RecordSealer, Resealed, SealedStore, Store, Written};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::record::{Lease, RecordBytes, StoreKey, Stored};

/// Keeps records in a PostgreSQL database (12 or later), sealed with a key that the database never sees.
///
/// * **Leases** run on the database's clock, so that machines whose clocks differ share them all the same. Each has a fence;
///   a write under an earlier one is refused.
/// * **One statement a call**, parsed under no name, in no transaction of more than one message, without `SET`, `LISTEN` or
///   session locks: safe behind PgBouncer in transaction mode, of any version.
/// * **A claim** ([`claim_due`](Store::claim_due)) takes what is due in one statement and passes over what others are taking
///   (`FOR UPDATE SKIP LOCKED`); below the prefix of a namespace's accounts its cost does not
///   grow with their number.
/// * **Connections**: a few of ours, opened when they are needed and replaced when they break, or the caller's own
///   ([`Connections`]). Every call has a deadline.
/// * **TLS** with rustls and ring, `sslmode` as in libpq except that the unsafe `allow` and `prefer` are refused, and that
///   `verify-full` holds where an address names none and does not lead to this machine. SCRAM is bound to the session
///   (`channel_binding=require` works).
///
/// A write that was answered is as durable as the database's `synchronous_commit` makes it. What can go wrong is in
/// the `store` family: `store.denied`, `store.schema`, `store.read_only`, `store.full`, `store.seal_invalid`,
/// `store.unavailable`. No error and no `Debug` holds user or password.
///
/// Clones share one handle.
#[derive(Clone)]
pub struct PostgresStore {
    table: Table,
    sealed: Option<Arc<SealedStore<Table>>>,
}

impl PostgresStore {
    /// Begins a store at an address: `postgres://user:password@host:port/database?sslmode=…`. Percent-encode what is no
    /// letter or digit in user and password. Several hosts with commas between, a socket's folder as `%2Frun%2Fpostgresql`.
    ///
    /// Options: `sslmode` ([`TlsMode`]), `sslrootcert` (a file, or `system`), `sslnegotiation`, `channel_binding`,
    /// `target_session_attrs`, `load_balance_hosts`, `connect_timeout`, `application_name`, `keepalives…`,
    /// `tcp_user_timeout`, `options` (which PgBouncer refuses); others are refused.
    pub fn builder(address: &str) -> PostgresStoreBuilder {
        PostgresStoreBuilder::new(address)
    }

    /// Begins a store over connections of the caller's own.
    pub fn over(connections: impl Connections + 'static) -> PostgresStoreBuilder {
        PostgresStoreBuilder::over(connections)
    }

    fn of(table: Table, sealer: Option<Arc<dyn RecordSealer>>) -> Self {
        let sealed = sealer.map(|sealer| Arc::new(SealedStore::shared(table.clone(), sealer)));
        Self { table, sealed }
    }

    /// Makes the tables, or brings them up to this release. Safe to run at every start and by several at once; where nothing
    /// is to be done it needs no right to change tables. An earlier release goes on working beside a later one's tables
    /// unless a step says that it cannot; then it says so with `store.schema`.
    ///
    /// # Errors
    /// `store.denied` without the right to make tables, `store.schema` where the tables are of a release that is too new.
    pub async fn migrate(&self) -> Result<()> {
        self.table.migrate().await
    }

    /// Looks whether the database answers and has tables that this release works with.
    ///
    /// # Errors
    /// `store.schema`, and the rest of the `store` family.
    pub async fn check(&self) -> Result<()> {
        self.table.check_schema().await
    }

    /// Whether records are sealed.
    pub fn is_sealed(&self) -> bool {
        self.sealed.is_some()
    }

    /// As [`SealedStore::reseal`].
    ///
    /// # Errors
    /// As there; `config.seal_key` for a store without keys.
    pub async fn reseal(&self, prefix: &str, plain: PlainRecords, now: Timestamp) -> Result<Resealed> {
        match &self.sealed {
            Some(sealed) => sealed.reseal(prefix, plain, now).await,
            None => Err(Error::with_detail(
                ErrorCode::ConfigSealKey,
                "This store was made without keys to seal with.",
            )),
        }
    }

    fn store(&self) -> &dyn Store {
        match &self.sealed {
            Some(sealed) => &**sealed,
            None => &self.table,
        }
    }
}

impl Store for PostgresStore {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        self.store().load(key, now)
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        self.store().save(key, record, expected, fence, now)
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        self.store().delete(key, expected)
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        self.store().lease(key, ttl, now)
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        self.store().release(lease)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        self.store().list(prefix, due_before, after, limit)
    }

    fn claim_due<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Timestamp,
        limit: usize,
        ttl: Duration,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<Claimed>>> {
        self.store().claim_due(prefix, due_before, limit, ttl, now)
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        self.store().probe()
    }
}

impl fmt::Debug for PostgresStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sealed = if self.is_sealed() { "sealed" } else { "unsealed" };
        write!(f, "PostgresStore({:?}, {sealed})", self.table)
    }
}
