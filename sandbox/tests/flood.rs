//! Who holds connections without using them does not keep a real login out.

mod common;

use std::time::Duration;

use common::instagram::*;
use common::{Browser, parameter, port, post};
use shutterkey_sandbox::{Approval, Profile};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Long enough for any machine; a login that is kept out would take for ever.
const PATIENCE: Duration = Duration::from_secs(60);

async fn connect(port: u16) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_completes_beside_a_thousand_idle_sockets_slow_headers_and_headers_of_a_megabyte() {
    let (sandbox, app) = start(Profile::Production).await;
    let port = port(&sandbox);
    let mut idle = Vec::with_capacity(1_000);
    for _ in 0..1_000 {
        idle.push(connect(port).await);
    }
    let slow: Vec<_> = (0..20)
        .map(|_| {
            tokio::spawn(async move {
                let mut stream = connect(port).await;
                for byte in "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: 1".bytes() {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            })
        })
        .collect();
    let large: Vec<_> = (0..20)
        .map(|_| {
            tokio::spawn(async move {
                let mut stream = connect(port).await;
                let head = format!("GET / HTTP/1.1\r\nX-Large: {}\r\n", "x".repeat(1 << 20));
                // The sandbox may close before it has read all of it.
                let _ = stream.write_all(head.as_bytes()).await;
                let mut answer = Vec::new();
                let _ = stream.read_to_end(&mut answer).await;
                String::from_utf8_lossy(&answer).into_owned()
            })
        })
        .collect();

    let login = async {
        let redirect = sandbox.approve(&authorize(&app, &[]), &Approval::by("studio")).await;
        let code = parameter(&redirect.unwrap(), "code").unwrap();
        let answer = post(&sandbox, "/instagram/oauth/access_token", &fields(&app, &code)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
        assert_eq!(browser.get("/").await.status, 200);
    };
    tokio::time::timeout(PATIENCE, login)
        .await
        .expect("the login was kept out");
    for answer in large {
        let answer = answer.await.unwrap();
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 431"),
            "{}",
            &answer[..answer.len().min(80)]
        );
    }
    for task in slow {
        task.abort();
    }
    drop(idle);
}

#[tokio::test]
async fn a_body_of_a_megabyte_is_refused_and_the_next_request_is_answered() {
    let (sandbox, _) = start(Profile::Production).await;
    let port = port(&sandbox);
    let mut stream = connect(port).await;
    let length = 1 << 20;
    let head = format!(
        "POST /instagram/oauth/access_token HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: \
         application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let _ = stream.write_all("x".repeat(length).as_bytes()).await;
    let mut answer = vec![0; 512];
    let read = stream.read(&mut answer).await.unwrap_or(0);
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(common::get(&sandbox, "/").await.status, 200);
}

#[tokio::test]
async fn used_codes_stay_used_and_of_one_person_the_newest_tokens_are_remembered() {
    let (sandbox, app) = start(Profile::Production).await;
    let mut first = None;
    for _ in 0..70 {
        let value = code(&sandbox, &app, &Approval::by("studio")).await;
        let answer = post(&sandbox, "/instagram/oauth/access_token", &fields(&app, &value)).await;
        let token = answer.json()["access_token"].as_str().unwrap().to_owned();
        first.get_or_insert((value, token));
    }
    let (value, token) = first.unwrap();
    let again = post(&sandbox, "/instagram/oauth/access_token", &fields(&app, &value)).await;
    assert_eq!(again.status, 400, "a code works once, however long ago");
    assert_eq!(
        me(&sandbox, &token).await.status,
        400,
        "the oldest of more than 64 is forgotten"
    );
    let world = sandbox.control("world", "").unwrap();
    assert_eq!(world.matches("\"IGAASANDBOX").count(), 64);
    // A world that was kept goes on with the same order.
    let kept = shutterkey_sandbox::World::from_json(&world).unwrap();
    assert_eq!(kept.to_json().unwrap().matches("\"IGAASANDBOX").count(), 64);
}
