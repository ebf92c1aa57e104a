//! The requests of the token lifecycle.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::{Caller, HttpRequest, Method};
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Result};
use crate::form::form;
use crate::protocol::pkce::Verifier;
use crate::protocol::token::Token;
use crate::provider::{ClientAuth, Provider, Refresh, Revoke};
use crate::secret::Secret;

pub(super) fn get_with(provider: &Provider, endpoint: &str, pairs: &[(&str, &str)]) -> HttpRequest {
    let query = form(pairs);
    let separator = if endpoint.contains('?') { '&' } else { '?' };
    let mut url = String::with_capacity(endpoint.len() + 1 + query.len());
    url.push_str(endpoint);
    url.push(separator);
    url.push_str(query.reveal());
    HttpRequest::new(Method::Get, url)
        .header("accept", "application/json")
        .for_provider(provider)
}

/// The code exchange (fact sheet 1.3; RFC 6749 4.1.3). Never sent twice: a code works once.
///
/// # Errors
/// `config.secret_missing` where the provider needs the app secret.
pub fn build_exchange_request(
    config: &ClientConfig,
    code: &Secret,
    verifier: Option<&Verifier>,
) -> Result<HttpRequest> {
    let provider = config.provider();
    let endpoint = provider.token_endpoint()?;
    let redirect_uri = config.redirect_uri().as_str();
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("redirect_uri", redirect_uri),
        ("code", code.reveal()),
    ];
    if let Some(verifier) = verifier {
        pairs.push(("code_verifier", verifier.reveal()));
    }
    if provider.data().exchange.post {
        return authenticated(config, endpoint.as_str(), pairs);
    }
    // Facebook: the same parameters in a GET, without grant_type (fact sheet 2.3).
    pairs.remove(0);
    pairs.push(("client_id", config.client_id()));
    let secret = config.required_secret()?;
    pairs.push(("client_secret", secret.reveal()));
    Ok(get_with(provider, endpoint.as_str(), &pairs))
}

/// A form POST to a token-endpoint-like address, with the client's credentials where the provider wants them.
fn authenticated<'a>(
    config: &'a ClientConfig,
    endpoint: &str,
    mut pairs: Vec<(&'a str, &'a str)>,
) -> Result<HttpRequest> {
    let mut basic = None;
    match (config.provider().data().exchange.auth, config.client_secret()) {
        (ClientAuth::SecretInBody, _) => {
            pairs.push(("client_id", config.client_id()));
            pairs.push(("client_secret", config.required_secret()?.reveal()));
        }
        (ClientAuth::PostOrPublic, Some(secret)) => {
            pairs.push(("client_id", config.client_id()));
            pairs.push(("client_secret", secret.reveal()));
        }
        (ClientAuth::BasicOrPublic, Some(secret)) => basic = Some(basic_credentials(config.client_id(), secret)),
        (_, None) => pairs.push(("client_id", config.client_id())),
    }
    let request = HttpRequest::new(Method::Post, endpoint)
        .header("accept", "application/json")
        .form(form(&pairs))
        .for_provider(config.provider());
    Ok(match basic {
        Some(credentials) => request.header("authorization", credentials),
        None => request,
    })
}

/// RFC 6749 2.3.1: id and secret are form-encoded each, then joined by a colon and base64-encoded.
fn basic_credentials(client_id: &str, secret: &Secret) -> Secret {
    let encode = |text: &str| Secret::new(url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>());
    let joined = zeroize::Zeroizing::new(format!(
        "{}:{}",
        encode(client_id).reveal(),
        encode(secret.reveal()).reveal()
    ));
    Secret::new(format!("Basic {}", BASE64_STANDARD.encode(joined.as_bytes())))
}

/// Short-lived to long-lived (fact sheet 1.4, 2.4, 3).
///
/// # Errors
/// `config.unsupported` where the provider has no such call; `config.secret_missing`; `token.sandbox`.
pub fn build_extend_request(config: &ClientConfig, token: &Token) -> Result<HttpRequest> {
    let provider = config.provider();
    let Some(extend) = &provider.data().extend else {
        return Err(Error::with_detail(
            ErrorCode::ConfigUnsupported,
            format!("{} has no exchange for long-lived tokens.", provider.name()),
        ));
    };
    check_destination(provider, token)?;
    let secret = config.required_secret()?;
    let mut pairs = vec![("grant_type", extend.grant_type)];
    if extend.sends_client_id {
        pairs.push(("client_id", config.client_id()));
    }
    pairs.push(("client_secret", secret.reveal()));
    pairs.push((extend.token_parameter, token.reveal()));
    Ok(get_with(provider, extend.endpoint.as_str(), &pairs).replay_safe())
}

