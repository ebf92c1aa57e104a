//! Scopes: what a login asks for, and what was granted.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorCode, Result, printable};

/// An ordered set of scope names without duplicates.
// One text with spaces between the names, which hold none: one allocation, however many they are.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ScopeSet(#[serde(with = "names")] String);

impl ScopeSet {
    /// No scopes.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Takes names in order; a repeated name is kept once.
    ///
    /// # Errors
    /// `config.invalid` for an empty name or one with characters outside RFC 6749 3.3, and for a name with a comma,
    /// which Meta's products take as a separator.
    pub fn new<I>(names: I) -> Result<Self>
    where
        I: IntoIterator,
        I::Item: AsRef<str>,
    {
        let mut kept = String::new();
        for name in names {
            let name = name.as_ref();
            if !is_scope_name(name) {
                return Err(Error::with_detail(
                    ErrorCode::ConfigInvalid,
                    format!(
                        "The scope \"{}\" has characters that no scope name has.",
                        printable(name)
                    ),
                ));
            }
            add(&mut kept, name);
        }
        Ok(Self(kept))
    }

    /// Reads what a provider granted: separated by commas or spaces. Names that are not well-formed are left out,
    /// since a stranger's text decides nothing.
    pub(crate) fn granted<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut kept = String::new();
        let separator = |b: &u8| matches!(b, b',' | b' ');
        for name in names.into_iter().flat_map(|list| list.as_bytes().split(separator)) {
            match std::str::from_utf8(name) {
                Ok(name) if is_scope_name(name) => add(&mut kept, name),
                _ => {}
            }
        }
        Self(kept)
    }

    /// The names, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.split_ascii_whitespace()
    }

    /// Whether the name is in the set.
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|known| known == name)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of this set that `granted` lacks, in order.
    #[must_use]
    pub fn missing_from(&self, granted: &Self) -> Self {
        Self::granted(self.iter().filter(|name| !granted.contains(name)))
    }

    /// This set followed by the names of `other` that it lacks.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::granted(self.iter().chain(other.iter()))
    }

    /// The names with `joiner` between them.
    pub fn join(&self, joiner: char) -> String {
        self.0.replace(' ', joiner.encode_utf8(&mut [0; 4]))
    }
}

impl fmt::Debug for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// Adds a name, unless it is there.
fn add(names: &mut String, name: &str) {
    if names.split_ascii_whitespace().any(|known| known == name) {
        return;
    }
    if !names.is_empty() {
        names.push(' ');
    }
    names.push_str(name);
}

/// RFC 6749 3.3: printable ASCII without the quotation mark and the backslash; here also without the comma.
pub(crate) fn is_scope_name(name: &str) -> bool {
    let strange = |b: u8| !matches!(b, 0x21..=0x7e) | matches!(b, b'"' | b'\\' | b',');
    // No branch in the loop, so that it runs over many bytes at once.
    (1..=256).contains(&name.len()) && name.bytes().fold(0, |found, b| found | u8::from(strange(b))) == 0
}

/// A list of names.
mod names {
    use serde::{Deserialize, Deserializer, Serializer};

    use super::ScopeSet;

    pub(super) fn serialize<S: Serializer>(names: &str, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(names.split_ascii_whitespace())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Ok(ScopeSet::granted(names.iter().map(String::as_str)).0)
    }
}

/// What one product knows about scope names.
#[derive(Clone, Copy, Debug)]
pub struct ScopeTable {
    /// The scope without which a login of this product makes no sense.
    pub base: Option<&'static str>,
    /// The names in use.
    pub known: &'static [&'static str],
    /// Retired names and their successors.
    pub retired: &'static [(&'static str, &'static str)],
    /// Whether any well-formed name is taken: servers of one's own have scopes of their own.
    pub open: bool,
}

impl ScopeTable {
    /// Checks names against the table.
    ///
    /// `allow_unknown` lets names pass that no product is known to have; retired names and names of other products are
    /// refused all the same. `others` are the products to recognise foreign names by.
    ///
    /// # Errors
    /// `config.scope_retired`, `config.scope_foreign`, `config.scope_unknown`; `config.unsupported` for `openid`;
    /// `config.missing` when the base scope is not among the names.
    pub(crate) fn check(
        &self,
        product: &str,
        scopes: &ScopeSet,
        allow_unknown: bool,
        others: &[(&str, &ScopeTable)],
    ) -> Result<()> {
        for name in scopes.iter() {
            if self.known.contains(&name) {
                continue;
            }
            if let Some((_, successor)) = self.retired.iter().find(|(old, _)| *old == name) {
                return Err(Error::with_detail(
                    ErrorCode::ConfigScopeRetired,
                    format!("The scope {name} has been retired; its successor is {successor}."),
                ));
            }
            if self.open {
                if name == "openid" {
                    return Err(Error::with_detail(
                        ErrorCode::ConfigUnsupported,
                        "The scope openid asks for an OpenID identity, which shutterkey does not validate; ask for an access token's scopes alone.",
                    ));
                }
                continue;
            }
            if let Some((owner, _)) = others.iter().find(|(_, table)| table.known.contains(&name)) {
                return Err(Error::with_detail(
                    ErrorCode::ConfigScopeForeign,
                    match counterpart(product, name) {
                        Some(own) => format!("The scope {name} belongs to {owner}; {product} calls it {own}."),
                        None => format!("The scope {name} belongs to {owner}, not to {product}."),
                    },
                ));
            }
            if !allow_unknown {
                return Err(Error::with_detail(
                    ErrorCode::ConfigScopeUnknown,
                    format!("{product} is not known to have the scope {}.", printable(name)),
                ));
            }
        }
        match self.base {
            Some(base) if !scopes.contains(base) => Err(Error::with_detail(
                ErrorCode::ConfigMissing,
                format!("The scope {base} is missing; every login of {product} asks for it."),
            )),
            _ => Ok(()),
        }
    }
}

/// The two parallel families of names (fact sheet 1.8): not aliases, but each has its counterpart.
fn counterpart(product: &str, name: &str) -> Option<&'static str> {
    const PAIRS: [(&str, &str); 5] = [
        ("instagram_business_basic", "instagram_basic"),
        ("instagram_business_content_publish", "instagram_content_publish"),
        ("instagram_business_manage_comments", "instagram_manage_comments"),
        ("instagram_business_manage_messages", "instagram_manage_messages"),
        ("instagram_business_manage_insights", "instagram_manage_insights"),
    ];
    PAIRS.iter().find_map(|(business, page)| match product {
        "instagram" if name == *page => Some(*business),
        "facebook" if name == *business => Some(*page),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_names_are_kept_once_in_order() {
        let scopes = ScopeSet::new(["b", "a", "b"]).unwrap();
        assert_eq!(scopes.join(' '), "b a");
    }

    #[test]
    fn names_that_could_smuggle_a_separator_are_refused() {
        for name in ["", "a b", "a,b", "a\"b", "a\\b", "a\nb", "ä"] {
            assert_eq!(
                ScopeSet::new([name]).unwrap_err().code(),
                ErrorCode::ConfigInvalid,
                "{name:?}"
            );
        }
    }

    #[test]
    fn granted_lists_are_read_with_either_separator() {
        let granted = ScopeSet::granted(["a,b", "c d", "a"]);
        assert_eq!(granted.join(' '), "a b c d");
    }
}
