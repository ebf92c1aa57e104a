//! The shared profile: what the command and every library read alike, so that after `shutterkey login` a keeper made
//! without arguments simply works.
//!
//! | setting | environment | file | default |
//! |---|---|---|---|
//! | provider | `SHUTTERKEY_PROVIDER` | `provider` | `instagram` |
//! | client id | `SHUTTERKEY_CLIENT_ID` | `client_id` | |
//! | app secret | `SHUTTERKEY_CLIENT_SECRET`, `SHUTTERKEY_CLIENT_SECRET_FILE`, `SHUTTERKEY_CLIENT_SECRET_COMMAND` | `client_secret_file`; `client_secret_command` in the user's own file | |
//! | redirect URI | `SHUTTERKEY_REDIRECT_URI` | `redirect_uri` | |
//! | scopes (comma or space) | `SHUTTERKEY_SCOPES` | `scopes` | the product's base scope |
//! | response type | `SHUTTERKEY_RESPONSE_TYPE` | `response_type` | `code` |
//! | unknown scopes | `SHUTTERKEY_ALLOW_UNKNOWN_SCOPES=1` | `allow_unknown_scopes` | no |
//! | sandbox | `SHUTTERKEY_SANDBOX_URL` | `sandbox_url` | none: the real provider |
//! | endpoints of a standard server | | `[server]` | |
//! | where forwarded answers are taken | `SHUTTERKEY_LISTEN` | `listen` | |
//! | certificate, key | `SHUTTERKEY_TLS_CERT`, `SHUTTERKEY_TLS_KEY` | `tls_cert`, `tls_key` | |
//! | store: a folder, `postgres` or `keychain` | `SHUTTERKEY_STORE` | `store` in the user's own file | `accounts` in the data folder; with a sandbox `sandbox/accounts` |
//! | PostgreSQL address | `SHUTTERKEY_DATABASE_URL`, `SHUTTERKEY_DATABASE_URL_FILE` | in the user's own file `database_url` without a password, `database_url_file` | |
//! | PostgreSQL sealing keys | `SHUTTERKEY_SEAL_KEYS`, `SHUTTERKEY_SEAL_KEYS_FILE` | `seal_keys_file` in the user's own file | |
//! | namespace, of the command | `SHUTTERKEY_NAMESPACE` | `namespace` in the user's own file | `default` |
//! | profile file | `SHUTTERKEY_CONFIG` | | see below |
//!
//! **Precedence:** what is set in code, then the environment, then the profile file, then the user's own file. The
//! profile file is `SHUTTERKEY_CONFIG`, else `shutterkey.toml` in the current folder. The user's own file is
//! `$XDG_CONFIG_HOME/shutterkey/config.toml` (`~/.config/…`; `~/Library/Application Support/shutterkey/config.toml` on
//! macOS, `%APPDATA%\shutterkey\config.toml` on Windows). The data folder is `$XDG_DATA_HOME/shutterkey`
//! (`~/.local/share/…`, and as above elsewhere).
//!
//! A secret command is a program with its arguments (in the variable with spaces between), started without a shell; the
//! first line that it prints is the secret. Paths are relative to the current folder. A file with a secret is its owner's alone, or
//! the superuser's with a group that may read it, as containers are given theirs.
//!
//! A file that lies in the current folder may come with somebody else's project, so it decides little: it holds no
//! secret, starts no program, cannot move the store, and names servers on this machine alone. A `sandbox_url` may lead
//! elsewhere: real credentials go to no sandbox.

mod file;
mod folders;
mod place;
mod secret;
#[cfg(test)]
mod tests;
mod variables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

pub use file::ProfileFile;
pub use folders::Folders;
pub use place::{PostgresPlace, StorePlace};
#[cfg(feature = "explain")]
pub(crate) use secret::is_open;
pub use variables::{DEFAULT_NAMESPACE, VARIABLES};

