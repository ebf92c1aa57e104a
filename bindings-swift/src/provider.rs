//! Platforms.

use std::sync::Arc;

use shutterkey::provider::{Revoke, StandardBuilder};
use shutterkey::{Error, ErrorCode, Provider};

use crate::failure::Failure;

/// A platform that issues tokens.
#[derive(Debug, uniffi::Object)]
pub struct NativeProvider(pub(crate) Provider);

/// A server of RFC 6749, described by hand; or what its own metadata lacks.
#[derive(Clone, Debug, Default, uniffi::Record)]
pub struct StandardParts {
    /// Where people are sent.
    pub authorize_endpoint: Option<String>,
    /// Where codes are exchanged.
    pub token_endpoint: Option<String>,
    /// A stable name of the caller's own.
    pub id: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// RFC 8414.
    pub issuer: Option<String>,
    /// RFC 9207: every answer names the issuer.
    pub issuer_promised: bool,
    /// Whose token it is.
    pub identity_endpoint: Option<String>,
    /// The member that holds the id.
    pub identity_member: Option<String>,
    /// RFC 7009.
    pub revocation_endpoint: Option<String>,
    /// No PKCE: the server refuses unknown parameters.
    pub without_pkce: bool,
}

/// What is known of a provider.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ProviderParts {
    /// The stable name.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Where its tokens may be sent.
    pub origin: String,
    /// Whether a sandbox plays it.
    pub is_sandbox: bool,
    /// Where people are sent.
    pub authorize_endpoint: Option<String>,
    /// Where codes are exchanged.
    pub token_endpoint: Option<String>,
    /// RFC 7009.
    pub revocation_endpoint: Option<String>,
    /// RFC 8414.
    pub issuer: Option<String>,
    /// RFC 9207.
    pub issuer_promised: bool,
    /// Whether PKCE is sent.
    pub pkce: bool,
    /// Whether a secret would go into the body.
    pub secret_in_body: bool,
}

impl StandardParts {
    /// The provider of a description that was begun, with this over it.
    pub(crate) fn finish(self, mut builder: StandardBuilder) -> shutterkey::Result<Provider> {
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
            builder = builder.issuer(issuer, self.issuer_promised);
        }
        if let Some(url) = self.identity_endpoint {
            builder = builder.identity_endpoint(url, self.identity_member.unwrap_or_else(|| "sub".to_owned()));
        }
        if let Some(url) = self.revocation_endpoint {
            builder = builder.revocation_endpoint(url);
        }
        if self.without_pkce {
            builder = builder.without_pkce();
        }
        builder.build()
    }
}

#[uniffi::export]
impl NativeProvider {
    /// A built-in one.
    #[uniffi::constructor]
    pub fn by_id(id: String) -> Result<Arc<Self>, Failure> {
        let found = Provider::by_id(&id).ok_or_else(|| {
            let what =
                "There is no provider of that name; there are instagram, facebook, threads, legacy, and standard ones.";
            Error::with_detail(ErrorCode::ConfigInvalid, what)
        })?;
        Ok(Arc::new(Self(found)))
    }

    /// A server that is described by hand.
    #[uniffi::constructor]
    pub fn standard(described: StandardParts) -> Result<Arc<Self>, Failure> {
        Ok(Arc::new(Self(described.finish(Provider::standard())?)))
    }

    /// The platform of that name, played by a sandbox at this address.
    #[uniffi::constructor]
    pub fn in_sandbox(id: String, base: String, origin: Option<String>) -> Result<Arc<Self>, Failure> {
        Ok(Arc::new(Self(Provider::in_sandbox(&id, &base, origin.as_deref())?)))
    }

    /// The same platform, played by a sandbox at this address.
    pub fn at_sandbox(&self, base: String, origin: Option<String>) -> Result<Arc<Self>, Failure> {
        Ok(Arc::new(Self(self.0.at_sandbox(&base, origin.as_deref())?)))
    }

    /// What may be known of it.
    pub fn described(&self) -> ProviderParts {
        let data = self.0.data();
        let text = |url: &shutterkey::Endpoint| url.as_str().to_owned();
        ProviderParts {
            id: self.0.id().to_owned(),
            name: self.0.name().to_owned(),
            origin: self.0.origin().to_owned(),
            is_sandbox: self.0.is_sandbox(),
            authorize_endpoint: data.authorize.as_ref().map(text),
            token_endpoint: data.token.as_ref().map(text),
            revocation_endpoint: match &data.revoke {
                Some(Revoke::Endpoint(url)) => Some(text(url)),
                _ => None,
            },
            issuer: data.issuer.clone(),
            issuer_promised: data.iss_promised,
            pkce: data.pkce,
            secret_in_body: data.exchange.auth == shutterkey::provider::ClientAuth::PostOrPublic,
        }
    }
}
