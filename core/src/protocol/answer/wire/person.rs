//! The JSON of identity answers.

use std::collections::HashSet;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::reason;

/// The scalar members of an identity answer.
pub(in crate::protocol::answer) struct Person(Vec<(String, String)>);

impl Person {
    /// Flat, in `data` (legacy), or in `data[0]` (documented by Meta).
    pub(in crate::protocol::answer) fn parse(body: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(body).map_err(|error| reason(body, &error))
    }

    pub(in crate::protocol::answer) fn text(&self, name: &str) -> Option<String> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
    }

    pub(in crate::protocol::answer) fn id(&self, name: &str) -> Option<String> {
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
