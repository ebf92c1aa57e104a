//! Where a request may go, checked before anything is sent.

use shutterkey::SendFailure;

use crate::server::{Server, json};
use crate::setup::{get, transport};

#[tokio::test]
async fn http_goes_to_loopback_hosts_written_exactly_so() {
    let server = Server::answering(json("200 OK", "{}")).await;
    let port = server.address.port();
    for host in ["127.0.0.1", "localhost", "LOCALHOST"] {
        let answer = get(&transport(), &format!("http://{host}:{port}/")).await.unwrap();
        assert_eq!(answer.status(), 200, "{host}");
    }
    for host in [
        "127.1",
        "2130706433",
        "0x7f.1",
        "127.0.0.2",
        "localhost.",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "[0::1]",
    ] {
        let failure = get(&transport(), &format!("http://{host}:{port}/")).await.unwrap_err();
        assert_eq!(failure, SendFailure::Tls, "{host}");
    }
    assert_eq!(server.log.connections(), 3);
}

#[tokio::test]
async fn ipv6_loopback_is_reached_by_its_address() {
    let Ok(listener) = tokio::net::TcpListener::bind("[::1]:0").await else {
        return; // No IPv6 here.
    };
    let port = listener.local_addr().unwrap().port();
    let transport = transport();
    let url = format!("http://[::1]:{port}/");
    let (answer, accepted) = tokio::join!(get(&transport, &url), async {
        let (stream, peer) = listener.accept().await.unwrap();
        drop(stream);
        peer
    });
    assert!(accepted.ip().is_loopback());
    assert_eq!(answer.unwrap_err(), SendFailure::Reset);
}

#[tokio::test]
async fn http_to_another_host_is_refused_without_a_connection() {
    let server = Server::answering(json("200 OK", "{}")).await;
    let port = server.address.port();
    for url in [
        format!("http://sandbox.invalid:{port}/"),
        format!("http://127.0.0.1.sandbox.invalid:{port}/"),
        format!("http://localhost@sandbox.invalid:{port}/"),
        format!("http://sandbox.invalid@127.0.0.1:{port}/"),
        format!("http://127.0.0.1:{port}\\@sandbox.invalid/"),
        format!("ftp://127.0.0.1:{port}/"),
        format!("http:127.0.0.1:{port}/"),
        "file:///etc/hostname".to_owned(),
        String::new(),
    ] {
        assert_eq!(get(&transport(), &url).await.unwrap_err(), SendFailure::Tls, "{url}");
    }
    assert_eq!(server.log.connections(), 0);
}

#[tokio::test]
async fn a_query_of_many_kilobytes_is_sent_whole() {
    let server = Server::answering(json("200 OK", "{}")).await;
    let token = "t".repeat(8_192);
    let url = server.url(&format!("/refresh?access_token={token}&more=a%2Fb"));
    assert_eq!(get(&transport(), &url).await.unwrap().status(), 200);
    let [request] = &server.log.requests()[..] else {
        panic!("one request")
    };
    assert!(
        request
            .head
            .starts_with(&format!("GET /refresh?access_token={token}&more=a%2Fb HTTP/1.1\r\n"))
    );
}

#[tokio::test]
async fn a_request_says_who_asks_and_nothing_else() {
    let server = Server::answering(json("200 OK", "{}")).await;
    let transport = transport();
    for _ in 0..2 {
        get(&transport, &server.url("/me?access_token=abc")).await.unwrap();
    }
    let [first, second] = &server.log.requests()[..] else {
        panic!("two requests")
    };
    assert_eq!(
        first.header("user-agent"),
        Some(concat!("shutterkey/", env!("CARGO_PKG_VERSION")))
    );
    for absent in ["accept-encoding", "referer", "cookie", "origin", "proxy-authorization"] {
        assert_eq!(second.header(absent), None, "{absent}");
    }
}

#[tokio::test]
async fn cookies_are_not_sent_back() {
    let server =
        Server::answering("HTTP/1.1 200 OK\r\nset-cookie: session=1; Path=/\r\ncontent-length: 2\r\n\r\n{}").await;
    let transport = transport();
    for _ in 0..2 {
        get(&transport, &server.url("/")).await.unwrap();
    }
    assert!(
        server
            .log
            .requests()
            .iter()
            .all(|request| request.header("cookie").is_none())
    );
    assert_eq!(server.log.connections(), 1, "the connection is kept");
}
