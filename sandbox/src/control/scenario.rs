//! What a scenario describes, at once.

use serde_json::{Value, json};

use super::people::app_object;
use super::tokens::token_object;
use super::{Answer, Refusal};
use crate::scenario::{self, Scenario, Seeded};
use crate::site::Shared;

pub(super) fn seed(shared: &Shared, body: &[u8]) -> Answer {
    let text = std::str::from_utf8(body).map_err(|error| Refusal(error.to_string()))?;
    let scenario = Scenario::from_json(text)?;
    Ok(object(&scenario::seed(shared, &scenario)?))
}

pub(super) fn seeded(shared: &Shared, _body: &[u8]) -> Answer {
    Ok(object(&shared.seeded()))
}

/// What was made, as the calls that make one of each answer it.
pub(crate) fn object(made: &Seeded) -> Value {
    let apps = made.apps.iter().map(|(name, app)| (name.clone(), app_object(app)));
    let tokens = made
        .tokens
        .iter()
        .map(|(name, token)| (name.clone(), token_object(token)));
    json!({
        "people": made.people,
        "apps": apps.collect::<serde_json::Map<_, _>>(),
        "pages": made.pages,
        "tokens": tokens.collect::<serde_json::Map<_, _>>(),
    })
}
