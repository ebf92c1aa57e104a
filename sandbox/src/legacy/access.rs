//! "Authorized applications": where a person ends what they allowed.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use crate::http::{Call, see_other};
use crate::pages::{Page, Section, ask_for_person, form, page};
use crate::site::Desk;
use crate::world::LegacyToken;

const PATH: &str = "/legacy/accounts/manage_access/";

pub(super) fn list(desk: &mut Desk<'_>, _call: &Call) -> Response {
    let Some(username) = desk.username.clone() else {
        return ask_for_person(PATH);
    };
    let tokens: Vec<&LegacyToken> = desk
        .world
        .legacy
        .tokens
        .iter()
        .filter(|token| token.username == username && !token.revoked)
        .collect();
    let body = html! {
        @if tokens.is_empty() { p.lead { "You have not authorized any applications." } }
        @else { p.lead { "These applications can act for " strong { (username) } "." } }
        @for token in tokens {
            @let client = desk.world.legacy.client(&token.client_id);
            @let name = client.map_or("(deleted client)", |client| client.name.as_str());
            section.card aria-labelledby={ "n-" (token.client_id) } {
                h2 id={ "n-" (token.client_id) } { (name) }
                p { @for scope in &token.scopes { code.chip { (scope) } " " } }
                p.quiet { "Since " time datetime=(token.issued_at) { (token.issued_at) } }
                (form(desk, PATH, html! {
                    input type="hidden" name="client_id" value=(token.client_id);
                    div.actions { button.danger type="submit" aria-label={ "Revoke Access of " (name) } { "Revoke Access" } }
                }))
            }
        }
    };
    page(
        desk,
        StatusCode::OK,
        Page {
            title: "Authorized applications",
            section: Section::Legacy,
            body,
            targets: Vec::new(),
        },
    )
}

pub(super) fn revoke(desk: &mut Desk<'_>, call: &Call) -> Response {
    let Some(username) = desk.username.clone() else {
        return ask_for_person(PATH);
    };
    desk.world.legacy.revoke(call.form.text("client_id"), &username);
    see_other(PATH)
}
