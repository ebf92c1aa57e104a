//! Today's Instagram Login.
use std::sync::Arc;

use axum::Router;
use shutterkey::Timestamp;

use crate::apps::AppSpec;
use crate::site::Shared;
use crate::world::{IgApp, World};

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
}

pub(crate) fn register(_: &mut World, _: &AppSpec, _: String, _: Vec<String>) -> Result<IgApp, String> {
    Err(String::new())
}

pub(crate) fn mint(_: &mut World, at: Timestamp, _: &str, _: &str) -> (String, Timestamp) {
    (String::new(), at)
}
