//! Redirects are answers, not directions.

use std::sync::atomic::Ordering;

use shutterkey::ErrorCode;
use shutterkey::protocol::answer::{classify, parse_exchange_response};

use crate::certificates::Authority;
use crate::server::Server;
use crate::setup::{NOW, config, post, transport};
use crate::tls::{tls_server, trusting};

fn redirect(status: u16, location: &str) -> String {
    format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n")
}

#[tokio::test]
async fn no_redirect_is_followed_wherever_it_points() {
    let attacker = Server::answering(crate::server::json("200 OK", "{\"access_token\":\"stolen\"}")).await;
    let elsewhere = attacker.address;
    for status in [301, 302, 303, 307, 308] {
        for location in [
            format!("http://{elsewhere}/token"),
            format!("//{elsewhere}/token"),
            format!("/\\{elsewhere}/token"),
            "/other".to_owned(),
        ] {
            let server = Server::answering(redirect(status, &location)).await;
            let response = post(&transport(), &server.url("/token"), "code=abc&client_secret=def")
                .await
                .unwrap();
            assert_eq!(response.status(), status);
            assert_eq!(response.header("location"), Some(location.as_str()));
            assert_eq!(server.log.requests().len(), 1, "{status} {location}");

            let error = classify(&response, NOW).unwrap();
            assert_eq!(error.code(), ErrorCode::UnexpectedRedirect);
            let config = config(&server.url(""));
            let error = parse_exchange_response(config.provider(), config.scopes(), &response, NOW).unwrap_err();
            assert_eq!(error.code(), ErrorCode::UnexpectedRedirect);
        }
    }
    assert_eq!(attacker.log.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_redirect_from_https_to_http_is_not_followed() {
    let attacker = Server::answering(crate::server::json("200 OK", "{}")).await;
    let authority = Authority::new();
    let server = tls_server(authority.issue(&["localhost"]), redirect(307, &attacker.url("/token"))).await;
    let url = format!("https://localhost:{}/token", server.address.port());
    let response = post(&trusting(&authority), &url, "code=abc").await.unwrap();
    assert_eq!(response.status(), 307);
    assert_eq!(server.log.requests().len(), 1);
    assert_eq!(attacker.log.connections(), 0);
}
