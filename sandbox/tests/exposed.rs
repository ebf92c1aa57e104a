//! A sandbox that other machines reach: only with a key, by its own names, and still by no web page of others.

mod common;

use common::{Answer, encode, raw};
use shutterkey::Secret;
use shutterkey_sandbox::{AppCredentials, AppSpec, Approval, Product, Sandbox, SandboxError};

const KEY: &str = "0123456789abcdef0123456789abcdef";
const ANY: std::net::IpAddr = std::net::IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);

async fn exposed() -> (Sandbox, u16) {
    // The port has to be known for the public URL, as it is in a container.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let sandbox = Sandbox::builder()
        .listen(ANY)
        .port(port)
        .access_key(Secret::from(KEY))
        .public_url("https://sandbox.example")
        .back_channel_url(&format!("http://sandbox:{port}"))
        .start()
        .await
        .unwrap();
    (sandbox, port)
}

fn app(sandbox: &Sandbox, product: Product) -> AppCredentials {
    sandbox
        .app(&AppSpec::new(product).redirect_uri("https://localhost/"))
        .unwrap()
}

async fn ask(port: u16, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = body.len();
    raw(
        port,
        &format!("{method} {path} HTTP/1.1\r\n{lines}Connection: close\r\nContent-Length: {length}\r\n\r\n{body}"),
    )
    .await
}

const PUBLIC: (&str, &str) = ("Host", "sandbox.example");

#[tokio::test]
async fn without_a_key_or_a_public_url_no_other_machine_is_let_in() {
    let start = async |builder: shutterkey_sandbox::Builder| builder.listen(ANY).start().await.map(|_| ());
    for builder in [
        Sandbox::builder(),
        Sandbox::builder().public_url("http://localhost:1"),
        Sandbox::builder().access_key(Secret::from(KEY)),
        Sandbox::builder()
            .access_key(Secret::from("short"))
            .public_url("http://localhost:1"),
    ] {
        let refused = start(builder).await;
        assert!(matches!(refused, Err(SandboxError::Exposed(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn pages_are_for_who_has_shown_the_key_and_endpoints_for_programs_are_open() {
    let (sandbox, port) = exposed().await;
    let app = app(&sandbox, Product::Instagram);
    assert!(
        app.authorize_url.starts_with("https://sandbox.example/instagram/"),
        "{}",
        app.authorize_url
    );
    assert_eq!(
        app.token_url,
        format!("http://sandbox:{port}/instagram/oauth/access_token")
    );

    let page = ask(port, "GET", "/people/", &[PUBLIC], "").await;
    assert_eq!((page.status, page.location()), (303, "/key?next=%2Fpeople"));
    let door = ask(port, "GET", "/key?next=/people/", &[PUBLIC], "").await;
    assert_eq!(door.status, 200);
    assert!(!door.body.contains("type=\"password\""));
    let session = door.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let csrf = door.hidden("csrf");
    let open = async |key: &str| {
        let body = encode(&[("csrf", &csrf), ("next", "/people/"), ("key", key)]);
        let headers = [
            PUBLIC,
            ("Cookie", session.as_str()),
            ("Origin", "https://sandbox.example"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        ask(port, "POST", "/key", &headers, &body).await
    };
    assert_eq!(open("wrong").await.status, 403);
    let opened = open(KEY).await;
    assert_eq!((opened.status, opened.location()), (303, "/people/"));
    let line = opened.header("set-cookie").unwrap();
    assert!(
        line.contains("HttpOnly; SameSite=Lax; Secure") && !line.contains(KEY),
        "{line}"
    );
    let cookie = line.split(';').next().unwrap();
    assert_eq!(
        ask(port, "GET", "/people/", &[PUBLIC, ("Cookie", cookie)], "")
            .await
            .status,
        200
    );
    assert_eq!(
        ask(port, "GET", "/people/", &[PUBLIC, ("X-Shutterkey-Access", KEY)], "")
            .await
            .status,
        200
    );

    // Without a key: an API answers as it always does.
    let api = ask(port, "GET", "/instagram/me", &[PUBLIC], "").await;
    assert_eq!(
        (api.status, &api.json()["error"]["code"]),
        (400, &serde_json::json!(2500))
    );
    let token = ("X-Shutterkey-Control", sandbox.control_token().reveal());
    assert_eq!(
        ask(port, "GET", "/control/clock", &[PUBLIC, token], "").await.status,
        200
    );
    assert_eq!(ask(port, "GET", "/control/clock", &[PUBLIC], "").await.status, 401);
}

#[tokio::test]
async fn a_whole_login_works_by_the_public_and_the_back_channel_url() {
    let (sandbox, port) = exposed().await;
    let app = app(&sandbox, Product::Standard);
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let url = format!(
        "{}?{}",
        app.authorize_url,
        encode(&[
            ("client_id", app.client_id.as_str()),
            ("redirect_uri", "https://localhost/"),
            ("response_type", "code"),
            ("code_challenge", challenge),
            ("code_challenge_method", "S256"),
        ])
    );
    let redirect = sandbox.approve(&url, &Approval::by("studio")).await.unwrap();
    let issuer = format!("http://sandbox:{port}/standard");
    assert_eq!(common::parameter(&redirect, "iss"), Some(issuer.clone()));
    let host = format!("sandbox:{port}");
    let metadata = ask(
        port,
        "GET",
        "/standard/.well-known/oauth-authorization-server",
        &[("Host", &host)],
        "",
    )
    .await;
    let metadata = metadata.json();
    assert_eq!(metadata["issuer"], issuer);
    assert_eq!(
        metadata["authorization_endpoint"],
        "https://sandbox.example/standard/authorize"
    );
    assert_eq!(metadata["token_endpoint"], format!("{issuer}/token"));
}

#[tokio::test]
async fn h11_other_names_and_other_origins_are_refused_there_as_well() {
    let (_sandbox, port) = exposed().await;
    for host in [
        "rebound.example",
        "sandbox.example.evil.example",
        "sandbox",
        "192.168.0.2",
    ] {
        let answer = ask(port, "GET", "/key", &[("Host", host)], "").await;
        assert_eq!(answer.status, 400, "{host}");
    }
    let door = ask(port, "GET", "/key", &[PUBLIC], "").await;
    let session = door.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let body = encode(&[("csrf", &door.hidden("csrf")), ("key", KEY)]);
    for origin in ["https://evil.example", "http://sandbox.example.evil.example", "null"] {
        let headers = [
            PUBLIC,
            ("Cookie", session.as_str()),
            ("Origin", origin),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        assert_eq!(ask(port, "POST", "/key", &headers, &body).await.status, 403, "{origin}");
    }
}
