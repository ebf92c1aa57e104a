//! Authorization server metadata (RFC 8414): a standard provider described by the server itself.

use serde::Deserialize;

use crate::config::Endpoint;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::answer::Object;
use crate::protocol::request::{HttpRequest, HttpResponse, Method};
use crate::provider::{Provider, StandardBuilder};

/// Where a server's metadata may be: RFC 8414 3.1 puts the well-known name in front of the issuer's path; OpenID
/// Connect Discovery puts its own behind it. Try them in this order.
///
/// # Errors
/// `config.insecure_endpoint` for an issuer that is neither https nor loopback, `config.invalid` for one with a query.
pub fn metadata_urls(issuer: &str) -> Result<[String; 2]> {
    let endpoint = Endpoint::parse(issuer)?;
    if issuer.contains('?') {
        return Err(Error::with_detail(
            ErrorCode::ConfigInvalid,
            "An issuer has no query (RFC 8414 2).",
        ));
    }
    let origin_length = endpoint.origin().len();
    let path = issuer.get(origin_length..).unwrap_or_default().trim_end_matches('/');
    let origin = issuer.get(..origin_length).unwrap_or(issuer);
    Ok([
        format!("{origin}/.well-known/oauth-authorization-server{path}"),
        format!("{origin}{path}/.well-known/openid-configuration"),
    ])
}

/// The request for the metadata at one of [`metadata_urls`].
pub fn build_metadata_request(url: &str) -> HttpRequest {
    HttpRequest::new(Method::Get, url)
        .header("accept", "application/json")
        .replay_safe()
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

/// Reads metadata into a provider that can still be adjusted before it is built.
///
/// # Errors
/// `redirect.issuer_mismatch` unless `issuer` equals the one asked for, to the letter (RFC 8414 3.3);
/// `provider.bad_response` for anything that is not metadata; `config.insecure_endpoint` for endpoints that are
/// neither https nor loopback.
pub fn parse_metadata(issuer: &str, response: &HttpResponse) -> Result<StandardBuilder> {
    let bad = |why: &str| Error::with_detail(ErrorCode::BadResponse, format!("The server's metadata {why}."));
    if response.status() != 200 {
        return Err(bad("did not arrive with status 200"));
    }
    let Object(metadata): Object<Metadata> =
        serde_json::from_slice(response.body()).map_err(|_| bad("is not the JSON object of RFC 8414"))?;
    if metadata.issuer != issuer {
        return Err(Error::with_detail(
            ErrorCode::RedirectIssuerMismatch,
            "The metadata names another issuer than the one that was asked for (RFC 8414 3.3).",
        ));
    }
    let authorize = metadata
        .authorization_endpoint
        .ok_or_else(|| bad("has no authorization_endpoint"))?;
    let token = metadata.token_endpoint.ok_or_else(|| bad("has no token_endpoint"))?;
    let mut builder = Provider::standard()
        .issuer(metadata.issuer, metadata.authorization_response_iss_parameter_supported)
        .authorize_endpoint(Endpoint::parse(&authorize)?.as_str())
        .token_endpoint(Endpoint::parse(&token)?.as_str());
    if let Some(revocation) = metadata.revocation_endpoint {
        builder = builder.revocation_endpoint(Endpoint::parse(&revocation)?.as_str());
    }
    // RFC 8414 2: left out, the method is HTTP Basic.
    let only_post = metadata.token_endpoint_auth_methods_supported.is_some_and(|methods| {
        methods.iter().any(|method| method == "client_secret_post")
            && !methods.iter().any(|method| method == "client_secret_basic")
    });
    Ok(if only_post { builder.secret_in_body() } else { builder })
}
