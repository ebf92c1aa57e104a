//! Binding the loopback listener.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use crate::config::Parts;
use crate::config::{RedirectKind, RedirectUri};
use crate::error::{Error, ErrorCode, Result};

/// Takes the redirect of one login on this machine (RFC 8252 7.3).
///
/// It binds loopback addresses alone: 127.0.0.1, ::1, or both for `localhost`, since browsers try either. It never
/// falls back to another port by itself: a provider that compares redirect URIs would refuse the login. Dropping it, or
/// the future of [`wait`](Self::wait), frees the port and leaves nothing behind.
///
/// While it is bound, no other process can take its port. On Windows that holds against other users' processes; one of
/// the same user can share a port by force there, and could as well read the terminal.
pub struct LoopbackListener {
    pub(super) sockets: Vec<TcpListener>,
    pub(super) redirect_uri: RedirectUri,
    pub(super) port: u16,
}

/// How often a free port is looked for that is free on both stacks.
const TRIES: usize = 16;

/// How many connections the system may hold that have not been accepted yet.
const QUEUE: u32 = 1_024;

impl LoopbackListener {
    /// Listens at the redirect URI's own address and port (80 where it names none).
    ///
    /// Call it inside a tokio runtime with I/O and time.
    ///
    /// # Errors
    /// `config.redirect_uri` when the URI is not `http://` on localhost, 127.0.0.1 or `[::1]`, or when the port cannot be
    /// had; the message names the port and why.
    pub fn bind(redirect_uri: &RedirectUri) -> Result<Self> {
        let (host, port) = loopback_parts(redirect_uri)?;
        if port == 0 {
            return Err(refuse(format!(
                "The redirect URI {redirect_uri} has port 0, which no browser can go to."
            )));
        }
        let sockets = bind_all(host, port).map_err(|error| refuse(why_not(redirect_uri, port, &error)))?;
        Ok(Self {
            sockets,
            redirect_uri: redirect_uri.clone(),
            port,
        })
    }

    /// Listens at the redirect URI's address, on a port that is free at the moment. The URI's own port is ignored;
    /// [`redirect_uri`](Self::redirect_uri) has the one that was found.
    ///
    /// Only for providers that let the port of a loopback redirect URI vary (RFC 8252 7.3): a sandbox, and some RFC 6749
    /// servers, which mostly ask for an IP address instead of `localhost`. Meta's products compare the port.
    ///
    /// # Errors
    /// As [`bind`](Self::bind).
    pub fn bind_any_port(redirect_uri: &RedirectUri) -> Result<Self> {
        let (host, _) = loopback_parts(redirect_uri)?;
        let mut last = None;
        for _ in 0..TRIES {
            match bind_free(host) {
                Ok((sockets, port)) => {
                    return Ok(Self {
                        sockets,
                        redirect_uri: with_port(redirect_uri, port)?,
                        port,
                    });
                }
                Err(error) => last = Some(error),
            }
        }
        let why = last.map_or_else(String::new, |error| format!(": {}", error.kind()));
        Err(refuse(format!("No port could be had on this machine{why}.")))
    }

    /// The redirect URI with the port that is listened on: what the login must be started with.
    pub fn redirect_uri(&self) -> &RedirectUri {
        &self.redirect_uri
    }

    /// The port that is listened on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The addresses that are listened on, all of them loopback.
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.sockets
            .iter()
            .filter_map(|socket| socket.local_addr().ok())
            .collect()
    }
}

impl fmt::Debug for LoopbackListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoopbackListener")
            .field("redirect_uri", &self.redirect_uri)
            .field("addresses", &self.addresses())
            .finish_non_exhaustive()
    }
}

fn refuse(why: String) -> Error {
    Error::with_detail(ErrorCode::ConfigRedirectUri, why)
}

