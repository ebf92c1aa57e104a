//! Operations of one request.

use super::{Io, Operation};
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::answer::{
    TokenAnswer, parse_exchange_response, parse_extend_response, parse_refresh_response, parse_revoke_response,
};
use crate::protocol::metadata::{build_metadata_request, metadata_urls, parse_metadata};
use crate::protocol::pending::PendingAuthorization;
use crate::protocol::redirect::{Grant, TokenGrant};
use crate::protocol::request::{
    build_exchange_request, build_extend_request, build_refresh_request, build_revoke_request,
};
use crate::protocol::token::{Expiry, NoRefresh, Refreshable, Token, TokenKind};
use crate::provider::StandardBuilder;

/// Turns a grant into a token: one exchange for a code, nothing at all for a token that came in the fragment.
///
/// # Errors
/// `redirect.state_mismatch` for another client's login; the provider's refusal; the `network` family. A code is never
/// sent twice.
pub fn exchange(config: &ClientConfig, pending: &PendingAuthorization, grant: Grant) -> Operation<TokenAnswer> {
    let (config, pending) = (config.clone(), pending.clone());
    Operation::new(|io| async move { obtain(&io, &config, &pending, grant).await })
}

/// The exchange as part of a longer sequence.
pub(super) async fn obtain(
    io: &Io,
    config: &ClientConfig,
    pending: &PendingAuthorization,
    grant: Grant,
) -> Result<TokenAnswer> {
    pending.check_client(config)?;
    match grant {
        Grant::Token(grant) => from_fragment(config, grant, io.now()),
        Grant::Code(grant) => {
            let config = config.with_redirect_uri(pending.redirect_uri().clone())?;
            let request = build_exchange_request(&config, grant.code(), pending.verifier())?;
            let response = io.send(request).await?;
            let asked = pending.own_scopes().unwrap_or(config.scopes());
            parse_exchange_response(config.provider(), asked, &response, io.now())
                .map_err(|error| named(error, &config))
        }
    }
}

/// A refusal of the redirect URI names the exact text to register.
fn named(error: Error, config: &ClientConfig) -> Error {
    if error.code() != ErrorCode::RedirectUriNotRegistered {
        return error;
    }
    let uri = config.redirect_uri();
    let detail = format!(
        "The provider does not know the redirect URI. Register exactly {uri} (often registered by mistake: {}).",
        uri.slash_variant()
    );
    match error.provider() {
        Some(provider) => Error::with_detail(error.code(), detail).from_provider(provider.clone()),
        None => Error::with_detail(error.code(), detail),
    }
}

fn from_fragment(config: &ClientConfig, grant: TokenGrant, now: crate::clock::Timestamp) -> Result<TokenAnswer> {
    let provider = config.provider();
    if !grant
        .token_type
        .as_deref()
        .is_none_or(|kind| kind.eq_ignore_ascii_case("bearer"))
    {
        return Err(Error::new(ErrorCode::UnsupportedTokenType));
    }
    let lifetime = |seconds: Option<i64>| match seconds.or(provider.data().lifetimes.short) {
        // Facebook sends 0 when it does not know (fact sheet 2.2).
        None | Some(0) => Expiry::Unknown,
        Some(seconds) => Expiry::At(now.plus(seconds.min(10 * 365 * 86_400))),
    };
    let (value, kind, expiry) = match grant.long_lived_token {
        Some(long) => (
            long,
            TokenKind::Long,
            Expiry::At(now.plus(crate::protocol::token::LONG_LIFE)),
        ),
        None if provider.data().exchange.kind == TokenKind::Permanent => {
            (grant.access_token, TokenKind::Permanent, Expiry::Never)
        }
        None => (
            grant.access_token,
            provider.data().exchange.kind,
            lifetime(grant.expires_in),
        ),
    };
    let token = Token::builder(provider, value, kind)
        .scopes(grant.scopes)
        .issued_at(Some(now))
        .expiry(expiry)
        .data_access_until(grant.data_access_until)
        .build()?;
    Ok(TokenAnswer { token, user_id: None })
}

