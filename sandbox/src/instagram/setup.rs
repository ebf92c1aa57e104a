//! "API setup with Instagram login": ids and secret, tokens without a login, and the business login settings.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use shutterkey::Timestamp;

use super::dashboard::{mode, own_app};
use super::{check_redirects, mint, new_secret};
use crate::http::{Call, see_other};
use crate::pages::{
    Errors, Field, Kind, Page, Section, WebUri, button, checkbox, error_summary, form, page, split_lines,
};
use crate::site::Desk;
use crate::world::IgApp;

struct Settings {
    redirects: String,
    allow_loopback_http: bool,
    deauthorize_url: String,
    deletion_url: String,
}

impl Settings {
    fn of(app: &IgApp) -> Self {
        Self {
            redirects: app.redirect_uris.join("\n"),
            allow_loopback_http: app.allow_loopback_http,
            deauthorize_url: app.deauthorize_url.clone(),
            deletion_url: app.deletion_url.clone(),
        }
    }

    fn check(&self) -> Errors {
        let mut errors = Errors::default();
        let uris = split_lines(&self.redirects);
        if uris.is_empty() {
            errors.add("redirect_uris", "Enter at least one redirect URI.");
        } else if let Err(reason) = check_redirects(&uris, self.allow_loopback_http) {
            errors.add("redirect_uris", reason);
        }
        // The sandbox itself calls these, and it calls nobody but this machine.
        for (name, url) in [
            ("deauthorize_url", &self.deauthorize_url),
            ("deletion_url", &self.deletion_url),
        ] {
            match WebUri::parse(url) {
                _ if url.is_empty() => {}
                Ok(uri) if uri.is_loopback() => {}
                Ok(_) => errors.add(
                    name,
                    "A sandbox calls back to this machine only: use localhost or 127.0.0.1.",
                ),
                Err(reason) => errors.add(name, format!("This address {reason}.")),
            }
        }
        errors
    }
}

/// The tabs of one app.
pub(super) fn tabs(app: &IgApp, current: &str) -> Markup {
    html! {
        nav.tabs aria-label="App settings" { ul {
            @for (path, name) in [("setup", "API setup with Instagram login"), ("roles", "App roles")] {
                li { a href={ "/instagram/dashboard/" (app.app_id) "/" (path) "/" } aria-current=[(path == current).then_some("page")] { (name) } }
            }
        } }
    }
}

pub(super) fn show(desk: &mut Desk<'_>, call: &Call) -> Response {
    match own_app(desk, call) {
        Ok(app) => {
            let saved = call.query.get("saved").is_some();
            setup_page(
                desk,
                StatusCode::OK,
                &app,
                saved,
                &Settings::of(&app),
                &Errors::default(),
                None,
            )
        }
        Err(response) => *response,
    }
}

pub(super) fn save(desk: &mut Desk<'_>, call: &Call) -> Response {
    let app = match own_app(desk, call) {
        Ok(app) => app,
        Err(response) => return *response,
    };
    let settings = Settings {
        redirects: call.form.trimmed("redirect_uris"),
        allow_loopback_http: call.form.get("allow_loopback_http").is_some(),
        deauthorize_url: call.form.trimmed("deauthorize_url"),
        deletion_url: call.form.trimmed("deletion_url"),
    };
    let errors = settings.check();
    if !errors.is_empty() {
        return setup_page(
            desk,
            StatusCode::UNPROCESSABLE_ENTITY,
            &app,
            false,
            &settings,
            &errors,
            None,
        );
    }
    if let Some(kept) = desk.world.instagram.app_mut(&app.app_id) {
        kept.redirect_uris = split_lines(&settings.redirects);
        kept.allow_loopback_http = settings.allow_loopback_http;
        kept.deauthorize_url = settings.deauthorize_url;
        kept.deletion_url = settings.deletion_url;
    }
    see_other(&format!("/instagram/dashboard/{}/setup/?saved=1", app.app_id))
}

pub(super) fn reset_secret(desk: &mut Desk<'_>, call: &Call) -> Response {
    let app = match own_app(desk, call) {
        Ok(app) => app,
        Err(response) => return *response,
    };
    let secret = new_secret(desk.world);
    if let Some(kept) = desk.world.instagram.app_mut(&app.app_id) {
        kept.app_secret = secret;
    }
    see_other(&format!("/instagram/dashboard/{}/setup/?saved=1", app.app_id))
}

