//! What Meta signs, and what it wants signed. All of it needs the app secret: for servers alone.

mod deletion;
mod proof;
mod signed_request;
mod webhook;

pub use deletion::{deletion_code, verify_deletion_code};
pub use proof::{appsecret_proof, legacy_signature};
pub use signed_request::{SignedRequest, verify_signed_request};
pub use webhook::{verify_webhook, webhook_challenge};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secret::Secret;

/// HMAC-SHA256. A key of any length is taken, so this cannot fail.
fn hmac_sha256(key: &Secret, parts: &[&[u8]]) -> [u8; 32] {
    match Hmac::<Sha256>::new_from_slice(key.reveal().as_bytes()) {
        Ok(mut mac) => {
            parts.iter().for_each(|part| mac.update(part));
            mac.finalize().into_bytes().into()
        }
        Err(_) => [0; 32],
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}
