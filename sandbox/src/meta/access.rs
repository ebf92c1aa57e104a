//! "Apps and websites": where a person removes an app, or accepts to be its tester.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::Flavour;
use crate::callbacks::{self, Kind};
use crate::http::{Call, see_other};
use crate::lives;
use crate::pages::{Page, ask_for_person, button, form, page};
use crate::site::Desk;

fn path(flavour: Flavour) -> String {
    flavour.path("accounts/manage_access/")
}

pub(super) fn list(desk: &mut Desk<'_>, call: &Call) -> Response {
    let flavour = Flavour::of(call);
    let path = path(flavour);
    let Some(username) = desk.username.clone() else {
        return ask_for_person(&path);
    };
    let ig = flavour.world(desk.world);
    let live = ig
        .tokens
        .values()
        .filter(|token| token.username == username && token.ended.is_none());
    let active: BTreeSet<&str> = live.map(|token| token.app_id.as_str()).collect();
    let invites: Vec<_> = ig
        .apps
        .iter()
        .filter(|app| app.testers.iter().any(|t| t.username == username && !t.accepted))
        .collect();
    let requests: Vec<_> = desk
        .site
        .deliveries
        .all()
        .into_iter()
        .filter(|sent| sent.kind == "data_deletion" && sent.product == flavour.product())
        .filter(|sent| sent.account.as_ref() == Some(&username))
        .collect();
    let name = |app_id: &str| {
        ig.app(app_id)
            .map_or("(deleted app)", |app| app.name.as_str())
            .to_owned()
    };
    let body = html! {
        section aria-labelledby="active" {
            h2 #active { "Active" }
            @if active.is_empty() { p { "No app has access to the account of " (username) "." } }
            @for app_id in active {
                @let name = name(app_id);
                @let deletes = ig.app(app_id).is_some_and(|app| !app.deletion_url.is_empty());
                article.card {
                    h3 { (name) }
                    (form(desk, &path, html! {
                        input type="hidden" name="app" value=(app_id);
                        div.actions { button.danger type="submit" name="action" value="remove" aria-label={ "Remove " (name) } { "Remove" }
                            @if deletes { button.plain type="submit" name="action" value="delete_data" aria-label={ "Delete my data at " (name) } { "Delete my data" } }
                        }
                    }))
                }
            }
        }
        @if !requests.is_empty() {
            section aria-labelledby="requests" {
                h2 #requests { "Requests to delete data" }
                ul { @for asked in &requests { li {
                    (name(&asked.app_id)) ": "
                    @if let Some(code) = &asked.confirmation_code { "confirmation code " code.wrap { (code) } }
                    @if let Some(problem) = &asked.problem { (problem) }
                } } }
            }
        }
        section aria-labelledby="invites" {
            h2 #invites { "Tester invites" }
            @if invites.is_empty() { p { "Nobody has invited you." } }
            @for app in invites {
                article.card {
                    h3 { (app.name) }
                    (form(desk, &path, html! {
                        input type="hidden" name="app" value=(app.app_id);
                        div.actions { (button("primary", "action", "accept", "Accept")) (button("plain", "action", "decline", "Decline")) }
                    }))
                }
            }
        }
    };
    let shown = Page {
        title: "Apps and websites",
        section: flavour.section(),
        body,
        targets: Vec::new(),
    };
    page(desk, StatusCode::OK, shown)
}

pub(super) fn change(desk: &mut Desk<'_>, call: &Call) -> Response {
    let flavour = Flavour::of(call);
    let path = path(flavour);
    let Some(username) = desk.username.clone() else {
        return ask_for_person(&path);
    };
    let app_id = call.form.text("app");
    match call.form.text("action") {
        "remove" => {
            lives::remove_app(desk.world, desk.site, flavour.product(), app_id, &username);
        }
        "delete_data" => {
            if let Ok(app) = callbacks::app_of(desk.world, flavour.product(), app_id)
                && !app.deletion_url.is_empty()
            {
                let ask = callbacks::signed_request(
                    desk.site,
                    desk.world,
                    Kind::Deletion,
                    flavour.product(),
                    &app,
                    &username,
                );
                let _ = desk.site.outbox.send(ask);
            }
        }
        action @ ("accept" | "decline") => {
            if let Some(app) = flavour.world_mut(desk.world).app_mut(app_id) {
                if action == "decline" {
                    app.testers.retain(|tester| tester.username != username);
                }
                for tester in app.testers.iter_mut().filter(|tester| tester.username == username) {
                    tester.accepted = true;
                }
            }
        }
        _ => {}
    }
    see_other(&path)
}
