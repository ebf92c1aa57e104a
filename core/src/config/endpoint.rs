//! Addresses that requests, or people, are sent to.

use std::fmt;
use std::sync::Arc;

use url::Url;

use crate::error::{Error, ErrorCode, Result};

/// Where an Android emulator finds the machine that it runs on.
const EMULATOR_HOST: &str = "10.0.2.2";

/// An https address, or an http address on this very machine. Never one with user info, a fragment or an
/// internationalised host name (look-alikes).
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(Arc<str>);

impl Endpoint {
    /// Checks an address.
    ///
    /// Loopback is `localhost`, `127.0.0.1` or `[::1]`, written exactly so: other spellings of the same address
    /// (decimal, octal, mapped) exist to get past checks and are refused.
    ///
    /// # Errors
    /// `config.insecure_endpoint`.
    pub fn parse(text: &str) -> Result<Self> {
        Self::check(text, is_loopback_host)
    }

    /// Checks an address of a sandbox, which may also be the machine that an Android emulator runs on: `10.0.2.2`, written
    /// exactly so. On a real network that is somebody's private address, so nothing but a sandbox is reached there by http.
    pub(crate) fn of_sandbox(text: &str) -> Result<Self> {
        Self::check(text, |host| is_loopback_host(host) || host == EMULATOR_HOST)
    }

    fn check(text: &str, may_use_http: impl Fn(&str) -> bool) -> Result<Self> {
        let refuse = |why: &str| Error::with_detail(ErrorCode::ConfigInsecureEndpoint, format!("The endpoint {why}."));
        if text.len() > 2_048 {
            return Err(refuse("is longer than 2,048 characters"));
        }
        if !text
            .bytes()
            .all(|b| matches!(b, 0x21..=0x7e) && !matches!(b, b'\\' | b'"' | b'<' | b'>'))
        {
            return Err(refuse(
                "has spaces, quotes, backslashes, control or non-ASCII characters",
            ));
        }
        if text.contains('#') {
            return Err(refuse("has a fragment"));
        }
        let parts = Parts::split(text).ok_or_else(|| refuse("is not an absolute http(s) address"))?;
        if parts.authority.contains('@') {
            return Err(refuse("has a user name in front of the host"));
        }
        let host = parts.host();
        if host
            .split('.')
            .any(|label| label.get(..4).is_some_and(|head| head.eq_ignore_ascii_case("xn--")))
        {
            return Err(refuse("has an internationalised host name"));
        }
        let secure = parts.scheme.eq_ignore_ascii_case("https");
        let on_this_machine = parts.scheme.eq_ignore_ascii_case("http") && may_use_http(host);
        if !secure && !on_this_machine {
            return Err(refuse("is neither https nor http on localhost, 127.0.0.1 or [::1]"));
        }
        // The full parser has the last word on ports, brackets and escapes; it must see the same host.
        let parsed = Url::parse(text).map_err(|_| refuse("is not a well-formed address"))?;
        if !parsed.host_str().is_some_and(|seen| seen.eq_ignore_ascii_case(host)) {
            return Err(refuse("spells its host in an unusual way"));
        }
        Ok(Self(text.into()))
    }

    /// The address as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        Parts::split(&self.0).is_some_and(|parts| is_loopback_host(parts.host()))
    }

    /// `scheme://host[:port]`, in lower case.
    pub fn origin(&self) -> String {
        Parts::split(&self.0)
            .map(|parts| format!("{}://{}", parts.scheme, parts.authority).to_ascii_lowercase())
            .unwrap_or_default()
    }

    /// The same path below another base address: how a sandbox stands in for a provider.
    pub(crate) fn rebase(&self, base: &str) -> Result<Self> {
        let path = Parts::split(&self.0).map_or("", |parts| parts.rest);
        Self::of_sandbox(&format!("{}{path}", base.trim_end_matches('/')))
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(sanitized(&self.0))
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(sanitized(&self.0))
    }
}

/// An address without query and fragment: all of it that may be printed.
pub(crate) fn sanitized(url: &str) -> &str {
    url.find(['?', '#']).and_then(|end| url.get(..end)).unwrap_or(url)
}

/// Whether a host, as written, is this machine.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host == "127.0.0.1" || host == "[::1]"
}

/// An address cut at its separators, nothing decoded.
pub(crate) struct Parts<'a> {
    pub(crate) scheme: &'a str,
    pub(crate) authority: &'a str,
    /// Path, query and fragment.
    pub(crate) rest: &'a str,
}

impl<'a> Parts<'a> {
    /// `None` unless the text is `scheme://authority…` with a non-empty host and digits for a port.
    pub(crate) fn split(text: &'a str) -> Option<Self> {
        let (scheme, after) = text.split_once("://")?;
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        let (authority, rest) = after.split_at_checked(end)?;
        let parts = Self {
            scheme,
            authority,
            rest,
        };
        let well_formed = !scheme.is_empty()
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
            && !parts.host().is_empty()
            && parts
                .port()
                .is_none_or(|port| !port.is_empty() && port.len() <= 5 && port.bytes().all(|b| b.is_ascii_digit()));
        well_formed.then_some(parts)
    }

    /// The host as written, brackets included.
    pub(crate) fn host(&self) -> &'a str {
        self.host_and_port().0
    }

    /// The digits behind the host's colon.
    pub(crate) fn port(&self) -> Option<&'a str> {
        self.host_and_port().1
    }

    fn host_and_port(&self) -> (&'a str, Option<&'a str>) {
        let searched_from = self.authority.rfind(']').unwrap_or(0);
        match self.authority.get(searched_from..).and_then(|tail| tail.find(':')) {
            Some(colon) => (
                self.authority.get(..searched_from + colon).unwrap_or_default(),
                self.authority.get(searched_from + colon + 1..),
            ),
            None => (self.authority, None),
        }
    }
}
