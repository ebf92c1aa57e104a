//! Platforms.

use pyo3::prelude::*;
use pyo3::types::PyString;
use shutterkey::provider::{ClientAuth, Revoke, StandardBuilder};
use shutterkey::{Error, ErrorCode};

use crate::errors;

/// A platform that issues tokens: its endpoints, scopes, lifetimes and habits.
#[pyclass(frozen, module = "shutterkey")]
#[derive(Clone)]
pub(crate) struct Provider(pub(crate) shutterkey::Provider);

#[pymethods]
impl Provider {
    /// Instagram API with Instagram Login: professional accounts, 60-day tokens.
    #[staticmethod]
    fn instagram() -> Self {
        Self(shutterkey::Provider::instagram())
    }

    /// Facebook Login for Business: Instagram accounts that are linked to a Facebook Page.
    #[staticmethod]
    fn facebook() -> Self {
        Self(shutterkey::Provider::facebook())
    }

    /// Threads API.
    #[staticmethod]
    fn threads() -> Self {
        Self(shutterkey::Provider::threads())
    }

    /// The Instagram platform of 2010 to 2020. It answers in a sandbox only.
    #[staticmethod]
    fn legacy() -> Self {
        Self(shutterkey::Provider::legacy())
    }

    /// A built-in provider by its name: `instagram`, `facebook`, `threads` or `legacy`.
    #[staticmethod]
    fn by_id(py: Python<'_>, id: &str) -> PyResult<Self> {
        shutterkey::Provider::by_id(id).map(Self).ok_or_else(|| {
            let what = "There is no provider of that name; there are instagram, facebook, threads and legacy, and Provider.standard().";
            errors::raised(py, Error::with_detail(ErrorCode::ConfigInvalid, what))
        })
    }

    /// Any server of RFC 6749, described by hand; `discover()` reads the description from the server (RFC 8414). PKCE
    /// with S256 unless it is switched off. Authorization and token endpoint are needed: `config.missing`.
    #[staticmethod]
    #[pyo3(signature = (*, authorize_endpoint=None, token_endpoint=None, id=None, name=None, issuer=None,
        issuer_promised=false, identity_endpoint=None, identity_member="sub", revocation_endpoint=None,
        secret_in_body=false, pkce=true))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn standard(
        py: Python<'_>,
        authorize_endpoint: Option<&str>,
        token_endpoint: Option<&str>,
        id: Option<String>,
        name: Option<String>,
        issuer: Option<&str>,
        issuer_promised: bool,
        identity_endpoint: Option<String>,
        identity_member: &str,
        revocation_endpoint: Option<&str>,
        secret_in_body: bool,
        pkce: bool,
    ) -> PyResult<Self> {
        let mut builder = shutterkey::Provider::standard();
        if let Some(url) = authorize_endpoint {
            builder = builder.authorize_endpoint(url);
        }
        if let Some(url) = token_endpoint {
            builder = builder.token_endpoint(url);
        }
        if let Some(issuer) = issuer {
            builder = builder.issuer(issuer, issuer_promised);
        }
        if let Some(url) = revocation_endpoint {
            builder = builder.revocation_endpoint(url);
        }
        finish(
            py,
            builder,
            &Finish {
                id,
                name,
                identity_endpoint,
                identity_member: identity_member.to_owned(),
                secret_in_body,
                pkce,
            },
        )
    }

    /// The platform of that name, played by a sandbox at this address; `origin` names the sandbox in stored records.
    #[staticmethod]
    #[pyo3(signature = (id, base, origin=None))]
    fn in_sandbox(py: Python<'_>, id: &str, base: &str, origin: Option<&str>) -> PyResult<Self> {
        shutterkey::Provider::in_sandbox(id, base, origin)
            .map(Self)
            .map_err(|error| errors::raised(py, error))
    }

    /// The same platform, played by a sandbox at this address.
    #[pyo3(signature = (base, origin=None))]
    fn at_sandbox(&self, py: Python<'_>, base: &str, origin: Option<&str>) -> PyResult<Self> {
        self.0
            .at_sandbox(base, origin)
            .map(Self)
            .map_err(|error| errors::raised(py, error))
    }

    /// Its stable name.
    #[getter]
    fn id(&self) -> &str {
        self.0.id()
    }

    /// Its name for people.
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    /// Where its tokens belong: they are sent nowhere else.
    #[getter]
    fn origin(&self) -> &str {
        self.0.origin()
    }

    /// Whether a sandbox plays it.
    #[getter]
    fn is_sandbox(&self) -> bool {
        self.0.is_sandbox()
    }

    /// Where people are sent to log in; `None` where a provider that has ended has none.
    #[getter]
    fn authorize_endpoint(&self) -> Option<&str> {
        self.0.data().authorize.as_ref().map(|url| url.as_str())
    }

    /// Where codes are exchanged; `None` where a provider that has ended has none.
    #[getter]
    fn token_endpoint(&self) -> Option<&str> {
        self.0.data().token.as_ref().map(|url| url.as_str())
    }

    /// The revocation endpoint (RFC 7009), where it has one.
    #[getter]
    fn revocation_endpoint(&self) -> Option<&str> {
        match &self.0.data().revoke {
            Some(Revoke::Endpoint(url)) => Some(url.as_str()),
            _ => None,
        }
    }

    /// The issuer that its answers may name (RFC 9207).
    #[getter]
    fn issuer(&self) -> Option<&str> {
        self.0.data().issuer.as_deref()
    }

    /// Whether an answer without `iss` is refused.
    #[getter]
    fn issuer_promised(&self) -> bool {
        self.0.data().iss_promised
    }

    /// Whether logins carry a PKCE challenge.
    #[getter]
    fn pkce(&self) -> bool {
        self.0.data().pkce
    }

    /// Whether a standard server gets the secret as a parameter instead of HTTP Basic.
    #[getter]
    fn secret_in_body(&self) -> bool {
        self.0.data().exchange.auth == ClientAuth::PostOrPublic
    }

    fn __repr__(&self) -> String {
        format!("Provider(id='{}', origin='{}')", self.0.id(), self.0.origin())
    }
}

/// What a description lacks that was read from a server, or that was begun by hand.
#[derive(Clone)]
pub(crate) struct Finish {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) identity_endpoint: Option<String>,
    pub(crate) identity_member: String,
    pub(crate) secret_in_body: bool,
    pub(crate) pkce: bool,
}

pub(crate) fn finish(py: Python<'_>, mut builder: StandardBuilder, with: &Finish) -> PyResult<Provider> {
    if let Some(id) = &with.id {
        builder = builder.id(id);
    }
    if let Some(name) = &with.name {
        builder = builder.name(name);
    }
    if let Some(url) = &with.identity_endpoint {
        builder = builder.identity_endpoint(url, &with.identity_member);
    }
    if with.secret_in_body {
        builder = builder.secret_in_body();
    }
    if !with.pkce {
        builder = builder.without_pkce();
    }
    builder.build().map(Provider).map_err(|error| errors::raised(py, error))
}

/// A provider, or the name of a built-in one.
pub(crate) fn given(provider: &Bound<'_, PyAny>) -> PyResult<shutterkey::Provider> {
    if let Ok(name) = provider.cast::<PyString>() {
        return Provider::by_id(provider.py(), name.to_str()?).map(|provider| provider.0);
    }
    Ok(provider.cast::<Provider>()?.get().0.clone())
}
