//! Who the client is.

use napi::bindgen_prelude::{ClassInstance, Either};
use napi_derive::napi;
use shutterkey::config::ClientConfigBuilder;
use shutterkey::config::profile::{Folders, Profile, Sources};
use shutterkey::{Error, ErrorCode, RedirectUri, ResponseType, Result};

use crate::failure::{Failure, outcome};
use crate::provider::{self, Provider};

/// What a configuration is made of. A provider is the name of a built-in one, unless it is given as such beside this.
#[napi(object, object_to_js = false)]
#[derive(Clone, Default)]
pub struct Settings {
    pub provider: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<String>,
    pub redirect_uri: Option<String>,
    pub scopes: Option<Vec<String>>,
    pub allow_unknown_scopes: Option<bool>,
    pub response_type: Option<String>,
}

impl Settings {
    /// What is said in code stands over what the builder has.
    pub(crate) fn over(self, mut builder: ClientConfigBuilder) -> Result<ClientConfigBuilder> {
        if let Some(secret) = self.client_secret {
            builder = builder.client_secret(secret);
        }
        if let Some(uri) = &self.redirect_uri {
            builder = builder.redirect_uri(uri);
        }
        if let Some(scopes) = &self.scopes {
            builder = builder.scopes(scopes);
        }
        if let Some(allow) = self.allow_unknown_scopes {
            builder = builder.allow_unknown_scopes(allow);
        }
        if let Some(name) = &self.response_type {
            builder = builder.response_type(response_type(name)?);
        }
        Ok(builder)
    }

    fn provider(&self, given: Option<ClassInstance<'_, Provider>>) -> Result<Option<shutterkey::Provider>> {
        match (given, &self.provider) {
            (Some(provider), _) => Ok(Some(provider.0.clone())),
            (None, Some(name)) => provider::by_id(name).map(Some),
            (None, None) => Ok(None),
        }
    }

    fn build(self, given: Option<ClassInstance<'_, Provider>>) -> Result<ClientConfig> {
        let provider = self.provider(given)?.unwrap_or_else(shutterkey::Provider::instagram);
        let client_id = self.client_id.clone().unwrap_or_default();
        let builder = shutterkey::ClientConfig::builder(provider, client_id);
        self.over(builder)?.build().map(ClientConfig)
    }
}

/// The process's profile with what is said in code over it.
pub(crate) fn profile_with(
    settings: &Settings,
    given: Option<ClassInstance<'_, Provider>>,
) -> Result<shutterkey::config::profile::Profile> {
    let folders = Folders::from_process()?;
    let mut profile = Profile::resolve(&Sources::from_process(&folders)?, &folders)?;
    if let Some(provider) = settings.provider(given)? {
        profile.provider = provider;
    }
    if let Some(client_id) = &settings.client_id {
        profile.client_id = Some(client_id.clone());
    }
    Ok(profile)
}

/// Provider, client id, app secret, redirect URI and scopes.
#[napi]
#[derive(Clone)]
pub struct ClientConfig(pub(crate) shutterkey::ClientConfig);

#[napi]
impl ClientConfig {
    #[napi]
    pub fn build(settings: Settings, provider: Option<ClassInstance<'_, Provider>>) -> Either<ClientConfig, Failure> {
        outcome(settings.build(provider))
    }

    /// The configuration of the shared profile; the settings stand over it.
    #[napi]
    pub fn from_profile(
        settings: Settings,
        provider: Option<ClassInstance<'_, Provider>>,
    ) -> Either<ClientConfig, Failure> {
        let made = profile_with(&settings, provider)
            .and_then(|profile| profile.client_config())
            .and_then(|builder| settings.over(builder)?.build().map(Self));
        outcome(made)
    }

    /// The same configuration with another redirect URI.
    #[napi]
    pub fn with_redirect_uri(&self, uri: String) -> Either<ClientConfig, Failure> {
        outcome(RedirectUri::parse(&uri).and_then(|uri| self.0.with_redirect_uri(uri).map(Self)))
    }

    #[napi(getter)]
    pub fn provider(&self) -> Provider {
        Provider(self.0.provider().clone())
    }

    #[napi(getter)]
    pub fn client_id(&self) -> String {
        self.0.client_id().to_owned()
    }

    #[napi(getter)]
    pub fn has_client_secret(&self) -> bool {
        self.0.client_secret().is_some()
    }

    #[napi(getter)]
    pub fn redirect_uri(&self) -> String {
        self.0.redirect_uri().as_str().to_owned()
    }

    #[napi(getter)]
    pub fn scopes(&self) -> Vec<String> {
        self.0.scopes().iter().map(str::to_owned).collect()
    }

    #[napi(getter)]
    pub fn response_type(&self) -> &'static str {
        self.0.response_type().as_str()
    }
}

/// Refuses clients that share a redirect URI, unless each one's provider names itself in its answers.
#[napi]
pub fn check_distinct_redirects(configs: Vec<ClassInstance<'_, ClientConfig>>) -> Option<Failure> {
    let configs: Vec<_> = configs.iter().map(|config| config.0.clone()).collect();
    shutterkey::config::check_distinct_redirects(&configs)
        .err()
        .map(Into::into)
}

fn response_type(name: &str) -> Result<ResponseType> {
    match name {
        "code" => Ok(ResponseType::Code),
        "token" => Ok(ResponseType::Token),
        _ => Err(Error::with_detail(
            ErrorCode::ConfigInvalid,
            "The response type is one of code and token.",
        )),
    }
}
