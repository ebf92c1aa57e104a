//! The keeper.

use std::sync::Arc;
use std::time::Duration;

use napi::bindgen_prelude::{ClassInstance, Either, Either3, Function};
use napi_derive::napi;
use shutterkey::AppScopedId;

use crate::account::{ConnectionParts, KeyParts, LoggedOutParts, StoredAccount};
use crate::client::Client;
use crate::config::{ClientConfig, Settings, profile_with};
use crate::failure::{Failure, Resumable, outcome};
use crate::options::{ApiAnswer, Import};
use crate::pending::Accepted;
use crate::provider::Provider;
use crate::runtime::Tasks;
use crate::store::{LazyFile, Store};
use crate::time::seconds;
use crate::token;

/// What a keeper may be told. What is left out is the core's default.
#[napi(object, object_to_js = false)]
pub struct KeeperOptions {
    pub namespace: Option<String>,
    /// Seconds.
    pub reread: Option<f64>,
    pub capacity: Option<u32>,
}

/// Keeps the tokens of one client's accounts alive.
#[napi]
pub struct Keeper(shutterkey::Keeper);

#[napi]
impl Keeper {
    #[napi(constructor)]
    pub fn new(
        client: ClassInstance<'_, Client>,
        store: ClassInstance<'_, Store>,
        tasks: ClassInstance<'_, Tasks>,
        options: KeeperOptions,
    ) -> Self {
        let mut builder = shutterkey::Keeper::builder(client.0.clone(), Arc::clone(&store.0)).tasks(&tasks.0);
        if let Some(namespace) = options.namespace {
            builder = builder.namespace(namespace);
        }
        if let Some(reread) = options.reread {
            builder = builder.reread(Duration::try_from_secs_f64(reread.max(0.0)).unwrap_or(Duration::MAX));
        }
        if let Some(capacity) = options.capacity {
            builder = builder.capacity(capacity as usize);
        }
        Self(builder.build())
    }

    #[napi]
    pub async fn complete(&self, accepted: Accepted, name: Option<String>) -> Either<ConnectionParts, Failure> {
        let work = async {
            let (pending, grant) = accepted.again()?;
            let connection = self.0.complete_grant(&pending, grant, name.as_deref()).await?;
            Ok(connection.into())
        };
        outcome(work.await)
    }

    #[napi]
    pub async fn resume(&self, resumable: &Resumable) -> Either<ConnectionParts, Failure> {
        outcome(self.0.resume(&resumable.0).await.map(Into::into))
    }

    #[napi]
    pub async fn import_token(&self, given: Import) -> Either<ConnectionParts, Failure> {
        let work = async { self.0.import_token(given.read()?).await.map(Into::into) };
        outcome(work.await)
    }

    /// The token if it is in memory and nothing has to be done for it.
    #[napi]
    pub fn fresh_token(&self, name: String) -> Option<String> {
        self.0.fresh_token(&name).map(|token| token::wire(&token))
    }

    #[napi]
    pub async fn token(&self, name: String) -> Either<String, Failure> {
        outcome(self.0.token(&name).await.map(|token| token::wire(&token)))
    }

    #[napi]
    pub async fn refresh(&self, name: String) -> Either<String, Failure> {
        outcome(self.0.refresh(&name).await.map(|token| token::wire(&token)))
    }

    #[napi]
    pub async fn report(&self, name: String, answer: ApiAnswer) -> Option<Failure> {
        self.0.report(&name, answer.read()).await.err().map(Into::into)
    }

    #[napi]
    pub async fn account(&self, name: String) -> Either<StoredAccount, Failure> {
        outcome(self.0.account(&name).await.map(StoredAccount))
    }

    #[napi]
    pub async fn accounts(&self) -> Either<Vec<StoredAccount>, Failure> {
        let records = self.0.accounts().await;
        outcome(records.map(|records| records.into_iter().map(StoredAccount).collect()))
    }

    #[napi]
    pub async fn find_app_scoped(&self, id: String) -> Either3<KeyParts, Failure, ()> {
        let work = async { self.0.find_app_scoped(&AppScopedId::parse(&id)?).await };
        match work.await {
            Ok(Some(key)) => Either3::A((&key).into()),
            Ok(None) => Either3::C(()),
            Err(error) => Either3::B(error.into()),
        }
    }

    #[napi]
    pub async fn logout(&self, name: String) -> Either<LoggedOutParts, Failure> {
        outcome(self.0.logout(&name).await.map(Into::into))
    }

    #[napi]
    pub fn forget(&self, name: String) {
        self.0.forget(&name);
    }

    #[napi]
    pub fn next_event(&self) -> Option<EventParts> {
        self.0.events().try_next().map(EventParts::from)
    }

    /// Calls back once when there is an event. This does not keep the event loop alive.
    #[napi]
    pub fn on_event(&self, #[napi(ts_arg_type = "() => void")] callback: Function<'_, (), ()>) -> napi::Result<()> {
        let waiting = callback
            .build_threadsafe_function()
            .weak::<true>()
            .callee_handled::<false>()
            .build()?;
        let events = self.0.events();
        napi::bindgen_prelude::spawn(async move {
            events.ready().await;
            waiting.call(
                (),
                napi::threadsafe_function::ThreadsafeFunctionCallMode::NonBlocking,
            );
        });
        Ok(())
    }
}

/// Something that happened to an account.
#[napi(object, object_from_js = false)]
pub struct EventParts {
    pub account: KeyParts,
    pub kind: &'static str,
    pub error: Option<Failure>,
    pub at: f64,
}

impl From<shutterkey::keeper::Event> for EventParts {
    fn from(event: shutterkey::keeper::Event) -> Self {
        Self {
            account: (&event.account).into(),
            kind: event.kind.as_str(),
            error: event.error.map(Into::into),
            at: seconds(event.at),
        }
    }
}

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
    pub async fn open(&self, namespace: String) -> Either<OpenedProfile, Failure> {
        let work = async {
            let path = self.profile.store.clone();
            let store: Arc<dyn shutterkey::Store> = Arc::new(LazyFile::at(path.clone()));
            let builder = shutterkey::Keeper::profile_config(&self.profile, &*store, &namespace).await?;
            Ok(OpenedProfile {
                config: self.settings.clone().over(builder)?.build()?,
                store: Store(store),
                path: path.to_string_lossy().into_owned(),
            })
        };
        outcome(work.await)
    }
}