use crate::config::{ClientConfig, ClientConfigBuilder};
use crate::error::{Error, ErrorCode, Result};
use crate::provider::{Provider, ResponseType};
use crate::secret::Secret;

/// Everything that a profile is made from. [`Sources::from_process`] reads the process's own; tests give their own.
#[derive(Clone, Default)]
pub struct Sources {
    /// Environment variables.
    pub environment: BTreeMap<String, String>,
    /// The profile file, read.
    pub profile_file: Option<ProfileFile>,
    /// The user's own file, read.
    pub user_file: Option<ProfileFile>,
    /// The secret that a file or a command gave, read before; see [`Sources::from_process`].
    pub secret_file: Option<Secret>,
    /// Lets the profile file point endpoints anywhere. An explicit choice of whoever runs the program.
    pub trust_endpoints: bool,
}

impl std::fmt::Debug for Sources {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The environment holds secrets of other programs as well.
        f.debug_struct("Sources")
            .field("profile_file", &self.profile_file)
            .field("user_file", &self.user_file)
            .field("trust_endpoints", &self.trust_endpoints)
            .finish_non_exhaustive()
    }
}

impl Sources {
    /// The process's environment, `shutterkey.toml` and the user's own file.
    ///
    /// # Errors
    /// `config.invalid` for a file that cannot be read or is not TOML of a profile; `config.secret_in_file`;
    /// `store.refused` for a secret file that others can read; `config.secret_missing` for a secret command that fails.
    pub fn from_process(folders: &Folders) -> Result<Self> {
        Self::from_environment(Self::process_environment(), folders)
    }

    /// The process's variables whose names begin with `SHUTTERKEY_`.
    pub fn process_environment() -> BTreeMap<String, String> {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with("SHUTTERKEY_"))
            .collect()
    }

    /// As [`Self::from_process`], with variables of the caller's own: the command puts its flags over the process's.
    ///
    /// # Errors
    /// As [`Self::from_process`].
    pub fn from_environment(environment: BTreeMap<String, String>, folders: &Folders) -> Result<Self> {
        let mut sources = Self::without_secret(environment, folders)?;
        if let Some(path) = sources.secret_path() {
            sources.secret_file = Some(secret::read_secret(&path)?);
        } else if let Some(command) = sources.secret_command() {
            sources.secret_file = Some(secret::ask_command(&command)?);
        }
        Ok(sources)
    }

    /// As [`Self::from_environment`], leaving the secret where it is: no file is opened for it and no command started.
    ///
    /// # Errors
    /// `config.invalid` and `config.secret_in_file`, as there.
    pub fn without_secret(environment: BTreeMap<String, String>, folders: &Folders) -> Result<Self> {
        let named = environment.get("SHUTTERKEY_CONFIG").map(PathBuf::from);
        let profile_file = match &named {
            Some(path) => Some(ProfileFile::read(path)?.ok_or_else(|| {
                Error::with_detail(
                    ErrorCode::ConfigMissing,
                    format!("There is no file {}, which SHUTTERKEY_CONFIG names.", path.display()),
                )
            })?),
            None => ProfileFile::read(Path::new("shutterkey.toml"))?,
        };
        let user_file = ProfileFile::read(&folders.config_file())?;
        Ok(Self {
            environment,
            profile_file,
            user_file,
            secret_file: None,
            trust_endpoints: false,
        })
    }

    fn variable(&self, name: &str) -> Option<&str> {
        self.environment
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// A setting: environment, profile file, user's own file.
    fn setting(&self, variable: &str, member: impl Fn(&ProfileFile) -> Option<&str>) -> Option<String> {
        self.variable(variable)
            .or_else(|| self.profile_file.as_ref().and_then(&member))
            .or_else(|| self.user_file.as_ref().and_then(&member))
            .map(str::to_owned)
    }

    /// The file with the secret, unless the environment has the secret itself, or a command.
    pub fn secret_path(&self) -> Option<PathBuf> {
        if self.variable("SHUTTERKEY_CLIENT_SECRET").is_some() {
            return None;
        }
        if self.variable("SHUTTERKEY_CLIENT_SECRET_FILE").is_none()
            && self.variable("SHUTTERKEY_CLIENT_SECRET_COMMAND").is_some()
        {
            return None;
        }
        self.setting("SHUTTERKEY_CLIENT_SECRET_FILE", |file| {
            file.client_secret_file.as_deref()
        })
        .map(PathBuf::from)
    }
}

