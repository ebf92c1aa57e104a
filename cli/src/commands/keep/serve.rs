//! Answers to `GET /metrics` and `GET /healthz`, and to nothing else.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::metrics;
use super::status::Status;
use crate::exit::{Failure, Outcome};

/// The most connections at a time: a monitor and an orchestrator have one each. More wait in the system's queue.
const CONNECTIONS: usize = 32;

/// The most bytes of a request's head, which is hyper's least.
const HEAD_CAP: usize = 8_192;

/// How long a request's head may take, and a connection in all.
const TIMES: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(10));

/// A listener that answers until it is dropped.
pub(super) struct Watched {
    pub(super) address: SocketAddr,
    task: tokio::task::AbortHandle,
}

impl Watched {
    /// Listens at the address; `unhealthy` is for how long the store may fail.
    pub(super) async fn start(address: SocketAddr, unhealthy: Duration, status: Status) -> Outcome<Self> {
        let unusable = |error: std::io::Error| {
            Failure::usage(
                format!("The address {address} cannot be listened on: {}.", error.kind()),
                "Give another one with --metrics.",
            )
        };
        let listener = TcpListener::bind(address).await.map_err(unusable)?;
        let address = listener.local_addr().map_err(unusable)?;
        let task = tokio::spawn(listen(listener, unhealthy, status)).abort_handle();
        Ok(Self { address, task })
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn listen(listener: TcpListener, unhealthy: Duration, status: Status) {
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        match listener.accept().await {
            Ok((stream, _)) => {
                let status = status.clone();
                tokio::spawn(async move {
                    let _ = tokio::time::timeout(TIMES.1, serve(stream, unhealthy, status)).await;
                    drop(place);
                });
            }
            // Out of file descriptors, mostly: others give theirs back.
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
}

async fn serve(stream: TcpStream, unhealthy: Duration, status: Status) {
    let service = service_fn(|request: Request<Incoming>| {
        let answer = answer(request.method(), request.uri().path(), unhealthy, &status);
        async move { Ok::<_, Infallible>(answer) }
    });
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(TIMES.0)
        .max_buf_size(HEAD_CAP)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

fn answer(method: &Method, path: &str, unhealthy: Duration, status: &Status) -> Response<Full<Bytes>> {
    let (code, kind, body) = match path {
        "/metrics" | "/healthz" if *method != Method::GET && *method != Method::HEAD => {
            let mut refused = response(StatusCode::METHOD_NOT_ALLOWED, PLAIN, "GET alone\n".to_owned());
            refused
                .headers_mut()
                .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
            return refused;
        }
        "/metrics" => (StatusCode::OK, metrics::CONTENT_TYPE, metrics::text(status)),
        "/healthz" => match ill(unhealthy, status) {
            None => (StatusCode::OK, PLAIN, "ok\n".to_owned()),
            Some(why) => (StatusCode::SERVICE_UNAVAILABLE, PLAIN, why),
        },
        _ => (
            StatusCode::NOT_FOUND,
            PLAIN,
            "there are /metrics and /healthz\n".to_owned(),
        ),
    };
    response(code, kind, body)
}

const PLAIN: &str = "text/plain; charset=utf-8";

/// Why it is not well: the store has failed for too long.
fn ill(unhealthy: Duration, status: &Status) -> Option<String> {
    let failure = status.progress().state().store_failure?;
    let lasts = u64::try_from(status.now().since(failure.since)).unwrap_or(0);
    let code = failure.error.code();
    (lasts >= unhealthy.as_secs()).then(|| format!("the store fails since {}: {code}\n", failure.since))
}

fn response(code: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = code;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
