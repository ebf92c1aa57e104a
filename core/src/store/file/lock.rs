//! The lock that processes share.

use std::fs::File;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, OFlags};
use rustix::io::Errno;

use super::folder::Folder;
use super::refusal::unavailable;
use crate::error::{Error, ErrorCode, Result};

const NAME: &str = "lock";

/// How a lock is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mode {
    /// With others that read.
    Shared,
    /// Alone.
    Exclusive,
}

/// The lock of a folder, until it is dropped. It ends with its process, however that ends.
#[derive(Debug)]
pub(super) struct Lock(File);

impl Lock {
    /// Takes the lock, waiting until `deadline`. Blocks its thread.
    ///
    /// By asking again and again: a call that waits in the system cannot be given a deadline.
    pub(super) fn take(folder: &Folder, mode: Mode, deadline: Instant) -> Result<Self> {
        let operation = match mode {
            Mode::Shared => FlockOperation::NonBlockingLockShared,
            Mode::Exclusive => FlockOperation::NonBlockingLockExclusive,
        };
        let mut pause = Duration::from_millis(1);
        loop {
            // To read a folder takes no right to write in it.
            let present = match mode {
                Mode::Shared => folder.open_file(NAME, OFlags::RDONLY)?,
                Mode::Exclusive => None,
            };
            let file = match present {
                Some(file) => file,
                None => folder
                    .open_file(NAME, OFlags::RDWR | OFlags::CREATE)?
                    .ok_or_else(|| unavailable("open", &folder.path_of(NAME), Errno::NOENT))?,
            };
            match rustix::fs::flock(&file, operation) {
                Ok(()) => {
                    let lock = Self(file);
                    // Whoever removed the file lets others lock a new one.
                    if folder.is_still(NAME, &lock.0)? {
                        return Ok(lock);
                    }
                }
                Err(Errno::WOULDBLOCK | Errno::INTR) => {}
                Err(error) => return Err(unavailable("lock", &folder.path_of(NAME), error)),
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Error::with_detail(
                    ErrorCode::StoreUnavailable,
                    format!("Another process holds {} for too long.", folder.path_of(NAME).display()),
                ));
            }
            std::thread::sleep(pause.min(left));
            pause = (pause * 2).min(Duration::from_millis(20));
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing is not enough: a process that was forked meanwhile has the file open too.
        let _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}
