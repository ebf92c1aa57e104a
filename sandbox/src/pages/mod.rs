//! What all products' pages are made of, and the pages that belong to none: front page, people, errors.

mod consent;
mod control;
mod form;
mod home;
mod key;
mod layout;
mod people;
mod redirects;

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing;
use maud::html;

pub(crate) use consent::{Asset, Consent, Permission, consent_page};
pub(crate) use form::{
    Errors, Field, Kind, button, checkbox, error_summary, fieldset, form, link_button, required_tick,
};
pub(crate) use layout::{Page, Section, page};
pub(crate) use people::ask_for_person;
pub(crate) use redirects::{WebUri, form_target, split_lines, with_fragment, with_query};

use crate::http::Call;
use crate::site::{Desk, Shared, get, post_form};

pub(crate) fn routes() -> Router<Arc<Shared>> {
    Router::new()
        .route("/", get(home::show))
        .route("/control-room", get(control::show).merge(post_form(control::act)))
        .route(
            "/control-room/reset",
            get(control::ask_reset).merge(post_form(control::reset)),
        )
        .route("/key", get(key::ask).merge(post_form(key::show)))
        .route("/people", get(people::list).merge(post_form(people::add)))
        .route("/people/pick", get(people::ask).merge(post_form(people::pick)))
        .route("/style.css", routing::get(style))
        .route("/robots.txt", routing::get(|| async { "User-agent: *\nDisallow: /\n" }))
        .route("/favicon.ico", routing::get(|| async { StatusCode::NO_CONTENT }))
}

async fn style() -> Response {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("style.css"),
    )
        .into_response()
}

/// The page for a path that there is not.
pub(crate) fn not_found(desk: &mut Desk<'_>, _call: &Call) -> Response {
    message_page(
        desk,
        StatusCode::NOT_FOUND,
        "There is no such page",
        "Nothing of this sandbox is at this address.",
    )
}

/// A page that says one thing.
pub(crate) fn message_page(desk: &Desk<'_>, status: StatusCode, title: &str, text: &str) -> Response {
    let body = html! { p.lead { (text) } p { a href="/" { "Go to the front page" } } };
    page(
        desk,
        status,
        Page {
            title,
            section: Section::Home,
            body,
            targets: Vec::new(),
        },
    )
}
