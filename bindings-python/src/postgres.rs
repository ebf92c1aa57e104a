//! The PostgreSQL store.

use std::sync::Arc;
use std::time::Duration;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use shutterkey::Store;
use shutterkey::config::profile::PostgresPlace;
use shutterkey::store::RecordSealer;
use shutterkey::store::postgres::{PostgresStoreBuilder, TlsMode};
use zeroize::Zeroizing;

use crate::process::PerProcess;
use crate::sealing::{Resealed, pass, sealer_of};
use crate::time::{Length, Moment};
use crate::token::not_pickled;
use crate::{errors, wait};

type Core = shutterkey::store::PostgresStore;

/// Keeps tokens in a PostgreSQL database (12 or later), sealed with a key that the database never sees: for many processes
/// on many machines, with leases on the database's clock, directly or behind PgBouncer in transaction mode.
///
/// `address` is `postgres://user:password@host:port/database?sslmode=…`. Say `seal_keys` (a `SealKeys`, or the text that
/// `shutterkey keygen` prints), a `sealer` of your own, or `unsealed=True`. Nothing is connected before it is used; a
/// forked child has connections of its own.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct PostgresStore {
    settings: Settings,
    /// What is printed: where it leads, and not who goes there.
    shown: String,
    opened: PerProcess<Core>,
}

#[derive(Default)]
struct Settings {
    address: Zeroizing<String>,
    sealer: Option<Arc<dyn RecordSealer>>,
    unsealed: bool,
    schema: Option<String>,
    table_prefix: Option<String>,
    pool_size: Option<usize>,
    deadline: Option<Duration>,
    tls: Option<TlsMode>,
    roots: Option<Vec<u8>>,
}

impl Settings {
    fn builder(&self) -> PostgresStoreBuilder {
        let mut builder = Core::builder(&self.address);
        if let Some(sealer) = &self.sealer {
            builder = builder.sealed_by(Arc::clone(sealer));
        }
        if self.unsealed {
            builder = builder.unsealed();
        }
        if let Some(schema) = &self.schema {
            builder = builder.schema(schema);
        }
        if let Some(prefix) = &self.table_prefix {
            builder = builder.table_prefix(prefix);
        }
        if let Some(connections) = self.pool_size {
            builder = builder.pool_size(connections);
        }
        if let Some(deadline) = self.deadline {
            builder = builder.deadline(deadline);
        }
        if let Some(mode) = self.tls {
            builder = builder.tls(mode);
        }
        if let Some(roots) = &self.roots {
            builder = builder.root_certificates(roots);
        }
        builder
    }
}

impl PostgresStore {
    /// The one that a profile names. Address and keys are read once: a child that changed its user may read them no more.
    pub(crate) fn named(py: Python<'_>, place: &PostgresPlace) -> PyResult<Self> {
        let (url, keys) = place.parts().map_err(|error| errors::raised(py, error))?;
        let settings = Settings {
            address: Zeroizing::new(url.reveal().to_owned()),
            sealer: Some(Arc::new(keys)),
            ..Settings::default()
        };
        Self::made(py, settings)
    }

    fn made(py: Python<'_>, settings: Settings) -> PyResult<Self> {
        let built = settings.builder().build().map_err(|error| errors::raised(py, error))?;
        let store = Self {
            shown: format!("{built:?}"),
            settings,
            opened: PerProcess::new(),
        };
        store.opened.get(py, || Ok(built))?;
        Ok(store)
    }

    /// The store of this process.
    fn core(&self, py: Python<'_>) -> PyResult<Core> {
        self.opened.get(py, || {
            let built = self.settings.builder().build();
            built.map_err(|error| errors::raised(py, error))
        })
    }

    pub(crate) fn open(&self, py: Python<'_>) -> PyResult<Arc<dyn Store>> {
        Ok(Arc::new(self.core(py)?))
    }
}

