//! Tokens as text: the value, a line break, and what is known about it as JSON. No token has a line break in it.

use napi::bindgen_prelude::{ClassInstance, Either};
use napi_derive::napi;
use serde::{Deserialize, Serialize};
use shutterkey::{Error, ErrorCode, Expiry, Refreshable, Result, ScopeSet, Timestamp, Token, TokenKind};

use crate::failure::{Failure, outcome};
use crate::options;
use crate::provider::Provider;
use crate::time::{moment, seconds};

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    kind: TokenKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scopes: Option<ScopeSet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issued_at: Option<Timestamp>,
    expiry: Expiry,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data_access_until: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

/// The token as text.
pub(crate) fn wire(token: &Token) -> String {
    let details = Details {
        kind: token.kind(),
        scopes: token.scopes().cloned(),
        issued_at: token.issued_at(),
        expiry: token.expiry(),
        data_access_until: token.data_access_until(),
        refresh_token: token.refresh_token().map(|secret| secret.reveal().to_owned()),
    };
    // A structure of texts and numbers always is JSON.
    let details = serde_json::to_string(&details).unwrap_or_default();
    [token.reveal(), &details].join("\n")
}

/// Reads what [`wire`] wrote. How the token is renewed is the provider's rule.
pub(crate) fn read(provider: &shutterkey::Provider, wire: &str) -> Result<Token> {
    let malformed = || Error::new(ErrorCode::TokenMalformed);
    let (value, details) = wire.split_once('\n').ok_or_else(malformed)?;
    let details: Details = serde_json::from_str(details).map_err(|_| malformed())?;
    Token::builder(provider, value, details.kind)
        .scopes(details.scopes)
        .issued_at(details.issued_at)
        .expiry(details.expiry)
        .data_access_until(details.data_access_until)
        .refresh_token(details.refresh_token.map(Into::into))
        .build()
}

/// What is known of a token whose value the caller has. `never` expires by time, or at a moment, or it is not known.
#[napi(object, object_to_js = false)]
pub struct KnownToken {
    pub kind: String,
    pub scopes: Option<Vec<String>>,
    pub issued_at: Option<f64>,
    pub expires_at: Option<f64>,
    pub never_expires: Option<bool>,
    pub data_access_until: Option<f64>,
    pub refresh_token: Option<String>,
}

/// A token whose value the caller has.
#[napi]
pub fn token_of(provider: ClassInstance<'_, Provider>, value: String, known: KnownToken) -> Either<String, Failure> {
    let made = || {
        let expiry = match (known.expires_at, known.never_expires) {
            (Some(at), _) => Expiry::At(moment(at)),
            (None, Some(true)) => Expiry::Never,
            (None, _) => Expiry::Unknown,
        };
        Token::builder(&provider.0, value, options::kind(&known.kind)?)
            .scopes(known.scopes.map(ScopeSet::new).transpose()?)
            .issued_at(known.issued_at.map(moment))
            .expiry(expiry)
            .data_access_until(known.data_access_until.map(moment))
            .refresh_token(known.refresh_token.map(Into::into))
            .build()
    };
    outcome(made().map(|token| wire(&token)))
}

/// Whether a token can be refreshed at a moment.
#[napi(object, object_from_js = false)]
pub struct RefreshableAt {
    pub kind: &'static str,
    pub not_before: Option<f64>,
    pub reason: Option<&'static str>,
}

/// Whether a token of this provider can be refreshed at a moment.
#[napi]
pub fn token_refreshable(
    provider: ClassInstance<'_, Provider>,
    token: String,
    now: f64,
) -> Either<RefreshableAt, Failure> {
    outcome(read(&provider.0, &token).map(|token| {
        let (kind, not_before, reason) = match token.refreshable(moment(now)) {
            Refreshable::Now => ("now", None, None),
            Refreshable::NotBefore(at) => ("not_before", Some(seconds(at)), None),
            Refreshable::Impossible(reason) => ("impossible", None, Some(reason.as_str())),
        };
        RefreshableAt {
            kind,
            not_before,
            reason,
        }
    }))
}

/// Whether a token of this provider works at a moment, as far as time can tell.
#[napi]
pub fn token_live(provider: ClassInstance<'_, Provider>, token: String, now: f64) -> bool {
    read(&provider.0, &token)
        .is_ok_and(|token| matches!(token.validity(moment(now)), shutterkey::Validity::Live { .. }))
}
