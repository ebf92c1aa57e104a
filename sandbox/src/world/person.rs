//! The people of a sandbox. All are made up, and named so that nobody takes them for real ones.

use serde::{Deserialize, Serialize};

use crate::ids;

/// What every username ends with.
pub(crate) const SUFFIX: &str = ".sandbox";

/// The kind of an account; only professional ones can log in through Instagram Login (Meta, overview).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountType {
    /// A professional account of a business.
    Business,
    /// A professional account of a creator.
    #[serde(rename = "Media_Creator")]
    MediaCreator,
    /// A consumer account; the `instagram` product refuses it.
    Personal,
}

impl AccountType {
    /// As `/me` spells it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Business => "Business",
            Self::MediaCreator => "Media_Creator",
            Self::Personal => "Personal",
        }
    }

    /// Whether Instagram Login accepts such an account.
    pub const fn is_professional(self) -> bool {
        !matches!(self, Self::Personal)
    }
}

/// A sandbox person: whom one picks instead of typing a password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The unique name; always ends with `.sandbox`.
    pub username: String,
    /// The name that is shown.
    pub full_name: String,
    /// Professional or personal.
    pub account_type: AccountType,
    /// The id on today's platform: 17 digits that begin with 1784, above 2^53.
    pub user_id: String,
    /// The id on the platform of the 2010s: ten digits.
    pub legacy_id: String,
    /// Pictures posted.
    pub media_count: u32,
    /// Accounts that this one follows.
    pub follows_count: u32,
    /// Accounts that follow this one.
    pub followers_count: u32,
}

impl Person {
    pub(crate) fn new(seed: u64, username: &str, full_name: &str, account_type: AccountType) -> Self {
        let count = |what: &str| u32::from(ids::bytes(seed, &format!("{what}/{username}"))[0]);
        Self {
            username: username.to_owned(),
            full_name: full_name.to_owned(),
            account_type,
            user_id: ids::digits(seed, &format!("user-id/{username}"), "1784140", 17),
            legacy_id: ids::digits(seed, &format!("legacy-id/{username}"), "7", 10),
            media_count: count("media"),
            follows_count: count("follows"),
            followers_count: count("followers") * 7,
        }
    }
}

/// The full username for what a caller wrote: `ada` and `ada.sandbox` are the same person. `None` if it cannot be one.
pub(crate) fn full_username(name: &str) -> Option<String> {
    let stem = name.strip_suffix(SUFFIX).unwrap_or(name);
    let fine = (1..=22).contains(&stem.len())
        && stem
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.'));
    fine.then(|| format!("{stem}{SUFFIX}"))
}

pub(super) fn first_people(seed: u64) -> Vec<Person> {
    [
        ("studio", "Sandbox Studio", AccountType::Business),
        ("bakery", "Sandbox Bakery", AccountType::Business),
        ("maker", "Sandbox Maker", AccountType::MediaCreator),
        ("visitor", "Sandbox Visitor", AccountType::Personal),
    ]
    .into_iter()
    .map(|(stem, full_name, kind)| Person::new(seed, &format!("{stem}{SUFFIX}"), full_name, kind))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_todays_platform_are_above_what_a_double_holds() {
        for person in first_people(1) {
            let id: u64 = person.user_id.parse().unwrap();
            assert!(id > 1 << 53 && person.user_id.len() == 17, "{id}");
            assert_eq!(person.legacy_id.len(), 10);
        }
    }

    #[test]
    fn every_username_says_that_it_is_a_sandbox_one() {
        assert_eq!(full_username("ada").as_deref(), Some("ada.sandbox"));
        assert_eq!(full_username("ada.sandbox").as_deref(), Some("ada.sandbox"));
        for bad in ["", "Ada", "a b", "a/b", "aaaaaaaaaaaaaaaaaaaaaaaaa", ".sandbox"] {
            assert_eq!(full_username(bad), None, "{bad:?}");
        }
    }
}
