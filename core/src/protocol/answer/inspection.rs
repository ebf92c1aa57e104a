//! What a token is, as the platform sees it.

use super::wire::graph::{InnerError, Inspected, InspectionWire, read};
use super::wire::{Id, Names, Object, Seconds, Text};
use super::{classify, refuse, unusable};
use crate::account::UserId;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, ProviderError, Result, printable};
use crate::protocol::request::HttpResponse;
use crate::protocol::token::Expiry;
use crate::scope::ScopeSet;

/// The last moment that is believed, at the end of the year 9999.
const LAST_MOMENT: i64 = 253_402_300_799;

/// What the platform says about a token (Meta's `debug_token`; fact sheet 2.6, 3).
///
/// That it is valid does not say that it is yours: compare [`Self::app_id`] with your own before you take a token from
/// somebody else.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TokenInspection {
    /// Whether the platform would accept it.
    pub is_valid: bool,
    /// The app that it was made for. Threads' answers show none.
    pub app_id: Option<String>,
    /// The name of that app.
    pub application: Option<String>,
    /// What kind of token it is.
    pub kind: Option<InspectedKind>,
    /// Whose it is, as that app sees the person.
    pub user_id: Option<UserId>,
    /// The Page that it acts for.
    pub profile_id: Option<String>,
    /// What was granted.
    pub scopes: ScopeSet,
    /// Which of it was granted for some Pages or accounts only.
    pub granular_scopes: Vec<GranularScope>,
    /// When it was issued. Not all answers say.
    pub issued_at: Option<Timestamp>,
    /// When it expires.
    pub expiry: Expiry,
    /// When data stop being readable with it (Facebook's 90 days without activity).
    pub data_access: Expiry,
    /// Why it is not valid, in the same words as when a call with it fails.
    pub error: Option<Error>,
}

/// A permission, and what it was granted for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GranularScope {
    /// The permission.
    pub scope: String,
    /// The Pages or accounts; `None`: all of them, those to come as well.
    pub target_ids: Option<Vec<String>>,
}

/// What kind of token it is, in the platform's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum InspectedKind {
    /// A person's.
    User,
    /// A Facebook Page's.
    Page,
    /// The app's own.
    App,
    /// A business's system user's.
    SystemUser,
    /// Another word, as the platform wrote it.
    Other(String),
}

impl InspectedKind {
    fn of(word: String) -> Self {
        match word.as_str() {
            "USER" => Self::User,
            "PAGE" => Self::Page,
            "APP" => Self::App,
            "SYSTEM_USER" => Self::SystemUser,
            _ => Self::Other(word),
        }
    }

    /// The stable name: `user`, `page`, `app`, `system_user`; another word as the platform wrote it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::User => "user",
            Self::Page => "page",
            Self::App => "app",
            Self::SystemUser => "system_user",
            Self::Other(word) => word,
        }
    }
}

/// Reads what a token is. A token that is not valid is no error here: see [`TokenInspection::error`].
///
/// # Errors
/// The provider's refusal to say; `provider.bad_response`.
pub fn parse_inspect_response(response: &HttpResponse, now: Timestamp) -> Result<TokenInspection> {
    refuse(response, now)?;
    let InspectionWire { data: Object(wire) } = read(response.body()).map_err(|why| unusable(&response.hide(&why)))?;
    let error = match (&wire.error, wire.is_valid) {
        (Some(Object(inner)), false) => Some(meaning(inner, response, now)),
        (None, false) => Some(Error::new(ErrorCode::TokenInvalid)),
        (_, true) => None,
    };
    inspection(wire, error, response)
}

fn meaning(inner: &InnerError<'_>, response: &HttpResponse, now: Timestamp) -> Error {
    let provider = ProviderError {
        status: Some(response.status()),
        code: inner.code,
        subcode: inner.subcode,
        said: inner
            .message
            .as_ref()
            .map(|Text(words)| printable(&response.hide(words))),
        ..ProviderError::default()
    };
    match provider.code {
        Some(_) => classify::judged(provider, response, now),
        None => Error::new(ErrorCode::TokenInvalid).from_provider(provider),
    }
}

fn inspection(wire: Inspected<'_>, error: Option<Error>, response: &HttpResponse) -> Result<TokenInspection> {
    let text = |Text(text): Text<'_>| printable(&response.hide(&text));
    Ok(TokenInspection {
        is_valid: wire.is_valid,
        app_id: wire.app_id.map(id).transpose()?,
        application: wire.application.map(text),
        kind: wire.kind.map(text).map(InspectedKind::of),
        user_id: wire
            .user_id
            .map(id)
            .transpose()?
            .as_deref()
            .map(UserId::parse)
            .transpose()?,
        profile_id: wire.profile_id.map(id).transpose()?,
        scopes: wire.scopes.map(|Names(names)| names).unwrap_or_default(),
        granular_scopes: wire
            .granular_scopes
            .unwrap_or_default()
            .into_iter()
            .map(|Object(granular)| {
                let Text(scope) = granular.scope;
                let ids = |ids: Vec<Id<'_>>| ids.into_iter().map(id).collect();
                Ok(GranularScope {
                    scope: printable(&response.hide(&scope)),
                    target_ids: granular.target_ids.map(ids).transpose()?,
                })
            })
            .collect::<Result<_>>()?,
        issued_at: match moment(wire.issued_at)? {
            Expiry::At(at) => Some(at),
            _ => None,
        },
        expiry: moment(wire.expires_at)?,
        data_access: moment(wire.data_access_expires_at)?,
        error,
    })
}

/// Meta's ids are decimal digits, whatever JSON type they come in.
pub(super) fn id(Id(id): Id<'_>) -> Result<String> {
    let digits = (1..=255).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
    digits
        .then(|| id.into_owned())
        .ok_or_else(|| unusable("has an id that is not one"))
}

/// Zero is never; what is absent is not known.
fn moment(seconds: Option<Seconds>) -> Result<Expiry> {
    match seconds {
        None => Ok(Expiry::Unknown),
        Some(Seconds(0)) => Ok(Expiry::Never),
        Some(Seconds(at)) if at <= LAST_MOMENT => Ok(Expiry::At(Timestamp::from_seconds(at))),
        Some(_) => Err(unusable("has a moment that cannot be")),
    }
}
