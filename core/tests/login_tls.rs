//! The loopback listener over TLS, with a certificate of the person's own.
#![cfg(feature = "login-tls")]

mod login_support;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use login_support::{CODE, Reply, TOKEN, Waiting, code, free_port, read_reply, send, waiting_on};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};
use shutterkey::login::TlsIdentity;
use shutterkey::{Clock, ErrorCode, Grant, LoopbackListener, RedirectUri, ResponseType, SystemClock};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// A certificate in PEM and its key: one that a browser was told to trust.
struct Made {
    certificate: String,
    key: String,
}

fn made(names: &[&str]) -> Made {
    made_with(params(names))
}

fn params(names: &[&str]) -> CertificateParams {
    CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()).unwrap()
}

fn made_with(params: CertificateParams) -> Made {
    let key = KeyPair::generate().unwrap();
    Made {
        certificate: params.self_signed(&key).unwrap().pem(),
        key: key.serialize_pem(),
    }
}

impl Made {
    fn identity(&self) -> TlsIdentity {
        TlsIdentity::from_pem(self.certificate.as_bytes(), self.key.as_bytes()).unwrap()
    }

    /// A browser that trusts this certificate and nothing else.
    fn browser(&self) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap())
            .unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }

    fn waiting(&self, path: &str, response_type: ResponseType) -> Waiting {
        waiting_on(
            self.bind(&format!("https://localhost:{}{path}", free_port())),
            response_type,
        )
    }

    fn bind(&self, redirect_uri: &str) -> LoopbackListener {
        let redirect_uri = RedirectUri::parse(redirect_uri).unwrap();
        LoopbackListener::bind_tls(&redirect_uri, &self.identity(), SystemClock.now()).unwrap()
    }
}

async fn connect(browser: &TlsConnector, port: u16) -> std::io::Result<TlsStream<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    browser
        .connect(ServerName::try_from("localhost").unwrap(), stream)
        .await
}

async fn https(browser: &TlsConnector, port: u16, request: &str) -> Reply {
    let mut stream = connect(browser, port).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    read_reply(&mut stream).await
}

fn get(path: &str, port: u16) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n")
}

#[tokio::test]
async fn a_redirect_over_tls_ends_the_wait_with_its_code() {
    let made = made(&NAMES);
    let (login, browser) = (made.waiting("/callback", ResponseType::Code), made.browser());
    let reply = https(&browser, login.port, &get(&login.redirect(), login.port)).await;
    assert_eq!((reply.status, reply.header("location")), (303, Some("/done#login")));
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    let page = https(&browser, login.port, &get("/done", login.port)).await;
    assert!(page.body.contains("Approved"), "{}", page.body);
    assert_eq!(code(login.outcome.await.unwrap()), CODE);
}

#[tokio::test]
async fn the_rules_of_the_plain_listener_hold() {
    let made = made(&NAMES);
    let (login, browser) = (made.waiting("/callback", ResponseType::Code), made.browser());
    let (port, redirect) = (login.port, login.redirect());
    for (request, status) in [
        (get("/favicon.ico", port), 404),
        (get("/callback?code=x&state=somebody-elses", port), 400),
        (
            format!("GET {redirect} HTTP/1.1\r\nHost: rebound.example:{port}\r\n\r\n"),
            400,
        ),
        (format!("GET {redirect} HTTP/1.1\r\nHost: localhost\r\n\r\n"), 400),
        (
            format!("HEAD {redirect} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n"),
            405,
        ),
        (
            format!("GET {redirect} HTTP/1.1\r\nHost: localhost:{port}\r\nSec-Purpose: prefetch\r\n\r\n"),
            204,
        ),
        (get(&redirect, port), 303),
    ] {
        assert_eq!(https(&browser, port, &request).await.status, status, "{request}");
    }
    assert_eq!(code(login.outcome.await.unwrap()), CODE);
}

