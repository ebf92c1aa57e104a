//! What the tokens are for: `/standard/me`; and where a person ends what they allowed.

use std::collections::BTreeSet;

use axum::http::{StatusCode, header};
use axum::response::Response;
use maud::html;
use serde_json::json;

use crate::http::{self, Call, noted, see_other, with_header};
use crate::journal::Note;
use crate::pages::{Page, Section, ask_for_person, form, page};
use crate::site::Desk;
use crate::world::StdGrant;

const APPS: &str = "/standard/accounts/apps/";

/// `GET /standard/me`, with the token in the `Authorization` header alone (RFC 6750 2.1).
pub(super) fn me(desk: &mut Desk<'_>, call: &Call) -> Response {
    let Some(value) = call.bearer() else {
        let answer = http::json(StatusCode::UNAUTHORIZED, json!({"error": "unauthorized"}));
        return with_header(answer, header::WWW_AUTHENTICATE, "Bearer realm=\"shutterkey sandbox\"");
    };
    let Some(grant) = live_grant(desk, value) else {
        let body = json!({"error": "invalid_token", "error_description": "the token is unknown, expired or revoked"});
        let challenge = "Bearer realm=\"shutterkey sandbox\", error=\"invalid_token\"";
        return with_header(
            http::json(StatusCode::UNAUTHORIZED, body),
            header::WWW_AUTHENTICATE,
            challenge,
        );
    };
    let id = desk
        .world
        .person(&grant.username)
        .map(|person| person.user_id.as_str())
        .unwrap_or_default();
    let body = json!({"id": id, "username": grant.username});
    let note = Note {
        account: Some(grant.username.clone()),
        client_id: Some(grant.client_id.clone()),
        ..Note::default()
    };
    noted(http::json(StatusCode::OK, body), note)
}

fn live_grant<'a>(desk: &'a Desk<'_>, value: &str) -> Option<&'a StdGrant> {
    let standard = &desk.world.standard;
    let token = standard.tokens.get(value).filter(|token| !token.revoked)?;
    if desk.now >= token.expires_at {
        return None;
    }
    standard.live_grant(&token.grant)
}

pub(super) fn apps(desk: &mut Desk<'_>, _call: &Call) -> Response {
    let Some(username) = desk.username.clone() else {
        return ask_for_person(APPS);
    };
    let standard = &desk.world.standard;
    let live = standard
        .grants
        .iter()
        .filter(|grant| grant.username == username && !grant.revoked);
    let clients: BTreeSet<&str> = live.map(|grant| grant.client_id.as_str()).collect();
    let body = html! {
        @if clients.is_empty() { p.lead { "You have not authorized any applications." } }
        @for id in clients {
            @let name = standard.client(id).map_or("(deleted client)", |client| client.name.as_str());
            section.card aria-labelledby={ "n-" (id) } {
                h2 id={ "n-" (id) } { (name) }
                (form(desk, APPS, html! {
                    input type="hidden" name="client_id" value=(id);
                    div.actions { button.danger type="submit" aria-label={ "Revoke Access of " (name) } { "Revoke Access" } }
                }))
            }
        }
    };
    let shown = Page {
        title: "Authorized applications",
        section: Section::Standard,
        body,
        targets: Vec::new(),
    };
    page(desk, StatusCode::OK, shown)
}

pub(super) fn remove(desk: &mut Desk<'_>, call: &Call) -> Response {
    let Some(username) = desk.username.clone() else {
        return ask_for_person(APPS);
    };
    desk.world.standard.revoke(call.form.text("client_id"), &username);
    see_other(APPS)
}
