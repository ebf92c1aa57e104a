//! An app as a test asks for it.

use serde::Deserialize;

use crate::world::Product;

/// An app to register. What is left out has the default that is named with it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct AppSpec {
    /// The platform.
    pub product: Product,
    /// Its name (default `Sandbox app`).
    #[serde(default)]
    pub name: String,
    /// Registered redirect URIs; at least one.
    #[serde(default)]
    pub redirect_uris: Vec<String>,
    /// Username of the developer (default: the first person).
    #[serde(default)]
    pub owner: Option<String>,
    /// Only its owner and invited people can authorize it (default false: everybody can).
    #[serde(default)]
    pub development: bool,
    /// `instagram`: accept `http` on loopback, which the real platform does not (default false).
    #[serde(default)]
    pub allow_loopback_http: bool,
    /// `legacy`: accept `response_type=token` (default false: *Disable implicit OAuth* is ticked).
    #[serde(default)]
    pub allow_implicit: bool,
    /// `legacy`: API calls must be signed (default false).
    #[serde(default)]
    pub enforce_signed_requests: bool,
    /// `standard`: no client secret (default false).
    #[serde(default)]
    pub public: bool,
    /// `standard`: accept requests without PKCE (default false).
    #[serde(default)]
    pub without_pkce: bool,
    /// Meta's products: people who have accepted a tester's role (default: nobody).
    #[serde(default)]
    pub testers: Vec<String>,
    /// Meta's products: where to tell that a person removed the app; on this machine.
    #[serde(default)]
    pub deauthorize_url: String,
    /// Meta's products: where to ask for the deletion of a person's data; on this machine.
    #[serde(default)]
    pub deletion_url: String,
    /// `facebook`: API calls must carry `appsecret_proof` (*Require App Secret*; default false).
    #[serde(default)]
    pub require_app_secret: bool,
    /// `facebook`: saved Login configurations, each with a `config_id` of its own.
    #[serde(default)]
    pub configurations: Vec<ConfigurationSpec>,
}

/// A Login configuration of Facebook Login for Business to save with an app.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfigurationSpec {
    /// Its name.
    pub name: String,
    /// It gives a Business Integration System User token (default false: the person's own).
    #[serde(default)]
    pub system_user: bool,
    /// Its permissions, which a person grants all or none of.
    pub permissions: Vec<String>,
}

impl AppSpec {
    /// An app with the defaults and no redirect URI yet.
    pub fn new(product: Product) -> Self {
        Self {
            product,
            name: String::new(),
            redirect_uris: Vec::new(),
            owner: None,
            development: false,
            allow_loopback_http: false,
            allow_implicit: false,
            enforce_signed_requests: false,
            public: false,
            without_pkce: false,
            testers: Vec::new(),
            deauthorize_url: String::new(),
            deletion_url: String::new(),
            require_app_secret: false,
            configurations: Vec::new(),
        }
    }

    /// Adds a redirect URI.
    #[must_use]
    pub fn redirect_uri(mut self, uri: &str) -> Self {
        self.redirect_uris.push(uri.to_owned());
        self
    }

    /// Sets [`AppSpec::name`].
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.name = name.to_owned();
        self
    }

    /// Sets [`AppSpec::owner`].
    #[must_use]
    pub fn owner(mut self, username: &str) -> Self {
        self.owner = Some(username.to_owned());
        self
    }

    /// Sets [`AppSpec::development`].
    #[must_use]
    pub fn development(mut self, yes: bool) -> Self {
        self.development = yes;
        self
    }

    /// Sets [`AppSpec::allow_loopback_http`].
    #[must_use]
    pub fn allow_loopback_http(mut self, yes: bool) -> Self {
        self.allow_loopback_http = yes;
        self
    }

    /// Sets [`AppSpec::allow_implicit`].
    #[must_use]
    pub fn allow_implicit(mut self, yes: bool) -> Self {
        self.allow_implicit = yes;
        self
    }

    /// Sets [`AppSpec::enforce_signed_requests`].
    #[must_use]
    pub fn enforce_signed_requests(mut self, yes: bool) -> Self {
        self.enforce_signed_requests = yes;
        self
    }

    /// Sets [`AppSpec::public`].
    #[must_use]
    pub fn public(mut self, yes: bool) -> Self {
        self.public = yes;
        self
    }

    /// Sets [`AppSpec::without_pkce`].
    #[must_use]
    pub fn without_pkce(mut self, yes: bool) -> Self {
        self.without_pkce = yes;
        self
    }

    /// Adds somebody to [`AppSpec::testers`].
    #[must_use]
    pub fn tester(mut self, username: &str) -> Self {
        self.testers.push(username.to_owned());
        self
    }

    /// Sets [`AppSpec::deauthorize_url`].
    #[must_use]
    pub fn deauthorize_url(mut self, url: &str) -> Self {
        self.deauthorize_url = url.to_owned();
        self
    }

    /// Sets [`AppSpec::deletion_url`].
    #[must_use]
    pub fn deletion_url(mut self, url: &str) -> Self {
        self.deletion_url = url.to_owned();
        self
    }

    /// Sets [`AppSpec::require_app_secret`].
    #[must_use]
    pub fn require_app_secret(mut self, yes: bool) -> Self {
        self.require_app_secret = yes;
        self
    }

    /// Adds a Login configuration.
    #[must_use]
    pub fn configuration(mut self, name: &str, system_user: bool, permissions: &[&str]) -> Self {
        self.configurations.push(ConfigurationSpec {
            name: name.to_owned(),
            system_user,
            permissions: permissions.iter().map(|name| (*name).to_owned()).collect(),
        });
        self
    }

    pub(crate) fn shown_name(&self) -> &str {
        if self.name.is_empty() {
            "Sandbox app"
        } else {
            &self.name
        }
    }
}
