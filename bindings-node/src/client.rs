//! The client.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, Function, PromiseRaw};
use napi_derive::napi;

use crate::account::{AccountParts, ConnectionParts, ExchangedParts};
use crate::clock::Clock;
use crate::config::ClientConfig;
use crate::failure::{Failure, Resumable, outcome};
use crate::graph::{InspectionParts, InstagramAccountsParts, PermissionsParts};
use crate::host::Host;
use crate::options::LoginOptions;
use crate::runtime::promise;
use crate::transport::HostTransport;
use crate::{pending, token};

/// A client of one provider.
#[napi]
pub struct Client(pub(crate) shutterkey::Client);

fn read(client: &shutterkey::Client, wire: &str) -> shutterkey::Result<shutterkey::Token> {
    token::read(client.config().provider(), wire)
}

#[napi]
impl Client {
    #[napi(constructor)]
    pub fn new(
        config: ClassInstance<'_, ClientConfig>,
        clock: ClassInstance<'_, Clock>,
        fetch: Option<ClassInstance<'_, Host>>,
    ) -> napi::Result<Self> {
        let client = match fetch {
            Some(host) => shutterkey::Client::over(config.0.clone(), Arc::new(HostTransport(host.take()?))),
            None => shutterkey::Client::new(config.0.clone()),
        };
        Ok(Self(client.with_clock(Arc::clone(&clock.shared))))
    }

    /// A function that begins logins: the URL and the pending login, a line each. A function is called in a tenth of the time
    /// that a method takes.
    #[napi(ts_return_type = "(options?: LoginOptions) => string | Failure")]
    pub fn authorizer<'env>(&self, env: &'env Env) -> napi::Result<Function<'env, (), Either<String, Failure>>> {
        let client = self.0.clone();
        env.create_function_from_closure("authorize", move |given| {
            let options = given.get::<Option<LoginOptions>>(0)?;
            let request = LoginOptions::read(options).and_then(|options| client.authorize(options));
            Ok(outcome(request.map(|request| pending::request(&request))))
        })
    }

    #[napi]
    pub fn complete<'env>(
        &self,
        env: &'env Env,
        accepted: pending::Accepted,
    ) -> napi::Result<PromiseRaw<'env, Either<ConnectionParts, Failure>>> {
        let client = self.0.clone();
        promise(env, async move {
            let work = async {
                let (pending, grant) = accepted.again()?;
                client.complete_grant(&pending, grant).await.map(Into::into)
            };
            outcome(work.await)
        })
    }

    #[napi]
    pub fn resume<'env>(
        &self,
        env: &'env Env,
        resumable: &Resumable,
    ) -> napi::Result<PromiseRaw<'env, Either<ConnectionParts, Failure>>> {
        let (client, resumable) = (self.0.clone(), resumable.0.clone());
        promise(
            env,
            async move { outcome(client.resume(&resumable).await.map(Into::into)) },
        )
    }

    #[napi]
    pub fn exchange<'env>(
        &self,
        env: &'env Env,
        accepted: pending::Accepted,
    ) -> napi::Result<PromiseRaw<'env, Either<ExchangedParts, Failure>>> {
        let client = self.0.clone();
        promise(env, async move {
            let work = async {
                let (pending, grant) = accepted.again()?;
                client.exchange(&pending, grant).await.map(Into::into)
            };
            outcome(work.await)
        })
    }

    #[napi]
    pub fn extend<'env>(
        &self,
        env: &'env Env,
        token: String,
    ) -> napi::Result<PromiseRaw<'env, Either<String, Failure>>> {
        let client = self.0.clone();
        promise(env, async move {
            let work = async { client.extend(&read(&client, &token)?).await };
            outcome(work.await.map(|token| token::wire(&token)))
        })
    }

    #[napi]
    pub fn refresh<'env>(
        &self,
        env: &'env Env,
        token: String,
    ) -> napi::Result<PromiseRaw<'env, Either<String, Failure>>> {
        let client = self.0.clone();
        promise(env, async move {
            let work = async { client.refresh(&read(&client, &token)?).await };
            outcome(work.await.map(|token| token::wire(&token)))
        })
    }

    #[napi]
    pub fn identify<'env>(
        &self,
        env: &'env Env,
        token: String,
    ) -> napi::Result<PromiseRaw<'env, Either<AccountParts, Failure>>> {
        let client = self.0.clone();
        promise(env, async move {
            let work = async { client.identify(&read(&client, &token)?).await };
            outcome(work.await.map(|account| (&account).into()))
        })
    }

    #[napi]
    pub fn inspect_token<'env>(
        &self,
        env: &'env Env,
        token: String,
        inspector: Option<String>,
    ) -> napi::Result<PromiseRaw<'env, Either<InspectionParts, Failure>>> {
        let client = self.0.clone();
        promise(env, async move {
            let work = async {
                let token = read(&client, &token)?;
                match inspector {
                    Some(inspector) => client.inspect_token_as(&read(&client, &inspector)?, &token).await,
                    None => client.inspect_token(&token).await,
                }
            };
            outcome(work.await.map(Into::into))
        })
    }

    #[napi]
    pub fn app_token<'env>(&self, env: &'env Env) -> napi::Result<PromiseRaw<'env, Either<String, Failure>>> {
        let client = self.0.clone();
        promise(env, async move {
            outcome(client.app_token().await.map(|token| token::wire(&token)))
        })
    }

    #[napi]
    pub fn instagram_accounts<'env>(
        &self,
        env: &'env Env,
        token: String,
    ) -> napi::Result<PromiseRaw<'env, Either<InstagramAccountsParts, Failure>>> {
        let client = self.0.clone();
        promise(env, async move {
            let work = async { client.instagram_accounts(&read(&client, &token)?).await };
            outcome(work.await.map(Into::into))
        })
    }

    #[napi]
    pub fn permissions<'env>(
        &self,
        env: &'env Env,
        token: String,
    ) -> napi::Result<PromiseRaw<'env, Either<PermissionsParts, Failure>>> {
        let client = self.0.clone();
        promise(env, async move {
            let work = async { client.permissions(&read(&client, &token)?).await };
            outcome(work.await.map(Into::into))
        })
    }

    #[napi]
    pub fn revoke_permission<'env>(
        &self,
        env: &'env Env,
        token: String,
        permission: String,
    ) -> napi::Result<PromiseRaw<'env, Option<Failure>>> {
        let client = self.0.clone();
        promise(env, async move {
            let work = async { client.revoke_permission(&read(&client, &token)?, &permission).await };
            work.await.err().map(Into::into)
        })
    }

    #[napi]
    pub fn revoke<'env>(&self, env: &'env Env, token: String) -> napi::Result<PromiseRaw<'env, Option<Failure>>> {
        let client = self.0.clone();
        promise(env, async move {
            let work = async { client.revoke(&read(&client, &token)?).await };
            work.await.err().map(Into::into)
        })
    }
}
