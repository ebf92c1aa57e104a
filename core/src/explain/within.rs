//! A token or an address that stands in other text: a line of an environment file, a command, a log.

use super::{Context, Explanation, Finding, What, address, token};
use crate::provider::TokenShape;

/// Words of prose begin like tokens too; a token is longer than any of them.
const SHORTEST: usize = 24;

pub(super) fn explain(text: &str, context: &Context) -> Option<Explanation> {
    let tokens: Vec<&str> = tokens(text).collect();
    let found = answer_in(text, context).or_else(|| {
        tokens.first().map(|first| {
            let mut explanation = Explanation::new(What::Token, "");
            token::describe(&mut explanation, first, context);
            explanation
        })
    });
    let mut explanation = found.or_else(|| known_address(text, context))?;
    let says = match (explanation.what, tokens.len()) {
        (What::Token | What::AppToken, many @ 2..) => {
            format!("There are {many} tokens in the text; this is about the first.")
        }
        _ => "It stands in other text, of which nothing else was looked at.".to_owned(),
    };
    explanation.find(Finding::note(
        "inspect.within",
        says,
        "Paste one thing alone if this is about another.",
    ));
    Some(explanation)
}

/// Every word that has the shape of a token of Meta's.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '|')))
        .map(|word| word.trim_matches(['.', '-']))
        .filter(|word| word.len() >= SHORTEST && word.bytes().any(|b| b.is_ascii_digit()))
        .filter(|word| !matches!(TokenShape::of(word), TokenShape::Opaque | TokenShape::Jwt))
}

/// An address that says something by itself: what a login begins at or ended on, or a call with a token in it.
fn answer_in(text: &str, context: &Context) -> Option<Explanation> {
    let in_log = || {
        let line = words(text).find(|word| word.starts_with('/') && word.contains('?'))?;
        let part = line.get(line.find('?')?..)?;
        address::explain(part, context)
    };
    addresses(text)
        .filter_map(|address| address::explain(address, context))
        .chain(std::iter::once_with(in_log).flatten())
        .find(|found| {
            matches!(found.what, What::AuthorizeUrl | What::Redirect)
                || (found.what == What::ApiRequest && found.finding("api.secret_in_address").is_some())
        })
}

/// A call of an API that no token stands beside.
fn known_address(text: &str, context: &Context) -> Option<Explanation> {
    addresses(text)
        .filter_map(|address| address::explain(address, context))
        .find(|found| found.what == What::ApiRequest)
}

fn addresses(text: &str) -> impl Iterator<Item = &str> {
    words(text).filter_map(|word| {
        let at = word.find("https://").or_else(|| word.find("http://"))?;
        word.get(at..)
    })
}

/// What stands between spaces and quotes.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>' | '\\'))
        .filter(|word| !word.is_empty())
}
