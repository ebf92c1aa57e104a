//! Every id, secret and token of a world, drawn from its seed: the same steps give the same values in every run.
//!
//! Nothing here is hard to guess, and nothing has to be: a sandbox holds no secret of anybody.

use sha2::{Digest, Sha256};

/// The marker that today's Instagram tokens of a sandbox begin with; real ones begin `IGAA` too, but never with this.
pub(crate) const INSTAGRAM_TOKEN: &str = "IGAASANDBOX";
/// The same for Threads.
pub(crate) const THREADS_TOKEN: &str = "THAASANDBOX";
/// The same for Facebook Login: users, Pages and system users.
pub(crate) const FACEBOOK_TOKEN: &str = "EAASANDBOX";
/// The marker of tokens and refresh tokens of the `standard` server.
pub(crate) const STANDARD_TOKEN: &str = "SANDBOX";

/// 32 bytes that depend on the seed and the label alone.
pub(crate) fn bytes(seed: u64, label: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"shutterkey-sandbox/1\0");
    hash.update(seed.to_be_bytes());
    hash.update(label.as_bytes());
    hash.finalize().into()
}

/// Lower-case hex of any bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 32 hex digits: the shape of the old platform's client ids, secrets and codes.
pub(crate) fn hex32(seed: u64, label: &str) -> String {
    let mut text = hex(&bytes(seed, label));
    text.truncate(32);
    text
}

/// A decimal id of exactly `length` digits that begins with `prefix` (which must not begin with 0).
pub(crate) fn digits(seed: u64, label: &str, prefix: &str, length: usize) -> String {
    let mut text = prefix.to_owned();
    text.extend(
        stream(seed, label)
            .map(|byte| char::from(b'0' + byte % 10))
            .take(length.saturating_sub(prefix.len())),
    );
    text
}

/// `length` letters and digits.
pub(crate) fn letters(seed: u64, label: &str, length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    stream(seed, label)
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 62)))
        .map(|byte| char::from(*byte))
        .take(length)
        .collect()
}

fn stream(seed: u64, label: &str) -> impl Iterator<Item = u8> {
    (0_u32..).flat_map(move |block| bytes(seed, &format!("{label}#{block}")))
}

/// Random hex of 32 bytes, for what must not be guessed: the control token and the key of the CSRF tokens.
pub(crate) fn random_hex() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_label_give_the_same_values_and_others_differ() {
        assert_eq!(hex32(1, "a"), hex32(1, "a"));
        assert_ne!(hex32(1, "a"), hex32(2, "a"));
        assert_ne!(hex32(1, "a"), hex32(1, "b"));
    }

    #[test]
    fn ids_have_the_asked_length_and_prefix() {
        let id = digits(7, "person", "1784", 17);
        assert_eq!(id.len(), 17);
        assert!(id.starts_with("1784") && id.bytes().all(|byte| byte.is_ascii_digit()));
        assert_eq!(letters(7, "token", 150).len(), 150);
    }
}
