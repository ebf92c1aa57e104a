//! A login that waits, and a browser's requests written out byte for byte.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;

use shutterkey::{
    AuthorizeOptions, ClientConfig, Clock, Entropy, Grant, LoopbackListener, ManualClock, PendingAuthorization,
    Provider, RedirectUri, ResponseType, Result, Timestamp, build_authorization_request,
};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// A login whose listener is waiting.
pub(crate) struct Waiting {
    pub(crate) port: u16,
    pub(crate) state: String,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) outcome: JoinHandle<Result<Grant>>,
}

pub(crate) const CODE: &str = "canary-code-7d1f0a";
pub(crate) const TOKEN: &str = "canary-token-55aa01";

pub(crate) fn config(redirect_uri: &RedirectUri, response_type: ResponseType) -> ClientConfig {
    let provider = Provider::standard()
        .authorize_endpoint("https://as.example/authorize")
        .token_endpoint("https://as.example/token")
        .build()
        .unwrap();
    ClientConfig::builder(provider, "test-client")
        .redirect_uri(redirect_uri.as_str())
        .response_type(response_type)
        .build()
        .unwrap()
}

pub(crate) fn login(redirect_uri: &RedirectUri, response_type: ResponseType) -> (PendingAuthorization, String) {
    let request = build_authorization_request(
        &config(redirect_uri, response_type),
        AuthorizeOptions::new(),
        Timestamp::from_seconds(1_000),
        Entropy::from_os().unwrap(),
    )
    .unwrap();
    let (_, state) = request.url.split_once("state=").unwrap();
    let state = state.split('&').next().unwrap().to_owned();
    (request.pending, state)
}

pub(crate) fn listener(redirect_uri: &str) -> LoopbackListener {
    LoopbackListener::bind_any_port(&RedirectUri::parse(redirect_uri).unwrap()).unwrap()
}

/// Waits for a code at `/callback` on 127.0.0.1.
pub(crate) async fn waiting() -> Waiting {
    waiting_at("http://127.0.0.1/callback", ResponseType::Code).await
}

pub(crate) async fn waiting_at(redirect_uri: &str, response_type: ResponseType) -> Waiting {
    waiting_on(listener(redirect_uri), response_type)
}

/// Waits for the answer of one login on this listener.
pub(crate) fn waiting_on(listener: LoopbackListener, response_type: ResponseType) -> Waiting {
    let (login, state) = login(listener.redirect_uri(), response_type);
    let clock = Arc::new(ManualClock::new(Timestamp::from_seconds(1_000)));
    let port = listener.port();
    let outcome = tokio::spawn({
        let clock = Arc::clone(&clock);
        async move { listener.wait(&login, &*clock as &dyn Clock, pending()).await }
    });
    Waiting {
        port,
        state,
        clock,
        outcome,
    }
}

impl Waiting {
    pub(crate) fn redirect(&self) -> String {
        format!("/callback?code={CODE}&state={}", self.state)
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.get_with(path, "").await
    }

    pub(crate) async fn get_with(&self, path: &str, headers: &str) -> Reply {
        let port = self.port;
        self.send(format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}\r\n"
        ))
        .await
    }

    pub(crate) async fn send(&self, request: impl AsRef<[u8]>) -> Reply {
        send(SocketAddr::from(([127, 0, 0, 1], self.port)), request.as_ref()).await
    }

    /// The right redirect, followed to the result page; the code that the login got.
    pub(crate) async fn succeed(self) -> String {
        let reply = self.get(&self.redirect()).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        assert_eq!(self.get("/done").await.status, 200);
        code(self.outcome.await.unwrap())
    }
}

pub(crate) fn code(outcome: Result<Grant>) -> String {
    match outcome.unwrap() {
        Grant::Code(grant) => grant.code().reveal().to_owned(),
        Grant::Token(_) => panic!("a token"),
    }
}

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    pub(crate) fn whole(&self) -> String {
        format!("{}\n{}", self.head, self.body)
    }
}

pub(crate) async fn send(to: SocketAddr, request: &[u8]) -> Reply {
    let mut stream = TcpStream::connect(to).await.unwrap();
    // The listener may answer and close before it has read all of an oversized request.
    let _ = stream.write_all(request).await;
    read_reply(&mut stream).await
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    socket.local_addr().unwrap().port()
}

pub(crate) async fn read_reply(stream: &mut (impl AsyncRead + Unpin)) -> Reply {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4_096];
    while let Ok(count) = stream.read(&mut chunk).await {
        if count == 0 {
            break;
        }
        bytes.extend_from_slice(&chunk[..count]);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .unwrap_or(0);
    Reply {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}
