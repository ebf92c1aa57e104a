//! Proof Key for Code Exchange (RFC 7636), method S256.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use zeroize::Zeroize;

use crate::error::{Error, ErrorCode, Result};
use crate::secret::REDACTED;

/// Length of 32 bytes in base64url without padding.
pub(crate) const ENCODED_32: usize = 43;

/// A code verifier: 43 to 128 unreserved characters. Ours always have 43, from 256 bits of OS randomness.
#[derive(Clone)]
pub struct Verifier {
    text: [u8; 128],
    length: u8,
}

impl Verifier {
    /// From 32 random bytes.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut text = [0; 128];
        let length = BASE64_URL_SAFE_NO_PAD.encode_slice(bytes, &mut text).unwrap_or(0);
        Self {
            text,
            length: u8::try_from(length).unwrap_or(0),
        }
    }

    /// Takes a verifier that was made elsewhere.
    ///
    /// # Errors
    /// `config.invalid` unless it has 43 to 128 unreserved characters (RFC 7636 4.1).
    pub fn parse(text: &str) -> Result<Self> {
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
        let mut kept = [0; 128];
        match (text.len(), kept.get_mut(..text.len())) {
            (43.., Some(place)) if text.bytes().all(unreserved) => place.copy_from_slice(text.as_bytes()),
            _ => {
                return Err(Error::with_detail(
                    ErrorCode::ConfigInvalid,
                    "A code verifier has 43 to 128 characters of A-Z, a-z, 0-9, -, ., _ and ~ (RFC 7636 4.1).",
                ));
            }
        }
        Ok(Self {
            text: kept,
            length: u8::try_from(text.len()).unwrap_or(0),
        })
    }

    /// The verifier, for the token request alone.
    pub fn reveal(&self) -> &str {
        self.text
            .get(..usize::from(self.length))
            .and_then(|text| std::str::from_utf8(text).ok())
            .unwrap_or_default()
    }

    /// The S256 challenge: base64url of the SHA-256 of the verifier's characters (RFC 7636 4.2).
    pub fn challenge(&self) -> Challenge {
        let mut text = [0; ENCODED_32];
        let digest: [u8; 32] = Sha256::digest(self.reveal()).into();
        let _ = BASE64_URL_SAFE_NO_PAD.encode_slice(digest, &mut text);
        Challenge(text)
    }
}

impl Drop for Verifier {
    fn drop(&mut self) {
        // As a slice: zeroize writes an array byte by byte and a slice in bulk.
        self.text.as_mut_slice().zeroize();
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// An S256 code challenge: 43 characters, public.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Challenge([u8; ENCODED_32]);

impl Challenge {
    /// The challenge.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_rfc_7636_appendix_b() {
        let verifier = Verifier::parse("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk").unwrap();
        assert_eq!(
            verifier.challenge().as_str(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn verifiers_outside_the_grammar_are_refused() {
        let long = "a".repeat(129);
        for text in [
            "",
            "short",
            &"a".repeat(42),
            &long,
            &format!("{}+", "a".repeat(43)),
            &"ä".repeat(43),
        ] {
            assert_eq!(Verifier::parse(text).unwrap_err().code(), ErrorCode::ConfigInvalid);
        }
        assert!(Verifier::parse(&"~".repeat(128)).is_ok());
    }
}
