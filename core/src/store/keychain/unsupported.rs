//! The keychain store where there is none yet.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::record::{Lease, RecordBytes, StoreKey, Stored};
use crate::store::file::place::data_dir;
use crate::store::{BoxFuture, Listed, Store, Written};

/// Keeps records in the system's keychain: the Secret Service or macOS' Keychain, for now. Elsewhere none can be opened.
#[derive(Clone, Debug)]
pub struct KeychainStore(Infallible);

impl KeychainStore {
    /// Always an error here.
    ///
    /// # Errors
    /// `store.unavailable`.
    pub async fn open() -> Result<Self> {
        Self::open_in(PathBuf::new()).await
    }

    /// Always an error here.
    ///
    /// # Errors
    /// `store.unavailable`.
    pub async fn open_in(folder: impl Into<PathBuf>) -> Result<Self> {
        drop(folder.into());
        Err(Error::with_detail(
            ErrorCode::StoreUnavailable,
            "This system has no keychain that is known here. Use another store.",
        ))
    }

    /// The folder unless one is named.
    ///
    /// # Errors
    /// `store.unavailable` when there is no home directory.
    pub fn default_dir() -> Result<PathBuf> {
        Ok(data_dir()?.join("keychain"))
    }

    /// The same store.
    #[must_use]
    pub fn session_bus(self, _address: &str) -> Self {
        self
    }

    /// The same store.
    #[must_use]
    pub fn deadline(self, _limit: Duration) -> Self {
        self
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

impl Store for KeychainStore {
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