/// Shows a new token once, as the real dashboard does; it is already long-lived.
pub(super) fn generate_token(desk: &mut Desk<'_>, call: &Call) -> Response {
    let app = match own_app(desk, call) {
        Ok(app) => app,
        Err(response) => return *response,
    };
    let username = call.form.text("person").to_owned();
    let fine = desk
        .world
        .person(&username)
        .is_some_and(|person| person.account_type.is_professional());
    if !fine || !app.has_role(&username) {
        return see_other(&format!("/instagram/dashboard/{}/setup/", app.app_id));
    }
    let (token, expires_at) = mint(desk.world, desk.now, &app.app_id, &username);
    let shown = Some((username.as_str(), token.as_str(), expires_at));
    setup_page(
        desk,
        StatusCode::OK,
        &app,
        false,
        &Settings::of(&app),
        &Errors::default(),
        shown,
    )
}

fn setup_page(
    desk: &Desk<'_>,
    status: StatusCode,
    app: &IgApp,
    saved: bool,
    settings: &Settings,
    errors: &Errors,
    token: Option<(&str, &str, Timestamp)>,
) -> Response {
    let base = format!("/instagram/dashboard/{}", app.app_id);
    let title = format!("{}: API setup", app.name);
    let body = html! {
        (tabs(app, "setup"))
        @if saved { p.done role="status" { "Your changes were saved." } }
        (error_summary(errors))
        section.card aria-labelledby="keys" {
            h2 #keys { "App" }
            dl {
                div { dt { "Instagram app ID" } dd { code.wrap { (app.app_id) } p.hint { "This is the client_id." } } }
                div { dt { "Instagram app secret" } dd { code.wrap { (app.app_secret) } } }
                div { dt { "Meta app ID" } dd { code.wrap { (app.meta_app_id) } p.hint { "Not the client_id: using it gives \u{201c}Invalid platform app\u{201d}." } } }
                div { dt { "App mode" } dd { (mode(app)) } }
            }
            (form(desk, &format!("{base}/reset_secret"), html! { div.actions { (button("danger", "", "", "Reset app secret")) } }))
        }
        section.card aria-labelledby="generate" {
            h2 #generate { "Generate access tokens" }
            p { "A token without a login, for people with a role on this app. It lives 60 days, so there is nothing to exchange." }
            @if let Some((username, token, expires_at)) = token {
                div.field role="status" {
                    label for="token" { "Access token of " (username) }
                    p.hint #token-hint { "Shown once. Ends " time datetime=(expires_at) { (expires_at) } "." }
                    textarea.token #token readonly rows="4" aria-describedby="token-hint" { (token) }
                }
            }
            (generate_form(desk, app, &base))
        }
        section.card aria-labelledby="login" {
            h2 #login { "Business login settings" }
            (form(desk, &format!("{base}/setup/"), settings_fields(settings, errors)))
        }
    };
    page(
        desk,
        status,
        Page {
            title: &title,
            section: Section::Instagram,
            body,
            targets: Vec::new(),
        },
    )
}

fn generate_form(desk: &Desk<'_>, app: &IgApp, base: &str) -> Markup {
    let people = desk
        .world
        .people
        .iter()
        .filter(|p| p.account_type.is_professional() && app.has_role(&p.username));
    form(
        desk,
        &format!("{base}/generate_token"),
        html! {
            div.actions { @for person in people {
                button.plain type="submit" name="person" value=(person.username) aria-label={ "Generate token for " (person.username) } {
                    "Generate token: " (person.username)
                }
            } }
        },
    )
}

fn settings_fields(settings: &Settings, errors: &Errors) -> Markup {
    let field = |name, label, kind, value, hint, required| Field {
        name,
        label,
        kind,
        value,
        hint,
        required,
    };
    html! {
        (field("redirect_uris", "OAuth redirect URIs", Kind::Lines, &settings.redirects,
            "One in a line, https. The authorize URL must carry exactly the same text. https://localhost/ works: the answer is then read from the address bar.", true).show(errors))
        (checkbox("allow_loopback_http", "yes", "Allow http://localhost (sandbox only)", settings.allow_loopback_http,
            "The real platform refuses http for every host. With this ticked your app works here, and not there."))
        (field("deauthorize_url", "Deauthorize callback URL", Kind::Url, &settings.deauthorize_url, "", false).show(errors))
        (field("deletion_url", "Data deletion request URL", Kind::Url, &settings.deletion_url, "", false).show(errors))
        div.actions { (button("primary", "", "", "Save")) }
    }
}
