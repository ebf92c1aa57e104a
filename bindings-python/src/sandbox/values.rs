//! What a sandbox answers: people, apps, tokens, calls.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use shutterkey::Provider;
use shutterkey_sandbox::{AppCredentials, Call, Person};

use crate::config::{self, ClientConfig, Settings};
use crate::{errors, options, time};

/// A sandbox person: whom one picks instead of typing a password. All are made up.
#[pyclass(frozen, eq, hash, get_all, module = "shutterkey")]
#[derive(PartialEq, Hash)]
pub(crate) struct SandboxPerson {
    /// The unique name; ends with `.sandbox`.
    username: String,
    /// The name that is shown.
    full_name: String,
    /// `Business`, `Media_Creator` or `Personal`.
    account_type: &'static str,
    /// The id on today's platform.
    user_id: String,
    /// The id on the platform of the 2010s.
    legacy_id: String,
    /// Pictures posted.
    media_count: u32,
    /// Accounts that this one follows.
    follows_count: u32,
    /// Accounts that follow this one.
    followers_count: u32,
}

impl From<Person> for SandboxPerson {
    fn from(person: Person) -> Self {
        Self {
            username: person.username,
            full_name: person.full_name,
            account_type: person.account_type.name(),
            user_id: person.user_id,
            legacy_id: person.legacy_id,
            media_count: person.media_count,
            follows_count: person.follows_count,
            followers_count: person.followers_count,
        }
    }
}

#[pymethods]
impl SandboxPerson {
    fn __repr__(&self) -> String {
        format!(
            "SandboxPerson(username='{}', user_id='{}', account_type='{}')",
            self.username, self.user_id, self.account_type
        )
    }
}

/// An app that is registered in a sandbox.
#[pyclass(frozen, module = "shutterkey")]
#[derive(Clone)]
pub(crate) struct SandboxApp {
    pub(crate) credentials: AppCredentials,
    pub(crate) base_url: String,
    pub(crate) origin: Option<&'static str>,
}

#[pymethods]
impl SandboxApp {
    /// `instagram`, `facebook`, `threads`, `legacy` or `standard`.
    #[getter]
    fn product(&self) -> &'static str {
        self.credentials.product.as_str()
    }

    /// Its name.
    #[getter]
    fn name(&self) -> &str {
        &self.credentials.name
    }

    /// The client id: for `instagram` the Instagram app ID.
    #[getter]
    fn client_id(&self) -> &str {
        &self.credentials.client_id
    }

    /// The secret, for clients that are not made by `config()`; `None` for a public one.
    fn reveal_client_secret(&self) -> Option<&str> {
        self.credentials.client_secret.as_ref().map(|secret| secret.reveal())
    }

    /// Meta's products: the Meta app ID, which is the wrong one for Instagram Login and Threads.
    #[getter]
    fn meta_app_id(&self) -> Option<&str> {
        self.credentials.meta_app_id.as_deref()
    }

    /// `facebook`: the ids of its saved Login configurations.
    #[getter]
    fn config_ids<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.credentials.config_ids)
    }

    /// As registered.
    #[getter]
    fn redirect_uris<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.credentials.redirect_uris)
    }

    /// Where to send a browser.
    #[getter]
    fn authorize_url(&self) -> &str {
        &self.credentials.authorize_url
    }

    /// Where to exchange a code.
    #[getter]
    fn token_url(&self) -> &str {
        &self.credentials.token_url
    }

    /// The configuration of a client of this app. By default with its first redirect URI; give such a client the
    /// sandbox's clock, or let `Sandbox.client()` make it.
    #[pyo3(signature = (*, redirect_uri=None, scopes=None, allow_unknown_scopes=None, response_type=None))]
    fn config(
        &self,
        py: Python<'_>,
        redirect_uri: Option<String>,
        scopes: Option<&Bound<'_, PyAny>>,
        allow_unknown_scopes: Option<bool>,
        response_type: Option<&str>,
    ) -> PyResult<ClientConfig> {
        let app = &self.credentials;
        let provider = Provider::in_sandbox(app.product.as_str(), &self.base_url, self.origin)
            .map_err(|error| errors::raised(py, error))?;
        let settings = Settings {
            client_secret: app.client_secret.clone(),
            redirect_uri: redirect_uri.or_else(|| app.redirect_uris.first().cloned()),
            scopes: scopes.map(options::names).transpose()?,
            allow_unknown_scopes,
            response_type: response_type
                .map(|name| config::parse_response_type(py, name))
                .transpose()?,
        };
        config::build(
            py,
            settings.over(shutterkey::ClientConfig::builder(provider, app.client_id.as_str())),
        )
    }

    fn __repr__(&self) -> String {
        format!(
            "SandboxApp(product='{}', client_id='{}', client_secret=[redacted])",
            self.product(),
            self.client_id()
        )
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("A SandboxApp"))
    }
}