/// The refresh (fact sheet 1.5; RFC 6749 6).
///
/// # Errors
/// `token.not_refreshable` where the provider or the token has no refresh; `token.sandbox`.
pub fn build_refresh_request(config: &ClientConfig, token: &Token) -> Result<HttpRequest> {
    let provider = config.provider();
    check_destination(provider, token)?;
    match &provider.data().refresh {
        // Asking again renews again: no harm in a repeat.
        Refresh::LongLived { endpoint, grant_type } => Ok(get_with(
            provider,
            endpoint.as_str(),
            &[("grant_type", grant_type), token.query_parameter()],
        )
        .replay_safe()),
        // A refresh token may be rotated by the very request whose answer got lost, so it is sent once.
        Refresh::RefreshToken => {
            let Some(refresh_token) = token.refresh_token() else {
                return Err(Error::with_detail(
                    ErrorCode::TokenNotRefreshable,
                    "The server gave no refresh token with this token; log in again when it expires.",
                ));
            };
            let pairs = vec![
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token.reveal()),
            ];
            authenticated(config, provider.token_endpoint()?.as_str(), pairs)
        }
        Refresh::None(instead) => Err(Error::with_detail(
            ErrorCode::TokenNotRefreshable,
            format!("{}: {instead}.", provider.name()),
        )),
    }
}

/// Whose token it is (fact sheet 1.7, 3, 4.2.5). Give the configuration where there is one: see [`Caller`].
///
/// # Errors
/// `config.unsupported` where the provider has no such call; `token.sandbox`.
pub fn build_identify_request<'a>(caller: impl Into<Caller<'a>>, token: &Token) -> Result<HttpRequest> {
    let caller = caller.into();
    let provider = caller.provider();
    let Some(identify) = &provider.data().identify else {
        return Err(Error::with_detail(
            ErrorCode::ConfigUnsupported,
            format!("{} has no endpoint that tells whose token it is.", provider.name()),
        ));
    };
    check_destination(provider, token)?;
    if !identify.token_in_query {
        return Ok(HttpRequest::new(Method::Get, identify.endpoint.as_str())
            .header("accept", "application/json")
            .header("authorization", token.authorization())
            .for_provider(provider)
            .replay_safe());
    }
    let fields = identify.fields.map(|fields| ("fields", fields));
    Ok(caller
        .get(identify.endpoint.as_str(), fields.as_slice(), token.reveal())
        .replay_safe())
}

/// Ends a token at the provider (RFC 7009; fact sheet 2.6).
///
/// # Errors
/// `config.unsupported` where the provider has no such call: the person then removes the app in the platform's own
/// settings. `token.sandbox`.
pub fn build_revoke_request(config: &ClientConfig, token: &Token) -> Result<HttpRequest> {
    let provider = config.provider();
    check_destination(provider, token)?;
    match &provider.data().revoke {
        Some(Revoke::Endpoint(endpoint)) => {
            // The refresh token, where there is one: its end ends the access token too (RFC 7009 2.1).
            let (value, hint) = match token.refresh_token() {
                Some(refresh_token) => (refresh_token.reveal(), "refresh_token"),
                None => (token.reveal(), "access_token"),
            };
            let pairs = vec![("token", value), ("token_type_hint", hint)];
            authenticated(config, endpoint.as_str(), pairs).map(HttpRequest::replay_safe)
        }
        Some(Revoke::DeletePermissions(endpoint)) => {
            let address = format!("{}/me/permissions", endpoint.as_str());
            Ok(Caller::from(config)
                .get(&address, &[], token.reveal())
                .with_method(Method::Delete)
                .replay_safe())
        }
        None => Err(Error::with_detail(
            ErrorCode::ConfigUnsupported,
            format!(
                "{} has no call that revokes a token; the person removes the app under Settings > Apps and websites.",
                provider.name()
            ),
        )),
    }
}

/// A sandbox's token goes to a sandbox, and a real one does not.
pub(crate) fn check_destination(provider: &Provider, token: &Token) -> Result<()> {
    let marked = provider
        .data()
        .sandbox_mark
        .is_some_and(|mark| token.reveal().starts_with(mark));
    if provider.data().sandbox_mark.is_some() && marked != provider.is_sandbox() {
        return Err(Error::with_detail(
            ErrorCode::TokenSandbox,
            if marked {
                format!("This token was made by a sandbox; {} would refuse it.", provider.name())
            } else {
                "This is not a sandbox token; a sandbox must not get it.".to_owned()
            },
        ));
    }
    Ok(())
}
