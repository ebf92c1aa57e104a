//! The file store on Unix.

use std::fmt;
use std::path::{self, Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::Mutex;

use super::desk;
use super::folder::Folder;
use super::lock::{Lock, Mode};
use super::refusal::refused;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::record::{Lease, RecordBytes, StoreKey, Stored};
use crate::store::due::claim;
use crate::store::{BoxFuture, Claimed, Listed, Store, Written};

/// How long to wait for other processes, unless it is told otherwise. They hold the lock for the length of a write.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// What a caller who queued behind others of this process has left of that at least.
const LOCK_WAIT_AFTER_QUEUE: Duration = Duration::from_secs(1);

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
pub struct FileStore {
    path: Arc<Path>,
    /// Callers of this process queue here instead of asking for the lock again and again.
    queue: Arc<Mutex<()>>,
    lock_wait: Duration,
}

impl FileStore {
    /// A store in a folder, which is made (mode 0700) with all that lead to it if it is missing. A relative path is
    /// taken from the current directory of now.
    ///
    /// # Errors
    /// `store.refused` when the folder is not its user's alone; `store.unavailable` when it cannot be made.
    pub async fn open(folder: impl Into<PathBuf>) -> Result<Self> {
        let given = folder.into();
        // With a slash at its end a path is followed even if it is a symbolic link.
        let path: PathBuf = path::absolute(&given)
            .map_err(|_| refused("The folder of a file store has a name.".to_owned()))?
            .components()
            .collect();
        let store = Self {
            path: path.into(),
            queue: Arc::default(),
            lock_wait: LOCK_WAIT,
        };
        store.blocking(|path| Folder::open_or_make(path).map(drop)).await?;
        Ok(store)
    }

    /// The same store with another limit to how long it waits for other processes' writes. Default: 10 seconds.
    #[must_use]
    pub fn lock_wait(mut self, limit: Duration) -> Self {
        self.lock_wait = limit;
        self
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Path) -> Result<T> + Send + 'static) -> Result<T> {
        let runtime = Handle::try_current()
            .map_err(|_| Error::with_detail(ErrorCode::Misuse, "The file store needs a tokio runtime."))?;
        let path = Arc::clone(&self.path);
        let done = runtime.spawn_blocking(move || work(&path)).await;
        done.unwrap_or_else(|_| {
            Err(Error::with_detail(
                ErrorCode::StoreUnavailable,
                "The runtime is shutting down.",
            ))
        })
    }

    /// Works alone on a folder that is made if need be. Goes on to its end if the caller is dropped meanwhile.
    async fn alone<T: Send + 'static>(&self, work: impl FnOnce(&Folder) -> Result<T> + Send + 'static) -> Result<T> {
        let began = Instant::now();
        let turn = Arc::clone(&self.queue).lock_owned().await;
        let deadline = self.deadline(began);
        self.blocking(move |path| {
            let folder = Folder::open_or_make(path)?;
            let lock = Lock::take(&folder, Mode::Exclusive, deadline)?;
            let done = work(&folder);
            drop(lock);
            drop(turn);
            done
        })
        .await
    }

    /// Works on a folder while nobody writes. A folder that is not there is empty.
    async fn undisturbed<T>(&self, work: impl FnOnce(&Folder) -> Result<T> + Send + 'static) -> Result<T>
    where
        T: Default + Send + 'static,
    {
        let began = Instant::now();
        let turn = Arc::clone(&self.queue).lock_owned().await;
        let deadline = self.deadline(began);
        self.blocking(move |path| {
            let Some(folder) = Folder::open(path)? else {
                return Ok(T::default());
            };
            let lock = Lock::take(&folder, Mode::Shared, deadline)?;
            let done = work(&folder);
            drop(lock);
            drop(turn);
            done
        })
        .await
    }

    fn deadline(&self, began: Instant) -> Instant {
        (began + self.lock_wait).max(Instant::now() + self.lock_wait.min(LOCK_WAIT_AFTER_QUEUE))
    }
}

impl Store for FileStore {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        Box::pin(async move {
            let wanted = key.clone();
            let glanced = self
                .blocking(move |path| match Folder::open(path)? {
                    Some(folder) => desk::glance(&folder, &wanted, now),
                    None => Ok(Ok(None)),
                })
                .await?;
            match glanced {
                Ok(stored) => Ok(stored),
                Err(()) => {
                    let wanted = key.clone();
                    self.undisturbed(move |folder| desk::load(folder, &wanted, now)).await
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
        Box::pin(self.alone(move |folder| desk::save(folder, &key, &record, expected, fence, now)))
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        let key = key.clone();
        Box::pin(self.alone(move |folder| desk::delete(folder, &key, expected)))
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        let key = key.clone();
        Box::pin(self.alone(move |folder| desk::lease(folder, &key, ttl, now)))
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.alone(move |folder| desk::release(folder, &lease)))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        let (prefix, after) = (prefix.to_owned(), after.cloned());
        Box::pin(self.undisturbed(move |folder| desk::list(folder, &prefix, due_before, after.as_ref(), limit)))
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
            let (due, mut unreadable) = self
                .undisturbed(move |folder| desk::due(folder, &wanted, due_before))
                .await?;
            let mut claimed = Vec::new();
            for listed in due {
                if claimed.len() == limit {
                    break;
                }
                match claim(self, &listed.key, due_before, ttl, now).await {
                    Ok(taken) => claimed.extend(taken),
                    // Its lease cannot be read.
                    Err(error) if desk::is_about_one_file(&error) => unreadable = Some(error),
                    Err(error) => return Err(error),
                }
            }
            match unreadable {
                Some(error) if claimed.is_empty() => Err(error),
                _ => Ok(claimed),
            }
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.alone(Folder::try_writing))
    }
}

impl fmt::Debug for FileStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FileStore({:?})", self.path)
    }
}