/// A token that was made without a login. Its value comes out by `reveal()` alone.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct MintedToken(pub(crate) shutterkey_sandbox::MintedToken);

#[pymethods]
impl MintedToken {
    /// The token itself: for `Keeper.import_token()`, or a request.
    fn reveal(&self) -> &str {
        self.0.access_token.reveal()
    }

    /// The refresh token beside it; `standard` only.
    fn reveal_refresh_token(&self) -> Option<&str> {
        self.0.refresh_token.as_ref().map(|secret| secret.reveal())
    }

    /// The app that it belongs to.
    #[getter]
    fn client_id(&self) -> &str {
        &self.0.client_id
    }

    /// Whose token it is.
    #[getter]
    fn username(&self) -> &str {
        &self.0.username
    }

    /// Their id on the product's platform.
    #[getter]
    fn user_id(&self) -> &str {
        &self.0.user_id
    }

    /// When it was issued, in the sandbox's time.
    #[getter]
    fn issued_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time::to_python(py, self.0.issued_at)
    }

    /// When it ends; `None` for `legacy`.
    #[getter]
    fn expires_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        time::maybe(py, self.0.expires_at)
    }

    fn __repr__(&self) -> String {
        format!(
            "MintedToken([redacted], username='{}', client_id='{}')",
            self.0.username, self.0.client_id
        )
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("A MintedToken"))
    }
}

/// One request that a sandbox answered; never with secrets.
#[pyclass(frozen, get_all, module = "shutterkey")]
pub(crate) struct SandboxCall {
    /// When, in the sandbox's time.
    at: Py<PyAny>,
    /// The route, such as `/instagram/refresh_access_token`; `(unknown)` where there is none for the path.
    endpoint: String,
    /// `GET`, `POST`, …
    method: String,
    /// The HTTP status of the answer.
    status: u16,
    /// The grant type of a token request, where the endpoint knows it.
    grant_type: Option<String>,
    /// The username whom the answer is about, where it is about one.
    account: Option<String>,
    /// The client id that called, where it is a registered one.
    client_id: Option<String>,
    /// Its number since the start or the last reset, from 1 on.
    number: u64,
    /// The kind of the fault that it was given, if any.
    fault: Option<String>,
}

impl SandboxCall {
    pub(crate) fn of(py: Python<'_>, call: &Call) -> PyResult<Self> {
        Ok(Self {
            at: time::to_python(py, call.at)?.unbind(),
            endpoint: call.endpoint.clone(),
            method: call.method.clone(),
            status: call.status,
            grant_type: call.grant_type.clone(),
            account: call.account.clone(),
            client_id: call.client_id.clone(),
            number: call.number,
            fault: call.fault.clone(),
        })
    }
}

#[pymethods]
impl SandboxCall {
    fn __repr__(&self) -> String {
        format!("SandboxCall('{} {}' -> {})", self.method, self.endpoint, self.status)
    }
}
