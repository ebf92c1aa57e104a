//! Certificates and versions: what is no secure connection ends as one.

use std::sync::Arc;

use shutterkey::transport::TrustedRoots;
use shutterkey::{HttpTransport, SendFailure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;

use crate::certificates::{Authority, Identity, self_signed};
use crate::child;
use crate::server::{Server, json};
use crate::setup::{get, post, transport};

/// Answers every request over TLS with the same bytes.
pub(crate) async fn tls_server(identity: Identity, answer: String) -> Server {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Server::start(move |stream, log| {
        let (acceptor, answer) = (acceptor.clone(), answer.clone());
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            while log.read(&mut stream).await.is_some() {
                if stream.write_all(answer.as_bytes()).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
        }
    })
    .await
}

/// A transport that trusts this authority too.
pub(crate) fn trusting(authority: &Authority) -> HttpTransport {
    HttpTransport::builder()
        .no_proxy()
        .extra_root_pem(authority.pem().as_bytes())
        .build()
        .unwrap()
}

fn https(server: &Server) -> String {
    format!("https://localhost:{}/token?access_token=abc", server.address.port())
}

#[tokio::test]
async fn a_certificate_of_an_extra_root_is_good() {
    let authority = Authority::new();
    let server = tls_server(authority.issue(&["localhost"]), json("200 OK", "{}")).await;
    let transport = trusting(&authority);
    for _ in 0..3 {
        assert_eq!(get(&transport, &https(&server)).await.unwrap().body(), b"{}");
    }
    assert_eq!(server.log.connections(), 1, "the connection is kept");
}

#[tokio::test]
async fn a_bad_certificate_is_no_secure_connection_and_gets_no_request() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    for (what, identity) in [
        ("self-signed", self_signed(&["localhost"])),
        ("of an unknown authority", stranger.issue(&["localhost"])),
        ("for another host", authority.issue(&["other.invalid"])),
        ("expired", authority.issue_expired(&["localhost"])),
    ] {
        let server = tls_server(identity, json("200 OK", "{}")).await;
        let failure = post(&trusting(&authority), &https(&server), "code=abc")
            .await
            .unwrap_err();
        assert_eq!(failure, SendFailure::Tls, "{what}");
        assert_eq!(server.log.requests().len(), 0, "{what}");
    }
}

#[tokio::test]
async fn a_private_authority_is_not_trusted_by_default() {
    let authority = Authority::new();
    let server = tls_server(authority.issue(&["localhost"]), json("200 OK", "{}")).await;
    assert_eq!(get(&transport(), &https(&server)).await.unwrap_err(), SendFailure::Tls);
}

#[tokio::test]
async fn servers_that_speak_no_tls_1_2_are_no_secure_connection() {
    // A ServerHello of TLS 1.0 and of 1.1 with an RSA suite of their time; the alert with which a server of that time turns
    // a newer client away; and no TLS at all.
    let hello = |minor: u8| {
        let mut bytes = vec![0x16, 3, minor, 0, 42, 2, 0, 0, 38, 3, minor];
        bytes.extend([7; 32]);
        bytes.extend([0, 0, 0x2f, 0]);
        bytes
    };
    for (what, bytes) in [
        ("TLS 1.0", hello(1)),
        ("TLS 1.1", hello(2)),
        ("protocol_version alert", vec![0x15, 3, 1, 0, 2, 2, 70]),
        ("plain HTTP", b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".to_vec()),
    ] {
        let server = Server::start(move |mut stream, _| {
            let bytes = bytes.clone();
            async move {
                let mut hello = [0; 4_096];
                let _ = stream.read(&mut hello).await;
                let _ = stream.write_all(&bytes).await;
                let _ = stream.read(&mut hello).await;
            }
        })
        .await;
        assert_eq!(
            get(&transport(), &https(&server)).await.unwrap_err(),
            SendFailure::Tls,
            "{what}"
        );
    }
}

#[test]
fn an_empty_file_of_roots_gives_the_bundled_ones() {
    if child::is_child() {
        let trusted = HttpTransport::new().trusted_roots();
        assert!(
            matches!(trusted, Some(TrustedRoots::Bundled(count)) if count > 100),
            "{trusted:?}"
        );
        return;
    }
    let empty = tempfile::NamedTempFile::new().unwrap();
    child::run(
        "tls::an_empty_file_of_roots_gives_the_bundled_ones",
        &[("SSL_CERT_FILE", empty.path().to_str().unwrap())],
    );
}

#[test]
fn a_file_of_roots_replaces_the_systems() {
    if child::is_child() {
        assert_eq!(HttpTransport::new().trusted_roots(), Some(TrustedRoots::System(1)));
        return;
    }
    let mut file = tempfile::NamedTempFile::new().unwrap();
    std::io::Write::write_all(&mut file, Authority::new().pem().as_bytes()).unwrap();
    child::run(
        "tls::a_file_of_roots_replaces_the_systems",
        &[("SSL_CERT_FILE", file.path().to_str().unwrap())],
    );
}
