//! Who the client is: provider, client id, secret, redirect URI and scopes.

mod binding;
mod client_id;
mod endpoint;
#[cfg(feature = "config-file")]
pub mod profile;
mod redirect_uri;
mod reserved;

use std::fmt;
use std::sync::Arc;

pub(crate) use binding::Binding;
pub use client_id::{ClientIdKind, InstagramAppId, LegacyClientId, MetaAppId, ThreadsAppId};
pub use endpoint::Endpoint;
pub(crate) use endpoint::sanitized;
#[cfg(any(feature = "explain", feature = "login"))]
pub(crate) use endpoint::{Parts, is_loopback_host};
pub use redirect_uri::{RedirectKind, RedirectRules, RedirectUri};
pub(crate) use reserved::check_not_reserved;

use crate::error::{Error, ErrorCode, Result};
use crate::form::query_pair;
use crate::provider::{ClientAuth, Provider, ResponseType};
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// The redirect URI of a client that never logs anybody in: refreshing and identifying do not use it, but a client has one.
pub const UNUSED_REDIRECT_URI: &str = "https://localhost/";

/// A checked client configuration. Cloning is cheap.
///
/// Built by [`ClientConfig::builder`] or one of the per-product constructors; everything that can be wrong is refused
/// there, before anybody is sent anywhere.
#[derive(Clone)]
pub struct ClientConfig(Arc<Checked>);

struct Checked {
    provider: Provider,
    client_id: Box<str>,
    client_secret: Option<Secret>,
    redirect_uri: RedirectUri,
    scopes: ScopeSet,
    allow_unknown_scopes: bool,
    response_type: ResponseType,
    /// The authorize URL up to the state: what every login of this client has in common.
    authorize_prefix: Box<str>,
    binding: Arc<Binding>,
}

impl ClientConfig {
    /// Begins a configuration.
    pub fn builder(provider: Provider, client_id: impl Into<String>) -> ClientConfigBuilder {
        ClientConfigBuilder {
            provider,
            client_id: client_id.into(),
            client_secret: None,
            redirect_uri: None,
            scopes: None,
            allow_unknown_scopes: false,
            response_type: None,
        }
    }

    /// Instagram Login.
    pub fn instagram(app_id: &InstagramAppId) -> ClientConfigBuilder {
        Self::builder(Provider::instagram(), app_id.as_str())
    }

    /// Facebook Login for Business.
    pub fn facebook(app_id: &MetaAppId) -> ClientConfigBuilder {
        Self::builder(Provider::facebook(), app_id.as_str())
    }

    /// Threads.
    pub fn threads(app_id: &ThreadsAppId) -> ClientConfigBuilder {
        Self::builder(Provider::threads(), app_id.as_str())
    }

    /// The legacy platform, in a sandbox at `base` (see [`Provider::at_sandbox`]).
    ///
    /// # Errors
    /// `config.insecure_endpoint`.
    pub fn legacy(client_id: &LegacyClientId, base: &str) -> Result<ClientConfigBuilder> {
        Ok(Self::builder(
            Provider::legacy().at_sandbox(base, None)?,
            client_id.as_str(),
        ))
    }

    /// The platform.
    pub fn provider(&self) -> &Provider {
        &self.0.provider
    }

    /// The client id (Meta: the app id of the product).
    pub fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// The app secret, where one is configured.
    pub fn client_secret(&self) -> Option<&Secret> {
        self.0.client_secret.as_ref()
    }

    /// The app secret, or the error that says that it is needed.
    pub(crate) fn required_secret(&self) -> Result<&Secret> {
        self.client_secret()
            .ok_or_else(|| Error::new(ErrorCode::ConfigSecretMissing))
    }

    /// The redirect URI.
    pub fn redirect_uri(&self) -> &RedirectUri {
        &self.0.redirect_uri
    }

    /// The scopes that every login asks for.
    pub fn scopes(&self) -> &ScopeSet {
        &self.0.scopes
    }

    /// The response type of every login.
    pub fn response_type(&self) -> ResponseType {
        self.0.response_type
    }

    /// Refuses to send people to a provider under the id of an app that is not known, which tokens can be kept under.
    pub(crate) fn check_known_app(&self) -> Result<()> {
        if ClientIdKind::is_unknown_app(self.client_id()) {
            return Err(Error::with_detail(
                ErrorCode::ConfigMissing,
                "A login needs the client id of an app: set client_id in shutterkey.toml, or SHUTTERKEY_CLIENT_ID.",
            ));
        }
        Ok(())
    }

