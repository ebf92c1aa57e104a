//! What the usage headers say.

use serde_json::json;
use shutterkey::Clock;

use super::{Answer, read, shown};
use crate::site::Shared;
use crate::usage::Usage;

pub(super) fn set(shared: &Shared, body: &[u8]) -> Answer {
    let usage: Usage = read(body)?;
    usage.check()?;
    shared.usages().set(usage, shared.clock.now());
    Ok(json!({}))
}

pub(super) fn list(shared: &Shared, _body: &[u8]) -> Answer {
    shown(shared.usages().list(shared.clock.now()))
}

pub(super) fn clear(shared: &Shared, _body: &[u8]) -> Answer {
    shared.usages().clear();
    Ok(json!({}))
}
