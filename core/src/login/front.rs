//! What a listener answers to: the names and origins that are its own.

use crate::config::RedirectUri;

/// How browsers reach a listener.
#[derive(Clone, Debug)]
pub(super) struct Front {
    /// `Host` headers that are answered, as browsers write them.
    hosts: Vec<String>,
    /// `http` or `https`: what this machine's own names are reached by.
    scheme: &'static str,
    /// Behind a tunnel, the registered origin: its pages are the listener's pages, whatever name the tunnel passes on.
    forwarded: Option<String>,
}

impl Front {
    /// A listener on this machine at `port`, reached by `scheme`; `name` is a name of its own beside the loopback ones.
    pub(super) fn here(scheme: &'static str, port: u16, name: Option<&str>) -> Self {
        let default = if scheme == "https" { 443 } else { 80 };
        // Browsers leave out the default port.
        let port = if port == default {
            String::new()
        } else {
            format!(":{port}")
        };
        let hosts = ["127.0.0.1", "localhost", "[::1]"]
            .into_iter()
            .chain(name)
            .map(|host| format!("{}{port}", host.to_ascii_lowercase()))
            .collect();
        Self {
            hosts,
            scheme,
            forwarded: None,
        }
    }

    /// A listener on this machine that a tunnel or a relay page hands the answer to.
    pub(super) fn forwarded(redirect_uri: &RedirectUri, port: u16) -> Self {
        let mut front = Self::here("http", port, None);
        let origin = redirect_uri.origin();
        if let Some((_, host)) = origin.split_once("://")
            && !front.answers(host)
        {
            front.hosts.push(host.to_owned());
        }
        front.forwarded = Some(origin.to_owned());
        front
    }

    /// Whether a request for this host is this listener's (attack case E2: DNS rebinding).
    pub(super) fn answers(&self, host: &str) -> bool {
        self.hosts.iter().any(|own| own == host)
    }

    /// Whether a page of this origin is the listener's own, for a request to this host of its own.
    pub(super) fn is_own_origin(&self, host: &str, origin: &str) -> bool {
        match &self.forwarded {
            Some(registered) if registered == origin => true,
            Some(registered) if registered.ends_with(&format!("://{host}")) => false,
            _ => origin.split_once("://") == Some((self.scheme, host)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_port_is_left_out_as_browsers_do() {
        let plain = Front::here("http", 80, None);
        assert!(plain.answers("localhost") && !plain.answers("localhost:80"));
        let secure = Front::here("https", 443, Some("Dev.Example"));
        assert!(secure.answers("dev.example") && secure.answers("[::1]"));
        assert!(Front::here("https", 80, None).answers("localhost:80"));
    }

    #[test]
    fn behind_a_tunnel_the_registered_origin_is_the_listeners_own_and_its_plain_twin_is_not() {
        let redirect_uri = RedirectUri::parse("https://name.tunnel.example/callback").unwrap();
        let front = Front::forwarded(&redirect_uri, 8911);
        assert!(front.answers("name.tunnel.example") && front.answers("127.0.0.1:8911"));
        assert!(!front.answers("tunnel.example") && !front.answers("name.tunnel.example:8911"));
        assert!(front.is_own_origin("name.tunnel.example", "https://name.tunnel.example"));
        assert!(front.is_own_origin("127.0.0.1:8911", "https://name.tunnel.example"));
        assert!(front.is_own_origin("127.0.0.1:8911", "http://127.0.0.1:8911"));
        assert!(!front.is_own_origin("name.tunnel.example", "http://name.tunnel.example"));
        assert!(!front.is_own_origin("name.tunnel.example", "http://127.0.0.1:8911"));
    }
}