#[tokio::test]
async fn a_fragment_is_posted_from_the_https_page_and_not_from_its_http_twin() {
    let made = made(&NAMES);
    let (login, browser) = (made.waiting("/callback", ResponseType::Token), made.browser());
    let port = login.port;
    let page = https(&browser, port, &get("/callback", port)).await;
    let (_, rest) = page.body.split_once("data-post=\"").unwrap();
    let path = rest.split('"').next().unwrap();
    let body = format!("#access_token={TOKEN}&state={}", login.state);
    for (scheme, status) in [("http", 403), ("https", 200)] {
        let post = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: {scheme}://localhost:{port}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        assert_eq!(https(&browser, port, &post).await.status, status, "{scheme}");
    }
    assert!(matches!(login.outcome.await.unwrap().unwrap(), Grant::Token(_)));
}

#[tokio::test]
async fn plain_http_is_told_to_come_by_https_and_does_not_end_the_login() {
    let made = made(&NAMES);
    let login = made.waiting("/callback", ResponseType::Code);
    let reply = send(
        ([127, 0, 0, 1], login.port).into(),
        get(&login.redirect(), login.port).as_bytes(),
    )
    .await;
    assert_eq!(reply.status, 400);
    assert!(reply.body.contains("speaks https"), "{reply:?}");
    // Bytes that are neither, and a handshake that breaks off.
    for words in [&[0x80, 0x2e, 1][..], &[0x16, 3, 1, 0xff, 0xff, 0, 0]] {
        let mut stream = TcpStream::connect(("127.0.0.1", login.port)).await.unwrap();
        stream.write_all(words).await.unwrap();
    }
    let reply = https(&made.browser(), login.port, &get(&login.redirect(), login.port)).await;
    assert_eq!(reply.status, 303);
    assert_eq!(code(login.outcome.await.unwrap()), CODE);
}

#[tokio::test]
async fn idle_connections_and_half_open_handshakes_do_not_keep_the_redirect_out() {
    let made = made(&NAMES);
    // A record header that promises a ClientHello which never comes.
    for words in [&b""[..], &[0x16, 3, 1, 2, 0, 1, 0]] {
        let login = made.waiting("/callback", ResponseType::Code);
        let mut idle = Vec::new();
        for _ in 0..900 {
            let mut stream = TcpStream::connect(("127.0.0.1", login.port)).await.unwrap();
            let _ = stream.write_all(words).await;
            idle.push(stream);
        }
        let reply = https(&made.browser(), login.port, &get(&login.redirect(), login.port)).await;
        assert_eq!(reply.status, 303);
        assert_eq!(code(login.outcome.await.unwrap()), CODE);
    }
}

