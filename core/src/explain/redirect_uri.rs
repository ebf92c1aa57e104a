//! A redirect URI, for its provider.

use super::{Explanation, Finding, What};
use crate::config::{Parts, RedirectKind, RedirectUri, is_loopback_host};
use crate::error::{printable, visible};
use crate::provider::Provider;

/// The URI if it can be used, and what is to be said of it.
pub(crate) fn check(text: &str, provider: Option<&Provider>) -> (Option<RedirectUri>, Vec<Finding>) {
    let mut findings = Vec::new();
    let lower = text.to_ascii_lowercase();
    if lower.starts_with("http%3a") || lower.starts_with("https%3a") {
        findings.push(
            Finding::problem(
                "config.redirect_uri",
                "The redirect URI is percent-encoded once more than it should be.",
                "Encode it once, where the authorize URL is built.",
            )
            .pain(1),
        );
        return (None, findings);
    }
    let uri = match RedirectUri::parse(text) {
        Ok(uri) => uri,
        Err(error) => {
            findings.push(Finding::of(&error));
            return (None, findings);
        }
    };
    if let Some(provider) = provider {
        let rules = provider.data().redirect_rules.relaxed_for(provider);
        if let Err(error) = rules.check(provider.name(), &uri) {
            let number = if uri.kind() == RedirectKind::CustomScheme {
                17
            } else {
                13
            };
            findings.push(Finding::of(&error).pain(number));
            return (Some(uri), findings);
        }
    }
    let of_meta = provider.is_none_or(|provider| provider.id() != "standard");
    if of_meta && text.contains('?') {
        findings.push(
            Finding::warning(
                "redirect_uri.query",
                "The redirect URI has query parameters; the exchange fails when the registered one has others.",
                "Register it without parameters, and carry what you need in a login's context, not in the address.",
            )
            .pain(2),
        );
    }
    let on_this_machine = Parts::split(text).is_some_and(|parts| is_loopback_host(parts.host()));
    if uri.kind() == RedirectKind::LoopbackHttp
        && provider.is_some_and(|known| known.id() == "facebook" && !known.is_sandbox())
    {
        findings.push(
            Finding::note(
                "redirect_uri.development_only",
                "Facebook takes http on localhost while the app is in development, and not once it is live.",
                "Register an https redirect URI before the app goes live.",
            )
            .pain(13),
        );
    }
    if of_meta && !on_this_machine && uri.kind() == RedirectKind::Https {
        findings.push(
            Finding::note(
                "redirect_uri.exact",
                format!(
                    "The provider compares it character by character: {} is not {}.",
                    shown(uri.as_str()),
                    shown(&uri.slash_variant())
                ),
                "Read the saved list in the App Dashboard back: it may have added a slash to what you entered.",
            )
            .pain(1),
        );
    }
    (Some(uri), findings)
}

/// The exact text to register, and the one that is registered by mistake.
pub(super) fn facts(explanation: &mut Explanation, uri: &RedirectUri) {
    explanation.fact("redirect URI", shown(uri.as_str()));
    explanation.fact("not the same", shown(&uri.slash_variant()));
}

/// To the letter, since it has to be registered so; what follows the host may hold a secret where it was pasted.
fn shown(uri: &str) -> String {
    let host = uri.find("://").map_or(0, |at| at + 3);
    let after = uri.get(host..).and_then(|rest| rest.find(['/', '?']));
    let (whole, rest) = uri.split_at(after.map_or(uri.len(), |at| host + at));
    format!("{}{}", visible(whole), printable(rest))
}

/// A redirect URI alone.
pub(super) fn explain(text: &str, provider: Option<&Provider>) -> Explanation {
    let mut explanation = Explanation::new(What::RedirectUri, "An address without an answer in it: a redirect URI?");
    let (uri, findings) = check(text, provider);
    if let Some(uri) = &uri {
        facts(&mut explanation, uri);
    }
    for finding in findings {
        explanation.find(finding);
    }
    explanation
        .next("After a login it has a code, a token or an error in it: copy the address when the page has loaded.");
    explanation
}
