//! Who the client is.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use shutterkey::config::ClientConfigBuilder;
use shutterkey::config::profile::{Folders, Profile, Sources};
use shutterkey::{ErrorCode, RedirectUri, ResponseType, Secret};

use crate::{errors, options, provider};

/// Who the client is: provider, client id, app secret, redirect URI and scopes. Everything that can be wrong with it is
/// refused here, with a sentence that says what to do.
#[pyclass(frozen, module = "shutterkey")]
#[derive(Clone)]
pub(crate) struct ClientConfig(pub(crate) shutterkey::ClientConfig);

#[pymethods]
impl ClientConfig {
    #[new]
    #[pyo3(signature = (provider=None, *, client_id, client_secret=None, redirect_uri=None, scopes=None,
        allow_unknown_scopes=false, response_type=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn new(
        py: Python<'_>,
        provider: Option<&Bound<'_, PyAny>>,
        client_id: &str,
        client_secret: Option<&str>,
        redirect_uri: Option<&str>,
        scopes: Option<&Bound<'_, PyAny>>,
        allow_unknown_scopes: bool,
        response_type: Option<&str>,
    ) -> PyResult<Self> {
        let provider = provider.map_or_else(|| Ok(shutterkey::Provider::instagram()), provider::given)?;
        let settings = Settings {
            client_secret: client_secret.map(Secret::from),
            redirect_uri: redirect_uri.map(str::to_owned),
            scopes: scopes.map(options::names).transpose()?,
            allow_unknown_scopes: allow_unknown_scopes.then_some(true),
            response_type: response_type.map(|name| parse_response_type(py, name)).transpose()?,
        };
        build(
            py,
            settings.over(shutterkey::ClientConfig::builder(provider, client_id)),
        )
    }

    /// The configuration of the shared profile: environment, `shutterkey.toml`, the user's own file. What is given here
    /// stands over it.
    #[staticmethod]
    #[pyo3(signature = (**settings))]
    fn from_profile(py: Python<'_>, settings: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let (profile, settings) = profile_with(py, settings)?;
        let builder = profile.client_config().map_err(|error| errors::raised(py, error))?;
        build(py, settings.over(builder))
    }

    /// The same configuration with another redirect URI.
    fn with_redirect_uri(&self, py: Python<'_>, redirect_uri: &str) -> PyResult<Self> {
        RedirectUri::parse(redirect_uri)
            .and_then(|uri| self.0.with_redirect_uri(uri))
            .map(Self)
            .map_err(|error| errors::raised(py, error))
    }

    /// The platform.
    #[getter]
    fn provider(&self) -> provider::Provider {
        provider::Provider(self.0.provider().clone())
    }

    /// The app's id.
    #[getter]
    fn client_id(&self) -> &str {
        self.0.client_id()
    }

    /// Whether there is an app secret; its value stays inside.
    #[getter]
    fn has_client_secret(&self) -> bool {
        self.0.client_secret().is_some()
    }

    /// Where the provider sends people back to.
    #[getter]
    fn redirect_uri(&self) -> &str {
        self.0.redirect_uri().as_str()
    }

    /// The scopes that logins ask for.
    #[getter]
    fn scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.scopes().iter().collect::<Vec<_>>())
    }

    /// `code`, or `token`.
    #[getter]
    fn response_type(&self) -> &'static str {
        self.0.response_type().as_str()
    }

    fn __repr__(&self) -> String {
        format!(
            "ClientConfig(provider='{}', client_id='{}', redirect_uri='{}', client_secret={})",
            self.0.provider().id(),
            self.0.client_id(),
            self.0.redirect_uri().as_str(),
            if self.0.client_secret().is_some() {
                "[redacted]"
            } else {
                "None"
            },
        )
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("A ClientConfig"))
    }
}

/// Refuses clients that share a redirect URI unless each one's provider names itself in its answers (RFC 9700 4.4).
#[pyfunction]
pub(crate) fn check_distinct_redirects(py: Python<'_>, configs: Vec<PyRef<'_, ClientConfig>>) -> PyResult<()> {
    let configs: Vec<_> = configs.iter().map(|config| config.0.clone()).collect();
    shutterkey::config::check_distinct_redirects(&configs).map_err(|error| errors::raised(py, error))
}

/// What is said in code, which stands over every profile.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) client_secret: Option<Secret>,
    pub(crate) redirect_uri: Option<String>,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) allow_unknown_scopes: Option<bool>,
    pub(crate) response_type: Option<ResponseType>,
}

impl Settings {
    pub(crate) fn over(self, mut builder: ClientConfigBuilder) -> ClientConfigBuilder {
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
        if let Some(response_type) = self.response_type {
            builder = builder.response_type(response_type);
        }
        builder
    }
}

pub(crate) fn build(py: Python<'_>, builder: ClientConfigBuilder) -> PyResult<ClientConfig> {
    builder
        .build()
        .map(ClientConfig)
        .map_err(|error| errors::raised(py, error))
}

/// The process's profile with these keyword arguments over it.
pub(crate) fn profile_with(py: Python<'_>, given: Option<&Bound<'_, PyDict>>) -> PyResult<(Profile, Settings)> {
    let mut profile = Folders::from_process()
        .and_then(|folders| Profile::resolve(&Sources::from_process(&folders)?, &folders))
        .map_err(|error| errors::raised(py, error))?;
    let mut settings = Settings::default();
    let Some(given) = given else {
        return Ok((profile, settings));
    };
    for (name, value) in given.iter() {
        let name = name.extract::<String>()?;
        if value.is_none() {
            continue;
        }
        match name.as_str() {
            "provider" => profile.provider = provider::given(&value)?,
            "client_id" => profile.client_id = Some(value.extract()?),
            "client_secret" => settings.client_secret = Some(Secret::from(value.extract::<String>()?)),
            "redirect_uri" => settings.redirect_uri = Some(value.extract()?),
            "scopes" => settings.scopes = Some(options::names(&value)?),
            "allow_unknown_scopes" => settings.allow_unknown_scopes = Some(value.extract()?),
            "response_type" => settings.response_type = Some(parse_response_type(py, &value.extract::<String>()?)?),
            _ => {
                let what = format!("got an unexpected keyword argument '{name}'");
                return Err(pyo3::exceptions::PyTypeError::new_err(what));
            }
        }
    }
    Ok((profile, settings))
}

pub(crate) fn parse_response_type(py: Python<'_>, name: &str) -> PyResult<ResponseType> {
    match name {
        "code" => Ok(ResponseType::Code),
        "token" => Ok(ResponseType::Token),
        _ => {
            let what = "The response type is one of code and token.";
            Err(errors::raised(
                py,
                shutterkey::Error::with_detail(ErrorCode::ConfigInvalid, what),
            ))
        }
    }
}
