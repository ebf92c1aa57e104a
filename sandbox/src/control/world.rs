//! The world as a whole, and its switches.

use serde_json::{Map, Value, json};

use super::{Answer, Refusal, read, shown};
use crate::apps;
use crate::site::Shared;

pub(super) fn behaviour(shared: &Shared, _body: &[u8]) -> Answer {
    shown(&shared.world().behaviour)
}

/// Changes the switches that are named and leaves the others; `profile` sets all of them first.
pub(super) fn set_behaviour(shared: &Shared, body: &[u8]) -> Answer {
    let changes: Map<String, Value> = read(body)?;
    let mut world = shared.world();
    world.behaviour = world.behaviour.changed(changes)?;
    shown(&world.behaviour)
}

pub(super) fn save(shared: &Shared, _body: &[u8]) -> Answer {
    let json = apps::save(shared)?;
    serde_json::from_str(&json).map_err(|error| Refusal(error.to_string()))
}

pub(super) fn reset(shared: &Shared, _body: &[u8]) -> Answer {
    apps::reset(shared);
    Ok(json!({}))
}
