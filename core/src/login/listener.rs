//! Binding the loopback listener.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::{TcpListener, TcpSocket};

use super::front::Front;
use super::tls::Acceptor;
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
    pub(super) front: Front,
    /// What speaks TLS, where the redirect URI is https on this machine.
    pub(super) tls: Option<Acceptor>,
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
        let (host, parts) = loopback_parts(redirect_uri)?;
        let port = port_of(redirect_uri, &parts, 80)?;
        let sockets = bind_all(host, port).map_err(|error| refuse(why_not(redirect_uri, port, &error)))?;
        Ok(Self::plain(sockets, redirect_uri.clone(), port))
    }

    /// Listens at `listen` for what is registered elsewhere: behind a tunnel whose public address the redirect URI is, or
    /// for a relay page that hands the answer on to this machine. `listen` is a port, or a loopback address with one:
    /// `8911`, `127.0.0.1:8911`, `[::1]:8911`, `localhost:8911`.
    ///
    /// It answers to the redirect URI's own host and to loopback names, at the redirect URI's path. What a proxy adds about
    /// itself (`Forwarded`, `X-Forwarded-Host` and the like) is not read: anybody can write it.
    ///
    /// # Errors
    /// `config.redirect_uri` for a redirect URI that no browser goes to by http or https; `config.invalid` for a `listen`
    /// that is no loopback address with a port, or whose port cannot be had; the message names the port and why.
    pub fn bind_forwarded(redirect_uri: &RedirectUri, listen: &str) -> Result<Self> {
        if redirect_uri.kind() == RedirectKind::CustomScheme {
            return Err(refuse(format!(
                "The redirect URI {redirect_uri} opens an app, so nothing can forward it to this machine."
            )));
        }
        let (addresses, port) = listen_parts(listen)?;
        let sockets = bind_all(addresses, port).map_err(|error| {
            Error::with_detail(
                ErrorCode::ConfigInvalid,
                format!(
                    "The address {listen} cannot be listened on: {}.",
                    why(port, &error, "give another port, and let the tunnel lead there")
                ),
            )
        })?;
        Ok(Self {
            sockets,
            redirect_uri: redirect_uri.clone(),
            port,
            front: Front::forwarded(redirect_uri, port),
            tls: None,
        })
    }

    fn plain(sockets: Vec<TcpListener>, redirect_uri: RedirectUri, port: u16) -> Self {
        Self {
            sockets,
            redirect_uri,
            port,
            front: Front::here("http", port, None),
            tls: None,
        }
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
                    return Ok(Self::plain(sockets, with_port(redirect_uri, port)?, port));
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

pub(super) fn refuse(why: String) -> Error {
    Error::with_detail(ErrorCode::ConfigRedirectUri, why)
}

/// The loopback addresses of a host as it is written; `None` for any other host.
pub(super) fn loopback_addresses(host: &str) -> Option<&'static [IpAddr]> {
    const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);
    match host {
        "127.0.0.1" => Some(&[V4]),
        "[::1]" => Some(&[V6]),
        // Browsers take every name below `localhost` for this machine (RFC 6761 6.3).
        name if name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost") => {
            Some(&[V4, V6])
        }
        _ => None,
    }
}

/// The port of an address, or the scheme's own.
pub(super) fn port_of(redirect_uri: &RedirectUri, parts: &Parts<'_>, default: u16) -> Result<u16> {
    let port = match parts.port() {
        None => default,
        Some(digits) => digits
            .parse()
            .map_err(|_| refuse(format!("The redirect URI {redirect_uri} has a port above 65535.")))?,
    };
    if port == 0 {
        return Err(refuse(format!(
            "The redirect URI {redirect_uri} has port 0, which no browser can go to."
        )));
    }
    Ok(port)
}

fn listen_parts(listen: &str) -> Result<(&'static [IpAddr], u16)> {
    let invalid = || {
        Error::with_detail(
            ErrorCode::ConfigInvalid,
            "The address to listen on is a port of this machine, such as 8911, 127.0.0.1:8911 or [::1]:8911; a listener for a login is not opened to others.",
        )
    };
    let (host, port) = listen.rsplit_once(':').unwrap_or(("127.0.0.1", listen));
    let digits = port.bytes().all(|b| b.is_ascii_digit());
    let port = port
        .parse()
        .ok()
        .filter(|port| digits && *port != 0)
        .ok_or_else(invalid)?;
    let host = if host.is_empty() { "127.0.0.1" } else { host };
    Ok((loopback_addresses(host).ok_or_else(invalid)?, port))
}

fn loopback_parts(redirect_uri: &RedirectUri) -> Result<(&'static [IpAddr], Parts<'_>)> {
    let not_here = || {
        refuse(format!(
            "A listener on this machine cannot take {redirect_uri}: it takes http on localhost, 127.0.0.1 or [::1]."
        ))
    };
    if redirect_uri.kind() != RedirectKind::LoopbackHttp {
        return Err(not_here());
    }
    let parts = Parts::split(redirect_uri.as_str()).ok_or_else(not_here)?;
    let addresses = loopback_addresses(parts.host()).ok_or_else(not_here)?;
    Ok((addresses, parts))
}

/// Binds the port on every address. A stack that the machine does not have is left out as long as one remains; a port
/// that somebody has on one of them is an error, since the redirect could then go to them.
pub(super) fn bind_all(addresses: &[IpAddr], port: u16) -> io::Result<Vec<TcpListener>> {
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

pub(super) fn why_not(redirect_uri: &RedirectUri, port: u16, error: &io::Error) -> String {
    let instead = "register and configure a redirect URI with another port";
    format!(
        "The redirect URI {redirect_uri} cannot be listened on: {}.",
        why(port, error, instead)
    )
}

fn why(port: u16, error: &io::Error, instead: &str) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} is taken by another program. End that program (perhaps another login is waiting), or {instead}"
        ),
        io::ErrorKind::PermissionDenied => {
            format!("this system keeps port {port} for privileged programs. Take a port from 1024 on: {instead}")
        }
        kind => format!("port {port} cannot be had ({kind})"),
    }
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