#[tokio::test]
async fn a_handshake_that_comes_byte_by_byte_is_served_beside_others() {
    let made = made(&NAMES);
    let (login, browser) = (made.waiting("/callback", ResponseType::Code), made.browser());
    // The browser's bytes pass through a pipe that holds one at a time.
    let (near, far) = tokio::io::duplex(1);
    let mut socket = TcpStream::connect(("127.0.0.1", login.port)).await.unwrap();
    let port = login.port;
    let slow = tokio::spawn({
        let browser = browser.clone();
        async move {
            let name = ServerName::try_from("localhost").unwrap();
            let mut stream = browser.connect(name, near).await.unwrap();
            stream.write_all(get("/other", port).as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
            read_reply(&mut stream).await
        }
    });
    let pipe = tokio::spawn(async move {
        let mut far = far;
        let _ = tokio::io::copy_bidirectional(&mut far, &mut socket).await;
    });
    assert_eq!(https(&browser, port, &get("/favicon.ico", port)).await.status, 404);
    assert_eq!(
        timeout(Duration::from_secs(20), slow).await.unwrap().unwrap().status,
        404
    );
    pipe.abort();
    let reply = https(&browser, port, &get(&login.redirect(), port)).await;
    assert_eq!(reply.status, 303);
    assert_eq!(code(login.outcome.await.unwrap()), CODE);
}

#[tokio::test]
async fn every_address_of_this_machine_can_be_covered_and_nothing_else_is_listened_on() {
    let made = made(&["localhost", "127.0.0.1", "::1", "dev.localhost"]);
    for host in ["127.0.0.1", "localhost", "dev.localhost"] {
        let listener = made.bind(&format!("https://{host}:{}/callback", free_port()));
        assert!(
            listener.addresses().iter().all(|address| address.ip().is_loopback()),
            "{host}"
        );
    }
    for other in [
        "https://192.0.2.1:8443/callback",
        "https://name.invalid:8443/callback",
        "http://localhost:8443/callback",
        "com.example.app:/callback",
        "https://localhost:0/callback",
    ] {
        let redirect_uri = RedirectUri::parse(other).unwrap();
        let error = LoopbackListener::bind_tls(&redirect_uri, &made.identity(), SystemClock.now()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ConfigRedirectUri, "{other}");
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let redirect_uri = RedirectUri::parse(&format!("https://localhost:{port}/callback")).unwrap();
    let error = LoopbackListener::bind_tls(&redirect_uri, &made.identity(), SystemClock.now()).unwrap_err();
    assert!(error.message().contains(&format!("port {port} is taken")), "{error}");
}

#[tokio::test]
async fn a_certificate_for_another_host_or_another_time_is_named_before_anybody_logs_in() {
    let redirect_uri = RedirectUri::parse(&format!("https://localhost:{}/callback", free_port())).unwrap();
    let mut over = params(&NAMES);
    (over.not_before, over.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    let mut early = params(&NAMES);
    (early.not_before, early.not_after) = (date_time_ymd(2990, 1, 1), date_time_ymd(2991, 1, 1));
    for (certificate, says) in [
        (made(&["other.example"]), "does not cover localhost"),
        (made(&["127.0.0.1"]), "does not cover localhost"),
        (made_with(over), "ended at 2020-01-01T00:00:00Z"),
        (made_with(early), "begins at 2990-01-01T00:00:00Z"),
    ] {
        let identity = certificate.identity();
        let error = LoopbackListener::bind_tls(&redirect_uri, &identity, SystemClock.now()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ConfigCertificate, "{error}");
        assert!(error.message().contains(says), "{error}");
    }
    let by_address = RedirectUri::parse(&format!("https://[::1]:{}/callback", free_port())).unwrap();
    let error = LoopbackListener::bind_tls(&by_address, &made(&["localhost"]).identity(), SystemClock.now());
    assert!(error.unwrap_err().message().contains("does not cover ::1"));
}

#[test]
fn what_is_no_certificate_or_not_its_key_is_named_and_no_key_is_printed() {
    let (one, other) = (made(&NAMES), made(&NAMES));
    let broken = one.certificate.replacen("MII", "AAA", 1);
    let encrypted = one.key.replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    for (certificate, key, says) in [
        (one.key.as_str(), one.key.as_str(), "holds no certificate"),
        ("", one.key.as_str(), "holds no certificate"),
        (broken.as_str(), one.key.as_str(), "damaged"),
        (one.certificate.as_str(), one.certificate.as_str(), "no private key"),
        (one.certificate.as_str(), encrypted.as_str(), "no private key"),
        (
            one.certificate.as_str(),
            other.key.as_str(),
            "belongs to another certificate",
        ),
    ] {
        let error = TlsIdentity::from_pem(certificate.as_bytes(), key.as_bytes()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ConfigCertificate);
        assert!(error.message().contains(says), "{says}: {error}");
        let secret = one.key.lines().nth(1).unwrap();
        assert!(!format!("{error} {error:?}").contains(secret));
    }
    let both = format!("{}{}", one.key, one.certificate);
    let identity = TlsIdentity::from_pem(both.as_bytes(), both.as_bytes()).unwrap();
    assert!(!format!("{identity:?}").contains("PRIVATE"));
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_told_of_and_a_file_that_cannot_be_read_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str, mode: u32| -> PathBuf {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        path
    };
    let made = made(&NAMES);
    let certificate = write("localhost.pem", &made.certificate, 0o644);
    let (private, open) = (write("key.pem", &made.key, 0o600), write("open.pem", &made.key, 0o644));
    assert!(!TlsIdentity::read(&certificate, &private).unwrap().key_is_exposed());
    assert!(TlsIdentity::read(&certificate, &open).unwrap().key_is_exposed());
    for (certificate, key, named) in [
        (Path::new("nowhere.pem"), private.as_path(), "nowhere.pem"),
        (certificate.as_path(), Path::new("nowhere.key"), "nowhere.key"),
        (folder.path(), private.as_path(), "is not a file"),
    ] {
        let error = TlsIdentity::read(certificate, key).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ConfigCertificate);
        assert!(error.message().contains(named), "{error}");
    }
}
