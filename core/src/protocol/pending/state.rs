//! What binds an answer to the login that was begun.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::protocol::pkce::ENCODED_32;
use crate::secret::REDACTED;

/// The public name of the login with this state: the first 128 bits of a hash under a label of its own.
pub(crate) fn handle_of(state: &str) -> String {
    let digest = Sha256::new_with_prefix(b"shutterkey login handle\0")
        .chain_update(state)
        .finalize();
    BASE64_URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default())
}

/// `state`: 43 characters of base64url, from 256 bits of OS randomness. Unpadded, since some providers mangle `=`.
#[derive(Clone)]
pub(crate) struct State([u8; ENCODED_32]);

impl State {
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut text = [0; ENCODED_32];
        let _ = BASE64_URL_SAFE_NO_PAD.encode_slice(bytes, &mut text);
        Self(text)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let base64url = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        text.bytes().all(base64url).then_some(())?;
        text.as_bytes().try_into().ok().map(Self)
    }

    pub(crate) fn reveal(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Compares bytes in constant time; no decoding, no normalisation.
    pub(crate) fn matches(&self, other: &str) -> bool {
        other
            .as_bytes()
            .try_into()
            .is_ok_and(|other| words(&self.0).ct_eq(&words(other)).into())
    }
}

/// The same bytes in words: what keeps the compiler from cutting a comparison short is paid for each element.
fn words(bytes: &[u8; ENCODED_32]) -> [u64; ENCODED_32.div_ceil(8)] {
    let mut words = [0; ENCODED_32.div_ceil(8)];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks(8)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    words
}

impl Drop for State {
    fn drop(&mut self) {
        // As a slice: zeroize writes an array byte by byte and a slice in bulk.
        self.0.as_mut_slice().zeroize();
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// A browser session, as a hash: the login is bound to it without keeping its id.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SessionBinding(String);

impl SessionBinding {
    pub(crate) fn of(session_id: &str) -> Self {
        let digest = Sha256::new_with_prefix(b"shutterkey session\0")
            .chain_update(session_id)
            .finalize();
        Self(BASE64_URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default()))
    }

    pub(crate) fn matches(&self, session_id: &str) -> bool {
        self.0.as_bytes().ct_eq(Self::of(session_id).0.as_bytes()).into()
    }
}
