//! How an answer comes back by itself: over TLS, and behind something that forwards.
#![cfg(unix)]

mod common;

use common::{Home, Platform};
use shutterkey::Transport;
use shutterkey::protocol::request::{HttpRequest, Method};
use shutterkey::transport::HttpTransport;
use shutterkey_sandbox::Product;

fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

/// Writes a certificate and its key; answers the certificate.
fn certificate(home: &Home, names: &[&str], mode: u32) -> String {
    use std::os::unix::fs::PermissionsExt;
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let key = rcgen::KeyPair::generate().unwrap();
    let pem = rcgen::CertificateParams::new(names)
        .unwrap()
        .self_signed(&key)
        .unwrap()
        .pem();
    home.write(&home.here().join("cert.pem"), &pem);
    let path = home.here().join("key.pem");
    home.write(&path, &key.serialize_pem());
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    pem
}

const TLS: [&str; 6] = [
    "login",
    "--no-browser",
    "--tls-cert",
    "cert.pem",
    "--tls-key",
    "key.pem",
];

#[test]
fn instagrams_https_redirect_comes_straight_back_with_a_certificate() {
    let home = Home::new();
    let redirect_uri = format!("https://localhost:{}/callback", free_port());
    let platform = Platform::of(Product::Instagram, "instagram", &redirect_uri);
    let pem = certificate(&home, &["localhost"], 0o600);
    let mut running = home.start(&TLS, &platform.variables());
    running.says("certificate for it");
    let redirect = platform.approve(&mut running);
    let browser = HttpTransport::builder()
        .no_proxy()
        .extra_root_pem(pem.as_bytes())
        .build()
        .unwrap();
    let visit = |url: &str| {
        let request = HttpRequest::new(Method::Get, url);
        platform.runtime.block_on(browser.send(&request)).unwrap()
    };
    assert_eq!(visit(&redirect).status(), 303);
    let (origin, _) = redirect.split_once("/callback").unwrap();
    let page = visit(&format!("{origin}/done"));
    assert!(String::from_utf8_lossy(page.body()).contains("Approved"));
    let ended = running.end().with_code(0);
    assert!(ended.stdout.contains("Logged in as studio.sandbox"), "{ended:?}");
    assert!(!ended.stderr.contains("chmod"), "{ended:?}");
}

#[test]
fn a_certificate_that_cannot_work_is_told_before_the_browser_opens() {
    let home = Home::new();
    let redirect_uri = format!("https://localhost:{}/callback", free_port());
    let platform = Platform::of(Product::Instagram, "instagram", &redirect_uri);
    let before = platform.sandbox.calls().len();
    let missing = home.run_with(&TLS, &platform.variables(), "").with_code(10);
    assert!(
        missing.stderr.contains("cert.pem") && missing.stderr.contains("config.certificate"),
        "{missing:?}"
    );
    certificate(&home, &["other.example"], 0o600);
    let other = home.run_with(&TLS, &platform.variables(), "").with_code(10);
    assert!(
        other.stderr.contains("does not cover localhost") && other.stderr.contains("mkcert"),
        "{other:?}"
    );
    assert!(!other.stderr.contains("/oauth/authorize"), "{other:?}");
    assert_eq!(platform.sandbox.calls().len(), before);
    // A key that others can read works, with a warning.
    certificate(&home, &["localhost"], 0o644);
    let mut running = home.start(&TLS, &platform.variables());
    running.says("chmod 600");
    running.child.kill().unwrap();
    home.run_with(&TLS[..4], &platform.variables(), "").with_code(2);
}

#[test]
fn the_profile_file_can_hold_the_certificate() {
    let home = Home::new();
    let redirect_uri = format!("https://localhost:{}/callback", free_port());
    let platform = Platform::of(Product::Instagram, "instagram", &redirect_uri);
    certificate(&home, &["localhost"], 0o600);
    home.write(
        &home.here().join("shutterkey.toml"),
        "tls_cert = \"cert.pem\"\ntls_key = \"key.pem\"\n",
    );
    let mut running = home.start(&["login", "--no-browser"], &platform.variables());
    running.says("certificate for it");
    running.child.kill().unwrap();
}

/// What a tunnel sends on: the browser's request, under the registered host.
fn forward(port: u16, host: &str, path: &str) -> String {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn behind_a_tunnel_the_answer_is_taken_at_the_port_that_it_leads_to() {
    for host in ["name.tunnel.example".to_owned(), String::new()] {
        let home = Home::new();
        let platform = Platform::of(Product::Instagram, "instagram", "https://name.tunnel.example/callback");
        let port = free_port();
        let mut running = home.start(
            &["login", "--no-browser", "--listen", &port.to_string()],
            &platform.variables(),
        );
        running.says("forwarded to this machine");
        let redirect = platform.approve(&mut running);
        // A relay page hands it on under this machine's own name.
        let host = if host.is_empty() {
            format!("127.0.0.1:{port}")
        } else {
            host
        };
        let path = redirect
            .strip_prefix("https://name.tunnel.example")
            .unwrap()
            .split('#')
            .next()
            .unwrap();
        assert!(forward(port, "rebound.example", path).starts_with("HTTP/1.1 400"));
        assert!(forward(port, &host, path).starts_with("HTTP/1.1 303"), "{host}");
        let ended = running.end().with_code(0);
        assert!(ended.stdout.contains("Logged in as studio.sandbox"), "{ended:?}");
    }
}

#[test]
fn an_address_that_is_open_to_others_is_not_listened_on() {
    let home = Home::new();
    let platform = Platform::of(Product::Instagram, "instagram", "https://name.tunnel.example/callback");
    let arguments = ["login", "--no-browser", "--listen", "0.0.0.0:8911"];
    let ended = home.run_with(&arguments, &platform.variables(), "").with_code(10);
    assert!(ended.stderr.contains("not opened to others"), "{ended:?}");
}
