//! The listener: loopback only, with caps that keep slow or idle connections from starving real requests.

use std::collections::VecDeque;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::http::SentPath;

/// Connections at one time; the oldest idle one is closed for a new one.
const CONNECTIONS: usize = 128;
/// How long a client may take to send its request line and headers, and how long a kept connection may idle.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest request line and headers together, in bytes.
const HEADER_BYTES: usize = 32 * 1024;

/// Opens the port on 127.0.0.1, and on `[::1]` where there is one: `localhost` means either, depending on who asks.
///
/// Another address is opened alone.
pub(crate) async fn bind(address: IpAddr, port: u16) -> io::Result<(SocketAddr, Vec<TcpListener>)> {
    let first = TcpListener::bind((address, port)).await?;
    let bound = first.local_addr()?;
    let second = match address {
        IpAddr::V4(Ipv4Addr::LOCALHOST) => TcpListener::bind((Ipv6Addr::LOCALHOST, bound.port())).await.ok(),
        _ => None,
    };
    Ok((bound, std::iter::once(first).chain(second).collect()))
}

/// Marks a response that is not to be written: the connection is closed in its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dropped;

struct Connection {
    task: JoinHandle<()>,
    /// Requests that are being answered; an idle or slow connection has none.
    busy: Arc<AtomicUsize>,
}

/// Accepts until `stop` changes or its sender is dropped; connections end with it.
pub(crate) async fn run(listener: TcpListener, router: Router, mut stop: watch::Receiver<()>) {
    let mut connections: VecDeque<Connection> = VecDeque::new();
    loop {
        let stream = tokio::select! {
            _ = stop.changed() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(_) => {
                    // Out of file descriptors, most likely: give the open connections a moment to end.
                    tokio::time::sleep(Duration::from_millis(20)).await;
                    continue;
                }
            },
        };
        connections.retain(|connection| !connection.task.is_finished());
        if connections.len() >= CONNECTIONS {
            let idle = connections
                .iter()
                .position(|connection| connection.busy.load(Ordering::SeqCst) == 0);
            if let Some(connection) = connections.remove(idle.unwrap_or(0)) {
                connection.task.abort();
            }
        }
        let busy = Arc::new(AtomicUsize::new(0));
        let task = tokio::spawn(serve(stream, router.clone(), busy.clone()));
        connections.push_back(Connection { task, busy });
    }
    for connection in connections {
        connection.task.abort();
    }
}

async fn serve(stream: TcpStream, router: Router, busy: Arc<AtomicUsize>) {
    // Small answers; waiting to fill a packet only slows tests down.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let (router, busy) = (router.clone(), busy.clone());
        async move {
            busy.fetch_add(1, Ordering::SeqCst);
            let response = answer(router, request.map(Body::new)).await;
            busy.fetch_sub(1, Ordering::SeqCst);
            response
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEADER_BYTES);
    // An error here is a client that went away or sent no HTTP: nothing to tell anybody.
    let _ = http.serve_connection(TokioIo::new(stream), service).await;
}

/// The answer, or an error that closes the connection without one.
async fn answer(router: Router, mut request: Request<Body>) -> io::Result<axum::response::Response> {
    let sent = request.uri().path().to_owned();
    // The real paths are seen with and without a trailing slash; both are one route here.
    if sent.len() > 1
        && let Some(uri) = without_trailing_slash(request.uri())
    {
        *request.uri_mut() = uri;
    }
    request.extensions_mut().insert(SentPath(sent));
    let service = hyper_util::service::TowerToHyperService::new(router);
    let response = hyper::service::Service::call(&service, request)
        .await
        .unwrap_or_else(|never| match never {});
    match response.extensions().get::<Dropped>() {
        None => Ok(response),
        Some(_) => Err(io::Error::from(io::ErrorKind::ConnectionReset)),
    }
}

fn without_trailing_slash(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/')?;
    let path = if path.is_empty() { "/" } else { path };
    let target = uri
        .query()
        .map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target.parse().ok()?);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_trailing_slash_is_dropped_and_the_query_kept() {
        let trim = |uri: &str| without_trailing_slash(&uri.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(trim("/a/b/?x=1%2F").as_deref(), Some("/a/b?x=1%2F"));
        assert_eq!(trim("/a/b"), None);
        assert_eq!(trim("http://localhost:1/a/").as_deref(), Some("http://localhost:1/a"));
    }
}