fn loopback_parts(redirect_uri: &RedirectUri) -> Result<(&'static [IpAddr], u16)> {
    const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
    let not_here = || {
        refuse(format!(
            "A listener on this machine cannot take {redirect_uri}: it takes http on localhost, 127.0.0.1 or [::1]."
        ))
    };
    if redirect_uri.kind() != RedirectKind::LoopbackHttp {
        return Err(not_here());
    }
    let parts = Parts::split(redirect_uri.as_str()).ok_or_else(not_here)?;
    let addresses: &[IpAddr] = match parts.host() {
        "127.0.0.1" => &[V4],
        "[::1]" => &[V6],
        _ => &[V4, V6],
    };
    let port = match parts.port() {
        None => 80,
        Some(digits) => digits
            .parse()
            .map_err(|_| refuse(format!("The redirect URI {redirect_uri} has a port above 65535.")))?,
    };
    Ok((addresses, port))
}

/// Binds the port on every address. A stack that the machine does not have is left out as long as one remains; a port
/// that somebody has on one of them is an error, since the redirect could then go to them.
fn bind_all(addresses: &[IpAddr], port: u16) -> io::Result<Vec<TcpListener>> {
    let mut sockets = Vec::with_capacity(addresses.len());
    let mut missing = None;
    for &address in addresses {
        match listen(SocketAddr::new(address, port)) {
            Ok(socket) => sockets.push(socket),
            Err(error) if stack_is_missing(&error) => missing = Some(error),
            Err(error) => return Err(error),
        }
    }
    match missing {
        Some(error) if sockets.is_empty() => Err(error),
        _ => Ok(sockets),
    }
}

/// The same with one free port for all.
fn bind_free(addresses: &[IpAddr]) -> io::Result<(Vec<TcpListener>, u16)> {
    let mut rest = addresses.iter();
    let mut missing = io::Error::from(io::ErrorKind::AddrNotAvailable);
    while let Some(&address) = rest.next() {
        match listen(SocketAddr::new(address, 0)) {
            Ok(first) => {
                let port = first.local_addr()?.port();
                let mut sockets = vec![first];
                if !rest.as_slice().is_empty() {
                    match bind_all(rest.as_slice(), port) {
                        Ok(more) => sockets.extend(more),
                        Err(error) if stack_is_missing(&error) => {}
                        Err(error) => return Err(error),
                    }
                }
                return Ok((sockets, port));
            }
            Err(error) if stack_is_missing(&error) => missing = error,
            Err(error) => return Err(error),
        }
    }
    Err(missing)
}

/// As [`TcpListener::bind`] does, with a longer queue: connections wait in it while many arrive at once.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // Takes over a port whose last connections are still closing. On Windows it would let others share the port.
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

fn stack_is_missing(error: &io::Error) -> bool {
    // "Address family not supported" has no kind of its own: 97 on Linux, 47 on the BSDs and macOS, 10047 on Windows.
    const NO_SUCH_FAMILY: i32 = if cfg!(windows) {
        10_047
    } else if cfg!(target_os = "linux") || cfg!(target_os = "android") {
        97
    } else {
        47
    };
    error.kind() == io::ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(NO_SUCH_FAMILY)
}

fn why_not(redirect_uri: &RedirectUri, port: u16, error: &io::Error) -> String {
    let why = match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} is taken by another program. End that program (perhaps another login is waiting), or register and configure a redirect URI with another port"
        ),
        io::ErrorKind::PermissionDenied => format!(
            "this system keeps port {port} for privileged programs. Register and configure a redirect URI with a port from 1024 on"
        ),
        kind => format!("port {port} cannot be had ({kind})"),
    };
    format!("The redirect URI {redirect_uri} cannot be listened on: {why}.")
}

fn with_port(redirect_uri: &RedirectUri, port: u16) -> Result<RedirectUri> {
    let text = redirect_uri.as_str();
    let parts = Parts::split(text).ok_or_else(|| refuse(format!("{redirect_uri} has no host.")))?;
    let path = match parts.rest {
        "" => "/",
        rest => rest,
    };
    RedirectUri::parse(&format!("{}://{}:{port}{path}", parts.scheme, parts.host()))
}
