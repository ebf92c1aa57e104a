//! A certificate with its key, checked before anybody is sent to log in.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use rustls::client::verify_server_name;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::ParsedCertificate;
use rustls::{Error as TlsError, ServerConfig};
use zeroize::Zeroizing;

use super::validity::validity;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};

/// The largest file that is read, in bytes; a chain with its key has a few thousand.
const CAP: u64 = 256 << 10;

/// A certificate and its private key, for a [`LoopbackListener`](crate::LoopbackListener) that speaks TLS.
///
/// The person makes both, for example with mkcert, whose root their own browsers trust.
#[derive(Clone)]
pub struct TlsIdentity {
    pub(super) config: Arc<ServerConfig>,
    leaf: CertificateDer<'static>,
    period: (Timestamp, Timestamp),
    exposed: bool,
}

impl TlsIdentity {
    /// Reads a certificate, with the chain behind it, and its key, both in PEM. One file can hold both: give it twice.
    ///
    /// # Errors
    /// `config.certificate`, saying which of the two cannot be used and why: no PEM, an encrypted key, a key of another
    /// certificate, an algorithm that browsers do not take.
    pub fn from_pem(certificates: &[u8], key: &[u8]) -> Result<Self> {
        let chain = CertificateDer::pem_slice_iter(certificates)
            .collect::<std::result::Result<Vec<_>, _>>()
            .unwrap_or_default();
        let Some(leaf) = chain.first().cloned() else {
            return Err(refuse("The certificate file holds no certificate in PEM."));
        };
        let key = PrivateKeyDer::from_pem_slice(key)
            .map_err(|_| refuse("The key file holds no private key in PEM, or one with a passphrase."))?;
        let broken = || refuse("The certificate is damaged, or not one that browsers take (X.509 version 3).");
        ParsedCertificate::try_from(&leaf).map_err(|_| broken())?;
        let period = validity(&leaf).ok_or_else(broken)?;
        // The provider is passed by hand: installing one for the whole process is the application's choice.
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|_| broken())?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| match error {
                TlsError::InconsistentKeys(_) => refuse("The key belongs to another certificate."),
                _ => refuse("The key is of a kind that cannot be used; take ECDSA P-256, RSA or Ed25519."),
            })?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            config: Arc::new(config),
            leaf,
            period,
            exposed: false,
        })
    }

    /// As [`from_pem`](Self::from_pem), from two files.
    ///
    /// # Errors
    /// `config.certificate`, also for a file that cannot be read; the message names it.
    pub fn read(certificates: &Path, key: &Path) -> Result<Self> {
        let (chain, _) = read(certificates, "certificate")?;
        let (secret, exposed) = read(key, "key")?;
        let identity = Self::from_pem(&chain, &secret)?;
        Ok(Self { exposed, ..identity })
    }

    /// Whether others on this machine can read the key file, who could then stand in for this listener. Worth a warning.
    pub fn key_is_exposed(&self) -> bool {
        self.exposed
    }

    /// When the certificate ends.
    pub fn expires_at(&self) -> Timestamp {
        self.period.1
    }

    /// Whether a browser on this machine can take it for this host at this moment, as far as the certificate itself can
    /// tell; whether its issuer is trusted, only the browser knows.
    ///
    /// # Errors
    /// `config.certificate` when it is over, has not begun, or does not cover the host.
    pub fn check(&self, host: &str, now: Timestamp) -> Result<()> {
        let (begins, ends) = self.period;
        if now >= ends {
            return Err(refuse(format!("The certificate ended at {ends}; make a new one.")));
        }
        if now < begins {
            return Err(refuse(format!(
                "The certificate begins at {begins} only; look at this machine's clock."
            )));
        }
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let covered = ServerName::try_from(bare).is_ok_and(|name| {
            ParsedCertificate::try_from(&self.leaf).is_ok_and(|leaf| verify_server_name(&leaf, &name).is_ok())
        });
        if covered {
            return Ok(());
        }
        Err(refuse(format!(
            "The certificate does not cover {bare}, the redirect URI's host: make one with that name as a subject alternative name."
        )))
    }
}

fn refuse(why: impl Into<Cow<'static, str>>) -> Error {
    Error::with_detail(ErrorCode::ConfigCertificate, why)
}

/// A file's bytes, and whether others can read it.
fn read(path: &Path, what: &str) -> Result<(Zeroizing<Vec<u8>>, bool)> {
    let refused = |why: &str| -> Error { refuse(format!("The {what} file {} {why}.", path.display())) };
    let unreadable = |error: std::io::Error| refused(&format!("cannot be read: {}", error.kind()));
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() > CAP {
        return Err(refused("is not a file of PEM"));
    }
    #[cfg(unix)]
    let exposed = std::os::unix::fs::MetadataExt::mode(&metadata) & 0o077 != 0;
    #[cfg(not(unix))]
    let exposed = false;
    Ok((Zeroizing::new(std::fs::read(path).map_err(unreadable)?), exposed))
}

impl fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsIdentity")
            .field("expires_at", &self.period.1)
            .finish_non_exhaustive()
    }
}
