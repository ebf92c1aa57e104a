//! The first two pages of a developer: the front page of the old developer site, and its sign-up.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use crate::http::{Call, see_other};
use crate::pages::{
    Errors, Field, Kind, Page, Section, ask_for_person, button, error_summary, form, link_button, page, required_tick,
};
use crate::site::Desk;

const REGISTER: &str = "/legacy/developer/register/";
const MANAGE: &str = "/legacy/developer/clients/manage/";

/// The username of a signed-up developer, or where to send the browser first.
pub(super) fn developer(desk: &Desk<'_>, path: &str) -> Result<String, Box<Response>> {
    let Some(username) = desk.username.clone() else {
        return Err(Box::new(ask_for_person(path)));
    };
    if !desk.world.legacy.developers.contains(&username) {
        return Err(Box::new(see_other(REGISTER)));
    }
    Ok(username)
}

pub(super) fn home(desk: &mut Desk<'_>, _call: &Call) -> Response {
    let body = html! {
        p.lead {
            "The developer site as it was from 2010 to 2020, for apps that still speak its protocol and for people who \
             want to know how a token was had."
        }
        div.actions {
            (link_button("primary", "/legacy/developer/clients/register/", "Register Your Application"))
            (link_button("plain", MANAGE, "Manage Clients"))
        }
        section aria-labelledby="way" {
            h2 #way { "The way to a token" }
            ol.steps {
                li { "Pick a sandbox person and sign up as a developer." }
                li { strong { "Register a New Client" } " with the redirect URIs of your app, such as " code { "http://localhost" } "." }
                li { "Under " strong { "Manage" } ", tab " strong { "Security" } ", untick " strong { "Disable implicit OAuth" }
                    " and press " strong { "Update Client" } "." }
                li { "Send a browser to " code.wrap {
                    (desk.site.reach.public) "/legacy/oauth/authorize/?client_id=CLIENT-ID&redirect_uri=REDIRECT-URI&response_type=token"
                } }
                li { "Press " strong { "Authorize" } " and take the token from the address bar, behind " code { "#access_token=" } "." }
            }
        }
        p { a href="/legacy/accounts/manage_access/" { "Authorized applications" } " of the person you are." }
    };
    page(
        desk,
        StatusCode::OK,
        Page {
            title: "Legacy developer site",
            section: Section::Legacy,
            body,
            targets: Vec::new(),
        },
    )
}

pub(super) fn ask(desk: &mut Desk<'_>, _call: &Call) -> Response {
    match &desk.username {
        None => ask_for_person(REGISTER),
        Some(username) if desk.world.legacy.developers.contains(username) => see_other(MANAGE),
        Some(_) => sign_up_page(desk, StatusCode::OK, ["", "", ""], &Errors::default()),
    }
}

pub(super) fn sign_up(desk: &mut Desk<'_>, call: &Call) -> Response {
    let Some(username) = desk.username.clone() else {
        return ask_for_person(REGISTER);
    };
    let values = ["website", "phone", "purpose"].map(|name| call.form.trimmed(name));
    let mut errors = Errors::default();
    if values[2].is_empty() {
        errors.add("purpose", "Say in a few words what you want to build.");
    }
    if call.form.get("terms").is_none() {
        errors.add("terms", "Accept the terms to sign up.");
    }
    if !errors.is_empty() {
        let values = [values[0].as_str(), values[1].as_str(), values[2].as_str()];
        return sign_up_page(desk, StatusCode::UNPROCESSABLE_ENTITY, values, &errors);
    }
    desk.world.legacy.developers.insert(username);
    see_other(MANAGE)
}

fn sign_up_page(desk: &Desk<'_>, status: StatusCode, values: [&str; 3], errors: &Errors) -> Response {
    let [website, phone, purpose] = values;
    let field = |name, label, kind, value, hint, required| Field {
        name,
        label,
        kind,
        value,
        hint,
        required,
    };
    let body = html! {
        p.lead { "Once for each person. What you enter stays in this sandbox; leave the phone number empty or make one up." }
        (error_summary(errors))
        div.card { (form(desk, REGISTER, html! {
            (field("website", "Your website", Kind::Url, website, "", false).show(errors))
            (field("phone", "Phone number", Kind::Tel, phone, "Never checked and never used.", false).show(errors))
            (field("purpose", "What do you want to build with the API?", Kind::Lines, purpose, "", true).show(errors))
            (required_tick("terms", "I accept the API Terms of Use and Brand Guidelines", "A sandbox\u{2019}s terms: there are none.", errors))
            div.actions { (button("primary", "", "", "Sign up")) }
        })) }
    };
    page(
        desk,
        status,
        Page {
            title: "Developer Signup",
            section: Section::Legacy,
            body,
            targets: Vec::new(),
        },
    )
}
