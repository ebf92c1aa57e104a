//! Sealing: a pending login, or a record, as an authenticated and encrypted string.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::pending::PendingAuthorization;
use crate::secret::Secret;

/// The longest sealed login that is opened, in bytes. It comes from a browser, so that it can be anything.
pub const SEALED_CAP: usize = 8 << 10;

/// Opens a sealed text that a browser or an app brought, unless it is longer than any that was given out.
pub(crate) fn open_capped(
    sealer: &dyn Sealer,
    purpose: &str,
    context: &str,
    sealed: &str,
) -> Result<Zeroizing<Vec<u8>>> {
    if sealed.len() > SEALED_CAP {
        return Err(Error::new(ErrorCode::RedirectSealInvalid));
    }
    sealer.open(purpose, context, sealed)
}

/// Something that seals: [`SealKeys`], or a KMS or Vault of one's own.
///
/// `context` is authenticated and not stored: what was sealed in one context does not open in another.
pub trait Sealer: Send + Sync {
    /// Encrypts and authenticates.
    ///
    /// # Errors
    /// `config.seal_key` or `internal.entropy`.
    fn seal(&self, purpose: &str, context: &str, plain: &[u8]) -> Result<String>;

    /// Opens what [`Self::seal`] made for the same purpose and context.
    ///
    /// # Errors
    /// `redirect.seal_invalid` for anything else; it does not say what was wrong.
    fn open(&self, purpose: &str, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>>;
}

/// A ring of keys: the first seals, all open. To rotate, put a new key in front and drop the last one after the
/// longest life of what it sealed.
///
/// XChaCha20-Poly1305 with a random 192-bit nonce; one key per purpose, derived with HKDF-SHA256; version, key id,
/// purpose and context are authenticated with the text.
#[derive(Clone)]
pub struct SealKeys(Vec<SealKey>);

#[derive(Clone)]
struct SealKey {
    id: String,
    bytes: Zeroizing<[u8; 32]>,
}

impl SealKeys {
    /// A ring of one new key.
    ///
    /// # Errors
    /// `internal.entropy`.
    pub fn generate() -> Result<Self> {
        Ok(Self::from_entropy(&Entropy::<36>::from_os()?))
    }

    /// A ring of one key made from given randomness: four bytes name it, the rest is the key.
    pub fn from_entropy(entropy: &Entropy<36>) -> Self {
        let (id, key) = entropy.bytes().split_at(4);
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(key);
        Self(vec![SealKey {
            id: id.iter().map(|b| format!("{b:02x}")).collect(),
            bytes,
        }])
    }

    /// Reads keys as [`Self::serialize`] writes them, separated by commas or white space; the first one seals.
    ///
    /// # Errors
    /// `config.seal_key` for anything but `id:key` with an id of 1 to 32 letters and digits and 32 bytes in base64url,
    /// for an id that occurs twice, and for no key at all.
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |why: &str| Error::with_detail(ErrorCode::ConfigSealKey, format!("A sealing key {why}."));
        let mut keys: Vec<SealKey> = Vec::new();
        for entry in text
            .split([',', ' ', '\t', '\r', '\n'])
            .filter(|entry| !entry.is_empty())
        {
            let (id, encoded) = entry
                .split_once(':')
                .ok_or_else(|| refuse("has no id in front of a colon"))?;
            if id.is_empty() || id.len() > 32 || !id.bytes().all(|b| b.is_ascii_alphanumeric()) {
                return Err(refuse("has an id that is not 1 to 32 letters and digits"));
            }
            if keys.iter().any(|known| known.id == id) {
                return Err(refuse("has the id of another one"));
            }
            let mut bytes = Zeroizing::new([0; 32]);
            match BASE64_URL_SAFE_NO_PAD.decode_slice(encoded, bytes.as_mut_slice()) {
                Ok(32) => keys.push(SealKey {
                    id: id.to_owned(),
                    bytes,
                }),
                _ => return Err(refuse("is not 32 bytes in base64url without padding")),
            }
        }
        if keys.is_empty() {
            return Err(refuse("is missing"));
        }
        Ok(Self(keys))
    }

    /// The ring with another key in front, which seals from now on.
    #[must_use]
    pub fn rotated(&self, newer: &Self) -> Self {
        Self(newer.0.iter().chain(&self.0).cloned().collect())
    }

    /// The ring as text: `id:key,id:key`. For a secret store, never for a log.
    pub fn serialize(&self) -> Secret {
        let entries: Vec<_> = self
            .0
            .iter()
            .map(|key| format!("{}:{}", key.id, BASE64_URL_SAFE_NO_PAD.encode(key.bytes.as_slice())))
            .collect();
        Secret::new(entries.join(","))
    }

