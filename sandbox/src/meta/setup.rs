//! "API setup with Instagram login": ids and secret, tokens without a login, and the business login settings.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use shutterkey::Timestamp;

use super::dashboard::{mode, own_app};
use super::{Flavour, check_redirects, configurations, mint, new_secret};
use crate::http::{Call, see_other};
use crate::pages::{Errors, Field, Kind, Page, WebUri, button, checkbox, error_summary, form, page, split_lines};
use crate::reach::Reach;
use crate::site::Desk;
use crate::world::MetaApp;

/// What the page shows besides the app.
#[derive(Default)]
pub(super) struct Shown<'a> {
    pub(super) saved: bool,
    pub(super) errors: Errors,
    /// A token that was just made: whose, its value, its end.
    pub(super) token: Option<(&'a str, &'a str, Option<Timestamp>)>,
}

pub(super) struct Settings {
    require_proof: bool,
    redirects: String,
    allow_loopback_http: bool,
    deauthorize_url: String,
    deletion_url: String,
}

impl Settings {
    pub(super) fn of(app: &MetaApp) -> Self {
        Self {
            require_proof: app.require_proof,
            redirects: app.redirect_uris.join("\n"),
            allow_loopback_http: app.allow_loopback_http,
            deauthorize_url: app.deauthorize_url.clone(),
            deletion_url: app.deletion_url.clone(),
        }
    }

    fn check(&self, reach: &Reach) -> Errors {
        let mut errors = Errors::default();
        let uris = split_lines(&self.redirects);
        if uris.is_empty() {
            errors.add("redirect_uris", "Enter at least one redirect URI.");
        } else if let Err(reason) = check_redirects(&uris, self.allow_loopback_http) {
            errors.add("redirect_uris", reason);
        }
        for (name, url) in [
            ("deauthorize_url", &self.deauthorize_url),
            ("deletion_url", &self.deletion_url),
        ] {
            if let Err(reason) = check_callback(reach, url) {
                errors.add(name, reason);
            }
        }
        errors
    }
}

/// The sandbox itself calls such an address, and it calls nobody but this machine. None at all is fine.
pub(super) fn check_callback(reach: &Reach, url: &str) -> Result<(), String> {
    match WebUri::parse(url) {
        _ if url.is_empty() => Ok(()),
        Ok(uri) if reach.callback_hosts.may_call(&uri) => Ok(()),
        Ok(_) => Err("A sandbox calls back to this machine only: use localhost or 127.0.0.1.".to_owned()),
        Err(reason) => Err(format!("This address {reason}.")),
    }
}

/// The tabs of one app.
pub(super) fn tabs(flavour: Flavour, app: &MetaApp, current: &str) -> Markup {
    html! {
        nav.tabs aria-label="App settings" { ul {
            @for (path, name) in [("setup", flavour.words().setup), ("roles", "App roles")] {
                li { a href=(flavour.path(&format!("dashboard/{}/{path}/", app.app_id))) aria-current=[(path == current).then_some("page")] { (name) } }
            }
        } }
    }
}

