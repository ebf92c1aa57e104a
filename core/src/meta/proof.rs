//! Proofs that a call comes from whoever holds the app secret.

use super::{hex, hmac_sha256};
use crate::secret::Secret;

/// `appsecret_proof`: lower-case hexadecimal HMAC-SHA256 of the token of this very call, under the app secret (fact
/// sheet 5.1). Made anew for every token: a Page's call needs the proof over the Page's token.
pub fn appsecret_proof(app_secret: &Secret, access_token: &str) -> String {
    hex(&hmac_sha256(app_secret, &[access_token.as_bytes()]))
}

/// The legacy platform's `sig` (fact sheet 4.2.7): HMAC-SHA256 over the endpoint without `/v1`, then `|name=value` for
/// each parameter but `sig`, sorted by name.
pub fn legacy_signature(client_secret: &Secret, endpoint: &str, parameters: &[(&str, &str)]) -> String {
    let mut sorted: Vec<_> = parameters.iter().filter(|(name, _)| *name != "sig").collect();
    sorted.sort();
    let mut message = endpoint.to_owned();
    for (name, value) in sorted {
        message.push('|');
        message.push_str(name);
        message.push('=');
        message.push_str(value);
    }
    let signature = hex(&hmac_sha256(client_secret, &[message.as_bytes()]));
    // The message holds the access token.
    zeroize::Zeroize::zeroize(&mut message);
    signature
}
