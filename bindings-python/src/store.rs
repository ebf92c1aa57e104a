//! Where tokens are kept: the built-in stores, or an object of the caller's.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;
use shutterkey::config::profile::StorePlace;
use shutterkey::record::{Lease, RecordBytes, StoreKey, Stored};
use shutterkey::store::{BoxFuture, Listed, Written};
use shutterkey::{Result, Store, Timestamp};

use crate::host_store::HostStore;
use crate::postgres::PostgresStore;
use crate::process::{PerProcess, StoreCall};
use crate::sealed_store::SealedStore;
use crate::{errors, wait};

/// Keeps tokens in this process's memory: they are gone when it ends, and a forked child begins with a copy.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct MemoryStore {
    store: shutterkey::MemoryStore,
    opened: PerProcess<Arc<dyn Store>>,
}

impl MemoryStore {
    fn open(&self, py: Python<'_>) -> PyResult<Arc<dyn Store>> {
        self.opened.get(py, || {
            // Those of a parent are held by threads that are not here.
            self.store.end_leases();
            Ok(Arc::new(Quiet(Arc::new(self.store.clone()))) as Arc<dyn Store>)
        })
    }
}

#[pymethods]
impl MemoryStore {
    #[new]
    fn new() -> Self {
        Self {
            store: shutterkey::MemoryStore::new(),
            opened: PerProcess::new(),
        }
    }

    fn __repr__(&self) -> &'static str {
        "MemoryStore()"
    }
}

/// Keeps tokens in files of a folder that is readable by its owner alone; processes share it.
///
/// The store in this folder, which is made if it is not there.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct FileStore {
    path: PathBuf,
    opened: PerProcess<Arc<dyn Store>>,
}

impl FileStore {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self {
            path,
            opened: PerProcess::new(),
        }
    }

    pub(crate) fn open(&self, py: Python<'_>) -> PyResult<Arc<dyn Store>> {
        self.opened.get(py, || {
            let path = self.path.clone();
            let opened = wait::wait_for(py, async move { shutterkey::FileStore::open(path).await })?;
            Ok(Arc::new(Quiet(Arc::new(opened))) as Arc<dyn Store>)
        })
    }
}

#[pymethods]
impl FileStore {
    #[new]
    fn new(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let store = Self::at(path);
        store.open(py)?;
        Ok(store)
    }

    /// The folder.
    #[getter]
    fn path(&self) -> &std::path::Path {
        &self.path
    }

    fn __repr__(&self) -> String {
        format!("FileStore({:?})", self.path)
    }
}

/// Which store a keeper has.
pub(crate) enum Keeping {
    File(Py<FileStore>),
    Memory(Py<MemoryStore>),
    Postgres(Py<PostgresStore>),
    Sealed(Py<SealedStore>, Box<Keeping>),
    Host(Arc<HostStore>),
}

impl Keeping {
    /// `asyncio`: whether it may be asynchronous.
    pub(crate) fn given(store: &Bound<'_, PyAny>, asyncio: bool) -> PyResult<Self> {
        if let Ok(file) = store.cast::<FileStore>() {
            return Ok(Self::File(file.clone().unbind()));
        }
        if let Ok(memory) = store.cast::<MemoryStore>() {
            return Ok(Self::Memory(memory.clone().unbind()));
        }
        if let Ok(postgres) = store.cast::<PostgresStore>() {
            return Ok(Self::Postgres(postgres.clone().unbind()));
        }
        if let Ok(sealed) = store.cast::<SealedStore>() {
            let below = sealed.get().below(store.py(), asyncio)?;
            return Ok(Self::Sealed(sealed.clone().unbind(), Box::new(below)));
        }
        HostStore::given(store, asyncio).map(|host| Self::Host(Arc::new(host)))
    }

    /// The store that a profile names, with the object that is shown of it.
    pub(crate) fn named(py: Python<'_>, place: &StorePlace) -> PyResult<(Py<PyAny>, Self)> {
        match place {
            StorePlace::Folder(path) => {
                let file = Py::new(py, FileStore::at(path.clone()))?;
                Ok((file.clone_ref(py).into_any(), Self::File(file)))
            }
            StorePlace::Postgres(place) => {
                let postgres = Py::new(py, PostgresStore::named(py, place)?)?;
                Ok((postgres.clone_ref(py).into_any(), Self::Postgres(postgres)))
            }
            other => Err(errors::raised(py, other.unsupported())),
        }
    }

    pub(crate) fn store(&self, py: Python<'_>) -> PyResult<Arc<dyn Store>> {
        match self {
            Self::File(file) => file.get().open(py),
            Self::Memory(memory) => memory.get().open(py),
            Self::Postgres(postgres) => postgres.get().open(py),
            Self::Sealed(sealed, below) => Ok(Arc::new(sealed.get().over(below.store(py)?))),
            Self::Host(host) => Ok(Arc::clone(host) as Arc<dyn Store>),
        }
    }

    /// Whether its answers come from an event loop.
    pub(crate) fn is_asynchronous(&self) -> bool {
        match self {
            Self::Host(host) => host.is_asynchronous(),
            Self::Sealed(_, below) => below.is_asynchronous(),
            _ => false,
        }
    }

    /// Remembers the event loop of a call, for what is asynchronous.
    pub(crate) fn meet_loop(&self, py: Python<'_>) {
        match self {
            Self::Host(host) => host.meet_loop(py),
            Self::Sealed(_, below) => below.meet_loop(py),
            _ => {}
        }
    }
}

/// A built-in store that stands still while the process forks.
#[derive(Debug)]
struct Quiet(Arc<dyn Store>);

macro_rules! quietly {
    ($call:expr) => {
        Box::pin(async move {
            let _call = StoreCall::begin().await;
            $call.await
        })
    };
}

impl Store for Quiet {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        quietly!(self.0.load(key, now))
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        quietly!(self.0.save(key, record, expected, fence, now))
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        quietly!(self.0.delete(key, expected))
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        quietly!(self.0.lease(key, ttl, now))
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        quietly!(self.0.release(lease))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        quietly!(self.0.list(prefix, due_before, after, limit))
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        quietly!(self.0.probe())
    }
}
