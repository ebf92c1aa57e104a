//! Where accounts are kept: a folder, a PostgreSQL database, or the system's keychain.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{ProfileFile, Sources, secret};
use crate::error::{Error, ErrorCode, Result};
use crate::secret::Secret;

/// The store's name that means a database. A folder of that name is written `./postgres`.
const POSTGRES: &str = "postgres";

/// The store's name that means the keychain. A folder of that name is written `./keychain`.
const KEYCHAIN: &str = "keychain";

/// Where accounts are kept. It shows as the folder's path, as `postgres`, or as `keychain`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum StorePlace {
    /// A folder of the file store.
    Folder(PathBuf),
    /// A PostgreSQL database.
    Postgres(PostgresPlace),
    /// The system's keychain.
    Keychain,
}

/// A PostgreSQL database, and the keys that records are sealed with. Files are read when they are asked for.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PostgresPlace {
    url: Option<From>,
    seal_keys: Option<From>,
}

/// Where a secret comes from.
#[derive(Clone, Debug)]
enum From {
    Given(Secret),
    File(PathBuf),
}

impl From {
    fn get(&self) -> Result<Secret> {
        match self {
            Self::Given(secret) => Ok(secret.clone()),
            Self::File(path) => secret::read_secret(path),
        }
    }
}

impl StorePlace {
    /// The folder; `None` for a database and for the keychain.
    pub fn folder(&self) -> Option<&Path> {
        match self {
            Self::Folder(path) => Some(path),
            Self::Postgres(_) | Self::Keychain => None,
        }
    }

    /// What a build says that has no such store: `config.unsupported`, with what it takes.
    pub fn unsupported(&self) -> Error {
        let what = match self {
            Self::Folder(_) => "This build has no file store: it takes one with the feature `file-store`.",
            Self::Postgres(_) => "This build has no PostgreSQL store: it takes one with the feature `postgres`.",
            Self::Keychain => {
                "This build has no keychain store. The command has one where it was built with the feature `keychain` (cargo build --release -p shutterkey-cli --features keychain); the packages for Python and Node have none. A folder of this name is written ./keychain."
            }
        };
        Error::with_detail(ErrorCode::ConfigUnsupported, what)
    }
}

impl fmt::Display for StorePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(path) => path.display().fmt(f),
            Self::Postgres(_) => f.write_str(POSTGRES),
            Self::Keychain => f.write_str(KEYCHAIN),
        }
    }
}

impl PostgresPlace {
    /// The database's address, which mostly holds a password.
    ///
    /// # Errors
    /// `config.missing`; `store.refused` for a file that others can read.
    pub fn url(&self) -> Result<Secret> {
        let missing = || {
            Error::with_detail(
                ErrorCode::ConfigMissing,
                "A PostgreSQL store needs its address: set SHUTTERKEY_DATABASE_URL, or SHUTTERKEY_DATABASE_URL_FILE.",
            )
        };
        self.url.as_ref().ok_or_else(missing)?.get()
    }

    /// The ring of keys that records are sealed with, as [`SealKeys::parse`](crate::SealKeys::parse) reads it.
    ///
    /// # Errors
    /// `config.seal_key` when there is none; `store.refused` for a file that others can read.
    pub fn seal_keys(&self) -> Result<Secret> {
        let missing = || {
            Error::with_detail(
                ErrorCode::ConfigSealKey,
                "A PostgreSQL store seals its records: set SHUTTERKEY_SEAL_KEYS, or SHUTTERKEY_SEAL_KEYS_FILE; `shutterkey keygen` makes a key.",
            )
        };
        self.seal_keys.as_ref().ok_or_else(missing)?.get()
    }
}

impl Sources {
    /// The store that the environment names.
    pub fn named_store(&self) -> Option<StorePlace> {
        self.variable("SHUTTERKEY_STORE").map(|name| self.place(name))
    }

    /// The store that the environment or the person's own file names, or this folder. A file that lies in the current folder
    /// moves no store.
    pub(super) fn store_or(&self, default: impl FnOnce() -> PathBuf) -> StorePlace {
        let own = || Some(self.place(self.user_file.as_ref()?.store.as_deref()?));
        self.named_store()
            .or_else(own)
            .unwrap_or_else(|| StorePlace::Folder(default()))
    }

    fn place(&self, name: &str) -> StorePlace {
        match name {
            POSTGRES => StorePlace::Postgres(self.database()),
            KEYCHAIN => StorePlace::Keychain,
            folder => StorePlace::Folder(folder.into()),
        }
    }

    fn database(&self) -> PostgresPlace {
        let own = |member: fn(&ProfileFile) -> Option<&String>| self.user_file.as_ref().and_then(member);
        let own_file = |member| own(member).map(|path| From::File(path.into()));
        let plain = || own(|file| file.database_url.as_ref()).map(|url| From::Given(Secret::from(url.as_str())));
        PostgresPlace {
            url: self
                .given("SHUTTERKEY_DATABASE_URL")
                .or_else(plain)
                .or_else(|| own_file(|file| file.database_url_file.as_ref())),
            seal_keys: self
                .given("SHUTTERKEY_SEAL_KEYS")
                .or_else(|| own_file(|file| file.seal_keys_file.as_ref())),
        }
    }

    /// What a variable holds, or the file that the variable with `_FILE` behind its name names.
    fn given(&self, variable: &str) -> Option<From> {
        let file = || {
            self.variable(&format!("{variable}_FILE"))
                .map(|path| From::File(path.into()))
        };
        self.variable(variable)
            .map(|text| From::Given(Secret::from(text)))
            .or_else(file)
    }
}
