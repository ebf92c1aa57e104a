//! From where a sandbox is reached: from this machine alone, or from others by an access key (attack list E8).

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use shutterkey::Secret;
use subtle::ConstantTimeEq;
use url::Url;

use crate::error::SandboxError;
use crate::pages::WebUri;

/// The fewest characters that an access key has.
const KEY_LENGTH: usize = 32;

/// How a sandbox is to be reached, as it is asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) listen: Option<IpAddr>,
    pub(crate) access_key: Option<Secret>,
    pub(crate) public_url: Option<String>,
    pub(crate) back_channel_url: Option<String>,
    pub(crate) callback_hosts: CallbackHosts,
}

/// Hosts that callbacks may go to beside this machine.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallbackHosts(pub(crate) Vec<String>);

impl CallbackHosts {
    /// Whether it is one of those that were named.
    pub(crate) fn names(&self, uri: &WebUri) -> bool {
        let host = uri.url().host_str();
        self.0.iter().any(|known| host == Some(known))
    }

    /// Whether a callback may be sent there: to this machine, or to a host that was named.
    pub(crate) fn may_call(&self, uri: &WebUri) -> bool {
        uri.is_loopback() || self.names(uri)
    }
}

/// How a running sandbox is reached.
pub(crate) struct Reach {
    /// What browsers use: `http://127.0.0.1:PORT`, or the public URL. Without a slash at the end.
    pub(crate) public: String,
    /// What servers use: the same, or the back-channel URL.
    pub(crate) back: String,
    /// What `Host` may say beside this machine's own names.
    hosts: Vec<String>,
    /// Opens the pages to browsers of other machines.
    key: Option<Secret>,
    pub(crate) callback_hosts: CallbackHosts,
}

impl Asked {
    /// The address to listen on; an error for one that other machines reach without a key and a public URL.
    pub(crate) fn address(&self) -> Result<IpAddr, SandboxError> {
        let address = self.listen.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        if let Some(key) = &self.access_key
            && key.reveal().chars().count() < KEY_LENGTH
        {
            return Err(SandboxError::Exposed("an access key has at least 32 characters"));
        }
        if address.is_loopback() {
            return Ok(address);
        }
        if self.access_key.is_none() {
            return Err(SandboxError::Exposed(
                "an address that other machines reach needs an access key",
            ));
        }
        if self.public_url.is_none() {
            return Err(SandboxError::Exposed(
                "an address that other machines reach needs the public URL that browsers will use",
            ));
        }
        Ok(address)
    }

    pub(crate) fn at(self, bound: SocketAddr) -> Result<Reach, SandboxError> {
        let own = format!("http://127.0.0.1:{}", bound.port());
        let public = self.public_url.as_deref().map(origin).transpose()?;
        let back = self.back_channel_url.as_deref().map(origin).transpose()?;
        let hosts = [&public, &back]
            .into_iter()
            .flatten()
            .filter_map(|url| Some(url.split_once("://")?.1.to_owned()))
            .collect();
        let public = public.unwrap_or(own);
        Ok(Reach {
            back: back.unwrap_or_else(|| public.clone()),
            public,
            hosts,
            key: self.access_key,
            callback_hosts: self.callback_hosts,
        })
    }
}

/// `scheme://host[:port]` of a URL without anything behind it.
fn origin(text: &str) -> Result<String, SandboxError> {
    let wrong = || SandboxError::Exposed("a public URL is http or https, a host and a port, and nothing behind them");
    let url = Url::parse(text).map_err(|_| wrong())?;
    let bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    let plain = url.username().is_empty() && url.password().is_none();
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() || !bare || !plain {
        return Err(wrong());
    }
    Ok(url.origin().ascii_serialization())
}

impl Reach {
    /// Whether `Host` may say this, beside this machine's own names.
    pub(crate) fn knows_host(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// Whether pages need the access key.
    pub(crate) fn is_guarded(&self) -> bool {
        self.key.is_some()
    }

    pub(crate) fn key_matches(&self, sent: &str) -> bool {
        self.key
            .as_ref()
            .is_some_and(|key| key.reveal().as_bytes().ct_eq(sent.as_bytes()).into())
    }

    /// The key, for the sandbox's own walks through its pages.
    pub(crate) fn key(&self) -> Option<&Secret> {
        self.key.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(listen: &str, key: Option<&str>, public: Option<&str>) -> Result<IpAddr, SandboxError> {
        Asked {
            listen: Some(listen.parse().unwrap()),
            access_key: key.map(Secret::from),
            public_url: public.map(str::to_owned),
            ..Asked::default()
        }
        .address()
    }

    #[test]
    fn other_machines_need_a_long_key_and_a_public_url() {
        const KEY: &str = "0123456789abcdef0123456789abcdef";
        assert!(asked("127.0.0.1", None, None).is_ok());
        assert!(asked("0.0.0.0", None, Some("http://localhost:1")).is_err());
        assert!(asked("0.0.0.0", Some("short"), Some("http://localhost:1")).is_err());
        assert!(asked("0.0.0.0", Some(KEY), None).is_err());
        assert!(asked("0.0.0.0", Some(KEY), Some("http://localhost:1")).is_ok());
    }

    #[test]
    fn a_public_url_is_an_origin() {
        assert_eq!(origin("https://sandbox.example/").unwrap(), "https://sandbox.example");
        assert_eq!(origin("http://sandbox:8910").unwrap(), "http://sandbox:8910");
        for wrong in [
            "sandbox:8910",
            "ftp://a",
            "http://a/b",
            "http://a/?x",
            "http://u@a/",
            "http://",
        ] {
            assert!(origin(wrong).is_err(), "{wrong}");
        }
    }
}
