//! The JSON of token and identity answers, read once, strictly, without rounding a number.

use std::borrow::Cow;
use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

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

/// A string, borrowed from the body where it has no escapes.
struct Text<'a>(Cow<'a, str>);

/// Decimal digits, from a string or an integer; never a rounded one.
struct Id<'a>(Cow<'a, str>);

/// Seconds, from a number or a string of digits.
struct Seconds(i64);

/// Scope names: one string with separators, or an array of strings.
struct Names(ScopeSet);

/// An array of exactly one element.
struct One<T>(T);

/// A JSON object and nothing else: a derived struct would also be read from an array of its members.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seen;
        impl<'de> Visitor<'de> for Seen {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Seen)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Id<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seen;
        impl<'de> Visitor<'de> for Seen {
            type Value = Id<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id: a string, or an integer below 2^64")
            }
            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Id(Cow::Borrowed(text)))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Id(Cow::Owned(text.to_owned())))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Id(Cow::Owned(number.to_string())))
            }
        }
        deserializer.deserialize_any(Seen)
    }
}

impl<'de> Deserialize<'de> for Seconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seen;
        impl Visitor<'_> for Seen {
            type Value = Seconds;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of seconds")
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
                i64::try_from(number)
                    .map(Seconds)
                    .map_err(|_| E::custom("too many seconds"))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                digits
                    .then(|| text.parse().ok().map(Seconds))
                    .flatten()
                    .ok_or_else(|| E::custom("not a number of seconds"))
            }
        }
        deserializer.deserialize_any(Seen)
    }
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seen;
        impl<'de> Visitor<'de> for Seen {
            type Value = Names;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("scope names")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Names(ScopeSet::granted([text])))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                let mut names: Vec<Text<'de>> = Vec::new();
                while let Some(name) = sequence.next_element()? {
                    names.push(name);
                }
                Ok(Names(ScopeSet::granted(names.iter().map(|Text(name)| &**name))))
            }
        }
        deserializer.deserialize_any(Seen)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for One<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seen<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Seen<T> {
            type Value = One<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of one object")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                match (sequence.next_element()?, sequence.next_element::<IgnoredAny>()?) {
                    (Some(one), None) => Ok(One(one)),
                    _ => Err(de::Error::custom("not an array of one object")),
                }
            }
        }
        deserializer.deserialize_seq(Seen(std::marker::PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seen<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Seen<T> {
            type Value = Object<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Object)
            }
        }
        deserializer.deserialize_map(Seen(std::marker::PhantomData))
    }
}

/// The scalar members of an identity answer.
pub(super) struct Person(Vec<(String, String)>);

impl Person {
    /// Flat, in `data` (legacy), or in `data[0]` (documented by Meta).
    pub(super) fn parse(body: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(body).map_err(|error| reason(body, &error))
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    }

    pub(super) fn id(&self, name: &str) -> Option<String> {
        self.text(name).filter(|id| !id.is_empty())
    }
}

impl<'de> Deserialize<'de> for Person {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Person;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object about one account")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members: Vec<(String, String)> = Vec::new();
                let mut seen = HashSet::new();
                while let Some(name) = map.next_key::<String>()? {
                    match map.next_value::<Member>()? {
                        Member::Scalar(value) => members.push((name.clone(), value)),
                        Member::Inner(Person(inner)) if name == "data" => members.extend(inner),
                        Member::Inner(_) | Member::Other => {}
                    }
                    if !seen.insert(name) {
                        return Err(de::Error::custom("a member occurs twice"));
                    }
                }
                // Also one outside and one inside of `data`: which of the two would be meant?
                let mut names = HashSet::new();
                if !members.iter().all(|(name, _)| names.insert(name)) {
                    return Err(de::Error::custom("a member occurs twice"));
                }
                Ok(Person(members))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

enum Member {
    Scalar(String),
    Inner(Person),
    Other,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seen;
        impl<'de> Visitor<'de> for Seen {
            type Value = Member;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Member::Scalar(text.to_owned()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Member::Scalar(number.to_string()))
            }
            fn visit_i64<E: de::Error>(self, _: i64) -> Result<Self::Value, E> {
                Ok(Member::Other)
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
                Ok(Member::Other)
            }
            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Self::Value, E> {
                Ok(Member::Other)
            }
            fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
                Ok(Member::Other)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                Person::deserialize(de::value::MapAccessDeserializer::new(map)).map(Member::Inner)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                let first: Option<Member> = sequence.next_element()?;
                let mut more = false;
                while sequence.next_element::<IgnoredAny>()?.is_some() {
                    more = true;
                }
                Ok(match first {
                    Some(Member::Inner(person)) if !more => Member::Inner(person),
                    _ => Member::Other,
                })
            }
        }
        deserializer.deserialize_any(Seen)
    }
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
