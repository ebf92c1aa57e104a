//! The file store where there is none yet.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::record::{Lease, RecordBytes, StoreKey, Stored};
use crate::store::{BoxFuture, Listed, Store, Written};

/// Keeps records in a folder. On Unix only, for now: elsewhere none can be opened.
#[derive(Clone, Debug)]
pub struct FileStore(Infallible);

impl FileStore {
    /// Always an error here.
    ///
    /// # Errors
    /// `store.unavailable`.
    pub async fn open(folder: impl Into<PathBuf>) -> Result<Self> {
        drop(folder.into());
        Err(Error::with_detail(
            ErrorCode::StoreUnavailable,
            "The file store needs Unix file permissions, and this system has none. Use another store.",
        ))
    }

    /// The same store.
    #[must_use]
    pub fn lock_wait(self, _limit: Duration) -> Self {
        self
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        match self.0 {}
    }
}

impl Store for FileStore {
    fn load<'a>(&'a self, _: &'a StoreKey, _: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        match self.0 {}
    }

    fn save<'a>(
        &'a self,
        _: &'a StoreKey,
        _: RecordBytes,
        _: Option<u64>,
        _: Option<u64>,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        match self.0 {}
    }

    fn delete<'a>(&'a self, _: &'a StoreKey, _: u64) -> BoxFuture<'a, Result<Written>> {
        match self.0 {}
    }

    fn lease<'a>(&'a self, _: &'a StoreKey, _: Duration, _: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        match self.0 {}
    }

    fn release<'a>(&'a self, _: Lease) -> BoxFuture<'a, Result<()>> {
        match self.0 {}
    }

    fn list<'a>(
        &'a self,
        _: &'a str,
        _: Option<Timestamp>,
        _: Option<&'a StoreKey>,
        _: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        match self.0 {}
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        match self.0 {}
    }
}
