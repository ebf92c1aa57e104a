//! The app dashboard: the list of apps, creating and deleting one.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::{Flavour, new_app};
use crate::http::{Call, see_other};
use crate::names;
use crate::pages::{
    Errors, Field, Kind, Page, ask_for_person, button, error_summary, form, link_button, message_page, page,
};
use crate::site::Desk;
use crate::world::MetaApp;

fn list_path(flavour: Flavour) -> String {
    flavour.path("dashboard/")
}

fn create_path(flavour: Flavour) -> String {
    flavour.path("dashboard/create/")
}

/// The app of the path if it belongs to the person at this browser, or the page that says otherwise.
pub(super) fn own_app(desk: &Desk<'_>, call: &Call) -> Result<MetaApp, Box<Response>> {
    let flavour = Flavour::of(call);
    let Some(username) = &desk.username else {
        return Err(Box::new(ask_for_person(&list_path(flavour))));
    };
    let app = flavour
        .world(desk.world)
        .app(call.capture("app"))
        .filter(|app| app.owner == *username);
    app.cloned().ok_or_else(|| {
        let text = "There is no such app, or it belongs to another person of this sandbox.";
        Box::new(message_page(desk, StatusCode::NOT_FOUND, "No such app", text))
    })
}

pub(super) fn list(desk: &mut Desk<'_>, call: &Call) -> Response {
    let flavour = Flavour::of(call);
    let (list, words) = (list_path(flavour), flavour.words());
    let Some(username) = desk.username.clone() else {
        return ask_for_person(&list);
    };
    let apps: Vec<&MetaApp> = flavour
        .world(desk.world)
        .apps
        .iter()
        .filter(|app| app.owner == username)
        .collect();
    let body = html! {
        p.lead { (words.lead) " You are their developer as " strong { (username) } "." }
        div.actions { (link_button("primary", &create_path(flavour), "Create app")) (link_button("plain", &flavour.path("accounts/manage_access/"), "Apps and websites")) }
        @if apps.is_empty() { p { "You have no apps yet." } }
        @for app in apps {
            section.card aria-labelledby={ "n-" (app.app_id) } {
                div.head { h2 id={ "n-" (app.app_id) } { (app.name) } span.badge { (mode(app)) } }
                dl {
                    div { dt { (words.app_id) } dd { code { (app.app_id) } } }
                    div { dt { "Meta app ID" } dd { code { (app.meta_app_id) } } }
                }
                div.actions {
                    a.button.primary href={ (list) (app.app_id) "/setup/" } aria-label={ "API setup of " (app.name) } { "API setup" }
                    a.button.plain href={ (list) (app.app_id) "/roles/" } aria-label={ "App roles of " (app.name) } { "App roles" }
                    a.button.danger href={ (list) (app.app_id) "/delete/" } aria-label={ "Delete " (app.name) } { "Delete" }
                }
            }
        }
    };
    let shown = Page {
        title: "App dashboard",
        section: flavour.section(),
        body,
        targets: Vec::new(),
    };
    page(desk, StatusCode::OK, shown)
}

pub(super) fn mode(app: &MetaApp) -> &'static str {
    if app.live { "Live" } else { "Development" }
}

pub(super) fn ask(desk: &mut Desk<'_>, call: &Call) -> Response {
    let flavour = Flavour::of(call);
    if desk.username.is_none() {
        return ask_for_person(&create_path(flavour));
    }
    create_page(desk, flavour, StatusCode::OK, "", &Errors::default())
}

pub(super) fn create(desk: &mut Desk<'_>, call: &Call) -> Response {
    let flavour = Flavour::of(call);
    let Some(owner) = desk.username.clone() else {
        return ask_for_person(&create_path(flavour));
    };
    let name = call.form.trimmed("name");
    if let Some(reason) = names::refusal(&name) {
        let mut errors = Errors::default();
        errors.add("name", reason);
        return create_page(desk, flavour, StatusCode::UNPROCESSABLE_ENTITY, &name, &errors);
    }
    let app = new_app(desk.world, flavour, name, owner);
    let setup = format!("{}{}/setup/", list_path(flavour), app.app_id);
    flavour.world_mut(desk.world).apps.push(app);
    see_other(&setup)
}

fn create_page(desk: &Desk<'_>, flavour: Flavour, status: StatusCode, name: &str, errors: &Errors) -> Response {
    let field = Field {
        name: "name",
        label: "App name",
        kind: Kind::Text,
        value: name,
        hint: "Shown to people when they are asked for access. It cannot sound like Instagram or Meta.",
        required: true,
    };
    let body = html! {
        (error_summary(errors))
        div.card { (form(desk, &create_path(flavour), html! {
            (field.show(errors))
            div.actions { (button("primary", "", "", "Create app")) (link_button("plain", &list_path(flavour), "Cancel")) }
        })) }
    };
    page(
        desk,
        status,
        Page {
            title: "Create an app",
            section: flavour.section(),
            body,
            targets: Vec::new(),
        },
    )
}

pub(super) fn ask_delete(desk: &mut Desk<'_>, call: &Call) -> Response {
    let app = match own_app(desk, call) {
        Ok(app) => app,
        Err(response) => return *response,
    };
    let (flavour, list) = (Flavour::of(call), list_path(Flavour::of(call)));
    let body = html! {
        p.lead { "This removes " strong { (app.name) } ", and every token that was given to it stops working." }
        (form(desk, &format!("{list}{}/delete/", app.app_id), html! {
            div.actions { (button("danger", "", "", "Delete")) (link_button("plain", &list_path(flavour), "Cancel")) }
        }))
    };
    page(
        desk,
        StatusCode::OK,
        Page {
            title: "Delete app",
            section: flavour.section(),
            body,
            targets: Vec::new(),
        },
    )
}

pub(super) fn delete(desk: &mut Desk<'_>, call: &Call) -> Response {
    match own_app(desk, call) {
        Ok(app) => {
            let flavour = Flavour::of(call);
            flavour.world_mut(desk.world).delete_app(&app.app_id);
            see_other(&list_path(flavour))
        }
        Err(response) => *response,
    }
}
