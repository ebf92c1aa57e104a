//! Requests and the reading of their answers, in pairs, for callers with an HTTP client and a mind of their own.

use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyString;
use shutterkey::protocol::pkce::Verifier;
use shutterkey::protocol::{answer, metadata, replay, request};
use shutterkey::{ScopeSet, Secret, UserId};

use crate::account::Account;
use crate::config::ClientConfig;
use crate::http::HttpRequest;
use crate::pending::PendingAuthorization;
use crate::provider::{self, Finish, Provider};
use crate::time::{self, Moment};
use crate::token::{Token, TokenAnswer};
use crate::{errors, options, response};

pub(crate) fn request(py: Python<'_>, built: shutterkey::Result<request::HttpRequest>) -> PyResult<HttpRequest> {
    built.map(HttpRequest).map_err(|error| errors::raised(py, error))
}

/// The exchange of a code. `verifier` is `PendingAuthorization.reveal_verifier()`. It may be sent once.
#[pyfunction]
#[pyo3(signature = (config, code, verifier=None))]
pub(crate) fn build_exchange_request(
    py: Python<'_>,
    config: &ClientConfig,
    code: &str,
    verifier: Option<&str>,
) -> PyResult<HttpRequest> {
    let verifier = verifier.map(Verifier::parse).transpose();
    let verifier = verifier.map_err(|error| errors::raised(py, error))?;
    request(
        py,
        request::build_exchange_request(&config.0, &Secret::from(code), verifier.as_ref()),
    )
}

/// The exchange of a short-lived token for a long-lived one.
#[pyfunction]
pub(crate) fn build_extend_request(py: Python<'_>, config: &ClientConfig, token: &Token) -> PyResult<HttpRequest> {
    request(py, request::build_extend_request(&config.0, &token.0))
}

/// The refresh of a token.
#[pyfunction]
pub(crate) fn build_refresh_request(py: Python<'_>, config: &ClientConfig, token: &Token) -> PyResult<HttpRequest> {
    request(py, request::build_refresh_request(&config.0, &token.0))
}

/// The question whose token it is. `provider` may be the configuration: the app secret then proves the call, where the
/// platform takes such proofs (Facebook's `appsecret_proof`).
#[pyfunction]
pub(crate) fn build_identify_request(
    py: Python<'_>,
    provider: &Bound<'_, PyAny>,
    token: &Token,
) -> PyResult<HttpRequest> {
    let built = match provider.cast::<ClientConfig>() {
        Ok(config) => request::build_identify_request(&config.get().0, &token.0),
        Err(_) => request::build_identify_request(&provider::given(provider)?, &token.0),
    };
    request(py, built)
}

/// The end of a token at the provider.
#[pyfunction]
pub(crate) fn build_revoke_request(py: Python<'_>, config: &ClientConfig, token: &Token) -> PyResult<HttpRequest> {
    request(py, request::build_revoke_request(&config.0, &token.0))
}

/// Reads the answer to a code exchange. `asked` are the scopes of the login: what was granted where RFC 6749 5.1 lets
/// the answer be silent. Raises the provider's refusal.
#[pyfunction]
#[pyo3(signature = (provider, asked, response, *, now=None))]
pub(crate) fn parse_exchange_response(
    py: Python<'_>,
    provider: &Bound<'_, PyAny>,
    asked: &Bound<'_, PyAny>,
    response: &Bound<'_, PyAny>,
    now: Option<Moment>,
) -> PyResult<TokenAnswer> {
    let raised = |error| errors::raised(py, error);
    let asked = ScopeSet::new(options::names(asked)?).map_err(raised)?;
    let response = response::given(response, None, None)?;
    answer::parse_exchange_response(&provider::given(provider)?, &asked, &response, time::or_now(now))
        .map(TokenAnswer)
        .map_err(raised)
}

/// Reads the answer to the exchange for a long-lived token. Raises the provider's refusal.
#[pyfunction]
#[pyo3(signature = (provider, token, response, *, now=None))]
pub(crate) fn parse_extend_response(
    py: Python<'_>,
    provider: &Bound<'_, PyAny>,
    token: &Token,
    response: &Bound<'_, PyAny>,
    now: Option<Moment>,
) -> PyResult<Token> {
    let (provider, response) = (provider::given(provider)?, response::given(response, None, None)?);
    answer::parse_extend_response(&provider, &token.0, &response, time::or_now(now))
        .map(Token)
        .map_err(|error| errors::raised(py, error))
}

