//! The one consent page of all products: who asks, what for, and two buttons.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::{Page, Section, button, form, form_target, page};
use crate::site::Desk;

/// One permission that is asked for.
pub(crate) struct Permission {
    /// The scope as the protocol spells it.
    pub(crate) scope: String,
    /// What it lets the app do.
    pub(crate) meaning: String,
    /// Whether the person may untick it.
    pub(crate) optional: bool,
}

/// Something that the person may give access to or not, such as a Page.
pub(crate) struct Asset {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) hint: String,
}

/// What a consent page shows.
pub(crate) struct Consent<'a> {
    pub(crate) section: Section,
    pub(crate) app_name: &'a str,
    pub(crate) description: &'a str,
    pub(crate) website: &'a str,
    pub(crate) permissions: Vec<Permission>,
    /// Facebook Login: the Pages of the person, all ticked at first.
    pub(crate) assets: Vec<Asset>,
    /// Where the form is posted to.
    pub(crate) action: &'a str,
    /// The authorization request's query, which comes back with the form and is checked anew.
    pub(crate) request: &'a str,
    pub(crate) redirect_uri: &'a str,
    /// The words on the button that consents.
    pub(crate) allow: &'a str,
}

pub(crate) fn consent_page(desk: &Desk<'_>, consent: &Consent<'_>) -> Response {
    let choice = consent.permissions.iter().any(|permission| permission.optional);
    let title = format!("{} asks for access", consent.app_name);
    let pick = format!(
        "/people/pick?next={}",
        url::form_urlencoded::byte_serialize(format!("{}?{}", consent.action, consent.request).as_bytes())
            .collect::<String>()
    );
    let body = html! {
        div.card.consent {
            @if let Some(person) = desk.person() {
                p.who {
                    span.avatar aria-hidden="true" { (initials(&person.full_name)) }
                    span { "You are " strong { (person.username) } br; a href=(pick) { "Use another person" } }
                }
            }
            @if !consent.description.is_empty() { p.lead { (consent.description) } }
            @if !consent.website.is_empty() { p.quiet { "Website: " (consent.website) } }
            (form(desk, consent.action, html! {
                input type="hidden" name="request" value=(consent.request);
                fieldset {
                    legend { "This app would like to" }
                    @for permission in &consent.permissions {
                        @let id = format!("c-{}", permission.scope);
                        div.tick {
                            @if choice {
                                input type="checkbox" id=(id) name="permission" value=(permission.scope) checked
                                    disabled[!permission.optional] aria-describedby={ "h-" (id) };
                            } @else {
                                span.dot aria-hidden="true" {}
                            }
                            div {
                                @if choice {
                                    label for=(id) { (permission.meaning) }
                                } @else {
                                    span.label { (permission.meaning) }
                                }
                                p.hint id={ "h-" (id) } {
                                    code { (permission.scope) }
                                    @if choice && !permission.optional { " always part of it" }
                                }
                            }
                        }
                    }
                }
                @if !consent.assets.is_empty() {
                    fieldset {
                        legend { "For these Pages" }
                        @for asset in &consent.assets {
                            @let id = format!("a-{}", asset.id);
                            div.tick {
                                input type="checkbox" id=(id) name="asset" value=(asset.id) checked aria-describedby={ "h-" (id) };
                                div { label for=(id) { (asset.name) } p.hint id={ "h-" (id) } { (asset.hint) } }
                            }
                        }
                    }
                }
                div.actions {
                    (button("primary", "decision", "authorize", consent.allow))
                    (button("plain", "decision", "cancel", "Cancel"))
                }
            }))
            p.quiet { "Either way you return to " code.wrap { (consent.redirect_uri) } }
        }
    };
    let targets = form_target(consent.redirect_uri);
    page(
        desk,
        StatusCode::OK,
        Page {
            title: &title,
            section: consent.section,
            body,
            targets,
        },
    )
}

/// The first letters of the first two words.
pub(super) fn initials(name: &str) -> String {
    name.split_whitespace()
        .take(2)
        .filter_map(|word| word.chars().next())
        .collect()
}
