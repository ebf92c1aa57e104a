//! Checking a configuration, and what is kept, for the mistakes people make. Pure: the caller reads files, environment and
//! store, and hands over what it saw.
//!
//! [`examine`] answers a list of [`Check`]s: what is well, and what is not with what to do about it. It asks nobody; where
//! the caller asked the provider for the time, it compares the clocks. No secret is part of what is answered.

mod accounts;
mod app;
mod files;
pub mod git;
pub mod mounts;
mod report;
mod secret;
mod store;
mod surroundings;

pub use report::{Area, Check, Report, Status};

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::clock::Timestamp;
use crate::config::profile::{Folders, StorePlace};
use crate::error::Error;
use crate::record::AccountRecord;
use crate::secret::Secret;

/// Everything that was seen.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Examined {
    /// The present, by this machine's clock.
    pub now: Timestamp,
    /// The user's own folders.
    pub folders: Folders,
    /// The variables that begin with `SHUTTERKEY_`, and those about proxies and certificates.
    pub environment: BTreeMap<String, String>,
    /// The profile file: `shutterkey.toml`, or what `SHUTTERKEY_CONFIG` names.
    pub profile_file: Option<SeenFile>,
    /// The user's own file.
    pub user_file: Option<SeenFile>,
    /// The file with the app secret, if one is configured.
    pub secret_file: Option<SeenFile>,
    /// The store that the configuration leads to, and others that are there and read.
    pub stores: Vec<SeenStore>,
    /// The accounts that are kept.
    pub accounts: Vec<SeenAccount>,
    /// Sentences about records that cannot be read.
    pub unreadable: Vec<String>,
    /// The provider's time, asked at `now`; `None` when nobody was asked.
    pub provider_date: Option<Result<Timestamp, Error>>,
    /// Whether the file of `SSL_CERT_FILE` can be read, where that is set.
    pub cert_file_is_there: Option<bool>,
}

impl Examined {
    /// Nothing was seen.
    pub fn new(now: Timestamp, folders: Folders) -> Self {
        Self {
            now,
            folders,
            environment: BTreeMap::new(),
            profile_file: None,
            user_file: None,
            secret_file: None,
            stores: Vec::new(),
            accounts: Vec::new(),
            unreadable: Vec::new(),
            provider_date: None,
            cert_file_is_there: None,
        }
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.environment
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }
}

/// A file that was looked at.
#[derive(Clone, Debug)]
pub struct SeenFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it holds, or why that cannot be read.
    pub content: Result<Secret, String>,
    /// Its permissions, on systems that have such.
    pub mode: Option<u32>,
    /// The number of the user whose it is, on systems that have such.
    pub owner: Option<u32>,
    /// How it stands with git.
    pub git: git::Tracking,
}

/// A store that was looked at.
#[derive(Clone, Debug)]
pub struct SeenStore {
    /// Where it is.
    pub place: StorePlace,
    /// Whether it is there yet.
    pub is_there: bool,
    /// Whether it can be used: opened, and written to.
    pub usable: Result<(), Error>,
    /// The file system that it lies on, if that is known.
    pub file_system: Option<String>,
}

/// An account that is kept.
#[derive(Clone, Debug)]
pub struct SeenAccount {
    /// Its record.
    pub record: AccountRecord,
    /// The names that people gave it.
    pub names: Vec<String>,
    /// When its token is to be refreshed.
    pub due_at: Option<Timestamp>,
    /// The present by its own platform's clock: a sandbox has one of its own.
    pub now: Timestamp,
    /// Whether a sandbox plays its platform.
    pub sandbox: bool,
}

/// Checks everything that was seen.
pub fn examine(seen: &Examined) -> Report {
    let mut report = Report::default();
    let sources = files::check(seen, &mut report);
    app::check(seen, &sources, &mut report);
    store::check(seen, &mut report);
    accounts::check(seen, &sources, &mut report);
    surroundings::check(seen, &mut report);
    report
}
