//! Tokens without a login, and their ends.

use serde::Deserialize;
use serde_json::{Value, json};
use shutterkey::Clock;

use super::{Answer, read};
use crate::apps::{self, MintedToken};
use crate::lives::{self, Whose};
use crate::site::Shared;
use crate::world::{Ended, Product};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MintAsk {
    product: Product,
    person: String,
    #[serde(default)]
    client_id: Option<String>,
    #[serde(default)]
    age_seconds: i64,
}

pub(super) fn mint(shared: &Shared, body: &[u8]) -> Answer {
    let ask: MintAsk = read(body)?;
    let at = shared.clock.now().plus(ask.age_seconds.saturating_neg());
    let id = ask.client_id.as_deref();
    let token = apps::mint(&mut shared.world(), &shared.reach, ask.product, id, &ask.person, at)?;
    Ok(token_object(&token))
}

pub(super) fn token_object(token: &MintedToken) -> Value {
    json!({
        "client_id": token.client_id,
        "access_token": token.access_token.reveal(),
        "refresh_token": token.refresh_token.as_ref().map(|secret| secret.reveal()),
        "username": token.username,
        "user_id": token.user_id,
        "issued_at": token.issued_at,
        "expires_at": token.expires_at,
    })
}

pub(super) fn expire(shared: &Shared, body: &[u8]) -> Answer {
    let whose: Whose = read(body)?;
    let now = shared.clock.now();
    Ok(json!({"tokens": lives::expire(&mut shared.world(), &whose, now)?}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InvalidateAsk {
    why: Ended,
    person: String,
    #[serde(default)]
    product: Option<Product>,
}

pub(super) fn invalidate(shared: &Shared, body: &[u8]) -> Answer {
    let ask: InvalidateAsk = read(body)?;
    let whose = Whose {
        person: ask.person,
        product: ask.product,
    };
    Ok(json!({"tokens": lives::invalidate(&mut shared.world(), shared, &whose, ask.why)?}))
}

pub(super) fn clear_checkpoint(shared: &Shared, body: &[u8]) -> Answer {
    let whose: Whose = read(body)?;
    Ok(json!({"tokens": lives::clear_checkpoint(&mut shared.world(), &whose)?}))
}
