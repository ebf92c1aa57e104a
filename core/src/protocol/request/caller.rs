//! Who calls an API with a token.

use super::HttpRequest;
use crate::config::ClientConfig;
use crate::provider::Provider;
use crate::secret::Secret;

/// Who calls: a platform's client, or anybody who has a token of the platform.
///
/// Made from a `&ClientConfig` or a `&Provider`. A client that holds the app secret proves it with every call, where the
/// platform takes such proofs (Facebook: `appsecret_proof`, fact sheet 5.1). With the provider alone nothing is proven, and
/// an app whose setting *Require App Secret* is on refuses the call.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    provider: &'a Provider,
    secret: Option<&'a Secret>,
}

impl<'a> From<&'a Provider> for Caller<'a> {
    fn from(provider: &'a Provider) -> Self {
        Self { provider, secret: None }
    }
}

impl<'a> From<&'a ClientConfig> for Caller<'a> {
    fn from(config: &'a ClientConfig) -> Self {
        Self {
            provider: config.provider(),
            secret: config.client_secret(),
        }
    }
}

impl std::fmt::Debug for Caller<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Caller({})", self.provider.id())
    }
}

impl<'a> Caller<'a> {
    /// The platform.
    pub(crate) fn provider(self) -> &'a Provider {
        self.provider
    }

    /// A GET with these parameters, the token, and the proof of it.
    pub(super) fn get(self, endpoint: &str, pairs: &[(&str, &str)], access_token: &str) -> HttpRequest {
        let proof = self.proof(access_token);
        let mut pairs = pairs.to_vec();
        pairs.push(("access_token", access_token));
        if let Some(proof) = &proof {
            pairs.push(("appsecret_proof", proof.reveal()));
        }
        super::build::get_with(self.provider, endpoint, &pairs)
    }

    /// Over the token of this very call: a Page's call needs the proof over the Page's token.
    #[cfg(feature = "server")]
    fn proof(self, access_token: &str) -> Option<Secret> {
        let secret = self.secret.filter(|_| self.provider.data().secret_proof)?;
        Some(crate::meta::appsecret_proof(secret, access_token).into())
    }

    /// Without the feature `server` no configuration holds an app secret.
    #[cfg(not(feature = "server"))]
    fn proof(self, _: &str) -> Option<Secret> {
        let _ = self.secret;
        None
    }
}