#[pymethods]
impl PostgresStore {
    #[new]
    #[pyo3(signature = (address, *, seal_keys=None, sealer=None, unsealed=false, schema=None, table_prefix=None,
        pool_size=None, deadline=None, tls=None, root_certificates=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn new(
        py: Python<'_>,
        address: String,
        seal_keys: Option<&Bound<'_, PyAny>>,
        sealer: Option<&Bound<'_, PyAny>>,
        unsealed: bool,
        schema: Option<String>,
        table_prefix: Option<String>,
        pool_size: Option<usize>,
        deadline: Option<Length>,
        tls: Option<&str>,
        root_certificates: Option<Roots>,
    ) -> PyResult<Self> {
        let address = Zeroizing::new(address);
        let sealer = sealer_of(py, seal_keys, sealer)?;
        if unsealed && sealer.is_some() {
            return Err(errors::misuse(
                py,
                "A store is sealed or unsealed: leave out unsealed=True, or the keys.",
            ));
        }
        let settings = Settings {
            address,
            sealer,
            unsealed,
            schema,
            table_prefix,
            pool_size,
            deadline: deadline.map(Length::duration),
            tls: tls.map(tls_mode).transpose()?,
            roots: root_certificates.map(|roots| roots.0),
        };
        Self::made(py, settings)
    }

    /// Whether records are sealed.
    #[getter]
    fn is_sealed(&self) -> bool {
        self.settings.sealer.is_some()
    }

    /// Makes the tables, or brings them up to this release. Safe at every start and by several at once; where nothing is to
    /// be done it needs no right to change tables. Raises `store.denied` without the right to, `store.schema` where the
    /// tables are of a release that is too new.
    fn migrate(&self, py: Python<'_>) -> PyResult<()> {
        let store = self.core(py)?;
        wait::wait_for(py, async move { store.migrate().await })
    }

    /// `migrate()` for `asyncio`.
    fn migrate_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let store = self.core(py)?;
        wait::start(py, async move { store.migrate().await }, |_, ()| Ok(()))
    }

    /// Looks whether the database answers and has tables that this release works with; raises `store.schema` and the rest of
    /// the `store` family.
    fn check(&self, py: Python<'_>) -> PyResult<()> {
        let store = self.core(py)?;
        wait::wait_for(py, async move { store.check().await })
    }

    /// `check()` for `asyncio`.
    fn check_async<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let store = self.core(py)?;
        wait::start(py, async move { store.check().await }, |_, ()| Ok(()))
    }

    /// What `migrate()` sends, as text for `psql --single-transaction --set ON_ERROR_STOP=1 --file`. It can be applied
    /// again.
    fn migrations(&self, py: Python<'_>) -> PyResult<String> {
        let text = self.settings.builder().migrations();
        text.map_err(|error| errors::raised(py, error))
    }

    /// Seals anew, with the key that seals now, every record whose key begins with `prefix` and that another key sealed.
    /// Each is leased meanwhile, so that no refresh is disturbed; one that somebody has is passed over. Run it until the
    /// answer `is_complete`, then take the old key out.
    ///
    /// `seal_plain`: records that are not sealed at all are sealed, too, for the one pass after a store got its first key.
    #[pyo3(signature = (prefix="", *, seal_plain=false, now=None))]
    fn reseal(&self, py: Python<'_>, prefix: &str, seal_plain: bool, now: Option<Moment>) -> PyResult<Resealed> {
        let (store, prefix, (plain, now)) = (self.core(py)?, prefix.to_owned(), pass(seal_plain, now));
        wait::wait_for(py, async move { store.reseal(&prefix, plain, now).await }).map(Resealed)
    }

    /// `reseal()` for `asyncio`.
    #[pyo3(signature = (prefix="", *, seal_plain=false, now=None))]
    fn reseal_async<'py>(
        &self,
        py: Python<'py>,
        prefix: &str,
        seal_plain: bool,
        now: Option<Moment>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (store, prefix, (plain, now)) = (self.core(py)?, prefix.to_owned(), pass(seal_plain, now));
        let work = async move { store.reseal(&prefix, plain, now).await };
        wait::start(py, work, |_, done| Ok(Resealed(done)))
    }

    fn __repr__(&self) -> &str {
        &self.shown
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(not_pickled("A PostgresStore"))
    }
}

/// Certificates in PEM, as text or bytes.
pub(crate) struct Roots(Vec<u8>);

impl<'py> FromPyObject<'_, 'py> for Roots {
    type Error = PyErr;

    fn extract(given: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match given.extract::<String>() {
            Ok(text) => Ok(Self(text.into_bytes())),
            Err(_) => given.extract().map(Self),
        }
    }
}

fn tls_mode(name: &str) -> PyResult<TlsMode> {
    Ok(match name {
        "disable" => TlsMode::Disable,
        "require" => TlsMode::Require,
        "verify-ca" => TlsMode::VerifyCa,
        "verify-full" => TlsMode::VerifyFull,
        _ => {
            return Err(PyValueError::new_err(
                "tls is 'disable', 'require', 'verify-ca' or 'verify-full'",
            ));
        }
    })
}