impl Sources {
    /// The namespace of the command's accounts.
    pub fn namespace(&self) -> String {
        self.variable("SHUTTERKEY_NAMESPACE")
            .or_else(|| self.user_file.as_ref().and_then(|file| file.namespace.as_deref()))
            .unwrap_or(DEFAULT_NAMESPACE)
            .to_owned()
    }

    /// The command that prints the secret, where nothing else has it.
    pub fn secret_command(&self) -> Option<Vec<String>> {
        if self.variable("SHUTTERKEY_CLIENT_SECRET").is_some() {
            return None;
        }
        match self.variable("SHUTTERKEY_CLIENT_SECRET_COMMAND") {
            Some(line) => Some(line.split_whitespace().map(str::to_owned).collect()),
            None => self.user_file.as_ref()?.client_secret_command.clone(),
        }
    }
}

/// A resolved profile: a client to build, and where its tokens are kept.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Profile {
    /// The provider.
    pub provider: Provider,
    /// The client id.
    pub client_id: Option<String>,
    /// The app secret.
    pub client_secret: Option<Secret>,
    /// The redirect URI.
    pub redirect_uri: Option<String>,
    /// The scopes.
    pub scopes: Option<Vec<String>>,
    /// Whether unknown scopes pass.
    pub allow_unknown_scopes: bool,
    /// The response type.
    pub response_type: Option<ResponseType>,
    /// Where forwarded answers of logins are taken on this machine.
    pub listen: Option<String>,
    /// The certificate for an https redirect URI on this machine.
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key.
    pub tls_key: Option<PathBuf>,
    /// Where accounts are kept.
    pub store: StorePlace,
    /// The namespace of the command's accounts in the store. The libraries take theirs as an argument.
    pub namespace: String,
}

impl Profile {
    /// Reads the process's own profile.
    ///
    /// # Errors
    /// As [`Sources::from_process`] and [`Profile::resolve`].
    pub fn load() -> Result<Self> {
        let folders = Folders::from_process()?;
        Self::resolve(&Sources::from_process(&folders)?, &folders)
    }

