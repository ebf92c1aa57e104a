//! The keeper.

use std::sync::Arc;
use std::time::Duration;

use napi::Env;
use napi::bindgen_prelude::{
    ClassInstance, Either, Either3, Function, PromiseRaw, Unknown, within_runtime_if_available,
};
use napi_derive::napi;
use shutterkey::AppScopedId;

use crate::account::{ConnectionParts, KeyParts, LoggedOutParts, StoredAccount};
use crate::client::Client;
use crate::failure::{Failure, Resumable, outcome};
use crate::graph::InstagramAccountsParts;
use crate::options::{ApiAnswer, Import};
use crate::pending::Accepted;
use crate::runtime::{Tasks, promise};
use crate::store::Store;
use crate::text::with_text;
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
pub struct Keeper(pub(crate) shutterkey::Keeper);

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
    pub fn complete<'env>(
        &self,
        env: &'env Env,
        accepted: Accepted,
        name: Option<String>,
    ) -> napi::Result<PromiseRaw<'env, Either<ConnectionParts, Failure>>> {
        let begun: shutterkey::Result<_> = within_runtime_if_available(|| {
            let (pending, grant) = accepted.again()?;
            Ok(self.0.complete_grant(&pending, grant, name.as_deref()))
        });
        promise(env, async move {
            let completed = async { begun?.await.map(ConnectionParts::from) };
            outcome(completed.await)
        })
    }

    #[napi]
    pub fn resume<'env>(
        &self,
        env: &'env Env,
        resumable: &Resumable,
    ) -> napi::Result<PromiseRaw<'env, Either<ConnectionParts, Failure>>> {
        let (keeper, resumable) = (self.0.clone(), resumable.0.clone());
        promise(
            env,
            async move { outcome(keeper.resume(&resumable).await.map(Into::into)) },
        )
    }

    #[napi]
    pub fn import_token<'env>(
        &self,
        env: &'env Env,
        given: Import,
    ) -> napi::Result<PromiseRaw<'env, Either<ConnectionParts, Failure>>> {
        let keeper = self.0.clone();
        promise(env, async move {
            let work = async { keeper.import_token(given.read()?).await.map(Into::into) };
            outcome(work.await)
        })
    }

    /// A function that answers a token if it is in memory and nothing has to be done for it. See `Client.authorizer`.
    #[napi(ts_return_type = "(name: string) => string | null")]
    pub fn fresh<'env>(&self, env: &'env Env) -> napi::Result<Function<'env, (), Option<String>>> {
        let keeper = self.0.clone();
        env.create_function_from_closure("fresh", move |given| {
            let name = given.first_arg::<Unknown<'_>>()?;
            with_text(given.env, &name, |name| {
                keeper.fresh_token(name).map(|token| token::wire(&token))
            })
        })
    }

    #[napi]
    pub fn token<'env>(&self, env: &'env Env, name: String) -> napi::Result<PromiseRaw<'env, Either<String, Failure>>> {
        let keeper = self.0.clone();
        promise(env, async move {
            outcome(keeper.token(&name).await.map(|token| token::wire(&token)))
        })
    }

    #[napi]
    pub fn refresh<'env>(
        &self,
        env: &'env Env,
        name: String,
    ) -> napi::Result<PromiseRaw<'env, Either<String, Failure>>> {
        let keeper = self.0.clone();
        promise(env, async move {
            outcome(keeper.refresh(&name).await.map(|token| token::wire(&token)))
        })
    }

    #[napi]
    pub fn report<'env>(
        &self,
        env: &'env Env,
        name: String,
        answer: ApiAnswer,
    ) -> napi::Result<PromiseRaw<'env, Option<Failure>>> {
        let keeper = self.0.clone();
        promise(env, async move {
            keeper.report(&name, answer.read()).await.err().map(Into::into)
        })
    }

    #[napi]
    pub fn account<'env>(
        &self,
        env: &'env Env,
        name: String,
    ) -> napi::Result<PromiseRaw<'env, Either<StoredAccount, Failure>>> {
        let keeper = self.0.clone();
        promise(
            env,
            async move { outcome(keeper.account(&name).await.map(StoredAccount)) },
        )
    }

    #[napi]
    pub fn accounts<'env>(
        &self,
        env: &'env Env,
    ) -> napi::Result<PromiseRaw<'env, Either<Vec<StoredAccount>, Failure>>> {
        let keeper = self.0.clone();
        promise(env, async move {
            let records = keeper.accounts().await;
            outcome(records.map(|records| records.into_iter().map(StoredAccount).collect()))
        })
    }

    #[napi]
    pub fn find_app_scoped<'env>(
        &self,
        env: &'env Env,
        id: String,
    ) -> napi::Result<PromiseRaw<'env, Either3<KeyParts, Failure, ()>>> {
        let keeper = self.0.clone();
        promise(env, async move {
            let work = async { keeper.find_app_scoped(&AppScopedId::parse(&id)?).await };
            match work.await {
                Ok(Some(key)) => Either3::A((&key).into()),
                Ok(None) => Either3::C(()),
                Err(error) => Either3::B(error.into()),
            }
        })
    }

    #[napi]
    pub fn instagram_accounts<'env>(
        &self,
        env: &'env Env,
        name: String,
    ) -> napi::Result<PromiseRaw<'env, Either<InstagramAccountsParts, Failure>>> {
        let keeper = self.0.clone();
        promise(env, async move {
            outcome(keeper.instagram_accounts(&name).await.map(Into::into))
        })
    }

    #[napi]
    pub fn logout<'env>(
        &self,
        env: &'env Env,
        name: String,
    ) -> napi::Result<PromiseRaw<'env, Either<LoggedOutParts, Failure>>> {
        let keeper = self.0.clone();
        promise(env, async move { outcome(keeper.logout(&name).await.map(Into::into)) })
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
            waiting.call((), napi::threadsafe_function::ThreadsafeFunctionCallMode::NonBlocking);
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
    pub until: Option<f64>,
}

impl From<shutterkey::keeper::Event> for EventParts {
    fn from(event: shutterkey::keeper::Event) -> Self {
        Self {
            account: (&event.account).into(),
            kind: event.kind.as_str(),
            error: event.error.map(Into::into),
            at: seconds(event.at),
            until: event.until.map(seconds),
        }
    }
}
