//! Where tokens are kept.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, PromiseRaw};
use napi_derive::napi;
use shutterkey::record::{Lease, RecordBytes, StoreKey, Stored};
use shutterkey::store::{BoxFuture, Listed, Written};
use shutterkey::{FileStore, MemoryStore, Result, Timestamp};
use tokio::sync::OnceCell;

use crate::failure::Failure;
use crate::host::Host;
use crate::host_store::HostStore;
use crate::runtime::promise;

/// A store.
#[napi]
#[derive(Clone)]
pub struct Store(pub(crate) Arc<dyn shutterkey::Store>);

#[napi]
impl Store {
    /// In this process's memory.
    #[napi(factory)]
    pub fn memory() -> Self {
        Self(Arc::new(MemoryStore::new()))
    }

    /// In a folder, which is opened when it is first needed.
    #[napi(factory)]
    pub fn file(path: String) -> Self {
        Self(Arc::new(LazyFile::at(path.into())))
    }

    /// An object of the caller's.
    #[napi(factory)]
    pub fn host(host: ClassInstance<'_, Host>) -> napi::Result<Self> {
        Ok(Self(Arc::new(HostStore(host.take()?))))
    }

    /// Whether it can be written to right now.
    #[napi]
    pub fn probe<'env>(&self, env: &'env Env) -> napi::Result<PromiseRaw<'env, Option<Failure>>> {
        let store = Arc::clone(&self.0);
        promise(env, async move { store.probe().await.err().map(Into::into) })
    }
}

/// A file store that is opened by its first use: a constructor cannot wait, and opening reads and locks files.
#[derive(Debug)]
pub(crate) struct LazyFile {
    path: PathBuf,
    opened: OnceCell<FileStore>,
}

impl LazyFile {
    pub(crate) fn at(path: PathBuf) -> Self {
        Self {
            path,
            opened: OnceCell::new(),
        }
    }

    async fn opened(&self) -> Result<&FileStore> {
        self.opened.get_or_try_init(|| FileStore::open(self.path.clone())).await
    }
}

macro_rules! opened {
    ($store:ident, $call:expr) => {
        Box::pin(async move {
            let $store = $store.opened().await?;
            $call.await
        })
    };
}

impl shutterkey::Store for LazyFile {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        let store = self;
        opened!(store, store.load(key, now))
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        let store = self;
        opened!(store, store.save(key, record, expected, fence, now))
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        let store = self;
        opened!(store, store.delete(key, expected))
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        let store = self;
        opened!(store, store.lease(key, ttl, now))
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        let store = self;
        opened!(store, store.release(lease))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        let store = self;
        opened!(store, store.list(prefix, due_before, after, limit))
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        let store = self;
        opened!(store, store.probe())
    }
}