/// Reads the answer to a refresh: what it does not say stays as it was. `expected` is the account, or its user id; an
/// answer that names another one raises `account.mismatch`.
#[pyfunction]
#[pyo3(signature = (provider, token, response, *, expected=None, now=None))]
pub(crate) fn parse_refresh_response(
    py: Python<'_>,
    provider: &Bound<'_, PyAny>,
    token: &Token,
    response: &Bound<'_, PyAny>,
    expected: Option<&Bound<'_, PyAny>>,
    now: Option<Moment>,
) -> PyResult<Token> {
    let (provider, response) = (provider::given(provider)?, response::given(response, None, None)?);
    let expected = expected.map(account).transpose()?;
    answer::parse_refresh_response(&provider, &token.0, expected.as_ref(), &response, time::or_now(now))
        .map(Token)
        .map_err(|error| errors::raised(py, error))
}

/// Reads whose token it is. Raises the provider's refusal.
#[pyfunction]
#[pyo3(signature = (provider, response, *, now=None))]
pub(crate) fn parse_identify_response(
    py: Python<'_>,
    provider: &Bound<'_, PyAny>,
    response: &Bound<'_, PyAny>,
    now: Option<Moment>,
) -> PyResult<Account> {
    let (provider, response) = (provider::given(provider)?, response::given(response, None, None)?);
    answer::parse_identify_response(&provider, &response, time::or_now(now))
        .map(Account)
        .map_err(|error| errors::raised(py, error))
}

/// Reads the answer to a revocation. Raises the provider's refusal.
#[pyfunction]
#[pyo3(signature = (response, *, now=None))]
pub(crate) fn parse_revoke_response(py: Python<'_>, response: &Bound<'_, PyAny>, now: Option<Moment>) -> PyResult<()> {
    answer::parse_revoke_response(&response::given(response, None, None)?, time::or_now(now))
        .map_err(|error| errors::raised(py, error))
}

/// Where a server's metadata may be (RFC 8414 3.1, OpenID Connect Discovery 4): ask in this order.
#[pyfunction]
pub(crate) fn metadata_urls(py: Python<'_>, issuer: &str) -> PyResult<(String, String)> {
    let [first, second] = metadata::metadata_urls(issuer).map_err(|error| errors::raised(py, error))?;
    Ok((first, second))
}

/// The request for the metadata at one of `metadata_urls()`.
#[pyfunction]
pub(crate) fn build_metadata_request(url: &str) -> HttpRequest {
    HttpRequest(metadata::build_metadata_request(url))
}

/// Reads a server's metadata into a provider; the keyword arguments are those of `discover()`.
#[pyfunction]
#[pyo3(signature = (issuer, response, *, id=None, name=None, identity_endpoint=None, identity_member="sub",
    secret_in_body=false, pkce=true))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments")]
pub(crate) fn parse_metadata(
    py: Python<'_>,
    issuer: &str,
    response: &Bound<'_, PyAny>,
    id: Option<String>,
    name: Option<String>,
    identity_endpoint: Option<String>,
    identity_member: &str,
    secret_in_body: bool,
    pkce: bool,
) -> PyResult<Provider> {
    let response = response::given(response, None, None)?;
    let builder = metadata::parse_metadata(issuer, &response).map_err(|error| errors::raised(py, error))?;
    let finish = Finish {
        id,
        name,
        identity_endpoint,
        identity_member: identity_member.to_owned(),
        secret_in_body,
        pkce,
    };
    provider::finish(py, builder, &finish)
}

/// Single use without a store: remembers which logins were completed for as long as their answers would be accepted. It
/// knows what it has seen itself; over several processes single use takes a store. A `Client` has one.
#[pyclass(frozen, module = "shutterkey.protocol")]
pub(crate) struct ReplayGuard(Mutex<replay::ReplayGuard>);

#[pymethods]
impl ReplayGuard {
    #[new]
    fn new() -> Self {
        Self(Mutex::new(replay::ReplayGuard::default()))
    }

    /// Marks a login as used. Raises `redirect.state_used` when it was before.
    #[pyo3(signature = (pending, *, now=None))]
    fn spend(&self, py: Python<'_>, pending: &PendingAuthorization, now: Option<Moment>) -> PyResult<()> {
        let mut guard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        guard
            .spend(&pending.0, time::or_now(now))
            .map_err(|error| errors::raised(py, error))
    }

    /// Takes the mark back: the code never left this machine.
    fn unspend(&self, pending: &PendingAuthorization) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .unspend(&pending.0);
    }

    fn __repr__(&self) -> &'static str {
        "ReplayGuard()"
    }
}

/// An account, or one of which only the user id is known.
pub(crate) fn account(given: &Bound<'_, PyAny>) -> PyResult<shutterkey::Account> {
    match given.cast::<PyString>() {
        Ok(id) => UserId::parse(id.to_str()?)
            .map(shutterkey::Account::new)
            .map_err(|error| errors::raised(given.py(), error)),
        Err(_) => Ok(given.cast::<Account>()?.get().0.clone()),
    }
}
