//! A folder that threads and processes work in, one after another.

use std::path::{self, Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::Mutex;

use super::folder::Folder;
use super::lock::{Lock, Mode};
use super::refusal::refused;
use crate::error::{Error, ErrorCode, Result};

/// How long to wait for other processes, unless it is told otherwise. They hold the lock for the length of a write.
const LOCK_WAIT: Duration = Duration::from_secs(10);

/// What a caller who queued behind others of this process has left of that at least.
const LOCK_WAIT_AFTER_QUEUE: Duration = Duration::from_secs(1);

/// Work is done on tokio's blocking threads. Clones share one queue.
#[derive(Clone)]
pub(in crate::store) struct Room {
    path: Arc<Path>,
    /// Callers of this process queue here instead of asking for the lock again and again.
    queue: Arc<Mutex<()>>,
    lock_wait: Duration,
}

impl Room {
    /// A folder, which is made (mode 0700) with all that lead to it if it is missing. A relative path is taken from the
    /// current directory of now.
    pub(in crate::store) async fn open(given: PathBuf) -> Result<Self> {
        // With a slash at its end a path is followed even if it is a symbolic link.
        let path: PathBuf = path::absolute(&given)
            .map_err(|_| refused("The folder of a store has a name.".to_owned()))?
            .components()
            .collect();
        let room = Self {
            path: path.into(),
            queue: Arc::default(),
            lock_wait: LOCK_WAIT,
        };
        room.blocking(|path| Folder::open_or_make(path).map(drop)).await?;
        Ok(room)
    }

    pub(in crate::store) fn set_lock_wait(&mut self, limit: Duration) {
        self.lock_wait = limit;
    }

    pub(in crate::store) fn path(&self) -> &Path {
        &self.path
    }

    pub(in crate::store) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Path) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let runtime = Handle::try_current()
            .map_err(|_| Error::with_detail(ErrorCode::Misuse, "The store needs a tokio runtime."))?;
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
    pub(in crate::store) async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Folder) -> Result<T> + Send + 'static,
    ) -> Result<T> {
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
    pub(in crate::store) async fn undisturbed<T>(
        &self,
        work: impl FnOnce(&Folder) -> Result<T> + Send + 'static,
    ) -> Result<T>
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
