//! The registered redirect URI.

use std::fmt;
use std::sync::Arc;

use crate::config::endpoint::{Parts, is_loopback_host};
use crate::error::{Error, ErrorCode, Result};

/// A redirect URI, checked once and then used byte for byte in the authorization request and in the exchange.
///
/// Both calls must carry the very same bytes (fact sheet 1.3), so it travels with the pending login. Cloning is cheap.
#[derive(Clone)]
pub struct RedirectUri(Arc<Checked>);

struct Checked {
    raw: Box<str>,
    /// Scheme and authority in lower case, default port and fragment gone, an empty path as `/`.
    base: Box<str>,
    query: Option<Box<str>>,
    kind: RedirectKind,
}

/// What sort of address a redirect URI is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RedirectKind {
    /// `https://…`
    Https,
    /// `http://` on localhost, 127.0.0.1 or `[::1]` (RFC 8252 7.3).
    LoopbackHttp,
    /// `http://` anywhere else.
    Http,
    /// An app's own scheme (RFC 8252 7.1).
    CustomScheme,
}

impl RedirectUri {
    /// Checks a redirect URI.
    ///
    /// # Errors
    /// `config.redirect_uri` for anything but an absolute ASCII URI without fragment, user info, white space, `//` or
    /// dot segments in its path, and for placeholders that were never filled in (`{…}`, `$NAME`, `@web`).
    pub fn parse(text: &str) -> Result<Self> {
        let refuse = |why: &str| Error::with_detail(ErrorCode::ConfigRedirectUri, format!("The redirect URI {why}."));
        if text.is_empty() || text.len() > 2_048 {
            return Err(refuse("is empty or longer than 2,048 characters"));
        }
        if !text.is_ascii() {
            return Err(refuse(
                "has non-ASCII characters; write the host in its xn-- form and escape the path",
            ));
        }
        if text.contains(['{', '}', '$']) || text.starts_with('@') {
            return Err(refuse("has a placeholder that was not filled in"));
        }
        if !text
            .bytes()
            .all(|b| matches!(b, 0x21..=0x7e) && !matches!(b, b'\\' | b'"' | b'<' | b'>' | b'`' | b'^' | b'|'))
        {
            return Err(refuse(
                "has white space, quotes or other characters that a URI does not have",
            ));
        }
        if text.contains('#') {
            return Err(refuse("has a fragment, which RFC 6749 3.1.2 forbids"));
        }
        let (base, query) = normalise(text).ok_or_else(|| refuse("is not an absolute URI"))?;
        if base.1.contains('@') {
            return Err(refuse("has a user name in front of the host"));
        }
        let path = base.2;
        if path.contains("//") {
            return Err(refuse(
                "has a double slash in its path: mostly a base address that ends in one",
            ));
        }
        if path.split('/').any(|segment| matches!(segment, "." | "..")) {
            return Err(refuse("has dot segments in its path"));
        }
        let kind = match base.0.as_str() {
            "https" => RedirectKind::Https,
            "http" if Parts::split(text).is_some_and(|parts| is_loopback_host(parts.host())) => {
                RedirectKind::LoopbackHttp
            }
            "http" => RedirectKind::Http,
            "javascript" | "data" | "file" | "vbscript" | "about" | "blob" => {
                return Err(refuse("has a scheme that browsers treat specially"));
            }
            _ => RedirectKind::CustomScheme,
        };
        Ok(Self(Arc::new(Checked {
            raw: text.into(),
            base: join(&base.0, &base.1, path).into(),
            // `https://app.example/cb?`: an empty query is no query.
            query: query.filter(|query| !query.is_empty()).map(Into::into),
            kind,
        })))
    }

    /// The URI, byte for byte as it was given.
    pub fn as_str(&self) -> &str {
        &self.0.raw
    }

    /// What sort of address it is.
    pub fn kind(&self) -> RedirectKind {
        self.0.kind
    }

    /// `scheme://host[:port]` in lower case and without a default port, as browsers write an origin; empty for an app's own
    /// scheme.
    #[cfg(any(feature = "login", feature = "web"))]
    pub(crate) fn origin(&self) -> &str {
        self.cut_at_path().0
    }

    /// The path, as registered.
    #[cfg(feature = "web")]
    pub(crate) fn path(&self) -> &str {
        self.cut_at_path().1
    }

    #[cfg(any(feature = "login", feature = "web"))]
    fn cut_at_path(&self) -> (&str, &str) {
        let base = &*self.0.base;
        let host = base.find("://").map_or(0, |at| at + 3);
        let path = base
            .get(host..)
            .and_then(|rest| rest.find('/'))
            .map_or(0, |at| host + at);
        base.split_at_checked(path).unwrap_or_default()
    }

