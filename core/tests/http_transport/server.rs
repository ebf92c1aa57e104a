//! Servers that count what reaches them and misbehave as they are told.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A listener on a free loopback port; it ends when dropped.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) log: Arc<Log>,
    task: JoinHandle<()>,
}

/// What reached a server.
#[derive(Default)]
pub(crate) struct Log {
    pub(crate) connections: AtomicUsize,
    pub(crate) bytes_written: AtomicUsize,
    requests: Mutex<Vec<Received>>,
}

/// One whole request.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    /// Request line and headers, as sent.
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Log {
    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> Vec<Received> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn bytes_written(&self) -> usize {
        self.bytes_written.load(Ordering::SeqCst)
    }

    pub(crate) fn wrote(&self, bytes: usize) {
        self.bytes_written.fetch_add(bytes, Ordering::SeqCst);
    }

    /// Reads one request whole and notes it; `None` when the client has gone.
    pub(crate) async fn read<S: AsyncRead + Unpin>(&self, stream: &mut S) -> Option<Received> {
        let mut bytes = Vec::new();
        let head_end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
        let length = header(&head, "content-length").map_or(0, |text| text.parse().unwrap());
        while bytes.len() < head_end + length {
            if stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
        let body = String::from_utf8(bytes[head_end..].to_vec()).unwrap();
        let received = Received { head, body };
        self.requests.lock().unwrap().push(received.clone());
        Some(received)
    }
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

impl Server {
    /// Runs `on_connection` for every connection, each in its own task.
    pub(crate) async fn start<F, Fut>(on_connection: F) -> Self
    where
        F: Fn(TcpStream, Arc<Log>) -> Fut + Send + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let log = Arc::new(Log::default());
        let seen = Arc::clone(&log);
        let task = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                seen.connections.fetch_add(1, Ordering::SeqCst);
                open.spawn(on_connection(stream, Arc::clone(&seen)));
            }
        });
        Self { address, log, task }
    }

    /// Answers every request with the same bytes, over kept connections.
    pub(crate) async fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer: Arc<[u8]> = answer.into().into();
        Self::start(move |mut stream, log| {
            let answer = Arc::clone(&answer);
            async move {
                while log.read(&mut stream).await.is_some() {
                    if stream.write_all(&answer).await.is_err() {
                        return;
                    }
                    log.wrote(answer.len());
                }
            }
        })
        .await
    }

    /// `http://127.0.0.1:<port><path>`
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A whole answer with a JSON body.
pub(crate) fn json(status: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
