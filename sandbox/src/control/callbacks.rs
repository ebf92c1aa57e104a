//! What the platform sends to an app: on demand, and what was sent.

use std::sync::Arc;

use super::{Answer, Later, read, shown};
use crate::callbacks::{self, Kind};
use crate::site::Shared;

pub(super) fn deauthorize(shared: Arc<Shared>, body: Vec<u8>) -> Later {
    about_person(shared, body, Kind::Deauthorize)
}

pub(super) fn deletion(shared: Arc<Shared>, body: Vec<u8>) -> Later {
    about_person(shared, body, Kind::Deletion)
}

fn about_person(shared: Arc<Shared>, body: Vec<u8>, kind: Kind) -> Later {
    Box::pin(async move { shown(callbacks::about_person(&shared, kind, &read(&body)?).await?) })
}

pub(super) fn subscribe(shared: Arc<Shared>, body: Vec<u8>) -> Later {
    Box::pin(async move { shown(callbacks::subscribe(&shared, read(&body)?).await?) })
}

pub(super) fn webhook(shared: Arc<Shared>, body: Vec<u8>) -> Later {
    Box::pin(async move { shown(callbacks::call_webhook(&shared, read(&body)?).await?) })
}

pub(super) fn deliveries(shared: &Shared, _body: &[u8]) -> Answer {
    shown(shared.deliveries.all())
}
