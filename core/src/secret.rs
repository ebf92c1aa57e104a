//! Values that must not be printed, compared by accident, or left in memory.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// What every secret prints as, in every language and at every level of reflection.
pub const REDACTED: &str = "[redacted]";

/// A secret text: an access token, an app secret, a code, a state, a verifier.
///
/// It prints as `[redacted]`, has no `PartialEq` (compare with [`Secret::matches`], which takes constant
/// time), does not serialise, and is wiped when dropped. Copies that the allocator made while the text was built
/// elsewhere, and copies in another language's memory, cannot be wiped: the promise is *not printed, not logged,
/// wiped when dropped here*.
#[derive(Clone)]
pub struct Secret(Zeroizing<Box<str>>);

impl Secret {
    /// Takes ownership of a text.
    ///
    /// A `String` with spare capacity is copied once into an exact allocation and the original is wiped.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text: String = text.into();
        if text.capacity() == text.len() {
            return Self(Zeroizing::new(text.into_boxed_str()));
        }
        let exact: Box<str> = text.as_str().into();
        text.zeroize();
        Self(Zeroizing::new(exact))
    }

    /// The text itself. Each call is a place where the secret can leave: keep them few.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether the two texts are equal, in time that depends on the lengths alone.
    pub fn matches(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }

    /// Length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_nothing_of_the_text() {
        let secret = Secret::from("canary-2f1c");
        assert_eq!(format!("{secret:?} {secret:#?}"), "[redacted] [redacted]");
    }

    #[test]
    fn compares_whole_texts() {
        let secret = Secret::from("abc");
        assert!(secret.matches("abc"));
        assert!(!secret.matches("abC"));
        assert!(!secret.matches("ab"));
        assert!(!secret.matches("abcd"));
    }
}
