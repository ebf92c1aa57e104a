//! A plain RFC 6749 server.
use std::sync::Arc;

use axum::Router;
use shutterkey::Timestamp;

use crate::apps::AppSpec;
use crate::site::Shared;
use crate::world::{StdClient, World};

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
}

pub(crate) fn register(_: &mut World, _: &AppSpec, owner: String, uris: Vec<String>) -> StdClient {
    StdClient {
        client_id: String::new(),
        client_secret: None,
        owner,
        name: String::new(),
        redirect_uris: uris,
        require_pkce: true,
    }
}

pub(crate) fn mint(_: &mut World, at: Timestamp, _: &str, _: &str) -> (String, String, Timestamp) {
    (String::new(), String::new(), at)
}
