//! Addresses: which kind it is.

use std::borrow::Cow;

use url::Url;

use super::pasted::joined;
use super::{Context, Explanation, Finding, What, api_request, authorize, redirect, redirect_uri};

/// The parameters of an answer to an authorization request.
const ANSWER: [&str; 9] = [
    "code",
    "state",
    "error",
    "error_reason",
    "error_code",
    "error_message",
    "access_token",
    "id_token",
    "response",
];

pub(super) fn explain(text: &str, context: &Context) -> Option<Explanation> {
    let joined = joined(text);
    if let Some(part) = response_part(&joined) {
        return Some(redirect::explain(None, part, context));
    }
    let address = absolute(&joined, context)?;
    // What a terminal or a mail breaks comes with spaces; those inside are meant, and not encoded.
    let spaced = address.contains(' ');
    let address: Cow<'_, str> = if spaced {
        Cow::Owned(address.replace(' ', "%20"))
    } else {
        address
    };
    let Ok(url) = Url::parse(&address) else {
        let mut broken = Explanation::new(What::Unknown, "An address that no browser can open");
        broken.find(Finding::problem(
            "address.malformed",
            "It begins like an address and is none.",
            "Copy it again from the address bar, whole.",
        ));
        return Some(broken);
    };
    let mut explanation = sorted(&address, &url, context);
    if spaced {
        explanation.find(Finding::note(
            "address.spaces",
            "There are spaces in the address.",
            "In an address they are written %20. If it was copied from a terminal, compare what stands around them.",
        ));
    }
    Some(explanation)
}

fn sorted(address: &str, url: &Url, context: &Context) -> Explanation {
    let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let path = url.path().trim_end_matches('/');
    let asks = has("client_id") && (has("response_type") || has("redirect_uri") || has("scope"));
    if path.ends_with("/oauth/authorize")
        || path.ends_with("/dialog/oauth")
        || (asks && !has("client_secret") && !has("code"))
    {
        return authorize::explain(url, context);
    }
    if api_request::is_one(url) {
        return api_request::explain(address, url, context);
    }
    let in_fragment = url
        .fragment()
        .is_some_and(|fragment| is_answer(fragment) || fragment == "_" || fragment == "_=_");
    if ANSWER.iter().any(|name| has(name)) || in_fragment {
        let base = address.split(['?', '#']).next().unwrap_or_default();
        let part = address.get(base.len()..).unwrap_or_default();
        return redirect::explain(Some(address), part, context);
    }
    redirect_uri::explain(address, context.provider.as_ref())
}

/// `?code=…`, `#access_token=…`, or the pairs alone.
/// The query or the fragment that a login ended with, alone.
pub(super) fn is_response_part(text: &str) -> bool {
    response_part(text).is_some()
}

fn response_part(text: &str) -> Option<&str> {
    if text.contains("://") && !text.starts_with(['?', '#']) && !is_answer(text) {
        return None;
    }
    let one_word = !text.contains(char::is_whitespace);
    let alone = text.starts_with(['?', '#']) || text.contains('&') || text.starts_with("code=");
    (one_word && alone && is_answer(text.trim_start_matches(['?', '#']))).then_some(text)
}

fn is_answer(pairs: &str) -> bool {
    let first = pairs.split(['=', '&']).next().unwrap_or_default();
    ANSWER.contains(&first) || first == "expires_in" || first == "data_access_expiration_time"
}

/// The address with a scheme, if it is one.
fn absolute<'a>(text: &'a str, context: &Context) -> Option<Cow<'a, str>> {
    let scheme = text.split_once("://").map(|(scheme, _)| scheme);
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    };
    if scheme.is_some_and(is_scheme) {
        return Some(Cow::Borrowed(text));
    }
    // An address bar may leave the scheme out.
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let configured = context
        .redirect_uri
        .as_ref()
        .and_then(|uri| uri.as_str().split_once("://"))
        .and_then(|(_, rest)| rest.split(['/', '?', ':']).next());
    let known = [
        "localhost",
        "127.0.0.1",
        "www.instagram.com",
        "api.instagram.com",
        "graph.instagram.com",
        "instagram.com",
        "www.facebook.com",
        "graph.facebook.com",
        "facebook.com",
        "threads.com",
        "www.threads.com",
        "threads.net",
        "www.threads.net",
        "graph.threads.net",
        "graph.threads.com",
    ];
    let is_known = known.contains(&host) || (configured == Some(host) && !host.is_empty());
    (is_known && text.len() > host.len() && !text.contains(' ')).then(|| Cow::Owned(format!("https://{text}")))
}
