//! The file store on Unix.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::desk;
use super::folder::Folder;
use super::room::Room;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::record::{Lease, RecordBytes, StoreKey, Stored};
use crate::store::due::claim_listed;
use crate::store::{BoxFuture, Claimed, Listed, Store, Written};

/// Keeps records in a folder, for all processes of one user on one machine.
///
/// The folder has mode 0700 and each file mode 0600; whatever is a symbolic link, belongs to somebody else or is open to
/// others is refused with `store.refused`, and the message names the command that mends it. A file is replaced whole or
/// not at all, and is on the disk when a write returns. The generation before stays beside it until the next write: when
/// a record is damaged, that one is answered instead. A file of a later format is `store.corrupt`, and is left alone.
/// A write that the disk or the system refuses is `store.full`, `store.read_only` or `store.denied`, and leaves the old
/// record whole.
///
/// Writers take a lock that processes share; readers need none. Nothing blocks an async thread: the work is done on
/// tokio's blocking threads. Clones share one handle.
///
/// Tokens are in the files in clear text, as SSH keys are: whoever can read the user's files, or a backup of them, has
/// them. The file system has to be a local one, or one whose `flock` holds between machines.
#[derive(Clone)]
pub struct FileStore(Room);

impl FileStore {
    /// A store in a folder, which is made (mode 0700) with all that lead to it if it is missing. A relative path is
    /// taken from the current directory of now.
    ///
    /// # Errors
    /// `store.refused` when the folder is not its user's alone; `store.unavailable` when it cannot be made.
    pub async fn open(folder: impl Into<PathBuf>) -> Result<Self> {
        Room::open(folder.into()).await.map(Self)
    }

    /// The same store with another limit to how long it waits for other processes' writes. Default: 10 seconds.
    #[must_use]
    pub fn lock_wait(mut self, limit: Duration) -> Self {
        self.0.set_lock_wait(limit);
        self
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Store for FileStore {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        Box::pin(async move {
            let wanted = key.clone();
            let glanced = self
                .0
                .blocking(move |path| match Folder::open(path)? {
                    Some(folder) => desk::glance(&folder, &wanted, now),
                    None => Ok(Ok(None)),
                })
                .await?;
            match glanced {
                Ok(stored) => Ok(stored),
                Err(()) => {
                    let wanted = key.clone();
                    self.0.undisturbed(move |folder| desk::load(folder, &wanted, now)).await
                }
            }
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
        Box::pin(
            self.0
                .alone(move |folder| desk::save(folder, &key, &record, expected, fence, now)),
        )
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        let key = key.clone();
        Box::pin(self.0.alone(move |folder| desk::delete(folder, &key, expected)))
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        let key = key.clone();
        Box::pin(self.0.alone(move |folder| desk::lease(folder, &key, ttl, now)))
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.0.alone(move |folder| desk::release(folder, &lease)))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        let (prefix, after) = (prefix.to_owned(), after.cloned());
        Box::pin(
            self.0
                .undisturbed(move |folder| desk::list(folder, &prefix, due_before, after.as_ref(), limit)),
        )
    }

    /// A record that cannot be read stands in nobody's way: the error that names it comes when nothing else is left to claim.
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
            let scan = move |folder: &Folder| desk::due(folder, &wanted, due_before);
            claim_listed(self, self.0.undisturbed(scan).await?, due_before, limit, ttl, now).await
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.0.alone(Folder::try_writing))
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileStore({:?})", self.path())
    }
}
