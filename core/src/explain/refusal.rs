//! A provider's error: as JSON, or as the words of a page.

use serde_json::Value;

use super::redirect::scopes_named;
use super::redirect_uri::facts;
use super::{Context, Explanation, Finding, Severity, What};
use crate::error::{Error, ErrorCode, Retry};
use crate::protocol::answer::{classify, explain_words};
use crate::protocol::redirect::not_registered;
use crate::protocol::request::HttpResponse;

/// An error body alone, whose status is not known.
pub(super) fn explain_json(text: &str, body: &Value, context: &Context) -> Option<Explanation> {
    // An error is classified alike with every status of its kind; the flat triple carries its own.
    let carried = body.get("code").or_else(|| body.pointer("/meta/code"));
    let status = carried
        .and_then(Value::as_u64)
        .and_then(|code| u16::try_from(code).ok())
        .filter(|code| (400..600).contains(code))
        .unwrap_or(400);
    let response = HttpResponse::new(status, Vec::new(), text.as_bytes().to_vec());
    let error = classify(&response, context.now)?;
    // Nothing in it was read as an error: the status that was made up decided alone.
    let provider = error.provider()?;
    if provider.kind.is_none() && provider.said.is_none() && provider.code.is_none() {
        return None;
    }
    let mut explanation = Explanation::new(What::ProviderError, "An error of the provider");
    describe(&mut explanation, &error, None, context);
    Some(explanation)
}

/// What an error says and means.
pub(super) fn describe(explanation: &mut Explanation, error: &Error, status: Option<u16>, context: &Context) {
    if let Some(provider) = error.provider() {
        explanation.maybe_fact("the provider said", provider.said.clone());
        explanation.maybe_fact("type", provider.kind.clone());
        let code = match (provider.code, provider.subcode) {
            (Some(code), Some(subcode)) => Some(format!("{code}/{subcode}")),
            (Some(code), None) => Some(code.to_string()),
            (None, Some(subcode)) => Some(format!("subcode {subcode}")),
            _ => None,
        };
        explanation.maybe_fact("error code", code);
        explanation.maybe_fact("trace id", provider.trace_id.clone());
    }
    let said = error.provider().and_then(|provider| provider.said.as_deref());
    explanation.title = "An error of the provider".into();
    explanation.find(meaning(error, said.unwrap_or_default(), context));
    companions(explanation, error, said.unwrap_or_default(), context);
    if let Retry::After(at) = error.retry() {
        explanation.fact("try again from", at.to_string());
    }
    let limit = matches!(error.code(), ErrorCode::ThrottledApp | ErrorCode::ThrottledUser);
    if limit && status != Some(429) {
        explanation.find(
            Finding::note(
                "throttled.looks_like_refusal",
                "A limit comes with HTTP 400 or 403 here, not with 429: it is no word about the token.",
                "Do not log anybody in again because of it; wait, and read the usage headers.",
            )
            .pain(25),
        );
    }
}

/// The finding that an error is, with the exact redirect URI where that is what is wrong.
fn meaning(error: &Error, said: &str, context: &Context) -> Finding {
    let registered = match (&context.redirect_uri, error.code()) {
        (Some(uri), ErrorCode::RedirectUriNotRegistered) => Finding::of(&not_registered(uri)),
        _ => Finding::of(error),
    };
    match error.code() {
        ErrorCode::DeniedByUser => registered.weighing(Severity::Note),
        // The wording of the old platform, which was not about tokens of today.
        ErrorCode::TokenInvalid if said.to_ascii_lowercase().contains("access_token provided") => registered.pain(24),
        ErrorCode::RedirectUriNotRegistered if said.to_ascii_lowercase().contains("does not match registered") => {
            registered.pain(24)
        }
        _ => registered,
    }
}

/// What else the words of an error say.
fn companions(explanation: &mut Explanation, error: &Error, said: &str, context: &Context) {
    let lower = said.to_ascii_lowercase();
    if lower.contains("unsupported request - method type") {
        explanation.find(
            Finding::warning(
                "provider.wrong_method",
                "The same words come for a wrong verb: Instagram's and Threads' code exchange is a POST, extending and refreshing are GETs.",
                "Let shutterkey make the call; its requests have the right verb.",
            )
            .pain(14),
        );
    }
    if error.code() == ErrorCode::RedirectUriNotRegistered
        && let Some(uri) = &context.redirect_uri
    {
        facts(explanation, uri);
    }
    if matches!(error.code(), ErrorCode::InvalidScope | ErrorCode::BasicDisplayEnded) {
        for finding in scopes_named(said, context.provider.as_ref()) {
            explanation.find(finding);
        }
    }
    if lower.contains("app not active") {
        explanation.find(
            Finding::note(
                "provider.app_not_active",
                "The app is in development, or Meta has switched it off.",
                "App Dashboard > Required actions and Publish; until then people with a role on the app alone can log in.",
            )
            .pain(4),
        );
    }
    if lower.contains("bad signature") {
        explanation.find(
            Finding::warning(
                "state.mangled",
                "\"Bad signature\" is also said of a state with characters such as ==.",
                "Send a state in base64url without padding.",
            )
            .pain(20),
        );
    }
}

/// The words of a page on which a provider showed an error.
pub(super) fn explain_page(text: &str, context: &Context) -> Option<Explanation> {
    let words = without_tags(text);
    let code = match explain_words(&words) {
        Some(code) => code,
        None if words.to_ascii_lowercase().contains("bad signature") => ErrorCode::RequestRejected,
        None => return None,
    };
    let mut explanation = Explanation::new(What::ErrorPage, "A page on which the provider shows an error");
    let error = Error::new(code);
    explanation.find(meaning(&error, &words, context));
    companions(&mut explanation, &error, &words, context);
    if code == ErrorCode::InvalidPlatformApp {
        explanation.find(
            Finding::note(
                "config.scope_unknown",
                "A misspelt scope has been answered with the same words.",
                "If the app id is right, compare the scopes: `shutterkey doctor` checks both.",
            )
            .pain(12),
        );
    }
    Some(explanation)
}

/// Text without markup; a page that was saved is read like one that was copied.
fn without_tags(text: &str) -> String {
    if !text.contains("</") {
        return text.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let mut words = String::with_capacity(text.len());
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => {
                inside = true;
                words.push(' ');
            }
            '>' => inside = false,
            c if !inside => words.push(c),
            _ => {}
        }
    }
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}
