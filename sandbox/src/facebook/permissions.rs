//! `/{user}/permissions`: what a person granted or declined; revoking one, or the whole app (fact sheet 2.6).

use axum::response::Response;
use serde_json::{Value, json};

use super::graph::{Result, respond, unknown_object};
use super::node::id_of;
use crate::graph::{self, GraphError};
use crate::http::Call;
use crate::lives;
use crate::meta::Flavour;
use crate::site::Desk;
use crate::world::{MetaToken, Product};

/// Whether the path names the person whose token it is.
fn check_own(desk: &Desk<'_>, call: &Call, token: &MetaToken) -> Result<()> {
    let id = id_of(call);
    if id == "me" || id == graph::user_id(desk, Flavour::Facebook, token) {
        Ok(())
    } else {
        Err(unknown_object(id))
    }
}

/// `GET /facebook/me/permissions`
pub(super) fn list(desk: &mut Desk<'_>, call: &Call) -> Response {
    respond(desk, call, |desk, token| {
        check_own(desk, call, token)?;
        let grant = desk.world.social.grant(&token.app_id, &token.username);
        let rows: Vec<Value> = grant
            .into_iter()
            .flat_map(|grant| &grant.permissions)
            .map(|(name, granted)| json!({"permission": name, "status": if *granted { "granted" } else { "declined" }}))
            .collect();
        Ok(json!({"data": rows}))
    })
}

/// `DELETE /facebook/{user}/permissions` and `DELETE /facebook/{user}/permissions/{name}`
pub(super) fn remove(desk: &mut Desk<'_>, call: &Call) -> Response {
    respond(desk, call, |desk, token| {
        check_own(desk, call, token)?;
        let name = call.capture("name");
        if name.is_empty() {
            lives::remove_app(desk.world, desk.site, Product::Facebook, &token.app_id, &token.username);
            return Ok(json!({"success": true}));
        }
        if Flavour::Facebook.scopes().iter().all(|(scope, _)| *scope != name) {
            return Err(GraphError::oauth(
                3962,
                None,
                format!("(#3962) Unknown permission name: {name}"),
            ));
        }
        let grant = desk.world.social.grant_mut(&token.app_id, &token.username);
        grant.permissions.insert(name.to_owned(), false);
        for kept in desk.world.facebook.tokens.values_mut() {
            if kept.app_id == token.app_id && kept.username == token.username {
                kept.permissions.retain(|granted| granted != name);
            }
        }
        Ok(json!({"success": true}))
    })
}
