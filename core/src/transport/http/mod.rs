//! The built-in transport: reqwest with rustls and ring.

mod builder;
mod failure;

use std::fmt;
use std::sync::OnceLock;

pub use builder::HttpTransportBuilder;
use builder::Settings;
use failure::failure_of;
use reqwest::header::{HeaderName, HeaderValue};
use url::Url;

use super::Transport;
use crate::operation::{SendError, SendFailure};
use crate::protocol::request::{HttpRequest, HttpResponse, Method};
pub use crate::roots::TrustedRoots;
use crate::store::BoxFuture;

const REFUSED: SendFailure = SendFailure::REFUSED;

/// Room for a body whose length is not announced. Token answers are below 4 KiB.
const FIRST_ROOM: usize = 4_096;

/// The built-in HTTP/1.1 client, under the driver contract of [`HttpRequest`].
///
/// TLS 1.2 or later with rustls and ring, without touching the process-wide provider of rustls. Roots are the system's
/// (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured), or the bundled ones of webpki-roots where the system has none, as in
/// slim containers; the check of certificates cannot be switched off. `https_proxy`, `all_proxy` and `no_proxy` are
/// honoured, in capitals too; a loopback host is never asked for through a proxy. Connections are kept and used again.
///
/// **Sent once.** No redirect is followed, and nothing is sent a second time: when a kept connection turns out to be closed
/// before the first byte was written, the request goes out on a new one; after the first byte, it fails.
///
/// An address that is neither https nor http on `localhost`, `127.0.0.1` or `[::1]`, written exactly so, is answered with
/// [`SendFailure::Tls`] and nothing is sent; `localhost` is this machine, whatever the resolver says.
///
/// Making one costs nothing: roots and environment are read at the first use, and it may be made outside a tokio runtime.
/// [`send`](Transport::send) has to run in one with time and I/O enabled.
pub struct HttpTransport {
    settings: Settings,
    ready: OnceLock<Option<Ready>>,
}

/// What is made at the first use.
struct Ready {
    /// For other hosts: https, through the proxy if there is one.
    remote: reqwest::Client,
    /// For this machine: never through a proxy.
    loopback: reqwest::Client,
    trusted: TrustedRoots,
}

impl Default for HttpTransport {
    fn default() -> Self {
        Self::new()
    }
}

impl HttpTransport {
    /// A transport with the defaults of [`HttpTransportBuilder`].
    pub fn new() -> Self {
        Self::with(Settings::default())
    }

    /// Begins a transport with settings of one's own.
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder::default()
    }

    /// Which roots servers are checked against, for diagnosis. `None` when no TLS configuration could be made.
    ///
    /// Reads them if that has not happened yet: some milliseconds.
    pub fn trusted_roots(&self) -> Option<TrustedRoots> {
        self.ready().map(|ready| ready.trusted)
    }

    fn with(settings: Settings) -> Self {
        Self {
            settings,
            ready: OnceLock::new(),
        }
    }

    fn ready(&self) -> Option<&Ready> {
        self.ready.get_or_init(|| self.settings.make().ok()).as_ref()
    }

    async fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, SendFailure> {
        let ready = self.ready().ok_or(REFUSED)?;
        let translated = translate(ready, request)?;
        let mut response = translated.send().await.map_err(|error| failure_of(&error))?;
        let cap = request.body_cap();
        let announced = response.content_length().map(usize::try_from);
        let room = match announced {
            Some(Ok(length)) if length <= cap => length,
            Some(_) => return Err(SendFailure::TooLarge),
            None => FIRST_ROOM.min(cap),
        };
        let mut body = Vec::with_capacity(room);
        while let Some(chunk) = response.chunk().await.map_err(|error| failure_of(&error))? {
            if chunk.len() > cap - body.len() {
                return Err(SendFailure::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        Ok(HttpResponse::new(response.status().as_u16(), headers, body))
    }
}

/// The request in reqwest's terms, for the client that may send it.
fn translate(ready: &Ready, request: &HttpRequest) -> Result<reqwest::RequestBuilder, SendFailure> {
    let endpoint = request.endpoint().map_err(|_| REFUSED)?;
    let url = Url::parse(request.url()).map_err(|_| REFUSED)?;
    let client = if endpoint.is_loopback() {
        &ready.loopback
    } else {
        &ready.remote
    };
    let method = match request.method() {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Delete => reqwest::Method::DELETE,
    };
    let mut translated = client.request(method, url);
    for (name, value) in request.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| REFUSED)?;
        let mut value = HeaderValue::from_str(value).map_err(|_| REFUSED)?;
        value.set_sensitive(true);
        translated = translated.header(name, value);
    }
    Ok(match request.body() {
        Some(body) => translated.body(body.to_owned()),
        None => translated,
    })
}

impl Transport for HttpTransport {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        Box::pin(async move {
            let deadline = request.deadline().min(self.settings.deadline);
            tokio::time::timeout(deadline, self.exchange(request))
                .await
                .unwrap_or(Err(SendFailure::Timeout))
                .map_err(SendError::from)
        })
    }
}

impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport")
            .field("settings", &self.settings)
            .field("ready", &self.ready.get().is_some())
            .finish()
    }
}
