//! Platforms.

use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, PromiseRaw};
use napi_derive::napi;
use shutterkey::driver::drive;
use shutterkey::provider::{ClientAuth, Revoke, StandardBuilder};
use shutterkey::{Error, ErrorCode, HttpTransport, Result, SystemClock, Transport, operation};

use crate::failure::{Failure, outcome};
use crate::host::Host;
use crate::runtime::promise;
use crate::transport::HostTransport;

/// A platform that issues tokens.
#[napi]
#[derive(Clone)]
pub struct Provider(pub(crate) shutterkey::Provider);

/// A server of RFC 6749, described by hand; or what its own metadata lacks.
#[napi(object, object_to_js = false)]
#[derive(Clone)]
pub struct StandardSettings {
    pub authorize_endpoint: Option<String>,
    pub token_endpoint: Option<String>,
    pub id: Option<String>,
    pub name: Option<String>,
    pub issuer: Option<String>,
    pub issuer_promised: Option<bool>,
    pub identity_endpoint: Option<String>,
    pub identity_member: Option<String>,
    pub revocation_endpoint: Option<String>,
    pub secret_in_body: Option<bool>,
    pub pkce: Option<bool>,
}

impl StandardSettings {
    /// The provider of a description that was begun, with this over it.
    pub(crate) fn finish(self, mut builder: StandardBuilder) -> Result<shutterkey::Provider> {
        if let Some(url) = self.authorize_endpoint {
            builder = builder.authorize_endpoint(url);
        }
        if let Some(url) = self.token_endpoint {
            builder = builder.token_endpoint(url);
        }
        if let Some(id) = self.id {
            builder = builder.id(id);
        }
        if let Some(name) = self.name {
            builder = builder.name(name);
        }
        if let Some(issuer) = self.issuer {
            builder = builder.issuer(issuer, self.issuer_promised.unwrap_or_default());
        }
        if let Some(url) = self.identity_endpoint {
            builder = builder.identity_endpoint(url, self.identity_member.unwrap_or_else(|| "sub".to_owned()));
        }
        if let Some(url) = self.revocation_endpoint {
            builder = builder.revocation_endpoint(url);
        }
        if self.secret_in_body == Some(true) {
            builder = builder.secret_in_body();
        }
        if self.pkce == Some(false) {
            builder = builder.without_pkce();
        }
        builder.build()
    }
}

/// What is known of a provider beside its name.
#[napi(object, object_from_js = false)]
pub struct ProviderParts {
    pub authorize_endpoint: Option<String>,
    pub token_endpoint: Option<String>,
    pub revocation_endpoint: Option<String>,
    pub issuer: Option<String>,
    pub issuer_promised: bool,
    pub pkce: bool,
    pub secret_in_body: bool,
}

#[napi]
impl Provider {
    /// A built-in one.
    #[napi]
    pub fn by_id(id: String) -> Either<Provider, Failure> {
        outcome(by_id(&id).map(Self))
    }

    #[napi]
    pub fn standard(settings: StandardSettings) -> Either<Provider, Failure> {
        outcome(settings.finish(shutterkey::Provider::standard()).map(Self))
    }

    /// The platform of that name, played by a sandbox at this address.
    #[napi]
    pub fn in_sandbox(id: String, base: String, origin: Option<String>) -> Either<Provider, Failure> {
        outcome(shutterkey::Provider::in_sandbox(&id, &base, origin.as_deref()).map(Self))
    }

    /// The same platform, played by a sandbox at this address.
    #[napi]
    pub fn at_sandbox(&self, base: String, origin: Option<String>) -> Either<Provider, Failure> {
        outcome(self.0.at_sandbox(&base, origin.as_deref()).map(Self))
    }

    /// What may be known of it.
    #[napi]
    pub fn parts(&self) -> ProviderParts {
        let data = self.0.data();
        let text = |url: &shutterkey::Endpoint| url.as_str().to_owned();
        ProviderParts {
            authorize_endpoint: data.authorize.as_ref().map(text),
            token_endpoint: data.token.as_ref().map(text),
            revocation_endpoint: match &data.revoke {
                Some(Revoke::Endpoint(url)) => Some(text(url)),
                _ => None,
            },
            issuer: data.issuer.clone(),
            issuer_promised: data.iss_promised,
            pkce: data.pkce,
            secret_in_body: data.exchange.auth == ClientAuth::PostOrPublic,
        }
    }

    #[napi(getter)]
    pub fn id(&self) -> String {
        self.0.id().to_owned()
    }

    #[napi(getter)]
    pub fn name(&self) -> String {
        self.0.name().to_owned()
    }

    #[napi(getter)]
    pub fn origin(&self) -> String {
        self.0.origin().to_owned()
    }

    #[napi(getter)]
    pub fn is_sandbox(&self) -> bool {
        self.0.is_sandbox()
    }
}

pub(crate) fn by_id(id: &str) -> shutterkey::Result<shutterkey::Provider> {
    shutterkey::Provider::by_id(id).ok_or_else(|| {
        let what = "There is no provider of that name; there are instagram, facebook, threads and legacy, and Provider.standard().";
        Error::with_detail(ErrorCode::ConfigInvalid, what)
    })
}

/// Describes a standard server from its own metadata.
#[napi]
pub fn discover<'env>(
    env: &'env Env,
    issuer: String,
    settings: StandardSettings,
    fetch: Option<ClassInstance<'_, Host>>,
) -> napi::Result<PromiseRaw<'env, Either<Provider, Failure>>> {
    let transport: Arc<dyn Transport> = match fetch {
        Some(host) => Arc::new(HostTransport(host.take()?)),
        None => Arc::new(HttpTransport::new()),
    };
    promise(env, async move {
        let builder = drive(operation::discover(&issuer), &*transport, None, &SystemClock).await;
        outcome(builder.and_then(|builder| settings.finish(builder)).map(Provider))
    })
}
