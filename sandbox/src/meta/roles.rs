//! "App roles": testers, and whether the app is live.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::Flavour;
use super::dashboard::{mode, own_app};
use super::setup::tabs;
use crate::http::{Call, see_other};
use crate::pages::{Page, button, form, page};
use crate::site::Desk;
use crate::world::Tester;

pub(super) fn show(desk: &mut Desk<'_>, call: &Call) -> Response {
    let app = match own_app(desk, call) {
        Ok(app) => app,
        Err(response) => return *response,
    };
    let flavour = Flavour::of(call);
    let tester_word = flavour.words().tester;
    let path = flavour.path(&format!("dashboard/{}/roles/", app.app_id));
    let invited = |username: &str| app.testers.iter().any(|tester| tester.username == username);
    let others = desk
        .world
        .people
        .iter()
        .filter(|person| person.username != app.owner && !invited(&person.username));
    let refused = match flavour {
        Flavour::Facebook => "App not active",
        Flavour::Instagram | Flavour::Threads => "Insufficient developer role",
    };
    let title = format!("{}: App roles", app.name);
    let body = html! {
        (tabs(flavour, &app, "roles"))
        section.card aria-labelledby="mode" {
            h2 #mode { "App mode: " (mode(&app)) }
            p { "In development only people with a role can authorize; others are told \u{201c}" (refused) "\u{201d}." }
            (form(desk, &path, html! { div.actions {
                @if app.live { (button("plain", "action", "development", "Switch to development")) }
                @else { (button("primary", "action", "live", "Go live")) }
            } }))
        }
        section aria-labelledby="testers" {
            h2 #testers { "People" }
            div.scroll tabindex="0" role="region" aria-label="People with a role, a table that can be scrolled" {
                table {
                    caption { "People with a role on this app" }
                    thead { tr { th scope="col" { "Person" } th scope="col" { "Role" } th scope="col" { "Status" } th scope="col" { "Action" } } }
                    tbody {
                        tr { th scope="row" { (app.owner) } td { "Administrator" } td { "Accepted" } td {} }
                        @for tester in &app.testers { tr {
                            th scope="row" { (tester.username) } td { (tester_word) }
                            td { (if tester.accepted { "Accepted" } else { "Pending" }) }
                            td { (form(desk, &path, html! {
                                input type="hidden" name="action" value="remove";
                                button.danger type="submit" name="person" value=(tester.username) aria-label={ "Remove " (tester.username) } { "Remove" }
                            })) }
                        } }
                    }
                }
            }
            h3 { "Add " (tester_word) "s" }
            p.hint { "A tester accepts the invitation under " a href=(flavour.path("accounts/manage_access/")) { "Apps and websites" } ", Tester invites." }
            (form(desk, &path, html! {
                input type="hidden" name="action" value="invite";
                div.actions { @for person in others {
                    button.plain type="submit" name="person" value=(person.username) aria-label={ "Invite " (person.username) } { "Invite " (person.username) }
                } }
            }))
        }
    };
    page(
        desk,
        StatusCode::OK,
        Page {
            title: &title,
            section: flavour.section(),
            body,
            targets: Vec::new(),
        },
    )
}

pub(super) fn save(desk: &mut Desk<'_>, call: &Call) -> Response {
    let app = match own_app(desk, call) {
        Ok(app) => app,
        Err(response) => return *response,
    };
    let person = desk
        .world
        .person(call.form.text("person"))
        .map(|person| person.username.clone());
    let flavour = Flavour::of(call);
    if let Some(kept) = flavour.world_mut(desk.world).app_mut(&app.app_id) {
        match (call.form.text("action"), person) {
            ("live", _) => kept.live = true,
            ("development", _) => kept.live = false,
            ("remove", Some(username)) => kept.testers.retain(|tester| tester.username != username),
            ("invite", Some(username)) if kept.testers.iter().all(|tester| tester.username != username) => {
                kept.testers.push(Tester {
                    username,
                    accepted: false,
                });
            }
            _ => {}
        }
    }
    see_other(&flavour.path(&format!("dashboard/{}/roles/", app.app_id)))
}
