//! The roots that servers are checked against.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_native_certs::CertificateResult;

/// Where the roots come from, and how many can be used. Extra roots are not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
// The HTTP transport tells of it; without that nobody does.
#[cfg_attr(not(feature = "http"), allow(unreachable_pub))]
pub enum TrustedRoots {
    /// The operating system's, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
    System(usize),
    /// Mozilla's, as bundled by webpki-roots: the system had none.
    Bundled(usize),
}

/// Roots that the caller adds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extra(Vec<CertificateDer<'static>>);

impl Extra {
    /// Adds every certificate of a PEM text; `false`, and nothing added, unless there is at least one and all can be used.
    pub(crate) fn add_pem(&mut self, pem: &[u8]) -> bool {
        let Ok(found) = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>() else {
            return false;
        };
        let mut probe = RootCertStore::empty();
        let usable = !found.is_empty() && found.iter().all(|root| probe.add(root.clone()).is_ok());
        if usable {
            self.0.extend(found);
        }
        usable
    }

    /// A store of these alone.
    #[cfg(feature = "postgres")]
    pub(crate) fn alone(&self) -> RootCertStore {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(self.0.iter().cloned());
        store
    }

    #[cfg(feature = "http")]
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// The system's roots, else the bundled ones; and the extra ones. A system certificate that cannot be read is left out:
/// one bad file among a hundred must not end every login.
pub(crate) fn trusted_roots(extra: &Extra, load: impl FnOnce() -> CertificateResult) -> (RootCertStore, TrustedRoots) {
    let mut store = RootCertStore::empty();
    let (usable, _) = store.add_parsable_certificates(load().certs);
    let trusted = if usable > 0 {
        TrustedRoots::System(usable)
    } else {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        TrustedRoots::Bundled(store.len())
    };
    store.add_parsable_certificates(extra.0.iter().cloned());
    (store, trusted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_without_roots_gets_the_bundled_ones() {
        let (store, trusted) = trusted_roots(&Extra::default(), CertificateResult::default);
        assert_eq!(trusted, TrustedRoots::Bundled(webpki_roots::TLS_SERVER_ROOTS.len()));
        assert_eq!(store.len(), webpki_roots::TLS_SERVER_ROOTS.len());
        assert!(store.len() > 100);
    }

    #[test]
    fn a_system_with_nothing_but_broken_roots_gets_the_bundled_ones() {
        let (_, trusted) = trusted_roots(&Extra::default(), || {
            let mut broken = CertificateResult::default();
            broken.certs.push(CertificateDer::from(vec![0x30, 0x00]));
            broken
        });
        assert!(matches!(trusted, TrustedRoots::Bundled(_)));
    }

    #[test]
    fn text_without_a_usable_certificate_is_no_root() {
        let empty = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        for text in ["", "not PEM", empty] {
            assert!(!Extra::default().add_pem(text.as_bytes()), "{text}");
        }
    }
}
