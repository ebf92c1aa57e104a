//! The shared profile, with the store that `shutterkey login` writes.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, PromiseRaw};
use napi_derive::napi;

use crate::config::{ClientConfig, Settings, profile_with};
use crate::failure::{Failure, outcome};
use crate::provider::Provider;
use crate::runtime::promise;
use crate::store::{LazyFile, Store};

/// The shared profile: a configuration, and the store that `shutterkey login` writes.
#[napi]
pub struct OpenedProfile {
    config: shutterkey::ClientConfig,
    store: Store,
    path: String,
}

#[napi]
impl OpenedProfile {
    #[napi(getter)]
    pub fn config(&self) -> ClientConfig {
        ClientConfig(self.config.clone())
    }

    #[napi(getter)]
    pub fn store(&self) -> Store {
        self.store.clone()
    }

    /// The folder of the store.
    #[napi(getter)]
    pub fn path(&self) -> String {
        self.path.clone()
    }
}

/// What is to be opened.
#[napi]
pub struct ProfileToOpen {
    settings: Settings,
    profile: shutterkey::config::profile::Profile,
}

#[napi]
impl ProfileToOpen {
    /// The process's profile with what is said in code over it.
    #[napi]
    pub fn read(settings: Settings, provider: Option<ClassInstance<'_, Provider>>) -> Either<ProfileToOpen, Failure> {
        outcome(profile_with(&settings, provider).map(|profile| Self { settings, profile }))
    }

    /// What a keeper needs for the accounts that are in the profile's store.
    #[napi]
    pub fn open<'env>(
        &self,
        env: &'env Env,
        namespace: String,
    ) -> napi::Result<PromiseRaw<'env, Either<OpenedProfile, Failure>>> {
        let (settings, profile) = (self.settings.clone(), self.profile.clone());
        promise(env, async move {
            let work = async {
                let path = profile.store.folder()?.to_owned();
                let store: Arc<dyn shutterkey::Store> = Arc::new(LazyFile::at(path.clone()));
                let builder = shutterkey::Keeper::profile_config(&profile, &*store, &namespace).await?;
                Ok(OpenedProfile {
                    config: settings.over(builder)?.build()?,
                    store: Store(store),
                    path: path.to_string_lossy().into_owned(),
                })
            };
            outcome(work.await)
        })
    }
}
