//! A plain RFC 6749 authorization server, under `/standard`: PKCE, `iss`, rotation with reuse detection, revocation,
//! metadata. No OpenID.

mod authorize;
mod clients;
mod metadata;
mod resource;
mod revoke;
mod scopes;
mod token;
mod token_error;

use std::sync::Arc;

use axum::Router;
use shutterkey::Timestamp;

use crate::apps::AppSpec;
use crate::ids;
use crate::site::{Shared, get, post_api, post_form};
use crate::world::{StdClient, StdGrant, StdRefresh, StdToken, World};

/// Life of an access token.
const TOKEN_LIFE: i64 = 3_600;
/// Life of a code: the most that RFC 6749 4.1.2 recommends.
const CODE_LIFE: i64 = 600;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/standard", get(clients::list))
        .route("/standard/.well-known/oauth-authorization-server", get(metadata::show))
        .route("/.well-known/oauth-authorization-server/standard", get(metadata::show))
        .route("/standard/authorize", get(authorize::begin))
        .route(
            "/standard/consent",
            get(authorize::begin).merge(post_form(authorize::decide)),
        )
        .route("/standard/token", post_api(token::token))
        .route("/standard/revoke", post_api(revoke::revoke))
        .route("/standard/me", get(resource::me))
        .route("/standard/clients", get(clients::list))
        .route(
            "/standard/clients/register",
            get(clients::ask).merge(post_form(clients::register)),
        )
        .route(
            "/standard/clients/{client}",
            get(clients::show).merge(post_form(clients::save)),
        )
        .route(
            "/standard/clients/{client}/delete",
            get(clients::ask_delete).merge(post_form(clients::delete)),
        )
        .route(
            "/standard/accounts/apps",
            get(resource::apps).merge(post_form(resource::remove)),
        )
}

/// The issuer identifier (RFC 8414), as servers reach it, however the request came.
fn issuer(shared: &Shared) -> String {
    format!("{}/standard", shared.reach.back)
}

/// Registers a client for a test.
pub(crate) fn register(world: &mut World, spec: &AppSpec, owner: String, redirect_uris: Vec<String>) -> StdClient {
    new_client(
        world,
        spec.shown_name().to_owned(),
        owner,
        redirect_uris,
        spec.public,
        !spec.without_pkce,
    )
}

fn new_client(
    world: &mut World,
    name: String,
    owner: String,
    redirect_uris: Vec<String>,
    public: bool,
    require_pkce: bool,
) -> StdClient {
    let client = StdClient {
        client_id: format!("sandbox-{}", world.draw_letters("standard-client", 16)),
        client_secret: (!public).then(|| format!("sandbox{}", world.draw_hex32("standard-secret"))),
        owner,
        name,
        redirect_uris,
        require_pkce,
    };
    world.standard.clients.push(client.clone());
    client
}

/// Access and refresh token of a new grant, without a login.
pub(crate) fn mint(
    world: &mut World,
    issued_at: Timestamp,
    client_id: &str,
    username: &str,
) -> (String, String, Timestamp) {
    let scopes: Vec<String> = scopes::SCOPES.iter().map(|(scope, _)| (*scope).to_owned()).collect();
    let grant = new_grant(world, client_id, username, scopes.clone());
    let (access, refresh) = issue(world, issued_at, &grant, scopes);
    (access, refresh, issued_at.plus(TOKEN_LIFE))
}

/// Notes what a person allowed; answers the grant's id.
fn new_grant(world: &mut World, client_id: &str, username: &str, scopes: Vec<String>) -> String {
    let id = world.draw_hex32("standard-grant");
    world.standard.grants.push(StdGrant {
        id: id.clone(),
        client_id: client_id.to_owned(),
        username: username.to_owned(),
        scopes,
        revoked: false,
    });
    id
}

/// A fresh pair of access and refresh token.
fn issue(world: &mut World, now: Timestamp, grant: &str, scopes: Vec<String>) -> (String, String) {
    let access = format!(
        "{}-at-{}",
        ids::STANDARD_TOKEN,
        world.draw_letters("standard-token", 43)
    );
    let refresh = format!(
        "{}-rt-{}",
        ids::STANDARD_TOKEN,
        world.draw_letters("standard-refresh", 43)
    );
    world.standard.tokens.push(StdToken {
        token: access.clone(),
        grant: grant.to_owned(),
        scopes,
        expires_at: now.plus(TOKEN_LIFE),
        revoked: false,
    });
    world.standard.refreshes.push(StdRefresh {
        token: refresh.clone(),
        grant: grant.to_owned(),
        used: false,
    });
    (access, refresh)
}
