//! Names of tables.

use crate::error::{Error, ErrorCode, Result};

/// The schema, unless it is named otherwise.
pub(super) const DEFAULT_SCHEMA: &str = "shutterkey";

/// PostgreSQL cuts longer names without a word; ours add up to 24 bytes to the prefix.
const LONGEST: usize = 32;

/// Where the tables are. Both parts are plain names, so that they stand in a statement as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    schema: String,
    prefix: String,
}

impl Names {
    pub(super) fn new(schema: &str, prefix: &str) -> Result<Self> {
        if !is_plain(schema) {
            return Err(refused("schema"));
        }
        if !prefix.is_empty() && !is_plain(prefix) {
            return Err(refused("prefix of the tables"));
        }
        Ok(Self {
            schema: schema.to_owned(),
            prefix: prefix.to_owned(),
        })
    }

    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    /// The table of records.
    pub(super) fn records(&self) -> String {
        self.of("records")
    }

    /// The table that says which migrations were applied.
    pub(super) fn migrations(&self) -> String {
        self.of("migrations")
    }

    /// The sequence that versions and fences are taken from.
    pub(super) fn numbers(&self) -> String {
        self.of("numbers")
    }

    /// An index, which lives in its table's schema and is made without naming it.
    pub(super) fn index(&self, of: &str) -> String {
        format!("\"{}records_{of}\"", self.prefix)
    }

    fn of(&self, name: &str) -> String {
        format!("\"{}\".\"{}{name}\"", self.schema, self.prefix)
    }
}

fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= LONGEST
        && bytes
            .next()
            .is_some_and(|first| first.is_ascii_lowercase() || first == b'_')
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

fn refused(which: &str) -> Error {
    Error::with_detail(
        ErrorCode::ConfigInvalid,
        format!(
            "The {which} is a name of up to {LONGEST} lower-case letters, digits and underscores that begins with no digit."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_or_refused() {
        assert_eq!(Names::new("app", "ig_").unwrap().records(), "\"app\".\"ig_records\"");
        let long = "a".repeat(33);
        for name in ["", "1a", "A", "a-b", "a\"b", "a b", "a.b", "\u{e9}", &long] {
            assert_eq!(
                Names::new(name, "").unwrap_err().code(),
                ErrorCode::ConfigInvalid,
                "{name}"
            );
            assert!(name.is_empty() || Names::new("a", name).is_err(), "{name}");
        }
    }
}
