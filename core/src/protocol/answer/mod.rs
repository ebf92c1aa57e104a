//! What providers answer: tokens, identities, and errors in all their bodies.

mod classify;
mod inspection;
mod pages;
mod permissions;
mod refusal;
mod usage;
mod wire;

pub use classify::classify;
pub(crate) use classify::explain_words;
#[cfg(feature = "explain")]
pub(crate) use classify::{SAYINGS, graph_code};
pub use inspection::{GranularScope, InspectedKind, TokenInspection, parse_inspect_response};
pub use pages::{FacebookPage, ListedPage, PagesAnswer, parse_accounts_response};
pub use permissions::{Permissions, parse_permissions_response};
pub use usage::Usage;
#[cfg(feature = "explain")]
pub(crate) use usage::largest_share;
pub(crate) use wire::Object;

use crate::account::{Account, AppScopedId, UserId};
use crate::clock::Timestamp;
use crate::config::ClientIdKind;
use crate::error::{Error, ErrorCode, Result, printable};
use crate::protocol::request::HttpResponse;
use crate::protocol::token::{Expiry, LONG_LIFE, Token, TokenKind};
use crate::provider::Provider;
use crate::scope::ScopeSet;

/// The longest life that is believed: ten years, in seconds.
const LONGEST_LIFE: i64 = 315_360_000;

/// A token answer, read.
#[derive(Debug)]
#[non_exhaustive]
pub struct TokenAnswer {
    /// The token.
    pub token: Token,
    /// The user id beside it, exact. Sources disagree which of the account's ids this is (fact sheet 1.3), so an account
    /// is keyed by what `/me` says.
    pub user_id: Option<UserId>,
}

/// Reads the answer to a code exchange: Instagram's two shapes, Threads', Facebook's, the legacy platform's and RFC
/// 6749 5.1. `asked` are the scopes of the login, which is what was granted where RFC 6749 lets the answer be silent.
///
/// # Errors
/// The provider's refusal with its own code; `provider.bad_response` and `provider.unsupported_token_type` for an
/// answer that cannot be used.
pub fn parse_exchange_response(
    provider: &Provider,
    asked: &ScopeSet,
    response: &HttpResponse,
    now: Timestamp,
) -> Result<TokenAnswer> {
    let wire = accepted(provider, response, now)?;
    let data = provider.data();
    let says_scopes = wire.scopes;
    let scopes = match data.exchange.kind {
        // RFC 6749 5.1: left out, the scope is the one that was asked for.
        TokenKind::Bearer => Some(says_scopes.unwrap_or_else(|| asked.clone())),
        _ => says_scopes,
    };
    let expiry = expiry(wire.expires_in, data.lifetimes.short, now)?;
    // Facebook may answer a long-lived token at once (fact sheet 2.3).
    let kind = match (data.exchange.kind, expiry) {
        (TokenKind::Short, Expiry::At(end)) if end.since(now) > LONG_LIFE / 2 => TokenKind::Long,
        (kind, _) => kind,
    };
    let expiry = if kind == TokenKind::Permanent {
        Expiry::Never
    } else {
        expiry
    };
    let token = Token::builder(provider, wire.access_token, kind)
        .scopes(scopes)
        .issued_at(Some(now))
        .expiry(expiry)
        .refresh_token(wire.refresh_token)
        .build()
        .map_err(|_| unusable("has a token with characters that no token has"))?;
    Ok(TokenAnswer {
        token,
        user_id: wire.user_id,
    })
}

/// Reads the answer to the exchange for a long-lived token.
///
/// # Errors
/// As [`parse_exchange_response`].
pub fn parse_extend_response(
    provider: &Provider,
    short: &Token,
    response: &HttpResponse,
    now: Timestamp,
) -> Result<Token> {
    let wire = accepted(provider, response, now)?;
    Token::builder(provider, wire.access_token, TokenKind::Long)
        .scopes(wire.scopes.or_else(|| short.scopes().cloned()))
        .issued_at(Some(now))
        .expiry(expiry(wire.expires_in, Some(LONG_LIFE), now)?)
        .data_access_until(short.data_access_until())
        .build()
        .map_err(|_| unusable("has a token with characters that no token has"))
}

