//! Platforms.

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use shutterkey::{Error, ErrorCode};

use crate::failure::{Failure, outcome};

/// A platform that issues tokens.
#[napi]
#[derive(Clone)]
pub struct Provider(pub(crate) shutterkey::Provider);

/// A server of RFC 6749, described by hand.
#[napi(object, object_to_js = false)]
pub struct StandardSettings {
    pub authorize_endpoint: String,
    pub token_endpoint: String,
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

#[napi]
impl Provider {
    /// A built-in one.
    #[napi]
    pub fn by_id(id: String) -> Either<Provider, Failure> {
        outcome(by_id(&id).map(Self))
    }

    #[napi]
    pub fn standard(settings: StandardSettings) -> Either<Provider, Failure> {
        let mut builder = shutterkey::Provider::standard()
            .authorize_endpoint(settings.authorize_endpoint)
            .token_endpoint(settings.token_endpoint);
        if let Some(id) = settings.id {
            builder = builder.id(id);
        }
        if let Some(name) = settings.name {
            builder = builder.name(name);
        }
        if let Some(issuer) = settings.issuer {
            builder = builder.issuer(issuer, settings.issuer_promised.unwrap_or_default());
        }
        if let Some(url) = settings.identity_endpoint {
            builder = builder.identity_endpoint(url, settings.identity_member.unwrap_or_else(|| "sub".to_owned()));
        }
        if let Some(url) = settings.revocation_endpoint {
            builder = builder.revocation_endpoint(url);
        }
        if settings.secret_in_body == Some(true) {
            builder = builder.secret_in_body();
        }
        if settings.pkce == Some(false) {
            builder = builder.without_pkce();
        }
        outcome(builder.build().map(Self))
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
