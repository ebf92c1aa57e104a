//! Settings of the built-in transport.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::redirect;
use rustls::ClientConfig as TlsConfig;
use rustls::crypto::ring;
use url::Url;

use super::{HttpTransport, Ready};
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::request::DEADLINE;
use crate::roots::{Extra, trusted_roots};

const USER_AGENT: &str = concat!("shutterkey/", env!("CARGO_PKG_VERSION"));

/// Below the deadline, so that a dead address leaves time for the next one of the host.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Shorter than common servers keep idle connections: fewer requests then meet one that is just being closed.
const POOL_IDLE: Duration = Duration::from_secs(30);

/// Collects settings; [`build`](Self::build) checks them. Nothing is read or connected before the first request.
#[derive(Clone, Debug, Default)]
#[must_use = "a transport is made by build()"]
pub struct HttpTransportBuilder {
    settings: Settings,
    fault: Option<&'static str>,
}

/// Checked settings.
#[derive(Clone)]
pub(super) struct Settings {
    user_agent: HeaderValue,
    extra: Extra,
    proxy: Proxy,
    connect_timeout: Duration,
    pub(super) deadline: Duration,
}

#[derive(Clone)]
enum Proxy {
    /// The environment's, or the operating system's.
    System,
    Off,
    Given {
        proxy: Box<reqwest::Proxy>,
        /// Without the credentials.
        shown: String,
    },
}

impl HttpTransportBuilder {
    /// The `user-agent` header: visible ASCII and spaces. `shutterkey/<version>` by default.
    pub fn user_agent(mut self, value: &str) -> Self {
        match HeaderValue::from_str(value) {
            Ok(header) if !value.is_empty() => self.settings.user_agent = header,
            _ => self.fault = Some("The user agent is empty or has characters that no header can have."),
        }
        self
    }

    /// Further roots that are trusted, in PEM: a company proxy's, or a test server's. Added to the others, not in their
    /// place.
    pub fn extra_root_pem(mut self, pem: &[u8]) -> Self {
        if !self.settings.extra.add_pem(pem) {
            self.fault = Some("The extra root is not a certificate in PEM.");
        }
        self
    }

    /// One proxy for every request to another host, in place of the environment's: `http://`, `https://`, `socks5://`
    /// or `socks5h://` (names resolved by the proxy), with `user:password@` where it wants them.
    pub fn proxy(mut self, url: &str) -> Self {
        match given_proxy(url) {
            Some(proxy) => self.settings.proxy = proxy,
            None => self.fault = Some("The proxy is not an http, https or socks5 address with a host."),
        }
        self
    }

    /// No proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.settings.proxy = Proxy::Off;
        self
    }

    /// How long connecting may take, TLS included. 10 seconds by default.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.settings.connect_timeout = timeout;
        self
    }

    /// How long one request may take, from connecting to the last byte. The request's own deadline (30 seconds) holds
    /// as well: this can shorten it, never lengthen it.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// Checks the settings and makes the transport.
    ///
    /// # Errors
    /// `config.invalid`, which names the setting and never its value.
    pub fn build(self) -> Result<HttpTransport> {
        match self.fault {
            Some(fault) => Err(Error::with_detail(ErrorCode::ConfigInvalid, fault)),
            None => Ok(HttpTransport::with(self.settings)),
        }
    }
}

fn given_proxy(text: &str) -> Option<Proxy> {
    let url = Url::parse(text).ok()?;
    if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") {
        return None;
    }
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let mut shown = format!("{}://{host}", url.scheme());
    if let Some(port) = url.port() {
        shown.push_str(&format!(":{port}"));
    }
    let proxy = reqwest::Proxy::https(url).ok()?;
    Some(Proxy::Given {
        proxy: Box::new(proxy),
        shown,
    })
}

impl Settings {
    /// Reads roots and environment, and makes both clients.
    pub(super) fn make(&self) -> std::result::Result<Ready, MakeError> {
        let (roots, trusted) = trusted_roots(&self.extra, rustls_native_certs::load_native_certs);
        // The provider is passed by hand: installing one for the whole process is the application's choice.
        let mut tls = TlsConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];

        let here = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)].map(|ip| SocketAddr::new(ip, 0));
        let loopback = self
            .client(tls.clone())
            .no_proxy()
            .resolve_to_addrs("localhost", &here)
            .build()?;
        let remote = self.client(tls).https_only(true);
        let remote = match &self.proxy {
            Proxy::System => remote,
            Proxy::Off => remote.no_proxy(),
            Proxy::Given { proxy, .. } => remote.proxy(reqwest::Proxy::clone(proxy)),
        };
        Ok(Ready {
            remote: remote.build()?,
            loopback,
            trusted,
        })
    }

    fn client(&self, tls: TlsConfig) -> reqwest::ClientBuilder {
        reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(self.user_agent.clone())
            .connect_timeout(self.connect_timeout)
            .pool_idle_timeout(POOL_IDLE)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            // Features of reqwest are united over the whole program: what another crate switches on stays off here.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
    }
}

/// Why no client could be made. Only settings that were checked before reach this point.
pub(super) struct MakeError;

impl From<rustls::Error> for MakeError {
    fn from(_: rustls::Error) -> Self {
        Self
    }
}

impl From<reqwest::Error> for MakeError {
    fn from(_: reqwest::Error) -> Self {
        Self
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            user_agent: HeaderValue::from_static(USER_AGENT),
            extra: Extra::default(),
            proxy: Proxy::System,
            connect_timeout: CONNECT_TIMEOUT,
            deadline: DEADLINE,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = match &self.proxy {
            Proxy::System => "system",
            Proxy::Off => "none",
            Proxy::Given { shown, .. } => shown,
        };
        f.debug_struct("Settings")
            .field("user_agent", &self.user_agent)
            .field("proxy", &proxy)
            .field("extra_roots", &self.extra.len())
            .field("connect_timeout", &self.connect_timeout)
            .field("deadline", &self.deadline)
            .finish()
    }
}
