//! The address that a login ended on: code, token or error.

use super::token::{describe, fragment_mark};
use super::{Context, Explanation, Finding, Severity, What, scopes};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, printable};
use crate::protocol::answer::explain_words;
use crate::protocol::redirect::{Parameters, refusal};
use crate::provider::{Provider, ResponseType};

/// Explains a whole address, or the part of it that begins at `?` or `#`.
pub(super) fn explain(address: Option<&str>, part: &str, context: &Context) -> Explanation {
    let mut explanation = Explanation::new(What::Redirect, "The address that a login ended on");
    if let Some(address) = address {
        let base = address.split(['?', '#']).next().unwrap_or(address);
        explanation.fact("came to", printable(base));
        check_base(&mut explanation, base, address, context);
    }
    let (query, fragment) = part.split_once('#').unwrap_or((part, ""));
    let query = query.strip_prefix('?').unwrap_or(query);
    let marked = matches!(fragment, "_" | "_=_") || fragment.ends_with("#_");
    let fragment = if marked { "" } else { fragment };
    match (Parameters::parse(query), Parameters::parse(fragment)) {
        (Ok(in_query), Ok(in_fragment)) => {
            let answer = Answer {
                in_query,
                in_fragment,
                marked,
            };
            answer.explain(&mut explanation, context);
        }
        (Err(error), _) | (_, Err(error)) => explanation.find(Finding::of(&error)),
    }
    explanation
}

fn check_base(explanation: &mut Explanation, base: &str, address: &str, context: &Context) {
    let Some(own) = &context.redirect_uri else { return };
    if own.response_part(address).is_some() {
        explanation.fact("redirect URI", "the configured one");
        return;
    }
    let only_slash = own.slash_variant() == base;
    let mismatch = Error::with_detail(
        ErrorCode::RedirectMismatch,
        if only_slash {
            format!(
                "It came to {}; configured is {}: a slash makes the difference.",
                printable(base),
                printable(own.as_str())
            )
        } else {
            format!(
                "It came to another address than the configured {}.",
                printable(own.as_str())
            )
        },
    );
    explanation.find(Finding::of(&mismatch));
}

struct Answer<'a> {
    in_query: Parameters<'a>,
    in_fragment: Parameters<'a>,
    /// Whether the address ends in `#_` or `#_=_`.
    marked: bool,
}