    /// Puts the sources together by their precedence.
    ///
    /// # Errors
    /// The `config` family.
    pub fn resolve(sources: &Sources, folders: &Folders) -> Result<Self> {
        if sources
            .profile_file
            .as_ref()
            .is_some_and(|file| file.client_secret_command.is_some())
        {
            return Err(Error::with_detail(
                ErrorCode::ConfigInvalid,
                "The configuration file of this folder names a program to start (client_secret_command): put it into your own configuration file, or into SHUTTERKEY_CLIENT_SECRET_COMMAND.",
            ));
        }
        let path = |variable: &str, member: fn(&ProfileFile) -> Option<&str>| {
            sources.setting(variable, member).map(PathBuf::from)
        };
        let secret = match sources.variable("SHUTTERKEY_CLIENT_SECRET") {
            Some(text) => Some(Secret::from(text)),
            None => sources.secret_file.clone(),
        };
        let scopes = match sources.variable("SHUTTERKEY_SCOPES") {
            Some(list) => Some(
                list.split([',', ' '])
                    .filter(|name| !name.is_empty())
                    .map(str::to_owned)
                    .collect(),
            ),
            None => [&sources.profile_file, &sources.user_file]
                .into_iter()
                .flatten()
                .find_map(|file| file.scopes.clone()),
        };
        let allow_unknown_scopes = match sources.variable("SHUTTERKEY_ALLOW_UNKNOWN_SCOPES") {
            Some(text) => matches!(text, "1" | "true" | "yes"),
            None => {
                [&sources.profile_file, &sources.user_file]
                    .into_iter()
                    .flatten()
                    .find_map(|file| file.allow_unknown_scopes)
                    == Some(true)
            }
        };
        let response_type = match sources
            .setting("SHUTTERKEY_RESPONSE_TYPE", |file| file.response_type.as_deref())
            .as_deref()
        {
            None => None,
            Some("code") => Some(ResponseType::Code),
            Some("token") => Some(ResponseType::Token),
            Some(_) => {
                return Err(Error::with_detail(
                    ErrorCode::ConfigInvalid,
                    "The response type is one of code and token.",
                ));
            }
        };
        let provider = provider(sources)?;
        let own_store = || match provider.is_sandbox() {
            true => folders.sandbox_accounts(),
            false => folders.accounts(),
        };
        let store = sources.store_or(own_store);
        Ok(Self {
            provider,
            client_id: sources.setting("SHUTTERKEY_CLIENT_ID", |file| file.client_id.as_deref()),
            client_secret: secret,
            redirect_uri: sources.setting("SHUTTERKEY_REDIRECT_URI", |file| file.redirect_uri.as_deref()),
            scopes,
            allow_unknown_scopes,
            response_type,
            listen: sources.setting("SHUTTERKEY_LISTEN", |file| file.listen.as_deref()),
            tls_cert: path("SHUTTERKEY_TLS_CERT", |file| file.tls_cert.as_deref()),
            tls_key: path("SHUTTERKEY_TLS_KEY", |file| file.tls_key.as_deref()),
            store,
            namespace: sources.namespace(),
        })
    }

    /// A configuration with what the profile has; what it lacks can be added before it is built.
    ///
    /// # Errors
    /// `config.missing` without a client id.
    pub fn client_config(&self) -> Result<ClientConfigBuilder> {
        let Some(client_id) = &self.client_id else {
            return Err(Error::with_detail(
                ErrorCode::ConfigMissing,
                "The client id is missing: set client_id in shutterkey.toml, or SHUTTERKEY_CLIENT_ID.",
            ));
        };
        let mut builder = ClientConfig::builder(self.provider.clone(), client_id.as_str())
            .allow_unknown_scopes(self.allow_unknown_scopes);
        if let Some(secret) = &self.client_secret {
            builder = builder.client_secret(secret.clone());
        }
        if let Some(uri) = &self.redirect_uri {
            builder = builder.redirect_uri(uri);
        }
        if let Some(scopes) = &self.scopes {
            builder = builder.scopes(scopes);
        }
        if let Some(response_type) = self.response_type {
            builder = builder.response_type(response_type);
        }
        Ok(builder)
    }
}

fn provider(sources: &Sources) -> Result<Provider> {
    let id = sources
        .setting("SHUTTERKEY_PROVIDER", |file| file.provider.as_deref())
        .unwrap_or_else(|| "instagram".to_owned());
    let sandbox = sources.setting("SHUTTERKEY_SANDBOX_URL", |file| file.sandbox_url.as_deref());
    if let Some(base) = sandbox {
        return Provider::in_sandbox(&id, &base, None);
    }
    if id != "standard" {
        return Provider::by_id(&id).ok_or_else(|| {
            Error::with_detail(
                ErrorCode::ConfigInvalid,
                format!(
                    "There is no provider {}; there are instagram, facebook, threads, legacy and standard.",
                    crate::error::printable(&id)
                ),
            )
        });
    }
    let described = [
        (&sources.profile_file, sources.trust_endpoints),
        (&sources.user_file, true),
    ]
    .into_iter()
    .find_map(|(file, trusted)| Some((file.as_ref()?.server.as_ref()?, trusted)));
    match described {
        Some((server, trusted)) => server.provider(trusted),
        None => Err(Error::with_detail(
            ErrorCode::ConfigMissing,
            "The provider standard needs a [server] table with authorize and token endpoints.",
        )),
    }
}
