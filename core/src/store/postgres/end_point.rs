//! Channel binding: the password is proven for this very TLS session, so that nobody in between can pass it on.

use sha2::{Digest, Sha256, Sha384, Sha512};

/// `tls-server-end-point` (RFC 5929 4.1): the hash of the server's certificate, with the hash function of its signature and
/// SHA-256 in place of MD5 and SHA-1. `None` where the signature names no single hash function (Ed25519, RSA-PSS).
pub(super) fn tls_server_end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    match signature_algorithm(certificate)? {
        // md5, sha1 and sha256 with RSA; ECDSA with SHA-1 and SHA-256.
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04 | 0x05 | 0x0b]
        | [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01]
        | [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02] => Some(Sha256::digest(certificate).to_vec()),
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0c] | [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x03] => {
            Some(Sha384::digest(certificate).to_vec())
        }
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0d] | [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x04] => {
            Some(Sha512::digest(certificate).to_vec())
        }
        _ => None,
    }
}

/// The object identifier of `signatureAlgorithm` (RFC 5280 4.1.1.2), the second member of a certificate.
fn signature_algorithm(certificate: &[u8]) -> Option<&[u8]> {
    const SEQUENCE: u8 = 0x30;
    const OBJECT_IDENTIFIER: u8 = 0x06;
    let (members, _) = element(SEQUENCE, certificate)?;
    let (_, after_content) = element(SEQUENCE, members)?;
    let (algorithm, _) = element(SEQUENCE, after_content)?;
    element(OBJECT_IDENTIFIER, algorithm).map(|(identifier, _)| identifier)
}

/// The content of a DER element that begins the text, and what follows it.
fn element(tag: u8, text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (head, rest) = text.split_first_chunk::<2>()?;
    let [found, length] = *head;
    if found != tag {
        return None;
    }
    if length < 0x80 {
        return rest.split_at_checked(usize::from(length));
    }
    let (bytes, rest) = rest.split_at_checked(usize::from(length & 0x7f))?;
    if bytes.len() > 4 {
        return None;
    }
    let length = bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte));
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(algorithm: &'static rcgen::SignatureAlgorithm) -> Vec<u8> {
        let key = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let parameters = rcgen::CertificateParams::new(["db.example".to_owned()]).unwrap();
        parameters.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn a_certificate_is_hashed_with_the_hash_of_its_signature() {
        let p256 = certificate(&rcgen::PKCS_ECDSA_P256_SHA256);
        assert_eq!(tls_server_end_point(&p256).unwrap(), Sha256::digest(&p256).to_vec());
        let p384 = certificate(&rcgen::PKCS_ECDSA_P384_SHA384);
        assert_eq!(tls_server_end_point(&p384).unwrap(), Sha384::digest(&p384).to_vec());
        assert_eq!(tls_server_end_point(&certificate(&rcgen::PKCS_ED25519)), None);
    }

    #[test]
    fn what_is_no_certificate_binds_to_nothing() {
        let whole = certificate(&rcgen::PKCS_ECDSA_P256_SHA256);
        for length in 0..whole.len() {
            // The signature at the end is not looked at.
            let _ = tls_server_end_point(&whole[..length]);
        }
        assert_eq!(tls_server_end_point(&whole[..100]), None);
        assert_eq!(tls_server_end_point(&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff]), None);
        assert_eq!(tls_server_end_point(b""), None);
    }
}
