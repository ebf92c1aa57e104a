//! Webhook signatures and the subscription challenge (fact sheet 5.3).

use subtle::ConstantTimeEq;

use super::{hex, hmac_sha256};
use crate::error::{Error, ErrorCode, Result};
use crate::secret::Secret;

/// Verifies `X-Hub-Signature-256` over the raw bytes of a delivery. A body that was parsed and written again has other
/// bytes and another signature.
///
/// Give every secret that may sign: projects report Instagram's app secret and Meta's.
///
/// # Errors
/// `config.secret_missing` without a secret; `provider.callback_malformed` without the header, with the SHA-1 one, or with
/// an empty body; `provider.signature_invalid`.
pub fn verify_webhook(body: &[u8], signature_header: Option<&str>, secrets: &[Secret]) -> Result<()> {
    let malformed = |why: &'static str| Error::with_detail(ErrorCode::CallbackMalformed, why);
    if secrets.is_empty() {
        return Err(Error::new(ErrorCode::ConfigSecretMissing));
    }
    let Some(header) = signature_header else {
        return Err(malformed("The delivery has no X-Hub-Signature-256 header."));
    };
    let Some(signature) = header.strip_prefix("sha256=") else {
        return Err(malformed(
            "The signature is not one of SHA-256: pass the X-Hub-Signature-256 header, whole.",
        ));
    };
    if body.is_empty() {
        return Err(malformed("The delivery has no body: something read it before."));
    }
    // Meta writes lower-case hexadecimal; nothing else is its signature.
    let verified = secrets.iter().fold(false, |found, secret| {
        found
            | bool::from(
                signature
                    .as_bytes()
                    .ct_eq(hex(&hmac_sha256(secret, &[body])).as_bytes()),
            )
    });
    if verified {
        Ok(())
    } else {
        Err(Error::new(ErrorCode::SignatureInvalid))
    }
}

/// Answers a subscription check: the challenge to send back, as plain text with status 200. On an error answer 403.
///
/// # Errors
/// `provider.callback_malformed` unless the query has `hub.mode=subscribe` and a `hub.challenge` of at most 128 letters
/// and digits (so that nothing but a challenge can be reflected), each once; `provider.verify_token_mismatch`.
pub fn webhook_challenge(query: &str, verify_token: &Secret) -> Result<String> {
    let malformed = |why: &'static str| Error::with_detail(ErrorCode::CallbackMalformed, why);
    if verify_token.is_empty() {
        return Err(Error::with_detail(
            ErrorCode::ConfigMissing,
            "The verify token is missing.",
        ));
    }
    let mut mode = None;
    let mut challenge = None;
    let mut token = None;
    for (name, value) in url::form_urlencoded::parse(query.strip_prefix('?').unwrap_or(query).as_bytes()) {
        let place = match &*name {
            "hub.mode" => &mut mode,
            "hub.challenge" => &mut challenge,
            "hub.verify_token" => &mut token,
            _ => continue,
        };
        if place.replace(value.into_owned()).is_some() {
            return Err(malformed(
                "A parameter of the subscription check occurs more than once.",
            ));
        }
    }
    if mode.as_deref() != Some("subscribe") {
        return Err(malformed(
            "The request is not a subscription check: hub.mode is not subscribe.",
        ));
    }
    if !token.is_some_and(|token| verify_token.matches(&token)) {
        return Err(Error::new(ErrorCode::VerifyTokenMismatch));
    }
    match challenge {
        Some(challenge)
            if (1..=128).contains(&challenge.len()) && challenge.bytes().all(|b| b.is_ascii_alphanumeric()) =>
        {
            Ok(challenge)
        }
        _ => Err(malformed("The hub.challenge is missing or not a challenge.")),
    }
}
