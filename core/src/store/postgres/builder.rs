//! Settings of the PostgreSQL store.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::address::{Address, TlsMode};
use super::connections::Connections;
use super::names::{DEFAULT_SCHEMA, Names};
use super::pool::Pool;

use super::table::Table;
use super::tls::Tls;
use super::{PostgresStore, migrations};
use crate::error::{Error, ErrorCode, Result};
use crate::roots::Extra;
use crate::store::RecordSealer;

/// How many connections of ours there are at most, unless it is said otherwise. A statement takes about a millisecond, so that
/// few serve many.
const POOL_SIZE: usize = 4;

/// How long one call may take, a free connection included. Shorter than a request to a provider, which a lease outlives.
const DEADLINE: Duration = Duration::from_secs(10);

/// How long connecting to one host may take, so that one of several that is down leaves time for the next.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Collects settings; [`build`](Self::build) checks them.
#[must_use = "a store is made by build() or connect()"]
pub struct PostgresStoreBuilder {
    from: From,
    sealing: Sealing,
    schema: String,
    prefix: String,
    pool_size: usize,
    deadline: Duration,
    tls: Option<TlsMode>,
    roots: Option<Vec<u8>>,
}

enum From {
    Address(Result<Box<Address>>),
    Own(Box<dyn Connections>),
}

enum Sealing {
    Unsaid,
    Unsealed,
    Sealed(Arc<dyn RecordSealer>),
}

impl PostgresStoreBuilder {
    pub(super) fn new(address: &str) -> Self {
        Self::from(From::Address(Address::parse(address).map(Box::new)))
    }

    pub(super) fn over(connections: impl Connections + 'static) -> Self {
        Self::from(From::Own(Box::new(connections)))
    }

    fn from(from: From) -> Self {
        Self {
            from,
            sealing: Sealing::Unsaid,
            schema: DEFAULT_SCHEMA.to_owned(),
            prefix: String::new(),
            pool_size: POOL_SIZE,
            deadline: DEADLINE,
            tls: None,
            roots: None,
        }
    }

    /// Seals records with [`SealKeys`](crate::SealKeys), or a [`RecordSealer`] of one's own: the database never sees a token.
    /// See [`SealedStore`](crate::store::SealedStore) for what that covers, and how keys are rotated.
    pub fn sealed(self, sealer: impl RecordSealer + 'static) -> Self {
        self.sealed_by(Arc::new(sealer))
    }

    /// The same with a sealer that is shared.
    pub fn sealed_by(mut self, sealer: Arc<dyn RecordSealer>) -> Self {
        self.sealing = Sealing::Sealed(sealer);
        self
    }

    /// Stores tokens in clear text: whoever can read the table, a backup or a replica of it has them.
    pub fn unsealed(mut self) -> Self {
        self.sealing = Sealing::Unsealed;
        self
    }

    /// The schema of the tables. `shutterkey` unless said otherwise.
    pub fn schema(mut self, schema: impl Into<String>) -> Self {
        self.schema = schema.into();
        self
    }

    /// What the names of the tables begin with: to have several stores in one schema. Nothing unless said otherwise.
    pub fn table_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// How many connections there are at most: 4 unless said otherwise, at least 1. They are opened when they are needed.
    /// Connections of the caller's own are the caller's to limit.
    pub fn pool_size(mut self, connections: usize) -> Self {
        self.pool_size = connections.max(1);
        self
    }

    /// How long one call of the store may take, waiting for a connection and making one included: 10 seconds unless said
    /// otherwise. After that its connection is closed, and nobody knows whether the statement was carried out: what had begun
    /// to wait for a lock at the server may be done later, if the version and the fence are still those that it expects.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How the connection is secured, whatever `sslmode` the address has.
    pub fn tls(mut self, mode: TlsMode) -> Self {
        self.tls = Some(mode);
        self
    }

