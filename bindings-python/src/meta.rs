//! What Meta signs and wants signed, and other checks that stand by themselves.

use pyo3::prelude::*;
use pyo3::types::PyString;
use shutterkey::protocol::pending;
use shutterkey::{Secret, meta, protocol};

use crate::time::{self, Moment};
use crate::{errors, response, token};

/// A verified callback of the platform: deauthorize, or data deletion.
#[pyclass(frozen, eq, module = "shutterkey")]
#[derive(PartialEq)]
pub(crate) struct SignedRequest(meta::SignedRequest);

#[pymethods]
impl SignedRequest {
    /// Whom it is about: the app-scoped id. `Keeper.find_app_scoped()` finds the account.
    #[getter]
    fn user_id(&self) -> &str {
        self.0.user_id.as_str()
    }

    /// When it was made.
    #[getter]
    fn issued_at<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time::to_python(py, self.0.issued_at)
    }

    fn __repr__(&self) -> String {
        format!(
            "SignedRequest(user_id='{}', issued_at='{}')",
            self.0.user_id.as_str(),
            self.0.issued_at
        )
    }
}

/// Verifies a `signed_request` form field and reads whom it is about. Give every app secret that may sign: Instagram's
/// and Meta's, and one that was just replaced. Raises `provider.signature_invalid`; `provider.callback_malformed` when
/// it is more than an hour old, or not what Meta sends.
#[pyfunction]
#[pyo3(signature = (signed_request, app_secrets, *, now=None))]
pub(crate) fn verify_signed_request(
    py: Python<'_>,
    signed_request: &str,
    app_secrets: &Bound<'_, PyAny>,
    now: Option<Moment>,
) -> PyResult<SignedRequest> {
    meta::verify_signed_request(signed_request, &secrets(app_secrets)?, time::or_now(now))
        .map(SignedRequest)
        .map_err(|error| errors::raised(py, error))
}

/// Verifies a webhook delivery: `X-Hub-Signature-256` over the raw bytes of the body. Give every app secret that may
/// sign. Raises `provider.signature_invalid`; `provider.callback_malformed` without the header or a body.
#[pyfunction]
#[pyo3(signature = (body, signature, app_secrets))]
pub(crate) fn verify_webhook(
    py: Python<'_>,
    body: &[u8],
    signature: Option<&str>,
    app_secrets: &Bound<'_, PyAny>,
) -> PyResult<()> {
    meta::verify_webhook(body, signature, &secrets(app_secrets)?).map_err(|error| errors::raised(py, error))
}

/// Answers a webhook's subscription check: the challenge to send back as plain text with status 200. Raises
/// `provider.verify_token_mismatch` and `provider.callback_malformed`; answer 403 then.
#[pyfunction]
pub(crate) fn webhook_challenge(py: Python<'_>, query: &str, verify_token: &str) -> PyResult<String> {
    meta::webhook_challenge(query, &Secret::from(verify_token)).map_err(|error| errors::raised(py, error))
}

/// `appsecret_proof` for a call with this very token: lower-case hexadecimal HMAC-SHA256 under the app secret.
#[pyfunction]
pub(crate) fn appsecret_proof(app_secret: &str, access_token: &Bound<'_, PyAny>) -> PyResult<String> {
    let token = token::value_of(access_token)?;
    Ok(meta::appsecret_proof(&Secret::from(app_secret), token.reveal()))
}

/// `sig` of the legacy platform's calls: over the endpoint without `/v1` and the parameters.
#[pyfunction]
pub(crate) fn legacy_signature(client_secret: &str, endpoint: &str, parameters: &Bound<'_, PyAny>) -> PyResult<String> {
    let pairs = response::pairs(Some(parameters))?;
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (&**name, &**value)).collect();
    Ok(meta::legacy_signature(&Secret::from(client_secret), endpoint, &pairs))
}

/// What an API's answer means: `None` for a success, else an exception that was not raised. Takes a response whose body
/// was read, or status, body and headers.
#[pyfunction]
#[pyo3(signature = (response, body=None, headers=None, *, now=None))]
pub(crate) fn classify<'py>(
    py: Python<'py>,
    response: &Bound<'py, PyAny>,
    body: Option<&Bound<'py, PyAny>>,
    headers: Option<&Bound<'py, PyAny>>,
    now: Option<Moment>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    protocol::answer::classify(&response::given(response, body, headers)?, time::or_now(now))
        .map(|meaning| errors::exception(py, meaning))
        .transpose()
}

/// Refuses a `return_to` that could lead to another site, with `redirect.return_to`. Beginning a login checks it as
/// well.
#[pyfunction]
pub(crate) fn check_return_to(py: Python<'_>, path: &str) -> PyResult<()> {
    pending::check_return_to(path).map_err(|error| errors::raised(py, error))
}

/// One secret, or several.
fn secrets(given: &Bound<'_, PyAny>) -> PyResult<Vec<Secret>> {
    match given.cast::<PyString>() {
        Ok(one) => Ok(vec![Secret::from(one.to_str()?)]),
        Err(_) => given
            .try_iter()?
            .map(|secret| Ok(Secret::from(secret?.extract::<&str>()?)))
            .collect(),
    }
}
