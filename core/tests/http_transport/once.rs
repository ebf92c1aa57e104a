//! A request is sent once, whatever becomes of the connection (H7).

use std::collections::HashMap;
use std::sync::Arc;

use shutterkey::driver::drive;
use shutterkey::{ErrorCode, ManualClock, SendFailure};
use tokio::io::AsyncWriteExt;

use crate::server::{Log, Server, json};
use crate::setup::{NOW, config, old_token, post, transport};

/// How often a race is run.
const ROUNDS: usize = 300;

fn assert_each_came_at_most_once(log: &Arc<Log>) -> usize {
    let mut times: HashMap<String, usize> = HashMap::new();
    for request in log.requests() {
        *times.entry(request.body).or_default() += 1;
    }
    assert!(times.values().all(|count| *count == 1), "{times:?}");
    times.len()
}

#[tokio::test]
async fn a_post_whose_answer_is_withheld_arrives_once() {
    let server = Server::start(|mut stream, log| async move {
        log.read(&mut stream).await;
    })
    .await;
    let failure = post(&transport(), &server.url("/token"), "code=abc").await.unwrap_err();
    assert_eq!(failure, SendFailure::Reset);
    assert_eq!(server.log.requests().len(), 1);
    assert_eq!(server.log.connections(), 1);
}

#[tokio::test]
async fn a_post_on_a_kept_connection_whose_answer_is_withheld_arrives_once() {
    let server = Server::start(|mut stream, log| async move {
        log.read(&mut stream).await;
        let _ = stream.write_all(json("200 OK", "{}").as_bytes()).await;
        log.read(&mut stream).await;
    })
    .await;
    let transport = transport();
    for round in 0..ROUNDS {
        let kept = post(&transport, &server.url("/token"), &format!("code=first-{round}")).await;
        assert_eq!(kept.unwrap().status(), 200);
        let withheld = post(&transport, &server.url("/token"), &format!("code=second-{round}")).await;
        assert_eq!(withheld.unwrap_err(), SendFailure::Reset);
    }
    assert_eq!(
        server.log.connections(),
        ROUNDS,
        "the second request used the kept connection"
    );
    assert_eq!(assert_each_came_at_most_once(&server.log), 2 * ROUNDS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_that_meets_a_closing_connection_arrives_at_most_once() {
    // The server closes right behind each answer, sometimes hard, while the next request is on its way.
    let server = Server::start(|mut stream, log| async move {
        if let Some(request) = log.read(&mut stream).await {
            let _ = stream.write_all(json("200 OK", "{}").as_bytes()).await;
            if request.body.ends_with(['1', '3', '5', '7', '9']) {
                let _ = stream.set_zero_linger();
            }
        }
    })
    .await;
    let transport = transport();
    let mut answered = 0;
    for round in 0..2 * ROUNDS {
        match post(&transport, &server.url("/token"), &format!("code={round}")).await {
            Ok(_) => answered += 1,
            Err(failure) => assert_eq!(failure, SendFailure::Reset),
        }
    }
    let arrived = assert_each_came_at_most_once(&server.log);
    assert!(arrived >= answered);
    assert!(answered > 0);
}

#[tokio::test]
async fn a_status_that_asks_for_another_try_gets_none() {
    for status in [
        "408 Request Timeout",
        "421 Misdirected Request",
        "429 Too Many Requests",
        "503 Unavailable",
    ] {
        let answer = format!("HTTP/1.1 {status}\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n");
        let server = Server::answering(answer).await;
        post(&transport(), &server.url("/token"), "code=abc").await.unwrap();
        assert_eq!(server.log.requests().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_code_exchange_whose_answer_is_withheld_is_not_tried_again() {
    let server = Server::start(|mut stream, log| async move {
        log.read(&mut stream).await;
    })
    .await;
    let config = config(&server.url(""));
    let request = shutterkey::protocol::request::build_exchange_request(&config, &"abc".into(), None).unwrap();
    assert!(!request.is_replay_safe());
    let failure = shutterkey::Transport::send(&transport(), &request).await.unwrap_err();
    assert_eq!(failure.failure(), SendFailure::Reset);
    assert_eq!(server.log.requests().len(), 1);
}

#[tokio::test]
async fn a_refresh_whose_answer_is_withheld_is_tried_three_times() {
    let server = Server::start(|mut stream, log| async move {
        log.read(&mut stream).await;
    })
    .await;
    let config = config(&server.url(""));
    let operation = shutterkey::operation::refresh(&config, &old_token(&config, "IGAASANDBOXabc"));
    let error = drive(operation, &transport(), None, &ManualClock::new(NOW))
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::Reset);
    assert_eq!(server.log.requests().len(), 3);
}

#[tokio::test]
async fn a_refresh_succeeds_when_the_second_try_is_answered() {
    let server = Server::start(|mut stream, log| async move {
        log.read(&mut stream).await;
        if log.requests().len() == 2 {
            let body = "{\"access_token\":\"IGAASANDBOXnew\",\"token_type\":\"bearer\",\"expires_in\":5183944}";
            let _ = stream.write_all(json("200 OK", body).as_bytes()).await;
        }
    })
    .await;
    let config = config(&server.url(""));
    let operation = shutterkey::operation::refresh(&config, &old_token(&config, "IGAASANDBOXabc"));
    let token = drive(operation, &transport(), None, &ManualClock::new(NOW))
        .await
        .unwrap();
    assert_eq!(token.reveal(), "IGAASANDBOXnew");
    assert_eq!(server.log.requests().len(), 2);
}