/// Makes a short-lived token long-lived.
///
/// # Errors
/// `config.unsupported`, `config.secret_missing`, the provider's refusal, the `network` family.
pub fn extend(config: &ClientConfig, token: &Token) -> Operation<Token> {
    let (config, token) = (config.clone(), token.clone());
    Operation::new(|io| async move {
        let response = io
            .send_patiently(build_extend_request(&config, &token)?, spread(&token))
            .await?;
        parse_extend_response(config.provider(), &token, &response, io.now())
    })
}

/// Refreshes a token, without any store.
///
/// # Errors
/// `token.too_young` (with the moment from which it can be done), `token.expired`, `token.not_refreshable`; the
/// provider's refusal; the `network` family.
pub fn refresh(config: &ClientConfig, token: &Token) -> Operation<Token> {
    let (config, token) = (config.clone(), token.clone());
    Operation::new(|io| async move {
        check_refreshable(&token, io.now())?;
        let response = io
            .send_patiently(build_refresh_request(&config, &token)?, spread(&token))
            .await?;
        parse_refresh_response(config.provider(), &token, None, &response, io.now())
    })
}

/// Refuses a refresh that the rules forbid, before anything is sent.
pub(super) fn check_refreshable(token: &Token, now: crate::clock::Timestamp) -> Result<()> {
    match token.refreshable(now) {
        Refreshable::Now => Ok(()),
        Refreshable::NotBefore(moment) => Err(Error::with_detail(
            ErrorCode::TokenTooYoung,
            format!("The token is too young to be refreshed; it can be from {moment} on."),
        )
        .retrying(crate::error::Retry::After(moment))),
        Refreshable::Impossible(NoRefresh::Expired) => Err(Error::new(ErrorCode::TokenExpired)),
        Refreshable::Impossible(NoRefresh::ShortLived) => Err(Error::with_detail(
            ErrorCode::TokenNotRefreshable,
            "A short-lived token cannot be refreshed; make it long-lived first.",
        )),
        Refreshable::Impossible(NoRefresh::NeverExpires) => Err(Error::with_detail(
            ErrorCode::TokenNotRefreshable,
            "The token does not expire by time; there is nothing to refresh.",
        )),
        Refreshable::Impossible(_) => Err(Error::new(ErrorCode::TokenNotRefreshable)),
    }
}

/// Ends a token at the provider.
///
/// # Errors
/// `config.unsupported` where the provider has no such call; the provider's refusal; the `network` family.
pub fn revoke(config: &ClientConfig, token: &Token) -> Operation<()> {
    let (config, token) = (config.clone(), token.clone());
    Operation::new(|io| async move {
        let response = io
            .send_patiently(build_revoke_request(&config, &token)?, spread(&token))
            .await?;
        parse_revoke_response(&response, io.now())
    })
}

/// Describes a standard server from its own metadata (RFC 8414), at either well-known path.
///
/// # Errors
/// `redirect.issuer_mismatch`, `provider.bad_response`, `config.insecure_endpoint`, the `network` family.
pub fn discover(issuer: &str) -> Operation<StandardBuilder> {
    let issuer = issuer.to_owned();
    Operation::new(|io| async move {
        let [first, second] = metadata_urls(&issuer)?;
        let response = io.send_patiently(build_metadata_request(&first), 0).await?;
        if response.is_success() {
            return parse_metadata(&issuer, &response);
        }
        let response = io.send_patiently(build_metadata_request(&second), 0).await?;
        parse_metadata(&issuer, &response)
    })
}

/// Shifts retries apart; the moment of issue differs enough between tokens.
pub(super) fn spread(token: &Token) -> u64 {
    token.issued_at().map_or(0, |at| at.seconds().unsigned_abs())
}
