//! The front page: what this is, and where to begin.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::{Page, Section, page};
use crate::http::Call;
use crate::site::Desk;

struct Entry {
    title: &'static str,
    years: &'static str,
    text: &'static str,
    start: (&'static str, &'static str),
    endpoints: &'static [(&'static str, &'static str)],
}

const ENTRIES: [Entry; 5] = [
    Entry {
        title: "Legacy platform",
        years: "2010 to 2020",
        text: "Register a client with its redirect URIs, untick Disable implicit OAuth, and take a token out of the \
               address bar, as it was done then. The code flow and signed requests are here as well.",
        start: ("/legacy/developer/", "Register a client"),
        endpoints: &[
            ("authorize", "/legacy/oauth/authorize/"),
            ("code exchange", "/legacy/oauth/access_token"),
            ("API", "/legacy/v1/users/self/"),
        ],
    },
    Entry {
        title: "Instagram Login",
        years: "today",
        text: "An app with its Instagram app ID and secret, consent with a choice for each permission, tokens of one \
               hour and of sixty days, and refresh after a day. Both answer shapes that sources report.",
        start: ("/instagram/dashboard/", "Create an app"),
        endpoints: &[
            ("authorize", "/instagram/oauth/authorize"),
            ("code exchange", "/instagram/oauth/access_token"),
            ("long-lived", "/instagram/access_token"),
            ("refresh", "/instagram/refresh_access_token"),
            ("API", "/instagram/me"),
        ],
    },
    Entry {
        title: "Facebook Login for Business",
        years: "today",
        text: "The dialog with code, token or both, permissions and Pages to choose, saved configurations, debug_token, \
               and the walk from a person to their Pages to the Instagram accounts that are linked to them.",
        start: ("/facebook/dashboard/", "Create an app"),
        endpoints: &[
            ("dialog", "/facebook/v26.0/dialog/oauth"),
            ("tokens", "/facebook/v26.0/oauth/access_token"),
            ("debug", "/facebook/v26.0/debug_token"),
            ("Pages", "/facebook/v26.0/me/accounts"),
        ],
    },
    Entry {
        title: "Threads",
        years: "today",
        text: "The same journey as Instagram Login with the ids, permissions and grant types of Threads, \
               and app tokens and debug_token beside.",
        start: ("/threads/dashboard/", "Create an app"),
        endpoints: &[
            ("authorize", "/threads/oauth/authorize"),
            ("code exchange", "/threads/oauth/access_token"),
            ("refresh", "/threads/refresh_access_token"),
            ("API", "/threads/v1.0/me"),
        ],
    },
    Entry {
        title: "Standard OAuth",
        years: "RFC 6749",
        text: "A plain authorization server with PKCE, the iss parameter, rotating refresh tokens that notice reuse, \
               revocation and metadata.",
        start: ("/standard/clients/", "Register a client"),
        endpoints: &[
            ("metadata", "/.well-known/oauth-authorization-server/standard"),
            ("authorize", "/standard/authorize"),
            ("token", "/standard/token"),
            ("API", "/standard/me"),
        ],
    },
];

pub(super) fn show(desk: &mut Desk<'_>, _call: &Call) -> Response {
    let body = html! {
        p.lead {
            "Everything an app meets on its way to an access token, on your own machine: registering, consent, tokens \
             that expire, refresh, and a clock that you can move."
        }
        div.products { @for entry in &ENTRIES { (card(entry)) } }
        section aria-labelledby="how" {
            h2 #how { "How it works" }
            ol.steps {
                li { strong { "Be somebody. " } "There are no passwords: " a href="/people/pick" { "pick a sandbox person" }
                    ", or " a href="/people/" { "see who is here" } "." }
                li { strong { "Register an app. " } "The pages carry the labels that you know, so that what you learn here holds there." }
                li { strong { "Send a browser to authorize. " } "Consent, cancel, untick a permission: the answer comes back as the real one does." }
                li { strong { "Let time pass. " } "Move the clock, ask for faults and read what was called in the "
                    a href="/control-room/" { "control room" } "; tests do it through the library or " code { "/control" } "." }
            }
        }
        section.clock aria-labelledby="clock" {
            h2 #clock { "The clock" }
            p { "It is " time.big datetime=(desk.now) { (desk.now) } " in this sandbox" @if desk.clock.is_frozen() { ", and it stands still" } "." }
        }
    };
    page(
        desk,
        StatusCode::OK,
        Page {
            title: "The login platform on localhost",
            section: Section::Home,
            body,
            targets: Vec::new(),
        },
    )
}

fn card(entry: &Entry) -> Markup {
    html! {
        article.card {
            p.years { (entry.years) }
            h2 { (entry.title) }
            p { (entry.text) }
            p { a.button.primary href=(entry.start.0) aria-label={ (entry.start.1) ": " (entry.title) } { (entry.start.1) } }
            dl.endpoints { @for (name, path) in entry.endpoints { div { dt { (name) } dd { code.wrap { (path) } } } } }
        }
    }
}
