//! The shared profile, with the store that `shutterkey login` writes.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, PromiseRaw};
use napi_derive::napi;
use shutterkey::Result;
use shutterkey::config::profile::StorePlace;

use crate::config::{ClientConfig, Settings, profile_with};
use crate::failure::{Failure, outcome};
use crate::postgres::Postgres;
use crate::provider::Provider;
use crate::runtime::promise;
use crate::store::{LazyFile, Store};

/// The shared profile: a configuration, and the store that `shutterkey login` writes.
#[napi]
pub struct OpenedProfile {
    config: shutterkey::ClientConfig,
    store: Store,
    path: Option<String>,
    postgres: Option<Postgres>,
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

    /// The folder of the store, unless that is a database.
    #[napi(getter)]
    pub fn path(&self) -> Option<String> {
        self.path.clone()
    }

    /// The database, if the store is one.
    #[napi(getter)]
    pub fn postgres(&self) -> Option<Postgres> {
        self.postgres.clone()
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
                let (store, path, postgres) = named(&profile.store)?;
                let builder = shutterkey::Keeper::profile_config(&profile, &*store.0, &namespace).await?;
                Ok(OpenedProfile {
                    config: settings.over(builder)?.build()?,
                    store,
                    path,
                    postgres,
                })
            };
            outcome(work.await)
        })
    }
}

/// The store that a profile names, with what is shown of it.
fn named(place: &StorePlace) -> Result<(Store, Option<String>, Option<Postgres>)> {
    match place {
        StorePlace::Folder(path) => {
            let store = Store(Arc::new(LazyFile::at(path.clone())));
            Ok((store, Some(path.to_string_lossy().into_owned()), None))
        }
        StorePlace::Postgres(place) => {
            let postgres = Postgres::named(place)?;
            Ok((postgres.store(), None, Some(postgres)))
        }
        other => Err(other.unsupported()),
    }
}
