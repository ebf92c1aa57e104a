//! The client.

use std::sync::Arc;

use napi::bindgen_prelude::{ClassInstance, Either};
use napi_derive::napi;

use crate::account::{AccountParts, ConnectionParts, ExchangedParts};
use crate::clock::Clock;
use crate::config::ClientConfig;
use crate::failure::{Failure, Resumable, outcome};
use crate::options::LoginOptions;
use crate::{pending, token};

/// A client of one provider.
#[napi]
pub struct Client(pub(crate) shutterkey::Client);

impl Client {
    fn token(&self, wire: &str) -> shutterkey::Result<shutterkey::Token> {
        token::read(self.0.config().provider(), wire)
    }
}

#[napi]
impl Client {
    #[napi(constructor)]
    pub fn new(config: ClassInstance<'_, ClientConfig>, clock: ClassInstance<'_, Clock>) -> Self {
        Self(shutterkey::Client::new(config.0.clone()).with_clock(Arc::clone(&clock.shared)))
    }

    /// Begins a login: the URL and the pending login, a line each.
    #[napi]
    pub fn authorize(&self, options: Option<LoginOptions>) -> Either<String, Failure> {
        let request = LoginOptions::read(options).and_then(|options| self.0.authorize(options));
        outcome(request.map(|request| pending::request(&request)))
    }

    #[napi]
    pub async fn complete(&self, accepted: pending::Accepted) -> Either<ConnectionParts, Failure> {
        let work = async {
            let (pending, grant) = accepted.again()?;
            self.0.complete_grant(&pending, grant).await.map(Into::into)
        };
        outcome(work.await)
    }

    #[napi]
    pub async fn resume(&self, resumable: &Resumable) -> Either<ConnectionParts, Failure> {
        outcome(self.0.resume(&resumable.0).await.map(Into::into))
    }

    #[napi]
    pub async fn exchange(&self, accepted: pending::Accepted) -> Either<ExchangedParts, Failure> {
        let work = async {
            let (pending, grant) = accepted.again()?;
            self.0.exchange(&pending, grant).await.map(Into::into)
        };
        outcome(work.await)
    }

    #[napi]
    pub async fn extend(&self, token: String) -> Either<String, Failure> {
        let work = async { self.0.extend(&self.token(&token)?).await };
        outcome(work.await.map(|token| token::wire(&token)))
    }

    #[napi]
    pub async fn refresh(&self, token: String) -> Either<String, Failure> {
        let work = async { self.0.refresh(&self.token(&token)?).await };
        outcome(work.await.map(|token| token::wire(&token)))
    }

    #[napi]
    pub async fn identify(&self, token: String) -> Either<AccountParts, Failure> {
        let work = async { self.0.identify(&self.token(&token)?).await };
        outcome(work.await.map(|account| (&account).into()))
    }

    #[napi]
    pub async fn revoke(&self, token: String) -> Option<Failure> {
        let work = async { self.0.revoke(&self.token(&token)?).await };
        work.await.err().map(Into::into)
    }
}