    /// The same client with another redirect URI: a loopback listener learns its port when it is bound.
    ///
    /// # Errors
    /// `config.redirect_uri`.
    pub fn with_redirect_uri(&self, redirect_uri: RedirectUri) -> Result<Self> {
        let mut builder = Self::builder(self.0.provider.clone(), &*self.0.client_id);
        builder.client_secret = self.0.client_secret.clone();
        builder.redirect_uri = Some(Ok(redirect_uri));
        builder.scopes = Some(Ok(self.0.scopes.clone()));
        builder.allow_unknown_scopes = self.0.allow_unknown_scopes;
        builder.response_type = Some(self.0.response_type);
        builder.build()
    }

    /// Checks further scopes for one login of this client.
    pub(crate) fn check_scopes(&self, scopes: &ScopeSet) -> Result<()> {
        self.0.provider.check_scopes(scopes, self.0.allow_unknown_scopes)
    }

    /// What every pending login of this client is bound to.
    pub(crate) fn binding(&self) -> Arc<Binding> {
        Arc::clone(&self.0.binding)
    }

    pub(crate) fn authorize_prefix(&self) -> &str {
        &self.0.authorize_prefix
    }

    /// The authorize URL without state and challenge.
    pub(crate) fn build_authorize_prefix(&self, scopes: &ScopeSet) -> Result<String> {
        authorize_prefix(
            &self.0.provider,
            &self.0.client_id,
            &self.0.redirect_uri,
            self.0.response_type,
            scopes,
        )
    }
}

impl fmt::Debug for ClientConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientConfig")
            .field("provider", &self.0.provider)
            .field("client_id", &self.0.client_id)
            .field("client_secret", &self.0.client_secret)
            .field("redirect_uri", &self.0.redirect_uri)
            .field("scopes", &self.0.scopes)
            .field("response_type", &self.0.response_type)
            .finish()
    }
}

/// Collects a configuration; [`ClientConfigBuilder::build`] checks all of it at once.
#[derive(Clone, Debug)]
#[must_use = "a configuration is checked and made by build()"]
pub struct ClientConfigBuilder {
    provider: Provider,
    client_id: String,
    client_secret: Option<Secret>,
    redirect_uri: Option<Result<RedirectUri>>,
    scopes: Option<Result<ScopeSet>>,
    allow_unknown_scopes: bool,
    response_type: Option<ResponseType>,
}

impl ClientConfigBuilder {
    /// The app secret. Only where it can be kept: on a server, never in an app, whose build of this crate has no such method.
    #[cfg(feature = "server")]
    pub fn client_secret(mut self, secret: impl Into<Secret>) -> Self {
        self.client_secret = Some(secret.into());
        self
    }

    /// The redirect URI, exactly as it is registered. Required.
    pub fn redirect_uri(mut self, uri: &str) -> Self {
        self.redirect_uri = Some(RedirectUri::parse(uri));
        self
    }

    /// The scopes to ask for. By default the product's base scope, or none where it has none.
    pub fn scopes<I>(mut self, names: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        self.scopes = Some(ScopeSet::new(names));
        self
    }

    /// Lets scope names pass that the product is not known to have: it may have gained some since this release.
    pub fn allow_unknown_scopes(mut self, allow: bool) -> Self {
        self.allow_unknown_scopes = allow;
        self
    }

