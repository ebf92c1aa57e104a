//! The clock.

use serde::Deserialize;
use serde_json::json;
use shutterkey::{Clock, Timestamp};

use super::{Answer, read};
use crate::site::Shared;

pub(super) fn show(shared: &Shared, _body: &[u8]) -> Answer {
    Ok(json!({"now": shared.clock.now(), "frozen": shared.clock.is_frozen()}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceAsk {
    seconds: i64,
}

pub(super) fn advance(shared: &Shared, body: &[u8]) -> Answer {
    let ask: AdvanceAsk = read(body)?;
    shared.clock.advance(ask.seconds);
    show(shared, body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetAsk {
    now: Timestamp,
}

pub(super) fn set(shared: &Shared, body: &[u8]) -> Answer {
    let ask: SetAsk = read(body)?;
    shared.clock.set(ask.now);
    show(shared, body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FreezeAsk {
    #[serde(default)]
    now: Option<Timestamp>,
}

pub(super) fn freeze(shared: &Shared, body: &[u8]) -> Answer {
    let ask: FreezeAsk = read(body)?;
    shared.clock.freeze();
    if let Some(now) = ask.now {
        shared.clock.set(now);
    }
    show(shared, body)
}

pub(super) fn unfreeze(shared: &Shared, body: &[u8]) -> Answer {
    shared.clock.unfreeze();
    show(shared, body)
}
