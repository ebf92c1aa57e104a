//! The listener behind a tunnel or a relay page, whose address is the registered one.
#![cfg(feature = "login")]

mod login_support;

use login_support::{CODE, TOKEN, Waiting, code, free_port, waiting_on};
use shutterkey::{ErrorCode, Grant, LoopbackListener, RedirectUri, ResponseType};

const REGISTERED: &str = "https://name.tunnel.example/callback";

fn behind(redirect_uri: &str, response_type: ResponseType) -> Waiting {
    let redirect_uri = RedirectUri::parse(redirect_uri).unwrap();
    let listen = format!("127.0.0.1:{}", free_port());
    waiting_on(
        LoopbackListener::bind_forwarded(&redirect_uri, &listen).unwrap(),
        response_type,
    )
}

fn request(path: &str, host: &str, more: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n")
}

#[tokio::test]
async fn a_redirect_that_a_tunnel_forwards_under_the_registered_host_ends_the_wait() {
    let login = behind(REGISTERED, ResponseType::Code);
    let reply = login.send(request(&login.redirect(), "name.tunnel.example", "")).await;
    assert_eq!((reply.status, reply.header("location")), (303, Some("/done#login")));
    let page = login.send(request("/done", "name.tunnel.example", "")).await;
    assert!(page.body.contains("Approved"), "{}", page.body);
    assert_eq!(code(login.outcome.await.unwrap()), CODE);
}

#[tokio::test]
async fn a_relay_page_or_a_tunnel_that_rewrites_the_host_hands_it_on_under_a_loopback_name() {
    for name in ["127.0.0.1", "localhost"] {
        let login = behind(REGISTERED, ResponseType::Code);
        let host = format!("{name}:{}", login.port);
        assert_eq!(
            login.send(request(&login.redirect(), &host, "")).await.status,
            303,
            "{name}"
        );
        assert_eq!(code(login.outcome.await.unwrap()), CODE);
    }
}

#[tokio::test]
async fn no_other_host_is_answered_and_what_a_proxy_says_about_itself_is_not_read() {
    let login = behind(REGISTERED, ResponseType::Code);
    let redirect = login.redirect();
    let said = "X-Forwarded-Host: name.tunnel.example\r\nForwarded: host=name.tunnel.example;proto=https\r\n";
    for host in [
        "tunnel.example".to_owned(),
        "other.tunnel.example".to_owned(),
        format!("name.tunnel.example:{}", login.port),
        "name.tunnel.example.".to_owned(),
        "127.0.0.1".to_owned(),
    ] {
        assert_eq!(login.send(request(&redirect, &host, said)).await.status, 400, "{host}");
    }
    let foreign = "X-Forwarded-Host: rebound.example\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Prefix: /other\r\n";
    let reply = login.send(request(&redirect, "name.tunnel.example", foreign)).await;
    assert_eq!(reply.status, 303, "{reply:?}");
    assert_eq!(code(login.outcome.await.unwrap()), CODE);
}

#[tokio::test]
async fn the_path_is_the_registered_one_and_another_logins_answer_changes_nothing() {
    let login = behind(REGISTERED, ResponseType::Code);
    for path in ["/", "/callback/", "/relay/callback", "/favicon.ico"] {
        let query = format!("{path}?code={CODE}&state={}", login.state);
        assert_eq!(
            login.send(request(&query, "name.tunnel.example", "")).await.status,
            404,
            "{path}"
        );
    }
    let other = login
        .send(request(
            "/callback?code=x&state=somebody-elses",
            "name.tunnel.example",
            "",
        ))
        .await;
    assert_eq!(other.status, 400);
    let own = login.send(request(&login.redirect(), "name.tunnel.example", "")).await;
    assert_eq!(own.status, 303);
    assert_eq!(code(login.outcome.await.unwrap()), CODE);
}

#[tokio::test]
async fn a_fragment_is_posted_from_the_registered_origin_and_from_no_other() {
    let login = behind(REGISTERED, ResponseType::Token);
    let page = login.send(request("/callback", "name.tunnel.example", "")).await;
    let (_, rest) = page.body.split_once("data-post=\"").unwrap();
    let path = rest.split('"').next().unwrap();
    let body = format!("#access_token={TOKEN}&state={}", login.state);
    for (origin, status) in [
        ("http://name.tunnel.example", 403),
        ("https://tunnel.example", 403),
        ("null", 403),
        ("https://name.tunnel.example", 200),
    ] {
        let post = format!(
            "POST {path} HTTP/1.1\r\nHost: name.tunnel.example\r\nOrigin: {origin}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        assert_eq!(login.send(post).await.status, status, "{origin}");
    }
    assert!(matches!(login.outcome.await.unwrap().unwrap(), Grant::Token(_)));
}

#[tokio::test]
async fn only_a_port_of_this_machine_is_listened_on() {
    let redirect_uri = RedirectUri::parse(REGISTERED).unwrap();
    for refused in [
        "0.0.0.0:8911",
        "192.0.2.1:8911",
        "[::]:8911",
        ":0",
        "127.0.0.1",
        "127.0.0.1:+8911",
        "example.test:8911",
        "70000",
        "",
    ] {
        let error = LoopbackListener::bind_forwarded(&redirect_uri, refused).unwrap_err();
        assert_eq!(error.code(), ErrorCode::ConfigInvalid, "{refused}");
    }
    let port = free_port();
    for taken in [port.to_string(), format!(":{port}"), format!("localhost:{port}")] {
        let listener = LoopbackListener::bind_forwarded(&redirect_uri, &taken).unwrap();
        assert!(
            listener.addresses().iter().all(|address| address.ip().is_loopback()),
            "{taken}"
        );
        let error = LoopbackListener::bind_forwarded(&redirect_uri, &taken).unwrap_err();
        assert!(error.message().contains(&format!("port {port} is taken")), "{error}");
    }
    let app = RedirectUri::parse("com.example.app:/callback").unwrap();
    let error = LoopbackListener::bind_forwarded(&app, "8911").unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConfigRedirectUri);
}