/// Reads the answer to a refresh. What it does not say stays as it was; the value may or may not be a new one.
///
/// # Errors
/// As [`parse_exchange_response`]; `account.mismatch` when it names another user than `expected`.
pub fn parse_refresh_response(
    provider: &Provider,
    old: &Token,
    expected: Option<&Account>,
    response: &HttpResponse,
    now: Timestamp,
) -> Result<Token> {
    let wire = accepted(provider, response, now)?;
    // Sources disagree which of the account's two ids an answer carries (fact sheet 1.3).
    if let (Some(answered), Some(expected)) = (&wire.user_id, expected)
        && *answered != expected.user_id
        && expected.app_scoped_id.as_ref().map(AppScopedId::as_str) != Some(answered.as_str())
    {
        return Err(Error::with_detail(
            ErrorCode::AccountMismatch,
            "The refresh answered with another account's token.",
        ));
    }
    let lifetime = match provider.data().lifetimes.refresh_from {
        0 => provider.data().lifetimes.short,
        _ => Some(LONG_LIFE),
    };
    let expiry = expiry(wire.expires_in, lifetime, now)?;
    let mut token = old.renewed(wire.access_token).issued_at(Some(now)).expiry(expiry);
    if let Some(scopes) = wire.scopes {
        token = token.scopes(Some(scopes));
    }
    // RFC 6749 6: without a new refresh token the old one stays.
    if let Some(refresh_token) = wire.refresh_token {
        token = token.refresh_token(Some(refresh_token));
    }
    token
        .build()
        .map_err(|_| unusable("has a token with characters that no token has"))
}

/// Reads whose token it is: flat, in `data`, or in `data[0]`; ids as strings or integers.
///
/// # Errors
/// The provider's refusal; `provider.bad_response` without an id that can be used.
pub fn parse_identify_response(provider: &Provider, response: &HttpResponse, now: Timestamp) -> Result<Account> {
    refuse(response, now)?;
    let Some(identify) = &provider.data().identify else {
        return Err(Error::new(ErrorCode::ConfigUnsupported));
    };
    let person = wire::Person::parse(response.body()).map_err(|why| unusable(&response.hide(&why)))?;
    let Some(user_id) = person.id(identify.user_id) else {
        return Err(unusable(&format!("has no {}", identify.user_id)));
    };
    let app_scoped_id = identify.app_scoped_id.and_then(|member| person.id(member));
    if !std::iter::once(&user_id)
        .chain(&app_scoped_id)
        .all(|id| is_id(provider, id))
    {
        return Err(unusable("has an id that is not one"));
    }
    Ok(Account {
        user_id: UserId::parse(&user_id).map_err(|_| unusable("has an id that is not one"))?,
        app_scoped_id: app_scoped_id
            .as_deref()
            .map(AppScopedId::parse)
            .transpose()
            .map_err(|_| unusable("has an id that is not one"))?,
        username: person.text("username"),
        name: person.text("name").or_else(|| person.text("full_name")),
        account_type: person.text("account_type"),
    })
}

/// Reads the answer to a revocation. A token that the server does not know is ended (RFC 7009 2.2), also where the answer
/// is a 200 that says so.
///
/// # Errors
/// The provider's refusal.
pub fn parse_revoke_response(response: &HttpResponse, now: Timestamp) -> Result<()> {
    refuse(response, now).or_else(
        |refusal| match refusal.provider().and_then(|said| said.kind.as_deref()) {
            Some("invalid_token") if response.is_success() => Ok(()),
            _ => Err(refusal),
        },
    )
}

/// Reads the app's own token, for `client_credentials`. It belongs to no account and does not expire by time.
///
/// # Errors
/// As [`parse_exchange_response`].
pub fn parse_app_token_response(provider: &Provider, response: &HttpResponse, now: Timestamp) -> Result<Token> {
    let wire = accepted(provider, response, now)?;
    Token::builder(provider, wire.access_token, TokenKind::App)
        .issued_at(Some(now))
        .expiry(Expiry::Never)
        .build()
        .map_err(|_| unusable("has a token with characters that no token has"))
}

