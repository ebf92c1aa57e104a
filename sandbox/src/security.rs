//! What keeps web pages of others from driving a sandbox: Host allow-list, Origin and CSRF checks, headers.

use axum::http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode, header};
use axum::response::Response;
use shutterkey::Secret;
use subtle::ConstantTimeEq;

use crate::http::Call;
use crate::ids;
use crate::pages::message_page;
use crate::signing::hmac_sha256;
use crate::site::{Desk, Shared};

/// Whether the request names this sandbox as its host, exactly once. A name that an attacker's DNS points at
/// 127.0.0.1 is not on the list.
pub(crate) fn host_is_ours<B>(request: &Request<B>, shared: &Shared) -> bool {
    let is_ours = |host: &str| is_our_host(host, shared.port) || shared.reach.knows_host(host);
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().unwrap_or_default(),
        _ => return false,
    };
    let target_is_ours = request
        .uri()
        .authority()
        .is_none_or(|authority| is_ours(authority.as_str()));
    target_is_ours && is_ours(host)
}

/// Loopback, and what an Android emulator calls the loopback of the machine that it runs on. The latter is an address, so
/// that no DNS answer can make a browser use it for another one.
fn is_our_host(host: &str, port: u16) -> bool {
    ["127.0.0.1", "localhost", "[::1]", "10.0.2.2"]
        .iter()
        .any(|name| host == format!("{name}:{port}"))
}

/// The token that forms of one browser session carry.
pub(crate) fn csrf_token(key: &Secret, session: &str) -> String {
    ids::hex(&hmac_sha256(key.reveal(), session.as_bytes()))
}

/// The refusal of a form that was not sent from one of this sandbox's own pages; `None` lets it pass.
pub(crate) fn refuse_foreign_form(desk: &Desk<'_>, call: &Call) -> Option<Response> {
    if is_same_origin(&call.headers, &desk.site.reach.public) && token_matches(&desk.csrf, call.form.text("csrf")) {
        return None;
    }
    Some(message_page(
        desk,
        StatusCode::FORBIDDEN,
        "This form was not accepted",
        "It did not come from a page of this sandbox, or the page is from before the sandbox was started again. \
         Go back, reload the page and try once more.",
    ))
}

fn token_matches(expected: &str, sent: &str) -> bool {
    !expected.is_empty() && bool::from(expected.as_bytes().ct_eq(sent.as_bytes()))
}

/// Whether a browser says that the request comes from our own page. Browsers send `Origin` with every POST and
/// `Sec-Fetch-Site` with every request to loopback; at least one must be there, and none may say otherwise.
fn is_same_origin(headers: &HeaderMap, public: &str) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(header::HOST).unwrap_or_default();
    // Behind a proxy that ends TLS, the public URL is https.
    let own = |origin: &str| origin == format!("http://{host}") || (origin == public && public.ends_with(host));
    let origin = text(header::ORIGIN).map(own);
    let site = text(HeaderName::from_static("sec-fetch-site")).map(|site| site == "same-origin");
    match (origin, site) {
        (None, None) => false,
        (origin, site) => origin.unwrap_or(true) && site.unwrap_or(true),
    }
}

/// The policy of a page whose forms go to the sandbox, and after it to `targets` (Chromium applies `form-action` to
/// the redirects after a form as well).
pub(crate) fn content_policy(targets: &[String]) -> String {
    let targets: String = targets.iter().map(|target| format!(" {target}")).collect();
    format!(
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'{targets}; frame-ancestors 'none'; \
         base-uri 'none'"
    )
}

/// Puts the headers that every answer has.
pub(crate) fn harden(response: &mut Response) {
    let headers = response.headers_mut();
    for (name, value) in [
        ("x-robots-tag", "noindex, nofollow"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        // Not `no-referrer`: under that policy browsers send `Origin: null` with our own forms. To other sites the two
        // are the same: nothing is sent.
        ("referrer-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if let Ok(policy) = HeaderValue::from_str(&content_policy(&[])) {
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| {
                (
                    name.parse::<HeaderName>().unwrap(),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect()
    }

    #[test]
    fn only_loopback_names_with_the_own_port_are_ours() {
        for host in ["127.0.0.1:80", "localhost:80", "[::1]:80", "10.0.2.2:80"] {
            assert!(is_our_host(host, 80));
        }
        for host in [
            "127.0.0.1",
            "127.0.0.1:81",
            "evil.example:80",
            "127.0.0.1.evil.example:80",
            "127.1:80",
            "10.0.2.3:80",
            "",
        ] {
            assert!(!is_our_host(host, 80), "{host}");
        }
    }

    #[test]
    fn a_form_needs_a_word_of_the_browser_that_it_is_our_own() {
        let host = ("host", "127.0.0.1:80");
        assert!(is_same_origin(
            &headers(&[host, ("origin", "http://127.0.0.1:80")]),
            "http://127.0.0.1:80"
        ));
        assert!(is_same_origin(
            &headers(&[host, ("sec-fetch-site", "same-origin")]),
            "http://127.0.0.1:80"
        ));
        assert!(!is_same_origin(&headers(&[host]), "http://127.0.0.1:80"));
        assert!(!is_same_origin(
            &headers(&[host, ("origin", "null")]),
            "http://127.0.0.1:80"
        ));
        assert!(!is_same_origin(
            &headers(&[host, ("origin", "http://localhost:80")]),
            "http://127.0.0.1:80"
        ));
        assert!(!is_same_origin(
            &headers(&[
                host,
                ("origin", "http://127.0.0.1:80"),
                ("sec-fetch-site", "cross-site")
            ]),
            "http://127.0.0.1:80"
        ));
    }

    #[test]
    fn a_token_belongs_to_one_session_of_one_run() {
        let (key, other) = (Secret::from("k1"), Secret::from("k2"));
        assert_eq!(csrf_token(&key, "s"), csrf_token(&key, "s"));
        assert_ne!(csrf_token(&key, "s"), csrf_token(&key, "t"));
        assert_ne!(csrf_token(&key, "s"), csrf_token(&other, "s"));
        assert!(!token_matches("", ""));
    }
}
