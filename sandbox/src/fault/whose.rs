//! Whose call it is: by the token, refresh token or code that it sends, and by its client id.

use axum::http::header;
use axum::http::request::Parts;

use crate::http::Params;
use crate::world::{Product, World};

/// Who asks, as far as the request tells.
#[derive(Debug, Default)]
pub(crate) struct Asker {
    pub(crate) username: Option<String>,
    pub(crate) client_id: Option<String>,
}

/// Parameters that carry what a person was given.
const CARRIERS: [&str; 5] = ["access_token", "refresh_token", "fb_exchange_token", "code", "token"];

impl Asker {
    /// Reads the query, a form's body and the `Authorization` header.
    pub(crate) fn of(world: &World, parts: &Parts, body: &[u8]) -> Self {
        let query = Params::parse(parts.uri.query().unwrap_or_default().as_bytes());
        let form = Params::parse(body);
        let bearer = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .map(|(_, token)| token.trim().to_owned());
        let sent = CARRIERS
            .iter()
            .filter_map(|name| query.get(name).or_else(|| form.get(name)))
            .map(str::to_owned);
        let known = sent.chain(bearer).find_map(|value| holder(world, &value));
        let client_id = query
            .get("client_id")
            .or_else(|| form.get("client_id"))
            .map(str::to_owned);
        let (username, app) = known.unzip();
        Self {
            username,
            client_id: client_id.or(app),
        }
    }
}

/// Person and app of a token, refresh token or code of any product.
fn holder(world: &World, value: &str) -> Option<(String, String)> {
    for product in Product::ALL {
        let Some(meta) = world.meta(product) else { continue };
        if let Some(token) = meta.token(value) {
            return Some((token.username.clone(), token.app_id.clone()));
        }
        if let Some(code) = meta.code(value) {
            return Some((code.username.clone(), code.app_id.clone()));
        }
    }
    world.legacy.holder(value).or_else(|| world.standard.holder(value))
}
