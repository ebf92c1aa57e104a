//! Where the file store is by default.

use std::env;
use std::path::PathBuf;

use super::FileStore;
use crate::error::{Error, ErrorCode, Result};

impl FileStore {
    /// The folder that the command and every library use unless they are told otherwise, in the person's data folder:
    ///
    /// | system | folder |
    /// |---|---|
    /// | macOS | `~/Library/Application Support/shutterkey/accounts` |
    /// | other Unix | `$XDG_DATA_HOME/shutterkey/accounts`, or `~/.local/share/shutterkey/accounts` where `XDG_DATA_HOME` is not set or not absolute (XDG Base Directory Specification) |
    ///
    /// It reads the environment and touches no file.
    ///
    /// # Errors
    /// `store.unavailable` when there is no home directory.
    pub fn default_dir() -> Result<PathBuf> {
        Ok(data_dir()?.join("accounts"))
    }
}

/// shutterkey's folder in the person's data folder.
pub(in crate::store) fn data_dir() -> Result<PathBuf> {
    let data = if cfg!(target_vendor = "apple") {
        home()?.join("Library/Application Support")
    } else {
        match env::var_os("XDG_DATA_HOME").map(PathBuf::from) {
            Some(data) if data.is_absolute() => data,
            _ => home()?.join(".local/share"),
        }
    };
    Ok(data.join("shutterkey"))
}

fn home() -> Result<PathBuf> {
    env::home_dir().filter(|home| home.is_absolute()).ok_or_else(|| {
        Error::with_detail(
            ErrorCode::StoreUnavailable,
            "There is no home directory to keep tokens in. Set HOME, or name a folder.",
        )
    })
}
