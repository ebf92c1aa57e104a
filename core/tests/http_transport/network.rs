//! Networks that fail: each way has its own name.

use std::time::{Duration, Instant};

use shutterkey::{HttpTransport, SendFailure};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

use crate::server::{Server, json};
use crate::setup::{SHORT, get, impatient, transport};

#[tokio::test]
async fn a_server_that_takes_the_connection_and_never_answers_is_a_timeout() {
    let server = Server::start(|mut stream, log| async move {
        log.read(&mut stream).await;
        std::future::pending::<()>().await;
    })
    .await;
    let begun = Instant::now();
    assert_eq!(
        get(&impatient(), &server.url("/")).await.unwrap_err(),
        SendFailure::Timeout
    );
    assert!(begun.elapsed() >= SHORT);
    assert!(begun.elapsed() < SHORT * 5, "{:?}", begun.elapsed());
}

#[tokio::test]
async fn a_server_that_never_finishes_the_tls_handshake_is_a_timeout() {
    let server = Server::start(|stream, _| async move {
        let _open = stream;
        std::future::pending::<()>().await;
    })
    .await;
    let transport = HttpTransport::builder()
        .no_proxy()
        .connect_timeout(SHORT)
        .build()
        .unwrap();
    let url = format!("https://localhost:{}/", server.address.port());
    let begun = Instant::now();
    assert_eq!(get(&transport, &url).await.unwrap_err(), SendFailure::Timeout);
    assert!(begun.elapsed() < SHORT * 5, "connecting has a limit of its own");
}

#[tokio::test]
async fn a_body_that_trickles_is_a_timeout() {
    let server = Server::start(|mut stream, log| async move {
        log.read(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            .await;
        let mut tick = tokio::time::interval(Duration::from_millis(20));
        while stream.write_all(b" ").await.is_ok() {
            log.wrote(1);
            tick.tick().await;
        }
    })
    .await;
    let begun = Instant::now();
    assert_eq!(
        get(&impatient(), &server.url("/")).await.unwrap_err(),
        SendFailure::Timeout
    );
    assert!(
        begun.elapsed() < SHORT * 5,
        "every byte that arrives must not begin the deadline anew"
    );
    assert!(server.log.bytes_written() > 1);
}

#[tokio::test]
async fn a_connection_that_breaks_is_a_reset() {
    for (what, sent, hard) in [
        ("before the answer", "", true),
        ("closed before the answer", "", false),
        ("in the head", "HTTP/1.1 200 OK\r\ncontent-le", false),
        (
            "in the body",
            "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"access",
            true,
        ),
        (
            "closed in the body",
            "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"access",
            false,
        ),
        (
            "in a chunk",
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n20\r\n{\"acc",
            false,
        ),
    ] {
        let server = Server::start(move |mut stream, log| async move {
            log.read(&mut stream).await;
            let _ = stream.write_all(sent.as_bytes()).await;
            if hard {
                // Closing with a linger of zero sends RST.
                let _ = stream.set_zero_linger();
            }
        })
        .await;
        assert_eq!(
            get(&transport(), &server.url("/")).await.unwrap_err(),
            SendFailure::Reset,
            "{what}"
        );
        assert_eq!(server.log.requests().len(), 1, "{what}");
    }
}

#[tokio::test]
async fn what_is_not_http_is_a_reset() {
    let server = Server::answering("220 mail.invalid ESMTP\r\n").await;
    assert_eq!(
        get(&transport(), &server.url("/")).await.unwrap_err(),
        SendFailure::Reset
    );
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_a_dns_failure() {
    // RFC 6761 6.4: no resolver knows a name below `.invalid`.
    assert_eq!(
        get(&transport(), "https://name.invalid/").await.unwrap_err(),
        SendFailure::Dns
    );
}

#[tokio::test]
async fn a_port_where_nobody_listens_is_offline() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for url in [
        format!("http://{free}/"),
        format!("http://localhost:{}/", free.port()),
        format!("https://{free}/"),
    ] {
        assert_eq!(
            get(&transport(), &url).await.unwrap_err(),
            SendFailure::Offline,
            "{url}"
        );
    }
}

#[test]
fn a_transport_is_made_outside_a_runtime_and_outlives_one() {
    let transport = transport();
    let elsewhere = tokio::runtime::Runtime::new().unwrap();
    let server = elsewhere.block_on(Server::answering(json("200 OK", "{}")));
    for _ in 0..3 {
        // The connection that was kept dies with its runtime.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let answer = runtime.block_on(get(&transport, &server.url("/"))).unwrap();
        assert_eq!(answer.status(), 200);
    }
}

#[tokio::test]
async fn a_request_that_is_dropped_leaves_the_transport_usable() {
    let server = Server::start(|mut stream, log| async move {
        while let Some(request) = log.read(&mut stream).await {
            if request.head.starts_with("GET /hang ") {
                std::future::pending::<()>().await;
            }
            let _ = stream.write_all(json("200 OK", "{}").as_bytes()).await;
        }
    })
    .await;
    let transport = transport();
    let hanging = server.url("/hang");
    tokio::select! {
        _ = get(&transport, &hanging) => panic!("it never answers"),
        () = async { while server.log.requests().is_empty() { tokio::task::yield_now().await } } => {}
    }
    assert_eq!(get(&transport, &server.url("/")).await.unwrap().status(), 200);
}
