//! The store that a profile names.

use std::sync::Arc;

use super::{FileStore, Store};
use crate::config::profile::{PostgresPlace, StorePlace};
use crate::error::Result;

impl StorePlace {
    /// Opens the store: a folder is made where there is none; of a database, nothing is connected before it is used.
    ///
    /// # Errors
    /// As [`FileStore::open`] and [`PostgresPlace::url`]; `config.unsupported` for a database in a build without the feature
    /// `postgres`.
    pub async fn open(&self) -> Result<Arc<dyn Store>> {
        match self {
            Self::Folder(path) => Ok(Arc::new(FileStore::open(path).await?)),
            Self::Postgres(place) => place.open(),
        }
    }
}

impl PostgresPlace {
    /// The store with its sealing keys; nothing is connected yet.
    ///
    /// # Errors
    /// As [`Self::url`] and [`Self::seal_keys`]; `config.invalid` and `config.seal_key` for those that make no sense.
    #[cfg(feature = "postgres")]
    pub fn store(&self) -> Result<super::PostgresStore> {
        let keys = crate::SealKeys::parse(self.seal_keys()?.reveal())?;
        super::PostgresStore::builder(self.url()?.reveal()).sealed(keys).build()
    }

    #[cfg(feature = "postgres")]
    fn open(&self) -> Result<Arc<dyn Store>> {
        Ok(Arc::new(self.store()?))
    }

    #[cfg(not(feature = "postgres"))]
    fn open(&self) -> Result<Arc<dyn Store>> {
        Err(crate::Error::with_detail(
            crate::ErrorCode::ConfigUnsupported,
            "This build has no PostgreSQL store: it takes one with the feature `postgres`.",
        ))
    }
}
