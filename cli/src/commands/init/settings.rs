//! The answers, checked by the core's own types.

use std::path::PathBuf;

use shutterkey::config::UNUSED_REDIRECT_URI;
use shutterkey::{ClientConfig, ResponseType};

use super::{product, provider, secret_of};
use crate::args::{Init, ProviderName, ResponseTypeName, SecretName};
use crate::exit::{Failure, Outcome};

/// The sandbox that a product without any other home begins with.
pub(super) const SANDBOX: &str = "http://127.0.0.1:8910";

/// The file for the app secret, beside the profile.
pub(super) const SECRET_FILE: &str = ".shutterkey-secret";

/// What a profile file is made from.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) provider: ProviderName,
    pub(super) client_id: String,
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    pub(super) response_type: Option<ResponseTypeName>,
    pub(super) secret: SecretName,
    pub(super) secret_file: PathBuf,
    pub(super) secret_command: Option<String>,
    pub(super) tls: Option<(PathBuf, PathBuf)>,
    pub(super) listen: Option<String>,
    pub(super) sandbox_url: Option<String>,
    pub(super) authorize_url: Option<String>,
    pub(super) token_url: Option<String>,
}

impl Settings {
    /// What the flags say, and the product's defaults for the rest; without an app id.
    pub(super) fn begun(options: &Init, provider: ProviderName) -> Self {
        let product = product::of(provider);
        let legacy = provider == ProviderName::Legacy;
        let scopes = match options.scope.is_empty() {
            true => product.scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            false => options.scope.clone(),
        };
        Self {
            provider,
            client_id: options.client_id.clone().unwrap_or_default(),
            redirect_uri: options
                .redirect_uri
                .clone()
                .unwrap_or_else(|| product.redirect_uri.to_owned()),
            scopes,
            response_type: options.response_type,
            secret: secret_of(options),
            secret_file: options.secret_file.clone().unwrap_or_else(|| SECRET_FILE.into()),
            secret_command: options.secret_command.clone(),
            tls: options.tls_cert.clone().zip(options.tls_key.clone()),
            listen: options.listen.clone(),
            sandbox_url: options
                .sandbox_url
                .clone()
                .or_else(|| legacy.then(|| SANDBOX.to_owned())),
            authorize_url: options.authorize_url.clone(),
            token_url: options.token_url.clone(),
        }
    }

    /// What the flags say without a question, whole.
    pub(super) fn of(options: &Init) -> Outcome<Self> {
        let settings = Self::begun(options, options.provider.unwrap_or(ProviderName::Instagram));
        if options.client_id.is_none() {
            let product = product::of(settings.provider);
            return Err(Failure::usage(
                format!("The {} is missing: give --client-id.", product.app_id),
                product.app_id_at,
            ));
        }
        settings.check()?;
        Ok(settings)
    }

    /// Everything, as a login will read it.
    pub(super) fn check(&self) -> Outcome {
        self.check_client_id(&self.client_id)?;
        self.check_redirect_uri(&self.redirect_uri)?;
        self.check_scopes(&self.scopes)?;
        if self.secret == SecretName::Command
            && self.secret_command.as_deref().is_none_or(|line| line.trim().is_empty())
        {
            return Err(Failure::usage(
                "The command that prints the app secret is missing.",
                "Give it with --secret-command, for example \"pass show instagram/app-secret\".",
            ));
        }
        Ok(())
    }

    pub(super) fn check_client_id(&self, client_id: &str) -> Outcome {
        self.build(client_id, UNUSED_REDIRECT_URI, None)
    }

    pub(super) fn check_redirect_uri(&self, redirect_uri: &str) -> Outcome {
        self.build(self.some_id(), redirect_uri, None)
    }

    pub(super) fn check_scopes(&self, scopes: &[String]) -> Outcome {
        self.build(self.some_id(), UNUSED_REDIRECT_URI, Some(scopes))
    }

    /// The app id, or one of the right shape while it is not known.
    fn some_id(&self) -> &str {
        match (self.client_id.as_str(), self.provider) {
            ("", ProviderName::Legacy) => "00000000000000000000000000000000",
            ("", _) => "00000",
            (known, _) => known,
        }
    }

    /// The client that a login would make of these.
    pub(super) fn config(&self) -> Outcome<ClientConfig> {
        self.client(self.some_id(), &self.redirect_uri, Some(&self.scopes))
    }

    fn build(&self, client_id: &str, redirect_uri: &str, scopes: Option<&[String]>) -> Outcome {
        self.client(client_id, redirect_uri, scopes).map(|_| ())
    }

    fn client(&self, client_id: &str, redirect_uri: &str, scopes: Option<&[String]>) -> Outcome<ClientConfig> {
        let mut builder = ClientConfig::builder(provider(self)?, client_id).redirect_uri(redirect_uri);
        if let Some(scopes) = scopes.filter(|scopes| !scopes.is_empty()) {
            builder = builder.scopes(scopes);
        }
        if self.response_type == Some(ResponseTypeName::Token) {
            builder = builder.response_type(ResponseType::Token);
        }
        Ok(builder.build()?)
    }
}
