//! What Meta signs with the app secret.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::ids;
use crate::signing::hmac_sha256;

/// `signature.payload`, both base64url without padding; the signature is over the encoded payload.
pub(super) fn signed_request(secret: &str, payload: &Value) -> String {
    let payload = BASE64_URL_SAFE_NO_PAD.encode(payload.to_string());
    let signature = BASE64_URL_SAFE_NO_PAD.encode(hmac_sha256(secret, payload.as_bytes()));
    format!("{signature}.{payload}")
}

/// Lower-case hex, over the body as it is sent.
pub(super) fn hub_signature(secret: &str, body: &[u8]) -> String {
    ids::hex(&hmac_sha256(secret, body))
}
