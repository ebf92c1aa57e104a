//! Where shutterkey keeps things on this machine.

use std::path::PathBuf;

use crate::error::{Error, ErrorCode, Result};

/// The user's own folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folders {
    /// For configuration.
    pub config: PathBuf,
    /// For tokens and sandbox worlds.
    pub data: PathBuf,
}

impl Folders {
    /// The folders of the process's user.
    ///
    /// # Errors
    /// `config.missing` when no home folder is known.
    pub fn from_process() -> Result<Self> {
        let variable = |name: &str| {
            std::env::var_os(name)
                .filter(|value| !value.is_empty())
                .map(PathBuf::from)
        };
        Self::from_variables(&variable)
    }

    /// The folders by the operating system's own convention.
    fn from_variables(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Result<Self> {
        let no_home = || {
            Error::with_detail(
                ErrorCode::ConfigMissing,
                "No home folder is known; set HOME, or SHUTTERKEY_STORE and SHUTTERKEY_CONFIG.",
            )
        };
        if cfg!(windows) {
            let base = variable("APPDATA").ok_or_else(no_home)?.join("shutterkey");
            return Ok(Self {
                config: base.clone(),
                data: base,
            });
        }
        if cfg!(target_os = "macos") {
            let base = variable("HOME")
                .ok_or_else(no_home)?
                .join("Library/Application Support/shutterkey");
            return Ok(Self {
                config: base.clone(),
                data: base,
            });
        }
        // The XDG convention takes absolute paths only.
        let below = |name: &str, default: &str| match variable(name).filter(|path| path.is_absolute()) {
            Some(path) => Ok(path.join("shutterkey")),
            None => variable("HOME")
                .map(|home| home.join(default).join("shutterkey"))
                .ok_or_else(no_home),
        };
        Ok(Self {
            config: below("XDG_CONFIG_HOME", ".config")?,
            data: below("XDG_DATA_HOME", ".local/share")?,
        })
    }

    /// The user's own configuration file.
    pub fn config_file(&self) -> PathBuf {
        self.config.join("config.toml")
    }

    /// The default store.
    pub fn accounts(&self) -> PathBuf {
        self.data.join("accounts")
    }

    /// The store of sandbox logins, beside the real one.
    pub fn sandbox_accounts(&self) -> PathBuf {
        self.data.join("sandbox").join("accounts")
    }

    /// The sandbox world that `login --sandbox` leaves for `whoami`.
    pub fn sandbox_world(&self) -> PathBuf {
        self.data.join("sandbox").join("world.json")
    }
}
