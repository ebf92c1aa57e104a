//! TLS to the server: rustls with ring, given by hand, so that no provider of the whole process is touched.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use rustls::ClientConfig;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect, TlsStream};
use tokio_rustls::TlsConnector;

use super::address::TlsMode;
use super::end_point::tls_server_end_point;
use super::verify::{AnyCertificate, AnyName};
use crate::error::{Error, ErrorCode, Result};
use crate::roots::{Extra, trusted_roots};
use crate::store::BoxFuture;

/// Makes a TLS session for each connection.
#[derive(Clone)]
pub(super) struct Tls(Arc<ClientConfig>);

impl Tls {
    /// `own`: roots of the caller's own; they are trusted instead of the system's, since a database's certificate authority
    /// is mostly a private one.
    pub(super) fn new(mode: TlsMode, own: Option<&Extra>) -> Result<Self> {
        let unusable = |_| Error::with_detail(ErrorCode::ConfigInvalid, "No TLS configuration could be made.");
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(unusable)?;
        let mut config = match (mode, own) {
            (TlsMode::Disable | TlsMode::Require, None) => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
                .with_no_client_auth(),
            (TlsMode::Disable | TlsMode::Require | TlsMode::VerifyCa, own) => builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AnyName(checked(own, provider)?)))
                .with_no_client_auth(),
            (TlsMode::VerifyFull, own) => builder
                .with_webpki_verifier(checked(own, provider)?)
                .with_no_client_auth(),
        };
        // PostgreSQL 17 and later want it where TLS begins without being asked for (`sslnegotiation=direct`).
        config.alpn_protocols = vec![b"postgresql".to_vec()];
        Ok(Self(Arc::new(config)))
    }
}

fn checked(own: Option<&Extra>, provider: Arc<CryptoProvider>) -> Result<Arc<WebPkiServerVerifier>> {
    let roots = match own {
        Some(own) => own.alone(),
        None => trusted_roots(&Extra::default(), rustls_native_certs::load_native_certs).0,
    };
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|_| Error::with_detail(ErrorCode::ConfigInvalid, "None of the roots can be used."))
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> MakeTlsConnect<S> for Tls {
    type Stream = Secured<S>;
    type TlsConnect = Connect;
    type Error = io::Error;

    fn make_tls_connect(&mut self, host: &str) -> Result<Connect, Self::Error> {
        // A socket has no name, and no TLS; it is asked for all the same.
        Ok(Connect {
            name: ServerName::try_from(host.to_owned()).ok(),
            connector: TlsConnector::from(Arc::clone(&self.0)),
        })
    }
}

/// A TLS session that is about to begin.
pub(super) struct Connect {
    name: Option<ServerName<'static>>,
    connector: TlsConnector,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> TlsConnect<S> for Connect {
    type Stream = Secured<S>;
    type Error = io::Error;
    type Future = BoxFuture<'static, io::Result<Secured<S>>>;

    fn connect(self, stream: S) -> Self::Future {
        Box::pin(async move {
            let name = self.name.ok_or(io::ErrorKind::InvalidInput)?;
            self.connector.connect(name, stream).await.map(Secured)
        })
    }
}

/// A connection over TLS.
pub(super) struct Secured<S>(tokio_rustls::client::TlsStream<S>);

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Secured<S> {
    fn channel_binding(&self) -> ChannelBinding {
        let (_, session) = self.0.get_ref();
        session
            .peer_certificates()
            .and_then(<[_]>::first)
            .and_then(|certificate| tls_server_end_point(certificate))
            .map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Secured<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Secured<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
