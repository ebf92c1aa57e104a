//! TLS on this machine, with a certificate of the person's own: how a redirect to `https://localhost:8443/…` comes
//! straight back although the provider refuses http.

#[cfg(feature = "login-tls")]
mod identity;
#[cfg(feature = "login-tls")]
mod listen;
#[cfg(feature = "login-tls")]
mod validity;

#[cfg(feature = "login-tls")]
pub use identity::TlsIdentity;
#[cfg(feature = "login-tls")]
pub(super) use listen::{Acceptor, secure};

#[cfg(not(feature = "login-tls"))]
pub(super) use without::{Acceptor, secure};

/// In a build without TLS no listener has any.
#[cfg(not(feature = "login-tls"))]
mod without {
    use tokio::net::TcpStream;

    #[derive(Clone)]
    pub(in crate::login) enum Acceptor {}

    pub(in crate::login) async fn secure(acceptor: &Acceptor, _stream: TcpStream) -> Option<TcpStream> {
        match *acceptor {}
    }
}
