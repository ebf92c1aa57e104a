//! The requests around a token that Meta's Graph API has, and the reading of their answers.

use pyo3::prelude::*;
use shutterkey::protocol::{answer, request};

use crate::config::ClientConfig;
use crate::http::HttpRequest;
use crate::inspection::{Permissions, TokenInspection};
use crate::instagram::PagesAnswer;
use crate::protocol::request;
use crate::provider;
use crate::time::{self, Moment};
use crate::token::Token;
use crate::{errors, response};

/// What a token is, and which app it was made for (Meta's `debug_token`). The app asks under its own name; `inspector` asks
/// instead where it is given: a token of one of the app's developers, or for Threads of one of its testers.
#[pyfunction]
#[pyo3(signature = (config, token, *, inspector=None))]
pub(crate) fn build_inspect_request(
    py: Python<'_>,
    config: &ClientConfig,
    token: &Token,
    inspector: Option<&Token>,
) -> PyResult<HttpRequest> {
    let inspector = inspector.map(|token| &token.0);
    request(py, request::build_inspect_request(&config.0, &token.0, inspector))
}

/// The app's own token, for the client's credentials (RFC 6749 4.4).
#[pyfunction]
pub(crate) fn build_app_token_request(py: Python<'_>, config: &ClientConfig) -> PyResult<HttpRequest> {
    request(py, request::build_app_token_request(&config.0))
}

/// The person's Facebook Pages, each with its token and the Instagram account that is linked to it; from the cursor `after`
/// on.
#[pyfunction]
#[pyo3(signature = (config, token, *, after=None))]
pub(crate) fn build_accounts_request(
    py: Python<'_>,
    config: &ClientConfig,
    token: &Token,
    after: Option<&str>,
) -> PyResult<HttpRequest> {
    request(py, request::build_accounts_request(&config.0, &token.0, after))
}

/// What was granted, declined, and what has expired.
#[pyfunction]
pub(crate) fn build_permissions_request(py: Python<'_>, config: &ClientConfig, token: &Token) -> PyResult<HttpRequest> {
    request(py, request::build_permissions_request(&config.0, &token.0))
}

/// Takes one permission back. Its answer is read by `parse_revoke_response()`.
#[pyfunction]
pub(crate) fn build_revoke_permission_request(
    py: Python<'_>,
    config: &ClientConfig,
    token: &Token,
    permission: &str,
) -> PyResult<HttpRequest> {
    request(
        py,
        request::build_revoke_permission_request(&config.0, &token.0, permission),
    )
}

/// Reads what a token is. A token that is not valid is no error here: see `TokenInspection.error`. Raises the provider's
/// refusal to say.
#[pyfunction]
#[pyo3(signature = (response, *, now=None))]
pub(crate) fn parse_inspect_response(
    py: Python<'_>,
    response: &Bound<'_, PyAny>,
    now: Option<Moment>,
) -> PyResult<TokenInspection> {
    answer::parse_inspect_response(&response::given(response, None, None)?, time::or_now(now))
        .map(TokenInspection)
        .map_err(|error| errors::raised(py, error))
}

/// Reads the app's own token. Raises the provider's refusal.
#[pyfunction]
#[pyo3(signature = (provider, response, *, now=None))]
pub(crate) fn parse_app_token_response(
    py: Python<'_>,
    provider: &Bound<'_, PyAny>,
    response: &Bound<'_, PyAny>,
    now: Option<Moment>,
) -> PyResult<Token> {
    let (provider, response) = (provider::given(provider)?, response::given(response, None, None)?);
    answer::parse_app_token_response(&provider, &response, time::or_now(now))
        .map(Token)
        .map_err(|error| errors::raised(py, error))
}

/// Reads a part of the list of Pages. `token` is the one that it was asked with. Raises the provider's refusal.
#[pyfunction]
#[pyo3(signature = (provider, token, response, *, now=None))]
pub(crate) fn parse_accounts_response(
    py: Python<'_>,
    provider: &Bound<'_, PyAny>,
    token: &Token,
    response: &Bound<'_, PyAny>,
    now: Option<Moment>,
) -> PyResult<PagesAnswer> {
    let (provider, response) = (provider::given(provider)?, response::given(response, None, None)?);
    answer::parse_accounts_response(&provider, &token.0, &response, time::or_now(now))
        .map(PagesAnswer)
        .map_err(|error| errors::raised(py, error))
}

/// Reads the list of permissions. Raises the provider's refusal.
#[pyfunction]
#[pyo3(signature = (response, *, now=None))]
pub(crate) fn parse_permissions_response(
    py: Python<'_>,
    response: &Bound<'_, PyAny>,
    now: Option<Moment>,
) -> PyResult<Permissions> {
    answer::parse_permissions_response(&response::given(response, None, None)?, time::or_now(now))
        .map(Permissions)
        .map_err(|error| errors::raised(py, error))
}