    /// Roots in PEM that the server's certificate is checked against, in place of the system's (and of a file that
    /// `sslrootcert` names): a private authority's, or a hosting company's for its databases.
    pub fn root_certificates(mut self, pem: &[u8]) -> Self {
        self.roots = Some(pem.to_vec());
        self
    }

    /// The text that [`PostgresStore::migrate`] sends, for people who apply it by hand. It can be applied again; what is there
    /// is left as it is.
    ///
    /// # Errors
    /// `config.invalid` for a schema or prefix that is no plain name.
    pub fn migrations(&self) -> Result<String> {
        Ok(migrations::script(&Names::new(&self.schema, &self.prefix)?))
    }

    /// Checks the settings and makes the store. Nothing is connected before it is used, so that a program starts while its
    /// database does not.
    ///
    /// # Errors
    /// `config.invalid`, which names what is wrong and never repeats the address; `config.seal_key` when neither
    /// [`sealed`](Self::sealed) nor [`unsealed`](Self::unsealed) was said.
    pub fn build(self) -> Result<PostgresStore> {
        let names = Names::new(&self.schema, &self.prefix)?;
        let sealer = match self.sealing {
            Sealing::Sealed(sealer) => Some(sealer),
            Sealing::Unsealed => None,
            Sealing::Unsaid => {
                return Err(Error::with_detail(
                    ErrorCode::ConfigSealKey,
                    "A PostgreSQL store seals its records: give it keys, or say that they are not to be sealed.",
                ));
            }
        };
        let (connections, shown): (Box<dyn Connections>, _) = match self.from {
            From::Own(connections) => (connections, "a database that the caller connects to".to_owned()),
            From::Address(address) => {
                let mut address = address?;
                let mode = self.tls.or(address.tls).unwrap_or_else(|| address.default_tls());
                let roots = own_roots(self.roots, address.roots.take())?;
                address.prepare(mode, CONNECT_TIMEOUT.min(self.deadline));
                let shown = address.to_string();
                let tls = Tls::new(mode, roots.as_ref())?;
                (
                    Box::new(Pool::new(address.config, tls, shown.clone(), self.pool_size)),
                    shown,
                )
            }
        };
        let table = Table::new(connections, names, self.deadline, shown);
        Ok(PostgresStore::of(table, sealer))
    }

    /// Makes the store and looks whether the database answers and has tables that this release works with.
    ///
    /// # Errors
    /// As [`build`](Self::build); `store.schema` when there are no tables yet, or others; the rest of the `store` family.
    pub async fn connect(self) -> Result<PostgresStore> {
        let store = self.build()?;
        store.check().await?;
        Ok(store)
    }
}

fn own_roots(given: Option<Vec<u8>>, named: Option<String>) -> Result<Option<Extra>> {
    let pem = match (given, named) {
        (Some(pem), _) => pem,
        (None, None) => return Ok(None),
        (None, Some(name)) if name == "system" => return Ok(None),
        (None, Some(path)) => {
            std::fs::read(path).map_err(|_| refused("The file that sslrootcert names cannot be read."))?
        }
    };
    let mut roots = Extra::default();
    if !roots.add_pem(&pem) {
        return Err(refused("The roots for the database are not certificates in PEM."));
    }
    Ok(Some(roots))
}

fn refused(why: &'static str) -> Error {
    Error::with_detail(ErrorCode::ConfigInvalid, why)
}

impl fmt::Debug for PostgresStoreBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = match &self.from {
            From::Address(Ok(address)) => address.to_string(),
            From::Address(Err(error)) => error.to_string(),
            From::Own(_) => "connections of the caller's".to_owned(),
        };
        f.debug_struct("PostgresStoreBuilder")
            .field("from", &from)
            .field("schema", &self.schema)
            .field("table_prefix", &self.prefix)
            .field("sealed", &matches!(self.sealing, Sealing::Sealed(_)))
            .field("pool_size", &self.pool_size)
            .field("deadline", &self.deadline)
            .field("tls", &self.tls)
            .finish_non_exhaustive()
    }
}