/// Reads a token answer, or says why it is none.
fn accepted(provider: &Provider, response: &HttpResponse, now: Timestamp) -> Result<wire::TokenWire> {
    // A success is read once: what marks an error in a 200 is found on the way.
    if response.is_success() {
        match wire::TokenWire::parse(response.body()) {
            Ok(wire) if wire.user_id.as_ref().is_some_and(|id| !is_id(provider, id.as_str())) => {
                return Err(unusable("has a user id that is not one"));
            }
            Ok(wire) if wire.is_bearer.is_none() && provider.data().exchange.kind == TokenKind::Bearer => {
                return Err(unusable("has no token_type, which RFC 6749 5.1 requires"));
            }
            Ok(wire) if wire.is_bearer != Some(false) => return Ok(wire),
            Ok(_) => return Err(Error::new(ErrorCode::UnsupportedTokenType)),
            Err(why) => return Err(refused_or(response, now, &why)),
        }
    }
    let refusal = refused_or(response, now, "did not arrive with status 200");
    Err(match provider.data().exchange.kind {
        TokenKind::Bearer => refusal::at_token_endpoint(refusal),
        _ => refusal,
    })
}

/// The provider's refusal, or else what makes the answer unusable.
#[cold]
fn refused_or(response: &HttpResponse, now: Timestamp, why: &str) -> Error {
    match refuse(response, now) {
        Err(refusal) => refusal,
        Ok(()) => unusable(&response.hide(why)),
    }
}

/// Meta's ids are decimal digits, whatever JSON type they come in; another server's are what it likes.
fn is_id(provider: &Provider, id: &str) -> bool {
    provider.data().client_id == ClientIdKind::Any || id.bytes().all(|b| b.is_ascii_digit())
}

/// The provider's refusal, in whichever body and with whichever status it came.
fn refuse(response: &HttpResponse, now: Timestamp) -> Result<()> {
    match classify(response, now) {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

fn unusable(why: &str) -> Error {
    Error::with_detail(ErrorCode::BadResponse, format!("The provider's answer {why}."))
}

/// Absolute expiry. A provider's number is believed between one second and ten years; zero says that it does not know.
fn expiry(expires_in: Option<i64>, default: Option<i64>, now: Timestamp) -> Result<Expiry> {
    match expires_in.or(default) {
        None | Some(0) => Ok(Expiry::Unknown),
        Some(seconds) if (1..=LONGEST_LIFE).contains(&seconds) => Ok(Expiry::At(now.plus(seconds))),
        Some(_) => Err(unusable("has an expires_in that cannot be")),
    }
}

/// Says what a body is that should have been JSON, without repeating it: it may be a token.
fn describe(body: &[u8]) -> String {
    let text = body.trim_ascii_start();
    if text.is_empty() {
        "is empty".to_owned()
    } else if text.starts_with(b"<") {
        // Made printable before it is cut: half a token no longer looks like one.
        let start = printable(&String::from_utf8_lossy(text.get(..400).unwrap_or(text)));
        let shown: String = start.chars().take(40).collect();
        format!("is a page, not JSON; it begins with {shown}")
    } else if body.starts_with(&[0xef, 0xbb, 0xbf])
        || body.starts_with(&[0xff, 0xfe])
        || body.starts_with(&[0xfe, 0xff])
    {
        "begins with a byte order mark, which JSON does not have".to_owned()
    } else {
        "is not the JSON object that the endpoint answers".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refreshed_by(user_id: &str) -> Result<Token> {
        let provider = Provider::instagram();
        let now = Timestamp::from_seconds(1_800_000_000);
        let old = Token::builder(&provider, "IGAAold", TokenKind::Long).build()?;
        let mut account = Account::new(UserId::parse("17841400000000001")?);
        account.app_scoped_id = Some(AppScopedId::parse("24578199661575705")?);
        let body = format!(r#"{{"access_token":"IGAAnew","expires_in":5184000,"user_id":{user_id}}}"#);
        let response = HttpResponse::new(200, Vec::new(), body.into_bytes());
        parse_refresh_response(&provider, &old, Some(&account), &response, now)
    }

    #[test]
    fn a_refresh_may_name_the_account_by_either_of_its_ids_and_by_no_other() {
        assert!(refreshed_by("17841400000000001").is_ok());
        assert!(refreshed_by("\"24578199661575705\"").is_ok());
        assert_eq!(
            refreshed_by("17841400000000002").unwrap_err().code(),
            ErrorCode::AccountMismatch
        );
    }
}
