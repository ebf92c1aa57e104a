//! A provider from its own metadata.

use std::sync::Arc;

use pyo3::prelude::*;
use shutterkey::driver::drive;
use shutterkey::{SystemClock, Transport, operation};

use crate::provider::{self, Finish, Provider};
use crate::transport::Sending;
use crate::wait;

/// Describes a standard server from its own metadata (RFC 8414, OpenID Connect Discovery). The keyword arguments say
/// what the metadata does not: an id of one's own, who answers whose token it is, and exceptions. Raises
/// `redirect.issuer_mismatch`, `provider.bad_response`, `config.insecure_endpoint` and the `network` family.
#[pyfunction]
#[pyo3(signature = (issuer, *, id=None, name=None, identity_endpoint=None, identity_member="sub",
    secret_in_body=false, pkce=true, http=None))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments")]
pub(crate) fn discover(
    py: Python<'_>,
    issuer: &str,
    id: Option<String>,
    name: Option<String>,
    identity_endpoint: Option<String>,
    identity_member: &str,
    secret_in_body: bool,
    pkce: bool,
    http: Option<&Bound<'_, PyAny>>,
) -> PyResult<Provider> {
    let transport = Sending::given(py, http, false)?.transport(py)?;
    let finish = Finish {
        id,
        name,
        identity_endpoint,
        identity_member: identity_member.to_owned(),
        secret_in_body,
        pkce,
    };
    let builder = wait::wait_for(py, described(issuer, transport))?;
    provider::finish(py, builder, &finish)
}

/// The same, answering a future of the running loop.
#[pyfunction(name = "_discover")]
#[pyo3(signature = (issuer, *, id=None, name=None, identity_endpoint=None, identity_member="sub",
    secret_in_body=false, pkce=true, http=None))]
#[expect(clippy::too_many_arguments, reason = "keyword arguments")]
pub(crate) fn discover_for_asyncio<'py>(
    py: Python<'py>,
    issuer: &str,
    id: Option<String>,
    name: Option<String>,
    identity_endpoint: Option<String>,
    identity_member: &str,
    secret_in_body: bool,
    pkce: bool,
    http: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let transport = Sending::given(py, http, true)?.transport(py)?;
    let finish = Finish {
        id,
        name,
        identity_endpoint,
        identity_member: identity_member.to_owned(),
        secret_in_body,
        pkce,
    };
    wait::start(py, described(issuer, transport), move |py, builder| {
        provider::finish(py, builder, &finish)
    })
}

fn described(
    issuer: &str,
    transport: Arc<dyn Transport>,
) -> impl Future<Output = shutterkey::Result<shutterkey::provider::StandardBuilder>> + Send + 'static {
    let operation = operation::discover(issuer);
    async move { drive(operation, &*transport, None, &SystemClock).await }
}