impl Answer<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let either = self.in_query.get(name).or_else(|| self.in_fragment.get(name));
        either.map(|value| &**value)
    }

    fn explain(&self, explanation: &mut Explanation, context: &Context) {
        self.state(explanation);
        explanation.maybe_fact("issuer", self.get("iss").map(printable));
        if self.get("response").is_some() || self.get("id_token").is_some() {
            explanation.find(Finding::of(&ErrorCode::RedirectResponseUnsupported.into()));
        } else if let Some(error) = self.get("error") {
            explanation.title = "A login that was refused".into();
            let parameters = if self.in_query.get("error").is_some() {
                &self.in_query
            } else {
                &self.in_fragment
            };
            refused(explanation, &refusal(error, parameters));
        } else if let Some(words) = self.get("error_message") {
            explanation.title = "A login that failed".into();
            let code = explain_words(words).unwrap_or(ErrorCode::DeniedByProvider);
            explanation.fact("the provider said", printable(words));
            explanation.maybe_fact("error code", self.get("error_code").map(printable));
            explanation.find(Finding::of(&code.into()));
        } else if let Some(token) = self.get("access_token") {
            self.token(explanation, token, context);
        } else if self.get("code").is_some() {
            self.code(explanation);
        } else {
            explanation.title = "An address without an answer in it".into();
            explanation.find(Finding::of(&ErrorCode::RedirectCodeMissing.into()));
        }
    }

    fn state(&self, explanation: &mut Explanation) {
        match self.get("state") {
            None | Some("") => {
                let missing = Finding::of(&ErrorCode::RedirectStateMissing.into());
                explanation.find(missing.weighing(Severity::Warning).advising(
                    "Nothing shows which login it belongs to. Send a state with each login, and paste the whole address.",
                ));
            }
            Some(state) => explanation.fact("state", format!("there, {} characters", state.len())),
        }
    }

    fn code(&self, explanation: &mut Explanation) {
        explanation.title = "A login that succeeded: the address has a code".into();
        let code = self.get("code").unwrap_or_default();
        let raw = self.in_query.raw("code").or_else(|| self.in_fragment.raw("code"));
        explanation.fact(
            "code",
            format!("there, {} characters; good for an hour, and once", code.len()),
        );
        if self.marked {
            explanation.find(fragment_mark());
        }
        if code.is_empty() {
            explanation.find(Finding::of(&ErrorCode::RedirectCodeMissing.into()));
        } else if code.ends_with("#_") || code.ends_with("#_=_") {
            explanation.find(
                Finding::warning(
                    "redirect.fragment_mark_encoded",
                    "The mark at the end of the address has become part of the code: something encoded the address as a whole.",
                    "Take the code from the parsed query. shutterkey takes the mark off once.",
                )
                .pain(9),
            );
        } else if raw.is_some_and(|raw| raw.contains("%25")) {
            explanation.find(
                Finding::warning(
                    "redirect.encoded_twice",
                    "The code was percent-encoded twice on its way: decoded once it still has escapes in it.",
                    "Look for a proxy or framework that encodes the query again; the code that the provider gave is the inner one.",
                )
                .pain(9),
            );
        } else if code.contains([' ', '%']) {
            explanation.find(
                Finding::warning(
                    "redirect.decoded_twice",
                    "The code has a space or a percent sign, as it has when it was decoded once too often: no code has one.",
                    "Hand the query on as it came, and decode it once.",
                )
                .pain(9),
            );
        }
        explanation.next(
            "Paste it into the `shutterkey login` that waits for it; it is a secret until it is spent, so give it to nobody.",
        );
    }

    fn token(&self, explanation: &mut Explanation, token: &str, context: &Context) {
        describe(explanation, token, context);
        explanation.what = What::Redirect;
        explanation.title = format!(
            "A login that succeeded: the address has {}",
            lower_first(&explanation.title)
        )
        .into();
        let in_query = self.in_query.get("access_token").is_some();
        if in_query {
            explanation.find(
                Finding::warning(
                    "redirect.token_in_query",
                    "The token is in the query, which servers, proxies and analytics write down.",
                    "A provider puts it behind the #; look for what moved it. Treat the token as known to others.",
                )
                .pain(21),
            );
        }
        let answers_with_token = |provider: &Provider| provider.data().response_types.contains(&ResponseType::Token);
        if context
            .provider
            .as_ref()
            .is_some_and(|known| !answers_with_token(known))
        {
            explanation.find(Finding::of(&ErrorCode::RedirectTokenUnexpected.into()));
        }
        explanation.maybe_fact("token type", self.get("token_type").map(printable));
        match self.get("expires_in") {
            Some("0") => {
                explanation.fact("expires in", "0: the provider does not say");
            }
            Some(seconds) => explanation.fact("expires in", seconds_in_words(seconds)),
            None => {}
        }
        let until = self.get("data_access_expiration_time");
        explanation.maybe_fact(
            "data access until",
            until.map(|text| {
                text.parse()
                    .map_or_else(|_| printable(text), |at| Timestamp::from_seconds(at).to_string())
            }),
        );
        if self.get("long_lived_token").is_some() {
            explanation.fact("long-lived token", "there too, of about 60 days");
        }
        explanation.maybe_fact(
            "granted",
            self.get("granted_scopes").or_else(|| self.get("scope")).map(printable),
        );
        if let Some(denied) = self.get("denied_scopes").filter(|denied| !denied.is_empty()) {
            let detail = format!("The person did not grant {}.", printable(denied));
            let error = Error::with_detail(ErrorCode::DeniedScope, detail);
            explanation.find(Finding::of(&error).weighing(Severity::Warning));
        }
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

fn seconds_in_words(text: &str) -> String {
    match text.parse::<i64>() {
        Ok(seconds) if seconds >= 2 * 86_400 => format!("{seconds} seconds, {} days", seconds / 86_400),
        Ok(seconds) => format!("{seconds} seconds, {} minutes", seconds / 60),
        Err(_) => printable(text),
    }
}

/// What the provider's own refusal means.
fn refused(explanation: &mut Explanation, error: &Error) {
    if let Some(provider) = error.provider() {
        explanation.maybe_fact("reason", provider.kind.clone());
        explanation.maybe_fact("the provider said", provider.said.clone());
    }
    let mut finding = Finding::of(error);
    if error.code() == ErrorCode::DeniedByUser {
        finding.severity = Severity::Note;
    }
    explanation.find(finding);
    if error.code() == ErrorCode::InvalidScope {
        let said = error.provider().and_then(|provider| provider.said.as_deref());
        for finding in scopes_named(said.unwrap_or_default(), None) {
            explanation.find(finding);
        }
    }
}

/// The scopes that a provider names after "Invalid scope", each with what is known of it.
pub(super) fn scopes_named(words: &str, provider: Option<&Provider>) -> Vec<Finding> {
    let lower = words.to_ascii_lowercase();
    let Some(at) = lower.find("invalid scope") else {
        return Vec::new();
    };
    let after = words.get(at..).unwrap_or_default();
    let Some((_, list)) = after.split_once(':') else {
        return Vec::new();
    };
    // The list ends with its line or sentence.
    let list = list.lines().next().unwrap_or_default();
    let list = list.split(". ").next().unwrap_or_default();
    let names = list
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .filter(|name| name.len() > 3);
    let instagram = Provider::instagram();
    let provider = provider.unwrap_or(&instagram);
    let mut findings = scopes::check(provider, names, false);
    // A list of what was refused says nothing about what else was asked for.
    findings.retain(|finding| finding.code != ErrorCode::ConfigMissing.as_str());
    findings
}
