//! HMAC-SHA256, for all that the platforms sign and that pages of this sandbox prove.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Over the message, with a key of any length.
pub(crate) fn hmac_sha256(key: &str, message: &[u8]) -> Vec<u8> {
    // HMAC takes every key, so this cannot fail; an empty answer would match no signature.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return Vec::new();
    };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}
