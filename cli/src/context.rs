//! What every command starts from: folders, configuration with the flags over it, and where to speak.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use shutterkey::config::profile::{Folders, Profile, Sources, StorePlace};
use shutterkey::transport::HttpTransport;
use shutterkey::{Store, Transport};
use tokio::runtime::Runtime;

use crate::args::Global;
use crate::exit::{Failure, Outcome};
use crate::output::Ui;

/// What a command works with.
pub(crate) struct Context {
    pub(crate) ui: Ui,
    pub(crate) folders: Folders,
    global: Global,
}

/// Flags that stand over a setting of the profile.
pub(crate) type Override = (&'static str, Option<String>);

impl Context {
    pub(crate) fn new(global: Global, ui: Ui) -> Outcome<Self> {
        Ok(Self {
            ui,
            folders: Folders::from_process()?,
            global,
        })
    }

    /// The profile file that was named for this run.
    pub(crate) fn config_path(&self) -> Option<PathBuf> {
        self.global.config.clone()
    }

    /// Whether nothing is to be said on the side.
    pub(crate) fn is_quiet(&self) -> bool {
        self.global.quiet
    }

    /// The store that is configured.
    #[cfg(feature = "postgres")]
    pub(crate) fn store_place(&self) -> Outcome<StorePlace> {
        Ok(self.profile_without_secret()?.store)
    }

    /// The profile, with these settings over it.
    pub(crate) fn profile(&self, over: &[Override]) -> Outcome<Profile> {
        Ok(Profile::resolve(&self.sources(over)?, &self.folders)?)
    }

    /// The profile without its secret: looking at things starts no password manager.
    pub(crate) fn profile_without_secret(&self) -> Outcome<Profile> {
        let sources = Sources::without_secret(self.environment(&[])?, &self.folders)?;
        Ok(Profile::resolve(&sources, &self.folders)?)
    }

    fn sources(&self, over: &[Override]) -> Outcome<Sources> {
        Ok(Sources::from_environment(self.environment(over)?, &self.folders)?)
    }

    /// The process's own variables with the flags over them.
    pub(crate) fn environment(&self, over: &[Override]) -> Outcome<BTreeMap<String, String>> {
        let mut environment = Sources::process_environment();
        let paths = [
            ("SHUTTERKEY_CONFIG", &self.global.config),
            ("SHUTTERKEY_STORE", &self.global.store),
        ];
        for (name, path) in paths {
            if let Some(path) = path {
                let text = path
                    .to_str()
                    .ok_or_else(|| Failure::usage("The path is not UTF-8.", "Use a path of plain characters."))?;
                environment.insert(name.to_owned(), text.to_owned());
            }
        }
        for (name, value) in over {
            if let Some(value) = value {
                environment.insert((*name).to_owned(), value.clone());
            }
        }
        Ok(environment)
    }

    /// The store that was named for this run, by flag or environment: the only one that is then looked in.
    pub(crate) fn named_store(&self) -> Outcome<Option<StorePlace>> {
        Ok(self.places()?.named_store())
    }

    /// The store of sandbox logins, unless another was named.
    pub(crate) fn sandbox_store(&self) -> Outcome<StorePlace> {
        let named = self.named_store()?;
        Ok(named.unwrap_or_else(|| StorePlace::Folder(self.folders.sandbox_accounts())))
    }

    /// The namespace of accounts: what the libraries use as well unless told otherwise.
    pub(crate) fn namespace(&self) -> Outcome<String> {
        Ok(self.places()?.namespace())
    }

    /// The sources as far as they can be read: what stands in the way of a login need not stand in the way of the store.
    fn places(&self) -> Outcome<Sources> {
        let environment = self.environment(&[])?;
        let alone = Sources {
            environment: environment.clone(),
            ..Sources::default()
        };
        Ok(Sources::without_secret(environment, &self.folders).unwrap_or(alone))
    }
}

/// Opens a store and makes sure that it can be written to, before anybody is sent anywhere.
pub(crate) async fn writable(place: &StorePlace) -> Outcome<Arc<dyn Store>> {
    let store = place.open().await?;
    store.probe().await?;
    Ok(store)
}

/// The HTTP that talks to providers. Making it costs nothing until it is used.
pub(crate) fn transport() -> Arc<dyn Transport> {
    Arc::new(HttpTransport::new())
}

/// A runtime for one command, on the main thread: a listener, a sandbox and their client share it.
pub(crate) fn runtime() -> Outcome<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::from(shutterkey::Error::with_detail(
                shutterkey::ErrorCode::Misuse,
                format!("The system gives no event loop: {}.", error.kind()),
            ))
        })
}