    /// The near variant with, or without, a slash at the end: the other thing that is often registered by mistake.
    pub fn slash_variant(&self) -> String {
        let (base, query) = self
            .0
            .raw
            .split_once('?')
            .map_or((&*self.0.raw, None), |(base, query)| (base, Some(query)));
        let mut other = match base.strip_suffix('/') {
            Some(shorter) => shorter.to_owned(),
            None => format!("{base}/"),
        };
        if let Some(query) = query {
            other.push('?');
            other.push_str(query);
        }
        other
    }

    /// What follows the registered URI in `url`: the response's own query and fragment. `None` when scheme, host,
    /// port, path or registered query differ.
    pub(crate) fn response_part<'a>(&self, url: &'a str) -> Option<ResponsePart<'a>> {
        let rest = match url.strip_prefix(&*self.0.base) {
            Some(rest) if rest.is_empty() || rest.starts_with(['?', '#']) => rest,
            // Spelled differently, or a longer path: compare part by part.
            _ => {
                let (base, _) = normalise(url)?;
                if base.1.contains('@') || join(&base.0, &base.1, base.2) != *self.0.base {
                    return None;
                }
                url.find(['?', '#']).and_then(|at| url.get(at..)).unwrap_or_default()
            }
        };
        let (before_fragment, fragment) = match rest.split_once('#') {
            Some((before, fragment)) => (before, Some(fragment)),
            None => (rest, None),
        };
        let query = before_fragment.strip_prefix('?').unwrap_or_default();
        let query = match &self.0.query {
            None => query,
            Some(registered) => match query.strip_prefix(&**registered)? {
                "" => "",
                more => more.strip_prefix('&')?,
            },
        };
        Some(ResponsePart { query, fragment })
    }
}

/// What a provider appended to the registered URI.
pub(crate) struct ResponsePart<'a> {
    pub(crate) query: &'a str,
    pub(crate) fragment: Option<&'a str>,
}

type Base<'a> = (String, String, &'a str);

/// Scheme and authority in lower case, a default port dropped, and the path as written; then the query.
fn normalise(text: &str) -> Option<(Base<'_>, Option<&str>)> {
    let end = text.find('#').unwrap_or(text.len());
    let (text, _) = text.split_at_checked(end)?;
    let (before_query, query) = text
        .split_once('?')
        .map_or((text, None), |(before, query)| (before, Some(query)));
    if let Some(parts) = Parts::split(before_query) {
        let scheme = parts.scheme.to_ascii_lowercase();
        let mut authority = parts.authority.to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "https" => Some("443"),
            "http" => Some("80"),
            _ => None,
        };
        if parts.port().is_some() && parts.port() == default_port {
            authority.truncate(parts.host().len());
        }
        let path = if parts.rest.is_empty() { "/" } else { parts.rest };
        return Some(((scheme, authority, path), query));
    }
    // An app's own scheme may have no authority: com.example.app:/callback
    let (scheme, path) = before_query.split_once(':')?;
    let plain = !scheme.is_empty()
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        && !path.is_empty()
        && !path.starts_with("//")
        && !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https");
    plain.then(|| ((scheme.to_ascii_lowercase(), String::new(), path), query))
}

fn join(scheme: &str, authority: &str, path: &str) -> String {
    if authority.is_empty() {
        format!("{scheme}:{path}")
    } else {
        format!("{scheme}://{authority}{path}")
    }
}

impl PartialEq for RedirectUri {
    fn eq(&self, other: &Self) -> bool {
        self.0.raw == other.0.raw
    }
}

impl Eq for RedirectUri {}

impl fmt::Debug for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.raw)
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.raw)
    }
}

/// Which redirect URIs a provider accepts, so that a wrong one is refused here and not on a page of the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedirectRules {
    /// `http://localhost…` and the loopback addresses.
    pub loopback_http: bool,
    /// `http://` to any host.
    pub any_http: bool,
    /// An app's own scheme.
    pub custom_scheme: bool,
}

impl RedirectRules {
    /// Checks a redirect URI against the provider's rules.
    ///
    /// # Errors
    /// `config.redirect_uri`, naming what the provider takes instead.
    pub(crate) fn check(self, provider: &str, redirect_uri: &RedirectUri) -> Result<()> {
        let allowed = match redirect_uri.kind() {
            RedirectKind::Https => true,
            RedirectKind::LoopbackHttp => self.loopback_http || self.any_http,
            RedirectKind::Http => self.any_http,
            RedirectKind::CustomScheme => self.custom_scheme,
        };
        if allowed {
            return Ok(());
        }
        let why = match redirect_uri.kind() {
            RedirectKind::LoopbackHttp => {
                "refuses http, even on localhost; register https://localhost/ and paste the address back, or use a tunnel"
            }
            RedirectKind::CustomScheme => "refuses an app's own scheme; use an https app link or universal link",
            _ => "takes https only",
        };
        Err(Error::with_detail(
            ErrorCode::ConfigRedirectUri,
            format!("The redirect URI {redirect_uri} cannot be used: {provider} {why}."),
        ))
    }
}