pub(super) fn show(desk: &mut Desk<'_>, call: &Call) -> Response {
    match own_app(desk, call) {
        Ok(app) => {
            let shown = Shown {
                saved: call.query.get("saved").is_some(),
                ..Shown::default()
            };
            setup_page(desk, call, StatusCode::OK, &app, &Settings::of(&app), &shown)
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
        require_proof: call.form.get("require_proof").is_some(),
        redirects: call.form.trimmed("redirect_uris"),
        allow_loopback_http: call.form.get("allow_loopback_http").is_some(),
        deauthorize_url: call.form.trimmed("deauthorize_url"),
        deletion_url: call.form.trimmed("deletion_url"),
    };
    let flavour = Flavour::of(call);
    let errors = settings.check(&desk.site.reach);
    if !errors.is_empty() {
        let shown = Shown {
            errors,
            ..Shown::default()
        };
        return setup_page(desk, call, StatusCode::UNPROCESSABLE_ENTITY, &app, &settings, &shown);
    }
    if let Some(kept) = flavour.world_mut(desk.world).app_mut(&app.app_id) {
        kept.redirect_uris = split_lines(&settings.redirects);
        kept.allow_loopback_http = settings.allow_loopback_http;
        kept.require_proof = settings.require_proof;
        kept.deauthorize_url = settings.deauthorize_url;
        kept.deletion_url = settings.deletion_url;
    }
    see_other(&flavour.path(&format!("dashboard/{}/setup/?saved=1", app.app_id)))
}

pub(super) fn reset_secret(desk: &mut Desk<'_>, call: &Call) -> Response {
    let app = match own_app(desk, call) {
        Ok(app) => app,
        Err(response) => return *response,
    };
    let flavour = Flavour::of(call);
    let secret = new_secret(desk.world);
    if let Some(kept) = flavour.world_mut(desk.world).app_mut(&app.app_id) {
        kept.app_secret = secret;
    }
    see_other(&flavour.path(&format!("dashboard/{}/setup/?saved=1", app.app_id)))
}

/// Shows a new token once, as the real dashboard does; it is already long-lived.
pub(super) fn generate_token(desk: &mut Desk<'_>, call: &Call) -> Response {
    let app = match own_app(desk, call) {
        Ok(app) => app,
        Err(response) => return *response,
    };
    let flavour = Flavour::of(call);
    let username = call.form.text("person").to_owned();
    let fine = desk.world.person(&username).is_some_and(|person| flavour.takes(person));
    if !fine || !app.has_role(&username) {
        return see_other(&flavour.path(&format!("dashboard/{}/setup/", app.app_id)));
    }
    let (token, expires_at) = mint(desk.world, flavour, desk.now, &app.app_id, &username);
    let shown = Shown {
        token: Some((&username, &token, expires_at)),
        ..Shown::default()
    };
    setup_page(desk, call, StatusCode::OK, &app, &Settings::of(&app), &shown)
}

pub(super) fn setup_page(
    desk: &Desk<'_>,
    call: &Call,
    status: StatusCode,
    app: &MetaApp,
    settings: &Settings,
    shown: &Shown<'_>,
) -> Response {
    let flavour = Flavour::of(call);
    let (base, words) = (flavour.path(&format!("dashboard/{}", app.app_id)), flavour.words());
    let title = format!("{}: {}", app.name, words.setup);
    let body = html! {
        (tabs(flavour, app, "setup"))
        @if shown.saved { p.done role="status" { "Your changes were saved." } }
        (error_summary(&shown.errors))
        section.card aria-labelledby="keys" {
            h2 #keys { "App" }
            dl {
                div { dt { (words.app_id) } dd { code.wrap { (app.app_id) } p.hint { "This is the client_id." } } }
                div { dt { (words.app_secret) } dd { code.wrap { (app.app_secret) } } }
                @if flavour != Flavour::Facebook {
                    div { dt { "Meta app ID" } dd { code.wrap { (app.meta_app_id) } p.hint { "Not the client_id: using it gives \u{201c}Invalid platform app\u{201d}." } } }
                }
                div { dt { "App mode" } dd { (mode(app)) } }
            }
            (form(desk, &format!("{base}/reset_secret"), html! { div.actions { (button("danger", "", "", "Reset app secret")) } }))
        }
        section.card aria-labelledby="generate" {
            h2 #generate { "Generate access tokens" }
            p { "A token without a login, for people with a role on this app. It lives 60 days, so there is nothing to exchange." }
            @if let Some((username, token, expires_at)) = shown.token {
                div.field role="status" {
                    label for="token" { "Access token of " (username) }
                    p.hint #token-hint { "Shown once." @if let Some(at) = expires_at { " Ends " time datetime=(at) { (at) } "." } }
                    textarea.token #token readonly rows="4" aria-describedby="token-hint" { (token) }
                }
            }
            (generate_form(desk, flavour, app, &base))
        }
        section.card aria-labelledby="login" {
            h2 #login { (words.settings) }
            (form(desk, &format!("{base}/setup/"), settings_fields(flavour, settings, &shown.errors)))
        }
        @if flavour == Flavour::Facebook { (configurations::section(desk, app, &base, &shown.errors)) }
    };
    page(
        desk,
        status,
        Page {
            title: &title,
            section: flavour.section(),
            body,
            targets: Vec::new(),
        },
    )
}

fn generate_form(desk: &Desk<'_>, flavour: Flavour, app: &MetaApp, base: &str) -> Markup {
    let people = desk
        .world
        .people
        .iter()
        .filter(|p| flavour.takes(p) && app.has_role(&p.username));
    form(
        desk,
        &format!("{base}/generate_token"),
        html! {
            div.actions { @for person in people {
                button.plain type="submit" name="person" value=(person.username) {
                    "Generate token for " (person.username)
                }
            } }
        },
    )
}

fn settings_fields(flavour: Flavour, settings: &Settings, errors: &Errors) -> Markup {
    let field = |name, label, kind, value, hint, required| Field {
        name,
        label,
        kind,
        value,
        hint,
        required,
    };
    let (label, hint, http_hint) = match flavour {
        Flavour::Facebook => (
            "Valid OAuth redirect URIs",
            "One in a line, https. Strict mode: the dialog\u{2019}s URL must carry exactly the same text. While the app is in development, http://localhost works without being listed.",
            "The real platform refuses http once an app is live. With this ticked a live app takes the http://localhost addresses above.",
        ),
        _ => (
            "OAuth redirect URIs",
            "One in a line, https. The authorize URL must carry exactly the same text. https://localhost/ works: the answer is then read from the address bar.",
            "The real platform refuses http for every host. With this ticked your app works here, and not there.",
        ),
    };
    html! {
        (field("redirect_uris", label, Kind::Lines, &settings.redirects, hint, true).show(errors))
        (checkbox("allow_loopback_http", "yes", "Allow http://localhost (sandbox only)", settings.allow_loopback_http, http_hint))
        @if flavour == Flavour::Facebook {
            (checkbox("require_proof", "yes", "Require App Secret", settings.require_proof,
                "API calls must then carry appsecret_proof. The real switch is under App settings, Advanced, Security."))
        }
        (field("deauthorize_url", "Deauthorize callback URL", Kind::Url, &settings.deauthorize_url, "", false).show(errors))
        (field("deletion_url", "Data deletion request URL", Kind::Url, &settings.deletion_url, "", false).show(errors))
        div.actions { (button("primary", "", "", "Save")) }
    }
}
