//! The listener with TLS in front.

use std::collections::BTreeSet;
use std::net::{IpAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::TlsIdentity;
use crate::clock::Timestamp;
use crate::config::{Parts, RedirectKind, RedirectUri};
use crate::error::Result;
use crate::login::LoopbackListener;
use crate::login::front::Front;
use crate::login::listener::{bind_all, loopback_addresses, port_of, refuse, why_not};

/// The first byte of a TLS handshake.
const HANDSHAKE: u8 = 0x16;

/// What a browser gets that speaks http here, by hand or from an old bookmark.
const NOT_TLS: &str = "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain; charset=utf-8\r\ncache-control: no-store\r\nconnection: close\r\n\r\nThis listener speaks https: the address begins with https://.\n";

/// How long what was sent beside TLS is read on, so that the answer above arrives.
const DRAIN: Duration = Duration::from_millis(500);

/// What speaks TLS for a listener.
#[derive(Clone)]
pub(in crate::login) struct Acceptor(TlsAcceptor);

impl LoopbackListener {
    /// Listens with TLS at an https redirect URI of this machine: `https://localhost:8443/callback`, 127.0.0.1, `[::1]`, or
    /// a name that leads to this machine alone. `now` is what the certificate's time is compared with.
    ///
    /// For providers that refuse http even on localhost (Instagram, Threads). The browser has to trust the certificate:
    /// mkcert makes one that it does. A name that is not `localhost` is looked up, which can take a moment.
    ///
    /// # Errors
    /// `config.redirect_uri` when the URI is not https on this machine, or when the port cannot be had;
    /// `config.certificate` when the certificate does not cover the host, or not this moment.
    pub fn bind_tls(redirect_uri: &RedirectUri, identity: &TlsIdentity, now: Timestamp) -> Result<Self> {
        let elsewhere = || {
            refuse(format!(
                "The redirect URI {redirect_uri} is not https on this machine, so no certificate helps: take https://localhost:8443/callback or the like."
            ))
        };
        if redirect_uri.kind() != RedirectKind::Https {
            return Err(elsewhere());
        }
        let parts = Parts::split(redirect_uri.as_str()).ok_or_else(elsewhere)?;
        let host = parts.host();
        let port = port_of(redirect_uri, &parts, 443)?;
        let addresses = addresses(host).ok_or_else(elsewhere)?;
        identity.check(host, now)?;
        let sockets = bind_all(&addresses, port).map_err(|error| refuse(why_not(redirect_uri, port, &error)))?;
        Ok(Self {
            sockets,
            redirect_uri: redirect_uri.clone(),
            port,
            front: Front::here("https", port, Some(host)),
            tls: Some(Acceptor(TlsAcceptor::from(Arc::clone(&identity.config)))),
        })
    }
}

/// The addresses of a host if all are this machine's.
fn addresses(host: &str) -> Option<Vec<IpAddr>> {
    if let Some(known) = loopback_addresses(host) {
        return Some(known.to_vec());
    }
    let found: BTreeSet<IpAddr> = (host, 0).to_socket_addrs().ok()?.map(|address| address.ip()).collect();
    (!found.is_empty() && found.iter().all(IpAddr::is_loopback)).then(|| found.into_iter().collect())
}

/// The connection with TLS on it; `None` when the other side does not manage a handshake.
pub(in crate::login) async fn secure(acceptor: &Acceptor, mut stream: TcpStream) -> Option<TlsStream<TcpStream>> {
    let mut first = [0];
    if stream.peek(&mut first).await.ok()? == 1 && first != [HANDSHAKE] {
        stream.write_all(NOT_TLS.as_bytes()).await.ok()?;
        stream.shutdown().await.ok()?;
        // A socket that is closed on unread bytes takes its own answer back.
        let (mut rest, mut nowhere) = (stream.take(64 << 10), tokio::io::sink());
        let _ = tokio::time::timeout(DRAIN, tokio::io::copy(&mut rest, &mut nowhere)).await;
        return None;
    }
    acceptor.0.accept(stream).await.ok()
}
