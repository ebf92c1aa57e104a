//! The calls around a token that Meta's Graph API has: what it is, what was granted, which accounts it leads to.

use super::build::{check_destination, get_with};
use super::{Caller, HttpRequest, Method};
use crate::config::{ClientConfig, Endpoint};
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::token::{Token, TokenKind};
use crate::provider::{Accounts, AppToken, Inspect, Provider};
use crate::secret::Secret;

/// How many Pages are asked for at once.
const PAGES_AT_ONCE: &str = "100";

/// What a token is, and which app it was made for: `debug_token` (fact sheet 2.6, 3).
///
/// The app asks under its own name, `<app id>|<app secret>`. `inspector` asks instead where it is given: a token of one of
/// the app's developers, or for Threads of one of its testers.
///
/// # Errors
/// `config.unsupported` where the provider has no such call; `config.secret_missing`; `token.sandbox`.
pub fn build_inspect_request(config: &ClientConfig, token: &Token, inspector: Option<&Token>) -> Result<HttpRequest> {
    let provider = config.provider();
    let endpoint = match &provider.data().inspect {
        Inspect::DebugToken(endpoint) => endpoint,
        Inspect::None(instead) => return Err(unsupported(provider, "tells what a token is", instead)),
    };
    check_inspected(config, token)?;
    let app_token;
    let asking = match inspector {
        Some(inspector) => {
            check_inspected(config, inspector)?;
            inspector.reveal()
        }
        None => {
            app_token = literal_app_token(config)?;
            app_token.reveal()
        }
    };
    Ok(Caller::from(config)
        .get(endpoint.as_str(), &[("input_token", token.reveal())], asking)
        .replay_safe())
}

/// As for every token, but for the app's own: it has no mark of a sandbox, and names the app that it belongs to.
fn check_inspected(config: &ClientConfig, token: &Token) -> Result<()> {
    let provider = config.provider();
    let own = |app_token: &AppToken| {
        let rest = token.reveal().strip_prefix(app_token.prefix);
        let rest = rest.and_then(|rest| rest.strip_prefix(config.client_id()));
        rest.is_some_and(|rest| rest.starts_with('|'))
    };
    match token.kind() {
        TokenKind::App if provider.data().app_token.as_ref().is_some_and(own) => Ok(()),
        _ => check_destination(provider, token),
    }
}

/// The app's token as it is made of id and secret, without asking for one.
fn literal_app_token(config: &ClientConfig) -> Result<Secret> {
    let AppToken { prefix, .. } = app_token(config.provider())?;
    let (id, secret) = (config.client_id(), config.required_secret()?.reveal());
    let mut text = String::with_capacity(prefix.len() + id.len() + 1 + secret.len());
    text.push_str(prefix);
    text.push_str(id);
    text.push('|');
    text.push_str(secret);
    Ok(Secret::new(text))
}

/// The app's own token, for the client's credentials (RFC 6749 4.4; fact sheet 2.6, 3).
///
/// # Errors
/// `config.unsupported` where the provider has no such call; `config.secret_missing`.
pub fn build_app_token_request(config: &ClientConfig) -> Result<HttpRequest> {
    let AppToken { endpoint, .. } = app_token(config.provider())?;
    let pairs = [
        ("grant_type", "client_credentials"),
        ("client_id", config.client_id()),
        ("client_secret", config.required_secret()?.reveal()),
    ];
    Ok(get_with(config.provider(), endpoint.as_str(), &pairs).replay_safe())
}

fn app_token(provider: &Provider) -> Result<&AppToken> {
    provider.data().app_token.as_ref().ok_or_else(|| {
        let instead = "its calls are made with the token of an account";
        unsupported(provider, "gives a token of the app's own", instead)
    })
}

/// What was granted, declined, and what has expired (fact sheet 2.6).
///
/// # Errors
/// `config.unsupported` where the provider has no such call; `token.sandbox`.
pub fn build_permissions_request<'a>(caller: impl Into<Caller<'a>>, token: &Token) -> Result<HttpRequest> {
    let caller = caller.into();
    let address = format!("{}/me/permissions", permissions_of(caller.provider(), token)?.as_str());
    Ok(caller.get(&address, &[], token.reveal()).replay_safe())
}

/// Takes one permission back (fact sheet 2.6).
///
/// # Errors
/// `config.unsupported` where the provider has no such call; `config.invalid` for what is no permission's name;
/// `token.sandbox`.
pub fn build_revoke_permission_request<'a>(
    caller: impl Into<Caller<'a>>,
    token: &Token,
    permission: &str,
) -> Result<HttpRequest> {
    let caller = caller.into();
    let address = permissions_of(caller.provider(), token)?;
    // The name becomes a part of the path, so nothing that could lead elsewhere is taken.
    let well_formed = (1..=100).contains(&permission.len())
        && permission
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !well_formed {
        return Err(Error::with_detail(
            ErrorCode::ConfigInvalid,
            "A permission's name has lower-case letters, digits and underscores.",
        ));
    }
    let address = format!("{}/me/permissions/{permission}", address.as_str());
    Ok(caller
        .get(&address, &[], token.reveal())
        .with_method(Method::Delete)
        .replay_safe())
}

fn permissions_of<'a>(provider: &'a Provider, token: &Token) -> Result<&'a Endpoint> {
    let Some(endpoint) = &provider.data().permissions else {
        let instead =
            "what was granted stands in the token's scopes, and the person removes the app in the platform's settings";
        return Err(unsupported(provider, "lists permissions one by one", instead));
    };
    check_destination(provider, token)?;
    Ok(endpoint)
}

/// The person's Facebook Pages, each with its token and the Instagram account that is linked to it (fact sheet 2.5); from
/// the cursor `after` on.
///
/// # Errors
/// `config.unsupported` where accounts are not found through Pages; `token.sandbox`.
pub fn build_accounts_request<'a>(
    caller: impl Into<Caller<'a>>,
    token: &Token,
    after: Option<&str>,
) -> Result<HttpRequest> {
    let caller = caller.into();
    let provider = caller.provider();
    let endpoint = match &provider.data().accounts {
        Accounts::Pages(endpoint) => endpoint,
        Accounts::Own => {
            let instead = "its token is one account's own, and identify tells whose";
            return Err(unsupported(provider, "lists Facebook Pages", instead));
        }
        Accounts::None(why) => return Err(unsupported(provider, "leads to Instagram accounts", why)),
    };
    check_destination(provider, token)?;
    let mut pairs = vec![
        ("fields", "id,name,access_token,instagram_business_account{id,username}"),
        ("limit", PAGES_AT_ONCE),
    ];
    pairs.extend(after.map(|cursor| ("after", cursor)));
    Ok(caller.get(endpoint.as_str(), &pairs, token.reveal()).replay_safe())
}

pub(crate) fn unsupported(provider: &Provider, what: &str, instead: &str) -> Error {
    Error::with_detail(
        ErrorCode::ConfigUnsupported,
        format!("{} has no call that {what}: {instead}.", provider.name()),
    )
}
