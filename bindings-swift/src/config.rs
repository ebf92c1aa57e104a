//! Who the client is.

use std::fmt;
use std::sync::Arc;

use shutterkey::config::check_distinct_redirects;
use shutterkey::testing::fixed_entropy;
use shutterkey::{ClientConfig, Entropy, ResponseType, build_authorization_request};

use crate::failure::{Failure, misuse};
use crate::options::LoginOptions;
use crate::pending::NativePending;
use crate::provider::NativeProvider;
use crate::{moment, names};

/// A checked configuration of a client without a secret.
#[derive(Debug, uniffi::Object)]
pub struct NativeConfig(pub(crate) ClientConfig);

/// What a configuration is made of.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ConfigParts {
    /// The client id (Meta: the app id of the product).
    pub client_id: String,
    /// The redirect URI, exactly as it is registered.
    pub redirect_uri: Option<String>,
    /// The scopes to ask for; by default the product's base scope.
    pub scopes: Option<Vec<String>>,
    /// Whether names may pass that the product is not known to have.
    pub allow_unknown_scopes: bool,
    /// `code` or `token`.
    pub response_type: Option<String>,
}

/// A configuration as it was understood.
#[derive(Clone, Debug, uniffi::Record)]
pub struct DescribedConfig {
    /// The client id.
    pub client_id: String,
    /// The redirect URI.
    pub redirect_uri: String,
    /// The scopes of every login.
    pub scopes: Vec<String>,
    /// `code` or `token`.
    pub response_type: String,
}

/// A login that was begun. The address holds the state.
#[derive(uniffi::Object)]
pub struct Begun {
    url: String,
    pending: Arc<NativePending>,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Begun").field(&self.pending).finish()
    }
}

#[uniffi::export]
impl Begun {
    /// The address for the person's own browser.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// What to keep until the answer comes.
    pub fn pending(&self) -> Arc<NativePending> {
        Arc::clone(&self.pending)
    }
}

#[uniffi::export]
impl NativeConfig {
    /// Checks everything.
    #[uniffi::constructor]
    pub fn new(provider: &NativeProvider, parts: ConfigParts) -> Result<Arc<Self>, Failure> {
        let mut builder =
            ClientConfig::builder(provider.0.clone(), parts.client_id).allow_unknown_scopes(parts.allow_unknown_scopes);
        if let Some(uri) = &parts.redirect_uri {
            builder = builder.redirect_uri(uri);
        }
        if let Some(scopes) = &parts.scopes {
            builder = builder.scopes(scopes);
        }
        if let Some(name) = parts.response_type.as_deref() {
            builder = builder.response_type(match name {
                "token" => ResponseType::Token,
                "code" => ResponseType::Code,
                _ => return Err(misuse("A response type is code or token.").into()),
            });
        }
        Ok(Arc::new(Self(builder.build()?)))
    }

    /// What was understood.
    pub fn described(&self) -> DescribedConfig {
        DescribedConfig {
            client_id: self.0.client_id().to_owned(),
            redirect_uri: self.0.redirect_uri().as_str().to_owned(),
            scopes: names(self.0.scopes()),
            response_type: self.0.response_type().as_str().to_owned(),
        }
    }

    /// The platform.
    pub fn provider(&self) -> Arc<NativeProvider> {
        Arc::new(NativeProvider(self.0.provider().clone()))
    }

    /// Begins a login.
    pub fn authorize(&self, options: Option<LoginOptions>, now: i64) -> Result<Arc<Begun>, Failure> {
        self.begin(options, now, Entropy::from_os()?)
    }

    /// Begins a login with randomness that is not random: for test vectors, and for nothing else.
    pub fn authorize_with(
        &self,
        options: Option<LoginOptions>,
        now: i64,
        entropy: Vec<u8>,
    ) -> Result<Arc<Begun>, Failure> {
        let entropy: [u8; 64] = entropy
            .try_into()
            .map_err(|_| misuse("A login takes 64 bytes of randomness."))?;
        self.begin(options, now, fixed_entropy(entropy))
    }
}

impl NativeConfig {
    fn begin(&self, options: Option<LoginOptions>, now: i64, entropy: Entropy<64>) -> Result<Arc<Begun>, Failure> {
        let begun = build_authorization_request(&self.0, LoginOptions::read(options)?, moment(now), entropy)?;
        Ok(Arc::new(Begun {
            url: begun.url,
            pending: Arc::new(NativePending(begun.pending)),
        }))
    }
}

/// Refuses two clients that share a redirect URI where a code could go to the wrong one.
#[uniffi::export]
pub fn check_distinct(clients: Vec<Arc<NativeConfig>>) -> Result<(), Failure> {
    let clients: Vec<_> = clients.iter().map(|client| client.0.clone()).collect();
    Ok(check_distinct_redirects(&clients)?)
}

/// Refuses a path to return to that leads elsewhere.
#[uniffi::export]
pub fn check_return_to(path: String) -> Result<(), Failure> {
    Ok(shutterkey::protocol::pending::check_return_to(&path)?)
}
