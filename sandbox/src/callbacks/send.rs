//! One HTTP request to an app on this machine.

use std::time::Duration;

use axum::body::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::Request;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::log::Sent;
use super::{Content, Kind, Outgoing};
use crate::pages::WebUri;
use crate::reach::CallbackHosts;

/// How long an app may take to answer.
const DEADLINE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
const ANSWER_LIMIT: usize = 64 << 10;

/// Sends once. What goes wrong is an answer too.
pub(super) async fn send(outgoing: &Outgoing, hosts: &CallbackHosts) -> Sent {
    let failed = |problem: &str| Sent {
        problem: Some(problem.to_owned()),
        ..Sent::default()
    };
    if outgoing.url.is_empty() {
        return failed("the app has no address for this");
    }
    match tokio::time::timeout(DEADLINE, exchange(outgoing, hosts)).await {
        Err(_) => failed("no answer within ten seconds"),
        Ok(Err(problem)) => failed(problem),
        Ok(Ok((status, body))) => judge(outgoing, status, &body),
    }
}

async fn exchange(outgoing: &Outgoing, hosts: &CallbackHosts) -> Result<(u16, Bytes), &'static str> {
    let uri = WebUri::parse(&outgoing.url).map_err(|_| "the address is no URL")?;
    if !hosts.may_call(&uri) {
        return Err("a sandbox calls this machine only");
    }
    if uri.is_https() {
        return Err("a sandbox speaks http to this machine: its callbacks do not reach https");
    }
    let url = uri.url();
    let (host, port) = (
        url.host_str().unwrap_or("127.0.0.1"),
        url.port_or_known_default().unwrap_or(80),
    );
    let stream = connect(host, port, hosts.names(&uri))
        .await
        .ok_or("nobody listens there")?;
    let target = url
        .query()
        .map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()));
    let request = Request::builder()
        .uri(target)
        .header(HOST, format!("{host}:{port}"))
        .header(USER_AGENT, "shutterkey-sandbox");
    let request = match &outgoing.content {
        Content::Form(signed) => request
            .method("POST")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Full::new(Bytes::from(format!("signed_request={signed}")))),
        Content::Json { body, signature } => request
            .method("POST")
            .header(CONTENT_TYPE, "application/json")
            .header("x-hub-signature-256", signature)
            .body(Full::new(Bytes::from(body.clone()))),
        Content::Challenge(_) => request.method("GET").body(Full::default()),
    };
    let request = request.map_err(|_| "the address cannot be requested")?;
    let broken = "the connection broke";
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| broken)?;
    let driver = tokio::spawn(connection);
    let answer = async {
        let response = sender.send_request(request).await.map_err(|_| broken)?;
        let status = response.status().as_u16();
        let body = Limited::new(response.into_body(), ANSWER_LIMIT).collect().await;
        Ok((
            status,
            body.map_err(|_| "the answer breaks off or is too long")?.to_bytes(),
        ))
    };
    let answer = answer.await;
    driver.abort();
    answer
}

/// `localhost` is either address, as a browser has it.
async fn connect(host: &str, port: u16, named: bool) -> Option<TcpStream> {
    if named {
        return TcpStream::connect((host, port)).await.ok();
    }
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let hosts: &[&str] = if host == "localhost" {
        &["127.0.0.1", "::1"]
    } else {
        &[host]
    };
    for host in hosts {
        if let Ok(address) = host.parse::<std::net::IpAddr>()
            && address.is_loopback()
            && let Ok(stream) = TcpStream::connect((address, port)).await
        {
            return Some(stream);
        }
    }
    None
}

/// Whether the answer is what the platform wants.
fn judge(outgoing: &Outgoing, status: u16, body: &[u8]) -> Sent {
    let answer: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    let has = |name: &str| {
        answer
            .as_ref()
            .is_some_and(|answer| answer.get(name).is_some_and(|value| value.is_string()))
    };
    let problem = match (outgoing.kind, &outgoing.content) {
        _ if !(200..300).contains(&status) => Some("the app did not answer with success".to_owned()),
        (Kind::Deletion, _) if !has("url") || !has("confirmation_code") => {
            Some("the answer must be JSON with url and confirmation_code".to_owned())
        }
        (Kind::WebhookCheck, Content::Challenge(challenge)) if body != challenge.as_bytes() => {
            Some("the answer must be the bare challenge".to_owned())
        }
        _ => None,
    };
    Sent {
        status: Some(status),
        answer: answer.filter(|_| outgoing.kind == Kind::Deletion),
        problem,
    }
}
