//! The store itself: its folder's lock around the work, off the runtime's threads.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::Keychain;
use super::desk::Desk;
use super::vault::{Vault, Way};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::record::{Lease, RecordBytes, StoreKey, Stored};
use crate::store::due::claim_listed;
use crate::store::file::desk::{lease, release};
use crate::store::file::folder::Folder;
use crate::store::file::place::data_dir;
use crate::store::file::room::Room;
use crate::store::{BoxFuture, Claimed, Listed, Store, Written};

/// Keeps records in the system's keychain, for all processes of one user on one machine: the default keyring of the Secret
/// Service (GNOME Keyring, KWallet, KeePassXC) over D-Bus, or macOS' Keychain.
///
/// The keychain holds the records, and a folder beside it (mode 0700, as [`FileStore`](crate::FileStore)'s) what a keychain cannot do: a lock that processes
/// share, leases, and a list without secrets. Items belong to their folder: a store in another folder has others, and one
/// whose folder is removed has none, whatever is left in the keychain. What a kill leaves is the old record or the new one.
///
/// There is no other place: a keychain that is locked is `store.locked`, one that says no `store.denied`, and one that is not
/// there or does not answer `store.unavailable`. Nobody is asked to unlock it; on macOS the system may ask by itself.
///
/// What it protects from is whoever has the disk or a backup of it. Any program that runs as the same user can read the
/// default keyring while that is unlocked; macOS asks the person when another program than the one that wrote an item
/// reads it.
#[derive(Clone)]
pub struct KeychainStore {
    room: Room,
    way: Way,
    vault: Arc<dyn Vault>,
}

impl KeychainStore {
    /// The store whose folder is [`Self::default_dir`].
    ///
    /// # Errors
    /// As [`Self::open_in`].
    pub async fn open() -> Result<Self> {
        Self::open_in(Self::default_dir()?).await
    }

    /// A store whose folder is another one. The keychain is not asked before something is read or written, or probed.
    ///
    /// # Errors
    /// As [`FileStore::open`](crate::FileStore::open).
    pub async fn open_in(folder: impl Into<PathBuf>) -> Result<Self> {
        Ok(Self {
            room: Room::open(folder.into()).await?,
            vault: Arc::new(Keychain::by(Way::default())),
            way: Way::default(),
        })
    }

    /// The folder unless one is named: `keychain` beside that of [`FileStore::default_dir`](crate::FileStore::default_dir).
    ///
    /// # Errors
    /// `store.unavailable` when there is no home directory.
    pub fn default_dir() -> Result<PathBuf> {
        Ok(data_dir()?.join("keychain"))
    }

    /// The same store on another message bus than the session's (`DBUS_SESSION_BUS_ADDRESS`), such as
    /// `unix:path=/run/user/1000/bus`, for a program that was not started in the session. Nothing on macOS.
    #[must_use]
    pub fn session_bus(mut self, address: &str) -> Self {
        self.way.bus = Some(address.to_owned());
        self.vault = Arc::new(Keychain::by(self.way.clone()));
        self
    }

    /// The same store with another limit to how long one call of the keychain may take. Default: 10 seconds. Nothing on macOS,
    /// which may ask a person.
    #[must_use]
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.way.deadline = limit;
        self.vault = Arc::new(Keychain::by(self.way.clone()));
        self
    }

    /// The same store with another limit to how long it waits for other processes' writes. Default: 10 seconds.
    #[must_use]
    pub fn lock_wait(mut self, limit: Duration) -> Self {
        self.room.set_lock_wait(limit);
        self
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.room.path()
    }

    /// Works alone, as [`Room::alone`].
    async fn alone<T: Send + 'static>(&self, work: impl FnOnce(&Desk<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        let vault = Arc::clone(&self.vault);
        let work = move |folder: &Folder| work(&Desk { folder, vault: &*vault });
        self.room.alone(work).await
    }
}

impl Store for KeychainStore {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        let (wanted, vault) = (key.clone(), Arc::clone(&self.vault));
        Box::pin(async move {
            // Without the lock: an item is replaced in one step.
            let load = move |path: &Path| match Folder::open(path)? {
                Some(folder) => Desk {
                    folder: &folder,
                    vault: &*vault,
                }
                .load(&wanted, now),
                None => Ok((None, false)),
            };
            let (stored, is_gone) = self.room.blocking(load).await?;
            if is_gone {
                let key = key.clone();
                self.alone(move |desk| desk.look_again(&key)).await?;
            }
            Ok(stored)
        })
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        let key = key.clone();
        Box::pin(self.alone(move |desk| desk.save(&key, &record, expected, fence, now)))
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        let key = key.clone();
        Box::pin(self.alone(move |desk| desk.delete(&key, expected)))
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        let key = key.clone();
        Box::pin(self.room.alone(move |folder| lease(folder, &key, ttl, now)))
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.room.alone(move |folder| release(folder, &lease)))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        let (prefix, after) = (prefix.to_owned(), after.cloned());
        Box::pin(self.alone(move |desk| desk.list(&prefix, due_before, after.as_ref(), limit)))
    }

    /// A record that cannot be read stands in nobody's way, as in the file store.
    fn claim_due<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Timestamp,
        limit: usize,
        ttl: Duration,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<Claimed>>> {
        Box::pin(async move {
            let wanted = prefix.to_owned();
            let scan = move |desk: &Desk<'_>| desk.scan(&wanted, Some(due_before), None);
            claim_listed(self, self.alone(scan).await?, due_before, limit, ttl, now).await
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.alone(|desk| desk.probe()))
    }
}

impl fmt::Debug for KeychainStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeychainStore({:?})", self.path())
    }
}
