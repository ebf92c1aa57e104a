//! What a token is, and whether it was made for this app.

use super::{Io, Operation};
use crate::account::{Account, UserId};
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::answer::{InspectedKind, TokenInspection, parse_app_token_response, parse_inspect_response};
use crate::protocol::request::{build_app_token_request, build_inspect_request};
use crate::protocol::token::Token;

/// Asks the platform what a token is. A token that is not valid is an answer, not an error.
///
/// The app asks under its own name; `inspector` asks instead where it is given (a token of one of the app's developers, or
/// for Threads of one of its testers).
///
/// # Errors
/// `config.unsupported` where the provider has no such call; `config.secret_missing`; the provider's refusal; the `network`
/// family.
pub fn inspect_token(config: &ClientConfig, token: &Token, inspector: Option<&Token>) -> Operation<TokenInspection> {
    let (config, token, inspector) = (config.clone(), token.clone(), inspector.cloned());
    Operation::new(|io| async move { ask(&io, &config, &token, inspector.as_ref()).await })
}

async fn ask(io: &Io, config: &ClientConfig, token: &Token, inspector: Option<&Token>) -> Result<TokenInspection> {
    let request = build_inspect_request(config, token, inspector)?;
    let response = io.send_patiently(request, super::simple::spread(token)).await?;
    parse_inspect_response(&response, io.now())
}

/// Asks for the app's own token (RFC 6749 4.4), for calls that the app makes in nobody's name.
///
/// # Errors
/// `config.unsupported` where the provider has no such call; `config.secret_missing`; the provider's refusal; the `network`
/// family.
pub fn app_token(config: &ClientConfig) -> Operation<Token> {
    let config = config.clone();
    Operation::new(|io| async move {
        let response = io.send_patiently(build_app_token_request(&config)?, 0).await?;
        parse_app_token_response(config.provider(), &response, io.now())
    })
}

/// Refuses a token that was not made for this app. Anybody can have a live token of another app, made with the consent of
/// somebody who trusts that one: taken here, it would log them in as that person.
pub(super) async fn audience(io: &Io, config: &ClientConfig, token: &Token) -> Result<TokenInspection> {
    let inspection = ask(io, config, token, None).await.map_err(not_ours)?;
    let ours = inspection.app_id.as_deref().map(|app_id| app_id == config.client_id());
    match (ours, inspection.error.clone()) {
        (Some(true), Some(error)) => Err(error),
        (_, Some(error)) => Err(not_ours(error)),
        _ if inspection.kind == Some(InspectedKind::App) => Err(Error::with_detail(
            ErrorCode::TokenInvalid,
            "This is an app's own token, not one of an account.",
        )),
        (Some(true), None) => Ok(inspection),
        (Some(false), None) => Err(Error::new(ErrorCode::TokenWrongApp)),
        (None, None) => Err(Error::with_detail(
            ErrorCode::TokenWrongApp,
            format!(
                "{} does not say which app the token was made for, so it is not taken from a device.",
                config.provider().name()
            ),
        )),
    }
}

/// A platform may refuse to speak about tokens of other apps at all, with a code that means nothing else: then nothing shows
/// that the token was made for this one.
fn not_ours(error: Error) -> Error {
    if error.code() != ErrorCode::RequestRejected {
        return error;
    }
    let detail = "The provider does not say that the token was made for this app.";
    Error::with_detail(ErrorCode::TokenWrongApp, detail).with_provider_of(&error)
}

/// Refuses an account that is not the one that the token was made for.
pub(super) fn check_owner(inspection: &TokenInspection, account: &Account) -> Result<()> {
    let known = inspection.user_id.as_ref().map(UserId::as_str);
    let page = inspection.profile_id.as_deref();
    let account = account.user_id.as_str();
    match known {
        Some(user) if user != account && page != Some(account) => Err(Error::with_detail(
            ErrorCode::AccountMismatch,
            "The token was made for another account than the one it was handed in for; nothing was stored.",
        )),
        _ => Ok(()),
    }
}