    /// The response type; `code` unless said otherwise. `token` is the implicit flow (RFC 9700 2.1.2 advises
    /// against it), for providers that have it.
    pub fn response_type(mut self, response_type: ResponseType) -> Self {
        self.response_type = Some(response_type);
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    /// The `config` family: missing or malformed values, ids of another product, scopes that are retired, foreign or
    /// unknown, redirect URIs that the provider refuses, sandbox credentials for a real provider or the reverse.
    pub fn build(self) -> Result<ClientConfig> {
        let provider = self.provider;
        let data = provider.data();
        data.client_id.check(&self.client_id)?;
        let redirect_uri = match self.redirect_uri {
            Some(checked) => checked?,
            None => {
                return Err(Error::with_detail(
                    ErrorCode::ConfigMissing,
                    "The redirect URI is missing.",
                ));
            }
        };
        data.redirect_rules
            .relaxed_for(&provider)
            .check(&data.name, &redirect_uri)?;
        let scopes = match self.scopes {
            Some(scopes) => scopes?,
            None => ScopeSet::new(data.scopes.base)?,
        };
        provider.check_scopes(&scopes, self.allow_unknown_scopes)?;
        let response_type = self
            .response_type
            .or_else(|| data.response_types.first().copied())
            .unwrap_or(ResponseType::Code);
        if !data.response_types.contains(&response_type) {
            return Err(Error::with_detail(
                ErrorCode::ConfigUnsupported,
                format!("{} has no implicit flow; it answers with a code alone.", data.name),
            ));
        }
        check_secret(&provider, self.client_secret.as_ref())?;
        let authorize_prefix = authorize_prefix(&provider, &self.client_id, &redirect_uri, response_type, &scopes)?;
        let data = provider.data();
        let binding = Arc::new(Binding {
            provider: provider.id().into(),
            origin: provider.origin().into(),
            client_id: self.client_id.as_str().into(),
            redirect_uri: redirect_uri.clone(),
            response_type,
            issuer: data.issuer.as_deref().map(Into::into),
            iss_promised: data.iss_promised,
        });
        Ok(ClientConfig(Arc::new(Checked {
            binding,
            client_id: self.client_id.into(),
            client_secret: self.client_secret,
            redirect_uri,
            scopes,
            allow_unknown_scopes: self.allow_unknown_scopes,
            response_type,
            authorize_prefix: authorize_prefix.into(),
            provider,
        })))
    }
}

impl RedirectRules {
    /// A sandbox takes loopback redirects for every product, so that a login can be tried without https.
    pub(crate) fn relaxed_for(mut self, provider: &Provider) -> Self {
        self.loopback_http |= provider.is_sandbox();
        self
    }
}

/// How app secrets made by a sandbox begin (legacy ones keep their exact shape: no client of real endpoints exists).
pub(crate) const SANDBOX_SECRET_MARK: &str = "sandbox";

fn check_secret(provider: &Provider, secret: Option<&Secret>) -> Result<()> {
    let Some(secret) = secret else { return Ok(()) };
    if secret.is_empty() || secret.len() > 512 || !secret.reveal().bytes().all(|b| matches!(b, 0x20..=0x7e)) {
        return Err(Error::with_detail(
            ErrorCode::ConfigInvalid,
            "The app secret is empty, longer than 512 characters, or not printable ASCII.",
        ));
    }
    let marked = secret.reveal().starts_with(SANDBOX_SECRET_MARK);
    let meta = matches!(provider.data().exchange.auth, ClientAuth::SecretInBody) && provider.id() != "legacy";
    // The sandbox's RFC 6749 server marks its secrets too. A real server's secret may begin like that by accident, but
    // no real secret may follow a `sandbox_url` to wherever it points.
    let to_sandbox = provider.is_sandbox() && provider.id() != "legacy" && !marked;
    if to_sandbox || (meta && marked != provider.is_sandbox()) {
        return Err(Error::with_detail(
            ErrorCode::ConfigSandboxCredentials,
            if marked {
                "The app secret was made by a sandbox and is of no use to a real provider."
            } else {
                "A real app secret must not be sent to a sandbox."
            },
        ));
    }
    Ok(())
}

fn authorize_prefix(
    provider: &Provider,
    client_id: &str,
    redirect_uri: &RedirectUri,
    response_type: ResponseType,
    scopes: &ScopeSet,
) -> Result<String> {
    let endpoint = provider.authorize_endpoint()?.as_str();
    if let Some((_, query)) = endpoint.split_once('?') {
        for (name, _) in url::form_urlencoded::parse(query.as_bytes()) {
            check_not_reserved(&name)?;
        }
    }
    let mut url = String::with_capacity(endpoint.len() + redirect_uri.as_str().len() + 160);
    url.push_str(endpoint);
    url.push(if endpoint.contains('?') { '&' } else { '?' });
    query_pair(&mut url, "client_id", client_id);
    query_pair(&mut url, "redirect_uri", redirect_uri.as_str());
    query_pair(&mut url, "response_type", response_type.as_str());
    if !scopes.is_empty() {
        query_pair(&mut url, "scope", &scopes.join(provider.data().scope_joiner));
    }
    for (name, value) in provider.data().authorize_extra {
        query_pair(&mut url, name, value);
    }
    // Every pair ends in a separator; what follows is the state.
    Ok(url)
}

/// Refuses two clients that share a redirect URI, unless both providers name themselves in the response: a code
/// could otherwise be taken to the wrong token endpoint (mix-up, RFC 9700 4.4).
///
/// # Errors
/// `config.redirect_uri_shared`.
pub fn check_distinct_redirects(clients: &[ClientConfig]) -> Result<()> {
    for (index, one) in clients.iter().enumerate() {
        for other in clients.iter().skip(index + 1) {
            let same_server = one.provider().origin() == other.provider().origin();
            let both_promise = one.provider().data().iss_promised && other.provider().data().iss_promised;
            if one.redirect_uri() == other.redirect_uri() && !same_server && !both_promise {
                return Err(Error::with_detail(
                    ErrorCode::ConfigRedirectShared,
                    format!(
                        "{} and {} share the redirect URI {}.",
                        one.provider().name(),
                        other.provider().name(),
                        one.redirect_uri()
                    ),
                ));
            }
        }
    }
    Ok(())
}
