//! Answers that are too much: size, depth, and encodings that nobody asked for.

use std::sync::Arc;

use shutterkey::protocol::answer::{parse_exchange_response, parse_identify_response};
use shutterkey::protocol::request::BODY_CAP;
use shutterkey::{ErrorCode, SendFailure};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::server::{Log, Server, json};
use crate::setup::{NOW, config, get, impatient, transport};

const HUNDRED_MEGABYTES: usize = 100 << 20;

/// What the kernel may buffer on both sides of a loopback connection beyond what was read.
const IN_FLIGHT: usize = 16 << 20;

async fn pour(mut stream: TcpStream, log: Arc<Log>, head: &'static str, chunked: bool, total: usize) {
    let block = vec![b' '; 65_536];
    log.read(&mut stream).await;
    if stream.write_all(head.as_bytes()).await.is_err() {
        return;
    }
    while log.bytes_written() < total {
        let size = if chunked { "10000\r\n" } else { "" };
        let end = if chunked { "\r\n" } else { "" };
        for part in [size.as_bytes(), &block, end.as_bytes()] {
            if stream.write_all(part).await.is_err() {
                return;
            }
        }
        log.wrote(block.len());
    }
}

#[tokio::test]
async fn a_body_announced_above_the_cap_is_refused_before_it_comes() {
    let server = Server::start(|mut stream, log| async move {
        log.read(&mut stream).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\n")
            .await;
        std::future::pending::<()>().await;
    })
    .await;
    assert_eq!(
        get(&impatient(), &server.url("/")).await.unwrap_err(),
        SendFailure::TooLarge
    );
}

#[tokio::test]
async fn a_body_of_unknown_length_is_read_up_to_the_cap() {
    let server = Server::start(|stream, log| {
        let head = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
        pour(stream, log, head, false, HUNDRED_MEGABYTES)
    })
    .await;
    assert_eq!(
        get(&transport(), &server.url("/")).await.unwrap_err(),
        SendFailure::TooLarge
    );
    let written = server.log.bytes_written();
    assert!((BODY_CAP..BODY_CAP + IN_FLIGHT).contains(&written), "{written}");
}

#[tokio::test]
async fn an_endless_chunked_body_ends_at_the_cap() {
    let server = Server::start(|stream, log| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        pour(stream, log, head, true, usize::MAX)
    })
    .await;
    assert_eq!(
        get(&transport(), &server.url("/")).await.unwrap_err(),
        SendFailure::TooLarge
    );
    assert!(server.log.bytes_written() < BODY_CAP + IN_FLIGHT);
}

#[tokio::test]
async fn a_body_of_exactly_the_cap_is_read_whole() {
    let server = Server::answering(json("200 OK", &" ".repeat(BODY_CAP))).await;
    let answer = get(&transport(), &server.url("/")).await.unwrap();
    assert_eq!(answer.body().len(), BODY_CAP);
}

#[tokio::test]
async fn an_endless_header_ends_in_a_failure() {
    let server = Server::start(|mut stream, log| async move {
        log.read(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nx-long: ").await;
        while log.bytes_written() < HUNDRED_MEGABYTES && stream.write_all(&[b'a'; 65_536]).await.is_ok() {
            log.wrote(65_536);
        }
    })
    .await;
    assert_eq!(
        get(&transport(), &server.url("/")).await.unwrap_err(),
        SendFailure::Reset
    );
    assert!(server.log.bytes_written() < IN_FLIGHT);
}

#[tokio::test]
async fn a_compressed_body_is_handed_on_as_it_came() {
    // `{}` as a stored gzip member.
    let packed = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x01\x02\x00\xfd\xff{}\x43\xbf\xa6\xa3\x02\x00\x00\x00";
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n",
        packed.len()
    )
    .into_bytes();
    answer.extend_from_slice(packed);
    let server = Server::answering(answer).await;
    let response = get(&transport(), &server.url("/")).await.unwrap();
    assert_eq!(response.body(), packed);
    let config = config(&server.url(""));
    let error = parse_identify_response(config.provider(), &response, NOW).unwrap_err();
    assert_eq!(error.code(), ErrorCode::BadResponse);
}

#[tokio::test]
async fn nesting_of_a_hundred_thousand_levels_is_a_bad_response() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    for body in [
        deep.clone(),
        format!("{{\"access_token\":{deep}}}"),
        format!("{{\"data\":{deep}}}"),
        "{\"data\":".repeat(100_000),
    ] {
        let server = Server::answering(json("200 OK", &body)).await;
        let config = config(&server.url(""));
        let response = get(&transport(), &server.url("/")).await.unwrap();
        let error = parse_identify_response(config.provider(), &response, NOW).unwrap_err();
        assert_eq!(error.code(), ErrorCode::BadResponse);
        let error = parse_exchange_response(config.provider(), config.scopes(), &response, NOW).unwrap_err();
        assert_eq!(error.code(), ErrorCode::BadResponse);
    }
}

#[tokio::test]
async fn nesting_in_a_member_that_nobody_reads_is_stepped_over() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = format!("{{\"access_token\":\"IGAASANDBOXa\",\"more\":{deep}}}");
    let server = Server::answering(json("200 OK", &body)).await;
    let config = config(&server.url(""));
    let response = get(&transport(), &server.url("/")).await.unwrap();
    let answer = parse_exchange_response(config.provider(), config.scopes(), &response, NOW).unwrap();
    assert_eq!(answer.token.reveal(), "IGAASANDBOXa");
}
