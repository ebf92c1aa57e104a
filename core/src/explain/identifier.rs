//! Ids and secrets: one word that is neither a token nor an address.

use super::{Context, Explanation, Finding, What, token};

pub(super) fn explain(text: &str, context: &Context) -> Option<Explanation> {
    if text.is_empty() || text.contains(char::is_whitespace) {
        return None;
    }
    token::code(text)
        .or_else(|| hexadecimal(text, context))
        .or_else(|| number(text, context))
        .or_else(|| opaque(text))
}

pub(super) fn is_hexadecimal(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

pub(super) fn is_number(text: &str) -> bool {
    (5..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// An app secret, a legacy client id or a legacy code: all are 32 hexadecimal digits, and nothing tells them apart.
fn hexadecimal(text: &str, context: &Context) -> Option<Explanation> {
    if !is_hexadecimal(text) {
        return None;
    }
    if context.client_id.as_deref() == Some(text) {
        return Some(Explanation::new(What::Identifier, "The configured client id"));
    }
    let mut explanation = Explanation::new(What::Identifier, "32 hexadecimal digits: an app secret by its shape");
    explanation.find(
        Finding::warning(
            "inspect.maybe_secret",
            "An app secret of Meta looks so, and so did client ids and codes of the platform of 2010 to 2020.",
            "If it is a secret, keep it out of chats, tickets and apps, and reset it once it got there: App Dashboard > App settings > Basic, or Instagram > API setup with Instagram login.",
        )
        .pain(21),
    );
    Some(explanation)
}

fn number(text: &str, context: &Context) -> Option<Explanation> {
    if !is_number(text) {
        return None;
    }
    if context.client_id.as_deref() == Some(text) {
        let mut explanation = Explanation::new(What::Identifier, "The configured client id");
        explanation.fact("id", text);
        if let Some(provider) = &context.provider {
            for finding in super::client_id::check(provider, text) {
                explanation.find(finding);
            }
        }
        return Some(explanation);
    }
    let account = text.len() == 17 && text.starts_with("1784");
    let mut explanation = Explanation::new(
        What::Identifier,
        if account {
            "An Instagram account's user id"
        } else {
            "An id: an app's or an account's"
        },
    );
    explanation.fact("id", text);
    if account {
        explanation.find(
            Finding::note(
                "id.above_2_53",
                "It is above 2^53: a program that reads it as a floating-point number, as JavaScript does, changes its last digits.",
                "Keep ids as texts.",
            )
            .pain(10),
        );
    } else {
        explanation.find(
            Finding::note(
                "id.ambiguous",
                "The Meta app ID, the Instagram app ID and the Threads app ID look alike, and each product takes its own alone.",
                "Compare it with App Dashboard > Instagram > API setup with Instagram login > Business login settings ('Instagram app ID'); the Meta app ID is at the top of the dashboard; the Threads app ID under App settings > Basic.",
            )
            .pain(3),
        );
    }
    Some(explanation)
}

/// A long word of letters and digits: treated as a secret.
fn opaque(text: &str) -> Option<Explanation> {
    let secret = text.len() >= 20
        && text
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'"' | b'{' | b'}'))
        && text.bytes().any(|b| b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_alphabetic());
    if !secret {
        return None;
    }
    let mut explanation = Explanation::new(What::Token, "A token or a code of some server");
    explanation.fact("length", format!("{} characters", text.len()));
    explanation.find(Finding::note(
        "token.shape_unknown",
        "No token of Meta's products begins so: today's begin with IGAA, EAA or THAA.",
        "If it should be one of theirs, see whether its beginning was lost. A code is of use in its whole address alone.",
    ));
    Some(explanation)
}
