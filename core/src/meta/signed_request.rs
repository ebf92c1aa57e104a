//! `signed_request`: what deauthorize and data-deletion callbacks carry (fact sheet 5.2).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Deserialize;
use subtle::ConstantTimeEq;

use super::hmac_sha256;
use crate::account::AppScopedId;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::answer::Object;
use crate::secret::Secret;

/// How old a callback may be, in seconds: an hour, since deliveries are retried.
const LONGEST_AGE: i64 = 3_600;

/// The longest `signed_request` that is read, in bytes.
const CAP: usize = 8 << 10;

/// A verified callback.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedRequest {
    /// Whom it is about: the app-scoped id.
    pub user_id: AppScopedId,
    /// When it was made.
    pub issued_at: Timestamp,
}

#[derive(Deserialize)]
struct Payload {
    algorithm: String,
    user_id: serde_json::Value,
    issued_at: i64,
}

/// Verifies a `signed_request` and reads whom it is about.
///
/// The signature is checked over the encoded payload as it came, in constant time, before anything is parsed. Give every secret that may
/// sign: which of Instagram's and Meta's app secret signs Instagram Login's callbacks is not documented, and a secret that was
/// just replaced is still in use.
///
/// # Errors
/// `config.secret_missing` without a secret, `provider.signature_invalid`, and `provider.callback_malformed` for a
/// verified payload that is stale, from the future, or not what Meta sends.
pub fn verify_signed_request(signed_request: &str, secrets: &[Secret], now: Timestamp) -> Result<SignedRequest> {
    let malformed = |why: &str| Error::with_detail(ErrorCode::CallbackMalformed, format!("The signed_request {why}."));
    if secrets.is_empty() {
        return Err(Error::new(ErrorCode::ConfigSecretMissing));
    }
    if signed_request.len() > CAP {
        return Err(malformed("is longer than any that Meta sends"));
    }
    let (signature, payload) = signed_request.split_once('.').ok_or_else(|| malformed("has no dot"))?;
    if payload.contains('.') {
        return Err(malformed("has more than one dot"));
    }
    let signature = BASE64_URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| Error::new(ErrorCode::SignatureInvalid))?;
    // Every secret is tried, so that time does not tell which one fits.
    let verified = secrets.iter().fold(false, |found, secret| {
        found | bool::from(signature.ct_eq(&hmac_sha256(secret, &[payload.as_bytes()])))
    });
    if !verified {
        return Err(Error::new(ErrorCode::SignatureInvalid));
    }
    let json = BASE64_URL_SAFE_NO_PAD
        .decode(payload)
        .map_err(|_| malformed("has a payload that is not base64url"))?;
    let Object(payload): Object<Payload> = serde_json::from_slice(&json)
        .map_err(|_| malformed("has a payload without algorithm, user_id and issued_at"))?;
    if !payload.algorithm.eq_ignore_ascii_case("HMAC-SHA256") {
        return Err(malformed("names another algorithm than HMAC-SHA256"));
    }
    let issued_at = Timestamp::from_seconds(payload.issued_at);
    let age = now.since(issued_at);
    if age > LONGEST_AGE {
        return Err(malformed("is more than an hour old"));
    }
    if age < -300 {
        return Err(malformed("comes from the future; check this machine's clock"));
    }
    let user_id = match payload.user_id {
        serde_json::Value::String(id) => id,
        serde_json::Value::Number(id) if id.is_u64() => id.to_string(),
        _ => return Err(malformed("has a user_id that is not one")),
    };
    let user_id = AppScopedId::parse(&user_id).map_err(|_| malformed("has a user_id that is not one"))?;
    Ok(SignedRequest { user_id, issued_at })
}
