//! Redirect URIs as pages and products need them: parsed, never resolved or rewritten.

use url::{Host, Url};

/// A redirect URI that was parsed, beside the bytes that were sent.
#[derive(Clone, Debug)]
pub(crate) struct WebUri {
    text: String,
    url: Url,
}

impl WebUri {
    /// Parses an absolute http(s) URI without fragment and user information; says what is wrong with any other.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.bytes().any(|byte| byte <= b' ' || byte == 0x7f || byte == b'\\') {
            return Err("must not contain spaces, backslashes or control characters");
        }
        if !text.is_ascii() {
            return Err("must be ASCII: write other characters percent-encoded, and host names in punycode");
        }
        let url = Url::parse(text).map_err(|_| "is not an absolute URI")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("must begin with https:// or http://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not contain a user name");
        }
        if url.fragment().is_some() {
            return Err("must not contain a fragment (#)");
        }
        if text.len() > 2_000 {
            return Err("is longer than 2000 characters");
        }
        Ok(Self {
            text: text.to_owned(),
            url,
        })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// Whether the host is this machine: `localhost`, 127.0.0.0/8 or `[::1]`.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            _ => self.is_loopback_ip(),
        }
    }

    /// Whether the host is a loopback address written as an address (RFC 8252 7.3).
    pub(crate) fn is_loopback_ip(&self) -> bool {
        match self.url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            _ => false,
        }
    }

    pub(crate) fn url(&self) -> &Url {
        &self.url
    }
}

/// The redirect URI with parameters added to its query; an empty path becomes `/`, as a browser would send it.
pub(crate) fn with_query(redirect_uri: &str, pairs: &[(&str, &str)]) -> String {
    let base = with_path(redirect_uri);
    let join = match base.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    format!("{base}{join}{}", encode(pairs))
}

/// The redirect URI with parameters in its fragment (RFC 6749 4.2.2).
pub(crate) fn with_fragment(redirect_uri: &str, pairs: &[(&str, &str)]) -> String {
    format!("{}#{}", with_path(redirect_uri), encode(pairs))
}

fn encode(pairs: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

fn with_path(redirect_uri: &str) -> String {
    let (base, query) = match redirect_uri.split_once('?') {
        Some((base, query)) => (base, Some(query)),
        None => (redirect_uri, None),
    };
    let has_path = base.split_once("://").is_some_and(|(_, rest)| rest.contains('/'));
    let slash = if has_path { "" } else { "/" };
    query.map_or_else(|| format!("{base}{slash}"), |query| format!("{base}{slash}?{query}"))
}

/// What `form-action` must allow, so that a browser follows the redirect after a consent form.
///
/// A loopback app may itself redirect to another of its ports or names, which Chromium counts as the same chain.
pub(crate) fn form_target(redirect_uri: &str) -> Vec<String> {
    let Ok(uri) = WebUri::parse(redirect_uri) else {
        return Vec::new();
    };
    if uri.is_loopback() {
        // The policy's grammar has no IPv6 addresses.
        return match uri.url.host() {
            Some(Host::Ipv6(_)) => vec!["http:".to_owned(), "https:".to_owned()],
            _ => [
                "http://localhost:*",
                "http://127.0.0.1:*",
                "https://localhost:*",
                "https://127.0.0.1:*",
            ]
            .map(str::to_owned)
            .to_vec(),
        };
    }
    vec![uri.url.origin().ascii_serialization()]
}

/// The lines of a text area, without empty ones.
pub(crate) fn split_lines(text: &str) -> Vec<String> {
    text.split(['\n', '\r', ','])
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_web_address_is_refused() {
        for bad in [
            "",
            "/cb",
            "app://cb",
            "javascript:alert(1)",
            "https://a@evil.example/",
            "http://localhost/#x",
            "http://local host/",
            "http:\\\\localhost",
            "http://localhost/\r\nx: y",
            "http://localhost/\u{e4}",
        ] {
            assert!(WebUri::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn loopback_is_known_by_name_and_address() {
        for yes in [
            "http://localhost/",
            "http://127.0.0.1:8/x",
            "http://[::1]/",
            "https://localhost/",
        ] {
            assert!(WebUri::parse(yes).unwrap().is_loopback(), "{yes}");
        }
        for no in [
            "http://localhost.evil.example/",
            "http://127.0.0.1.evil.example/",
            "http://10.0.2.2/",
        ] {
            assert!(!WebUri::parse(no).unwrap().is_loopback(), "{no}");
        }
    }

    #[test]
    fn parameters_are_added_behind_what_is_there() {
        assert_eq!(
            with_query("http://localhost", &[("code", "a b")]),
            "http://localhost/?code=a+b"
        );
        assert_eq!(
            with_query("http://localhost/?x=1", &[("code", "a")]),
            "http://localhost/?x=1&code=a"
        );
        assert_eq!(
            with_query("http://localhost?x=1", &[("code", "a")]),
            "http://localhost/?x=1&code=a"
        );
        assert_eq!(
            with_query("http://localhost/?", &[("code", "a")]),
            "http://localhost/?code=a"
        );
        assert_eq!(
            with_fragment("http://localhost", &[("access_token", "t")]),
            "http://localhost/#access_token=t"
        );
    }

    #[test]
    fn the_form_policy_names_the_origin_alone() {
        assert_eq!(
            form_target("https://app.example:8443/cb?x=1"),
            ["https://app.example:8443"]
        );
        assert!(form_target("http://localhost/").contains(&"http://localhost:*".to_owned()));
        assert!(form_target("nonsense").is_empty());
    }
}
