//! Where a browser of another machine shows the access key, once.

use axum::http::{StatusCode, header};
use axum::response::Response;
use maud::html;

use super::people::safe_next;
use super::{Errors, Field, Kind, Page, Section, button, error_summary, form, page};
use crate::http::{Call, see_other, with_header};
use crate::site::Desk;

pub(super) fn ask(desk: &mut Desk<'_>, call: &Call) -> Response {
    key_page(desk, StatusCode::OK, call.query.text("next"), &Errors::default())
}

pub(super) fn show(desk: &mut Desk<'_>, call: &Call) -> Response {
    let next = safe_next(desk, call.form.text("next"));
    if !desk.site.reach.key_matches(&call.form.trimmed("key")) {
        let mut errors = Errors::default();
        errors.add("key", "This is not the key of this sandbox.");
        return key_page(desk, StatusCode::FORBIDDEN, &next, &errors);
    }
    let secure = if desk.site.reach.public.starts_with("https:") {
        "; Secure"
    } else {
        ""
    };
    let cookie = format!(
        "{}={}; Path=/; HttpOnly; SameSite=Lax{secure}",
        desk.site.key_cookie(),
        desk.site.key_proof()
    );
    with_header(see_other(&next), header::SET_COOKIE, &cookie)
}

fn key_page(desk: &Desk<'_>, status: StatusCode, next: &str, errors: &Errors) -> Response {
    let field = Field {
        name: "key",
        label: "Access key",
        kind: Kind::Text,
        value: "",
        hint: "Whoever started this sandbox has it. It is no password of anything else.",
        required: true,
    };
    let body = html! {
        p.lead { "This sandbox can be reached from other machines, so its pages are opened with a key." }
        (error_summary(errors))
        div.card { (form(desk, "/key", html! {
            input type="hidden" name="next" value=(safe_next(desk, next));
            (field.show(errors))
            div.actions { (button("primary", "", "", "Open")) }
        })) }
    };
    let shown = Page {
        title: "Access to this sandbox",
        section: Section::Home,
        body,
        targets: Vec::new(),
    };
    page(desk, status, shown)
}
