//! Nodes by their id: the person (`me`), a Page, an Instagram account.

use axum::response::Response;
use serde_json::{Map, Value};

use super::accounts::{account_object, linked, page_object, reached};
use super::fields;
use super::graph::{Result, respond, unknown_field, unknown_object};
use crate::graph;
use crate::http::Call;
use crate::meta::Flavour;
use crate::site::Desk;
use crate::world::{FacebookPage, MetaKind, MetaToken};

/// The id in a path: with a version before it, or without.
pub(super) fn id_of(call: &Call) -> &str {
    match call.capture("node") {
        "" => call.capture("version"),
        node => node,
    }
}

/// `GET /facebook/me` and `GET /facebook/{id}`
pub(super) fn show(desk: &mut Desk<'_>, call: &Call) -> Response {
    respond(desk, call, |desk, token| {
        let sent = call.query.text("fields");
        let id = id_of(call);
        let own_page = token
            .page
            .as_deref()
            .and_then(|page| desk.world.social.page(page))
            .cloned();
        if id == "me" {
            return match &own_page {
                Some(page) => page_object(desk, token, page, if sent.is_empty() { "id,name" } else { sent }),
                None => person(desk, token, sent),
            };
        }
        if id == graph::user_id(desk, Flavour::Facebook, token) {
            return person(desk, token, sent);
        }
        let pages: Vec<FacebookPage> = match own_page {
            Some(page) => vec![page],
            None => reached(desk, token),
        };
        if let Some(page) = pages.iter().find(|page| page.id == id) {
            return page_object(desk, token, page, if sent.is_empty() { "id,name" } else { sent });
        }
        let account = pages
            .iter()
            .filter_map(|page| linked(desk, token, page))
            .find(|account| account.user_id == id);
        account.map_or_else(|| Err(unknown_object(id)), |account| account_object(&account, sent))
    })
}

fn person(desk: &Desk<'_>, token: &MetaToken, sent: &str) -> Result<Value> {
    let id = graph::user_id(desk, Flavour::Facebook, token);
    let person = desk.world.person(&token.username).ok_or_else(|| unknown_object(&id))?;
    let mut object = Map::new();
    for field in fields::parse(sent, "id,name") {
        let value = match field.name {
            "id" => id.as_str().into(),
            "name" => person.full_name.as_str().into(),
            // The client's business portfolio, which a system user belongs to.
            "client_business_id" if token.kind == MetaKind::SystemUser => {
                crate::ids::digits(desk.world.seed, &format!("business/{}", person.username), "3", 15).into()
            }
            other => return Err(unknown_field(other, "User")),
        };
        object.insert(field.name.to_owned(), value);
    }
    object.entry("id").or_insert_with(|| id.as_str().into());
    Ok(Value::Object(object))
}
