//! What is to go wrong.

use serde_json::json;
use shutterkey::Clock;

use super::{Answer, read, shown};
use crate::fault::Fault;
use crate::site::Shared;

pub(super) fn add(shared: &Shared, body: &[u8]) -> Answer {
    let fault: Fault = read(body)?;
    shared.faults().add(fault, shared.clock.now());
    Ok(json!({}))
}

pub(super) fn list(shared: &Shared, _body: &[u8]) -> Answer {
    shown(shared.faults().list(shared.clock.now()))
}

pub(super) fn clear(shared: &Shared, _body: &[u8]) -> Answer {
    shared.faults().clear();
    Ok(json!({}))
}
