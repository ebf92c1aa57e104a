//! What Meta signs with the app secret.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;

use crate::ids;

fn hmac(secret: &str, message: &[u8]) -> Vec<u8> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return Vec::new();
    };
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// `signature.payload`, both base64url without padding; the signature is over the encoded payload.
pub(super) fn signed_request(secret: &str, payload: &Value) -> String {
    let payload = BASE64_URL_SAFE_NO_PAD.encode(payload.to_string());
    let signature = BASE64_URL_SAFE_NO_PAD.encode(hmac(secret, payload.as_bytes()));
    format!("{signature}.{payload}")
}

/// Lower-case hex, over the body as it is sent.
pub(super) fn hub_signature(secret: &str, body: &[u8]) -> String {
    ids::hex(&hmac(secret, body))
}
