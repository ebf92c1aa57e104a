//! The JSON of token and identity answers, read once, strictly, without rounding a number.

pub(super) mod graph;
mod person;
mod values;

use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, Visitor};

pub(super) use person::Person;
pub(crate) use values::Object;
use values::One;
pub(super) use values::{Id, Names, Seconds, Text};

use super::describe;
use crate::account::UserId;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// What the token answers of all providers have in common.
pub(super) struct TokenWire {
    pub(super) access_token: Secret,
    /// Whether `token_type` says `Bearer`. Instagram and Threads leave it out.
    pub(super) is_bearer: Option<bool>,
    pub(super) expires_in: Option<i64>,
    pub(super) refresh_token: Option<Secret>,
    pub(super) user_id: Option<UserId>,
    pub(super) scopes: Option<ScopeSet>,
}

impl TokenWire {
    /// `Err` says, as the end of a sentence, what is wrong.
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        let mut fields = Fields::default();
        // Looked at once as a whole, the text need not be looked at string by string.
        let text = std::str::from_utf8(body).map_err(|_| describe(body))?;
        let mut reader = serde_json::Deserializer::from_str(text);
        let filling = Filling {
            fields: &mut fields,
            outermost: true,
        };
        let read = reader.deserialize_map(filling).and_then(|()| reader.end());
        read.map_err(|error| reason(body, &error))?;
        if fields.is_error {
            return Err("is an error in the place of a token".to_owned());
        }
        match (fields.access_token.is_some(), fields.data.take()) {
            (true, None) => Self::from_fields(&mut fields),
            (false, Some(mut inner)) => Self::from_fields(&mut inner),
            (true, Some(_)) => Err("has a token twice, flat and in data".to_owned()),
            (false, None) => Err("has no access_token".to_owned()),
        }
    }

    fn from_fields(fields: &mut Fields<'_>) -> Result<Self, String> {
        let access_token = match &fields.access_token {
            Some(Text(text)) if !text.is_empty() => Secret::from(&**text),
            _ => return Err("has no access_token".to_owned()),
        };
        let beside = || fields.user.take().and_then(|Object(user)| user.id);
        let id = fields.user_id.take().or_else(beside);
        Ok(Self {
            access_token,
            is_bearer: fields
                .token_type
                .as_ref()
                .map(|Text(kind)| kind.eq_ignore_ascii_case("bearer")),
            expires_in: fields.expires_in.take().map(|Seconds(seconds)| seconds),
            refresh_token: fields.refresh_token.as_ref().map(|Text(text)| Secret::from(&**text)),
            user_id: id
                .map(|Id(id)| UserId::try_from(id.into_owned()))
                .transpose()
                .map_err(|_| "has a user id that is not one")?,
            scopes: fields
                .permissions
                .take()
                .or_else(|| fields.scope.take())
                .map(|Names(names)| names),
        })
    }
}

/// The members that mean something, of the object itself and of the one in its `data`.
#[derive(Default)]
struct Fields<'a> {
    access_token: Option<Text<'a>>,
    token_type: Option<Text<'a>>,
    expires_in: Option<Seconds>,
    refresh_token: Option<Text<'a>>,
    user_id: Option<Id<'a>>,
    user: Option<Object<User<'a>>>,
    permissions: Option<Names>,
    scope: Option<Names>,
    data: Option<Box<Fields<'a>>>,
    is_error: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Name {
    AccessToken,
    TokenType,
    ExpiresIn,
    RefreshToken,
    UserId,
    User,
    Permissions,
    Scope,
    Data,
    Error,
    ErrorType,
    Meta,
    #[serde(other)]
    Unknown,
}

/// Reads an object in place: a derived struct would be moved from level to level. As with one, a member that occurs
/// twice is refused, unknown members are passed over, and null is as good as absent.
struct Filling<'f, 'a> {
    fields: &'f mut Fields<'a>,
    outermost: bool,
}

impl<'a> Visitor<'a> for Filling<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with a token")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { fields, outermost } = self;
        let mut seen = 0_u16;
        while let Some(name) = map.next_key::<Name>()? {
            let bit = 1 << name as u16;
            if seen & bit != 0 && !matches!(name, Name::Unknown) {
                return Err(de::Error::custom("a member occurs twice"));
            }
            seen |= bit;
            match name {
                Name::AccessToken => fields.access_token = map.next_value()?,
                Name::TokenType => fields.token_type = map.next_value()?,
                Name::ExpiresIn => fields.expires_in = map.next_value()?,
                Name::RefreshToken => fields.refresh_token = map.next_value()?,
                Name::UserId => fields.user_id = map.next_value()?,
                Name::User => fields.user = map.next_value()?,
                Name::Permissions => fields.permissions = map.next_value()?,
                Name::Scope => fields.scope = map.next_value()?,
                Name::Data if outermost => {
                    fields.data = map.next_value::<Option<One<_>>>()?.map(|One(inner)| inner);
                }
                Name::Error | Name::ErrorType | Name::Meta if outermost => {
                    fields.is_error |= map.next_value::<Option<IgnoredAny>>()?.is_some();
                }
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Box<Fields<'de>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut fields = Box::<Fields<'de>>::default();
        deserializer.deserialize_map(Filling {
            fields: &mut fields,
            outermost: false,
        })?;
        Ok(fields)
    }
}

/// The legacy platform puts the person beside the token (fact sheet 4.2.4).
#[derive(Deserialize)]
struct User<'a> {
    #[serde(borrow)]
    id: Option<Id<'a>>,
}

/// What is wrong with a body, as the end of a sentence. serde's own message can quote the value it refuses, which
/// may be the token, so it is not passed on.
fn reason(body: &[u8], error: &serde_json::Error) -> String {
    match error.classify() {
        serde_json::error::Category::Data if body.trim_ascii_start().starts_with(b"{") => {
            "has a member of the wrong type, one that occurs twice, or data that is not one object".to_owned()
        }
        _ => describe(body),
    }
}
