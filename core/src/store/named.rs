//! The store that a profile names.

use std::sync::Arc;

#[cfg(feature = "keychain")]
use super::KeychainStore;
#[cfg(feature = "postgres")]
use super::PostgresStore;
use super::{FileStore, Store};
#[cfg(feature = "postgres")]
use crate::config::profile::PostgresPlace;
use crate::config::profile::StorePlace;
use crate::error::Result;
#[cfg(feature = "postgres")]
use crate::{SealKeys, Secret};

impl StorePlace {
    /// Opens the store: a folder is made where there is none, the keychain's as well; database and keychain are not asked
    /// before they are used. There is no other place in a store's stead.
    ///
    /// # Errors
    /// As [`FileStore::open`], [`PostgresPlace::url`](crate::config::profile::PostgresPlace::url) and `KeychainStore::open`;
    /// `config.unsupported` in a build without the feature `postgres` or `keychain`, where the place is one.
    pub async fn open(&self) -> Result<Arc<dyn Store>> {
        match self {
            Self::Folder(path) => Ok(Arc::new(FileStore::open(path).await?)),
            #[cfg(feature = "postgres")]
            Self::Postgres(place) => Ok(Arc::new(place.store()?)),
            #[cfg(not(feature = "postgres"))]
            Self::Postgres(_) => Err(self.unsupported()),
            #[cfg(feature = "keychain")]
            Self::Keychain => Ok(Arc::new(KeychainStore::open().await?)),
            #[cfg(not(feature = "keychain"))]
            Self::Keychain => Err(self.unsupported()),
        }
    }
}

#[cfg(feature = "postgres")]
impl PostgresPlace {
    /// The store with its sealing keys; nothing is connected yet.
    ///
    /// # Errors
    /// As [`Self::parts`]; `config.invalid` for an address that makes no sense.
    pub fn store(&self) -> Result<PostgresStore> {
        let (url, keys) = self.parts()?;
        PostgresStore::builder(url.reveal()).sealed(keys).build()
    }

    /// The database's address and the keys that records are sealed with, for a caller who makes the store again later, as a
    /// forked child does.
    ///
    /// # Errors
    /// As [`Self::url`] and [`Self::seal_keys`]; `config.seal_key` for keys that make no sense.
    pub fn parts(&self) -> Result<(Secret, SealKeys)> {
        let keys = SealKeys::parse(self.seal_keys()?.reveal())?;
        Ok((self.url()?, keys))
    }
}