    /// Whether the key that seals now sealed this text, going by the id in it.
    #[cfg(feature = "client")]
    pub(crate) fn sealed_with_first(&self, sealed: &str) -> bool {
        let mut parts = sealed.split('.');
        parts.next() == Some(VERSION) && self.0.first().is_some_and(|key| parts.next() == Some(&key.id))
    }

    /// Seals with given randomness for the nonce.
    ///
    /// # Errors
    /// `config.seal_key`.
    pub fn seal_with(&self, purpose: &str, context: &str, plain: &[u8], nonce: &Entropy<24>) -> Result<String> {
        let key = self.0.first().ok_or_else(|| Error::new(ErrorCode::ConfigSealKey))?;
        let nonce = XNonce::from(*nonce.bytes());
        let associated = associated_data(&key.id, purpose, context);
        let sealed = key
            .cipher(purpose)
            .encrypt(
                &nonce,
                Payload {
                    msg: plain,
                    aad: associated.as_bytes(),
                },
            )
            .map_err(|_| Error::new(ErrorCode::ConfigSealKey))?;
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&sealed);
        Ok(format!("{VERSION}.{}.{}", key.id, BASE64_URL_SAFE_NO_PAD.encode(bytes)))
    }
}

const VERSION: &str = "sk1";

/// Length-prefixed, so that no two triples read the same.
fn associated_data(key_id: &str, purpose: &str, context: &str) -> String {
    format!(
        "{VERSION}|{}:{key_id}|{}:{purpose}|{}:{context}",
        key_id.len(),
        purpose.len(),
        context.len()
    )
}

impl SealKey {
    fn cipher(&self, purpose: &str) -> XChaCha20Poly1305 {
        let mut derived = Zeroizing::new([0; 32]);
        // 32 bytes are within what HKDF can give, so that this cannot fail.
        let _ = Hkdf::<Sha256>::new(Some(b"shutterkey seal v1"), self.bytes.as_slice())
            .expand(purpose.as_bytes(), derived.as_mut_slice());
        XChaCha20Poly1305::new(&Key::from(*derived))
    }
}

impl Sealer for SealKeys {
    fn seal(&self, purpose: &str, context: &str, plain: &[u8]) -> Result<String> {
        self.seal_with(purpose, context, plain, &Entropy::from_os()?)
    }

    fn open(&self, purpose: &str, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
        let invalid = || Error::new(ErrorCode::RedirectSealInvalid);
        let (version, rest) = sealed.split_once('.').ok_or_else(invalid)?;
        let (id, encoded) = rest.split_once('.').ok_or_else(invalid)?;
        if version != VERSION {
            return Err(invalid());
        }
        let key = self.0.iter().find(|key| key.id == id).ok_or_else(invalid)?;
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).map_err(|_| invalid())?;
        let (nonce, sealed) = bytes.split_first_chunk::<24>().ok_or_else(invalid)?;
        let associated = associated_data(id, purpose, context);
        key.cipher(purpose)
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: sealed,
                    aad: associated.as_bytes(),
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| invalid())
    }
}

impl fmt::Debug for SealKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|key| key.id.as_str()))
            .finish()
    }
}

const PENDING: &str = "pending";

impl PendingAuthorization {
    /// Seals the login for a cookie, a hidden field or a handle. Provider and session are bound to it: it opens for
    /// the same provider and in the same session only.
    ///
    /// Whoever has the sealed text can present it more than once; single use is the store's (or a replay guard's) part.
    ///
    /// # Errors
    /// As [`Sealer::seal`].
    pub fn seal(&self, sealer: &dyn Sealer, session: Option<&str>) -> Result<String> {
        sealer.seal(
            PENDING,
            &seal_context(self.provider(), session),
            self.serialize().reveal().as_bytes(),
        )
    }

    /// Opens a sealed login of this provider and session.
    ///
    /// # Errors
    /// `redirect.seal_invalid`.
    pub fn open(sealed: &str, sealer: &dyn Sealer, provider: &str, session: Option<&str>) -> Result<Self> {
        let plain = open_capped(sealer, PENDING, &seal_context(provider, session), sealed)?;
        let text = std::str::from_utf8(&plain).map_err(|_| Error::new(ErrorCode::RedirectSealInvalid))?;
        Self::deserialize(text)
    }
}

fn seal_context(provider: &str, session: Option<&str>) -> String {
    match session {
        Some(session) => format!("{provider}\n{session}"),
        None => provider.to_owned(),
    }
}
