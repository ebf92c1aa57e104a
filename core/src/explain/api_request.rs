//! A call of an API, as an address: from a log, a browser or a program.

use url::Url;

use super::{Context, Explanation, Finding, What, versions};
use crate::error::printable;
use crate::provider::TokenShape;

/// Whether an address is a call of one of Meta's APIs.
pub(super) fn is_one(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    host.starts_with("graph.") || (host == "api.instagram.com" && !url.path().contains("authorize"))
}

pub(super) fn explain(address: &str, url: &Url, context: &Context) -> Explanation {
    let host = url.host_str().unwrap_or_default();
    let mut explanation = Explanation::new(What::ApiRequest, "A call of an API");
    explanation.fact("host", printable(host));
    explanation.fact("path", printable(url.path()));
    let get = |name: &str| {
        url.query_pairs()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.into_owned())
    };
    let leaks: Vec<&str> = [
        "access_token",
        "client_secret",
        "code",
        "fb_exchange_token",
        "input_token",
    ]
    .into_iter()
    .filter(|name| get(name).is_some())
    .collect();
    if !leaks.is_empty() {
        explanation.find(
            Finding::warning(
                "api.secret_in_address",
                format!("The address holds {}: whoever sees it in a log or a history has it.", leaks.join(" and ")),
                "Keep such addresses out of logs. If it was sent anywhere, log in again, and reset the app secret if it is in it.",
            )
            .pain(21),
        );
    }
    verb(&mut explanation, url, &get);
    if url.path().starts_with("/v1/") && host == "api.instagram.com" {
        explanation.find(
            Finding::problem(
                "api.platform_ended",
                "The API of api.instagram.com/v1 was switched off on 2020-06-29.",
                "Use graph.instagram.com with a token of Instagram Login.",
            )
            .pain(24),
        );
    }
    if let Some(finding) = versions::check(address, context.now) {
        explanation.find(finding);
    }
    if let Some(token) = get("access_token") {
        token_fits(&mut explanation, host, &TokenShape::of(&token));
    }
    explanation
}

/// An address alone is a GET: what else does it ask for?
fn verb(explanation: &mut Explanation, url: &Url, get: &dyn Fn(&str) -> Option<String>) {
    let host = url.host_str().unwrap_or_default();
    let exchange = url.path().ends_with("/oauth/access_token") && get("code").is_some();
    if exchange && !host.contains("facebook") {
        explanation.find(
            Finding::problem(
                "provider.wrong_method",
                "The code exchange of Instagram and Threads is a POST with a form; as an address it is a GET, which is refused (\"Unsupported request - method type: get\").",
                "POST the parameters in the body, from a server. shutterkey makes no other.",
            )
            .pain(14),
        );
    }
    explanation.maybe_fact("grant type", get("grant_type").as_deref().map(printable));
}

/// Each API takes its own product's tokens.
fn token_fits(explanation: &mut Explanation, host: &str, shape: &TokenShape) {
    if *shape == TokenShape::BasicDisplay {
        return explanation.find(Finding::of(&crate::error::ErrorCode::BasicDisplayEnded.into()));
    }
    let own = match host {
        "graph.instagram.com" => "instagram",
        "graph.facebook.com" => "facebook",
        "graph.threads.net" | "graph.threads.com" => "threads",
        _ => return,
    };
    // Samples of Instagram Login show tokens that look like Facebook's.
    let doubtful = own == "instagram" && *shape == TokenShape::Facebook;
    if let Some(other) = shape.provider().filter(|other| *other != own && !doubtful) {
        explanation.find(
            Finding::problem(
                "token.other_product",
                format!("{host} takes tokens of {own}; this one looks like one of {other}."),
                "Call the product's own API, or log in to the other product.",
            )
            .pain(3),
        );
    }
}
