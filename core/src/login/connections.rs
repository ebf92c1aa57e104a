//! The open connections of a listener: few, short, and none that can keep the redirect out.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

use super::site::Site;
use super::tls::{Acceptor, secure};

/// The most connections at a time. A browser opens about six to one host; beyond this the oldest that has not asked for
/// anything yet is dropped, so that a thousand idle ones cannot keep the redirect out.
pub(super) const CONNECTION_CAP: usize = 64;

/// The most bytes of one request's head: an authorization response may have 16 KiB, and cookies of other programs on
/// `localhost` may come with it.
pub(super) const HEAD_CAP: usize = 32 << 10;

/// How long a request's head may take. Browsers open connections ahead of need; they open another when one has closed.
const HEAD_TIME: Duration = Duration::from_secs(5);

/// How long a connection has to send its request before it may be dropped for a newer one. Beyond that pace, new ones wait
/// in the system's queue.
const GRACE: Duration = Duration::from_millis(25);

/// The same where a handshake comes first: two ways forth and back, a signature, and a browser that checks it.
const TLS_GRACE: Duration = Duration::from_millis(200);

/// How long one connection may last in all.
const CONNECTION_TIME: Duration = Duration::from_secs(15);

/// Every open connection. Dropping it ends them all.
pub(super) struct Connections {
    site: Arc<Site>,
    tls: Option<Acceptor>,
    tasks: JoinSet<()>,
    open: VecDeque<Open>,
}

struct Open {
    task: AbortHandle,
    asked: Arc<AtomicBool>,
    since: Instant,
}

impl Connections {
    pub(super) fn new(site: Arc<Site>, tls: Option<Acceptor>) -> Self {
        Self {
            site,
            tls,
            tasks: JoinSet::new(),
            open: VecDeque::new(),
        }
    }

    /// Serves one more connection, and makes room for it first.
    pub(super) async fn add(&mut self, stream: TcpStream) {
        while self.tasks.try_join_next().is_some() {}
        self.open.retain(|open| !open.task.is_finished());
        if self.open.len() >= CONNECTION_CAP {
            let idle = self.open.iter().position(|open| !open.asked.load(Ordering::Relaxed));
            if let Some(oldest) = self.open.remove(idle.unwrap_or(0)) {
                let grace = if self.tls.is_some() { TLS_GRACE } else { GRACE };
                if oldest.since.elapsed() < grace {
                    tokio::time::sleep_until(oldest.since + grace).await;
                }
                oldest.task.abort();
            }
        }
        let asked = Arc::new(AtomicBool::new(false));
        let served = serve(stream, self.tls.clone(), Arc::clone(&self.site), Arc::clone(&asked));
        let task = self.tasks.spawn(served);
        self.open.push_back(Open {
            task,
            asked,
            since: Instant::now(),
        });
        // Lets the connections that are already there read, before the next one may push one of them out.
        tokio::task::yield_now().await;
    }
}

async fn serve(stream: TcpStream, tls: Option<Acceptor>, site: Arc<Site>, asked: Arc<AtomicBool>) {
    let work = async {
        match tls {
            None => answer(stream, site, asked).await,
            // A handshake that fails, or is left half open, ends here: nothing waits for it.
            Some(tls) => {
                if let Ok(Some(stream)) = tokio::time::timeout(HEAD_TIME, secure(&tls, stream)).await {
                    answer(stream, site, asked).await;
                }
            }
        }
    };
    let _ = tokio::time::timeout(CONNECTION_TIME, work).await;
}

async fn answer(stream: impl AsyncRead + AsyncWrite + Unpin, site: Arc<Site>, asked: Arc<AtomicBool>) {
    let answer = service_fn(|request| {
        let site = Arc::clone(&site);
        let asked = Arc::clone(&asked);
        async move { Ok::<_, Infallible>(site.answer(request, &asked).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_CAP)
        .max_header_size(HEAD_CAP)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), answer);
    // However it ends, there is nobody to tell: the browser shows its own page for a broken connection.
    let _ = connection.await;
}

/// The next connection on any of the sockets. Dropping the future loses none.
pub(super) async fn accept(sockets: &[TcpListener]) -> io::Result<TcpStream> {
    let accepted = poll_fn(|cx| {
        for socket in sockets {
            if let Poll::Ready(accepted) = socket.poll_accept(cx) {
                return Poll::Ready(accepted.map(|(stream, _)| stream));
            }
        }
        Poll::Pending
    })
    .await;
    if accepted.is_err() {
        // Out of file descriptors, mostly: some will come back.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    accepted
}
