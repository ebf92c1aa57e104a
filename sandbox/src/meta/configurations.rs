//! Facebook Login for Business: saved Login configurations, and the form that makes one.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::dashboard::own_app;
use super::setup::{Settings, Shown, setup_page};
use super::{Flavour, check_permissions, new_configuration};
use crate::apps::ConfigurationSpec;
use crate::http::{Call, see_other};
use crate::pages::{Errors, Field, Kind, button, checkbox, form};
use crate::site::Desk;
use crate::world::MetaApp;

/// Saves a Login configuration of Facebook Login for Business.
pub(super) fn add(desk: &mut Desk<'_>, call: &Call) -> Response {
    let app = match own_app(desk, call) {
        Ok(app) => app,
        Err(response) => return *response,
    };
    let spec = ConfigurationSpec {
        name: call.form.trimmed("name"),
        system_user: call.form.text("token_type") == "system_user",
        permissions: call.form.all("permission").map(str::to_owned).collect(),
    };
    let mut errors = Errors::default();
    if spec.name.is_empty() || spec.name.chars().count() > 60 {
        errors.add("name", "Give the configuration a name of at most 60 characters.");
    }
    if spec.permissions.is_empty() {
        errors.add("permission", "Choose at least one permission.");
    }
    if let Err(words) = check_permissions(&spec.permissions) {
        errors.add("permission", &words);
    }
    if !errors.is_empty() {
        let shown = Shown {
            errors,
            ..Shown::default()
        };
        return setup_page(
            desk,
            call,
            StatusCode::UNPROCESSABLE_ENTITY,
            &app,
            &Settings::of(&app),
            &shown,
        );
    }
    let saved = new_configuration(desk.world, &spec);
    let flavour = Flavour::of(call);
    if let Some(kept) = flavour.world_mut(desk.world).app_mut(&app.app_id) {
        kept.configurations.push(saved);
    }
    see_other(&flavour.path(&format!("dashboard/{}/setup/?saved=1", app.app_id)))
}

/// Facebook Login for Business: what a `config_id` stands for.
pub(super) fn section(desk: &Desk<'_>, app: &MetaApp, base: &str, errors: &Errors) -> Markup {
    let name = Field {
        name: "name",
        label: "Name",
        kind: Kind::Text,
        value: "",
        hint: "Shown to the person who is asked.",
        required: true,
    };
    let kinds = [
        ("user", "User access token", "Of the person; 60 days at most."),
        (
            "system_user",
            "System user access token",
            "Of the business; by the code grant alone, without an end.",
        ),
    ];
    html! {
        section.card aria-labelledby="configurations" {
            h2 #configurations { "Configurations" }
            p { "A saved configuration stands for permissions: the dialog gets config_id in place of scope, and a person grants all of them or none." }
            @for saved in &app.configurations {
                article {
                    h3 { (saved.name) }
                    dl {
                        div { dt { "config_id" } dd { code.wrap { (saved.config_id) } } }
                        div { dt { "Token" } dd { (if saved.system_user { "System user" } else { "User" }) } }
                        div { dt { "Permissions" } dd { @for name in &saved.permissions { code.chip { (name) } " " } } }
                    }
                }
            }
            h3 { "New configuration" }
            (form(desk, &format!("{base}/configurations"), html! {
                (name.show(errors))
                fieldset {
                    legend { "Token type" }
                    @for (value, label, hint) in kinds {
                        div.tick {
                            input type="radio" id={ "t-" (value) } name="token_type" value=(value) checked[value == "user"] aria-describedby={ "h-t-" (value) };
                            div { label for={ "t-" (value) } { (label) } p.hint id={ "h-t-" (value) } { (hint) } }
                        }
                    }
                }
                fieldset {
                    legend { "Permissions" }
                    @if let Some(error) = errors.get("permission") { p.error #f-permission { (error) } }
                    @for (scope, meaning) in Flavour::Facebook.scopes().iter().skip(1) {
                        (checkbox("permission", scope, scope, false, meaning))
                    }
                }
                div.actions { (button("primary", "", "", "Save configuration")) }
            }))
        }
    }
}
