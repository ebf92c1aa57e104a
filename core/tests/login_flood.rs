//! The loopback listener under load that is meant to keep the redirect out (attack case E3).
#![cfg(feature = "login")]

mod login_support;

use std::time::Duration;

use login_support::{CODE, read_reply, waiting};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::Mutex;
use tokio::time::timeout;

/// How many connections a flood opens, if the system lets one process have as many files.
const FLOOD: usize = 1_000;

/// One flood at a time: they share the process's limit of open files with the listener.
static ONE: Mutex<()> = Mutex::const_new(());

/// Opens connections that say `words` and nothing more, oldest first: as many as the limit allows, up to [`FLOOD`].
async fn flood(port: u16, words: &[u8]) -> Vec<TcpStream> {
    let mut streams = Vec::with_capacity(FLOOD);
    while streams.len() < FLOOD {
        match TcpStream::connect(("127.0.0.1", port)).await {
            Ok(mut stream) => {
                // The oldest may have been dropped by now, which is the point.
                let _ = stream.write_all(words).await;
                streams.push(stream);
            }
            Err(_) => {
                streams.truncate(streams.len() - 8);
                break;
            }
        }
    }
    assert!(
        streams.len() > 100,
        "the limit of open files leaves no room for a flood"
    );
    streams
}

#[tokio::test]
async fn a_thousand_idle_connections_do_not_keep_the_redirect_out() {
    let _one = ONE.lock().await;
    let login = waiting().await;
    let mut idle = flood(login.port, b"").await;
    // The oldest were dropped to make room, long before the time for their heads was over.
    let dropped = timeout(Duration::from_secs(4), read_reply(&mut idle[0])).await;
    assert_eq!(dropped.unwrap().status, 0);
    assert_eq!(login.succeed().await, CODE);
}

#[tokio::test]
async fn a_thousand_unfinished_requests_do_not_keep_the_redirect_out() {
    let _one = ONE.lock().await;
    let login = waiting().await;
    let _slow = flood(login.port, b"GET /callback?code=x HTTP/1.1\r\nHost: ").await;
    assert_eq!(login.succeed().await, CODE);
}

#[tokio::test]
async fn a_request_head_of_a_mebibyte_is_refused() {
    let login = waiting().await;
    let head = format!(
        "GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nX-Long: {}\r\n\r\n",
        login.redirect(),
        login.port,
        "a".repeat(1 << 20)
    );
    let reply = login.send(head).await;
    // The refusal, or the reset of a connection that was closed before all of it was sent.
    assert!(matches!(reply.status, 431 | 0), "{reply:?}");
    assert_eq!(login.succeed().await, CODE);
}

#[tokio::test]
async fn cookies_of_other_programs_do_not_keep_the_redirect_out() {
    let login = waiting().await;
    let cookies = format!("Cookie: dev={}\r\n", "c".repeat(14 << 10));
    let reply = login.get_with(&login.redirect(), &cookies).await;
    assert_eq!(reply.status, 303);
}

#[tokio::test]
async fn framing_that_two_readers_read_differently_is_refused() {
    let login = waiting().await;
    let port = login.port;
    let redirect = login.redirect();
    let line = format!("GET {redirect} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
    for framing in [
        "Content-Length: -1\r\n\r\n".to_owned(),
        "Content-Length: 5, 6\r\n\r\nhello".to_owned(),
        "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello".to_owned(),
        "Host : 127.0.0.1\r\n\r\n".to_owned(),
        "Transfer-Encoding: identity\r\n\r\n".to_owned(),
    ] {
        let reply = login.send(format!("{line}{framing}")).await;
        assert_eq!(reply.status, 400, "{framing:?}: {reply:?}");
    }
    // Nothing behind a first request is read on the same connection.
    let two = format!("GET /other HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n{line}\r\n");
    let reply = login.send(two).await;
    assert_eq!(reply.status, 404);
    assert_eq!(reply.whole().matches("HTTP/1.1").count(), 1);
    assert_eq!(login.succeed().await, CODE);
}

#[tokio::test]
async fn a_head_that_comes_byte_by_byte_is_served_beside_others() {
    let login = waiting().await;
    let mut slow = TcpStream::connect(("127.0.0.1", login.port)).await.unwrap();
    slow.set_nodelay(true).unwrap();
    for byte in format!("GET /other HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", login.port).bytes() {
        slow.write_all(&[byte]).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(read_reply(&mut slow).await.status, 404);
    assert_eq!(login.succeed().await, CODE);
}
