//! The frame of every page: banner, header, main part, footer.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};

use crate::security::content_policy;
use crate::site::Desk;

/// Which part of the sandbox a page belongs to; marks the entry in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Home,
    People,
    Control,
    Legacy,
    Instagram,
    Facebook,
    Threads,
    Standard,
}

/// One page.
pub(crate) struct Page<'a> {
    /// The one `h1`, and the beginning of the window's title.
    pub(crate) title: &'a str,
    pub(crate) section: Section,
    pub(crate) body: Markup,
    /// Where forms of this page may lead besides the sandbox itself.
    pub(crate) targets: Vec<String>,
}

const NAVIGATION: [(Section, &str, &str); 7] = [
    (Section::Legacy, "/legacy/developer/", "Legacy platform"),
    (Section::Instagram, "/instagram/dashboard/", "Instagram Login"),
    (Section::Facebook, "/facebook/dashboard/", "Facebook Login"),
    (Section::Threads, "/threads/dashboard/", "Threads"),
    (Section::Standard, "/standard/clients/", "Standard OAuth"),
    (Section::People, "/people/", "People"),
    (Section::Control, "/control-room/", "Control room"),
];

/// Renders a page.
pub(crate) fn page(desk: &Desk<'_>, status: StatusCode, page: Page<'_>) -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex, nofollow";
                meta name="color-scheme" content="light dark";
                title { (page.title) " - shutterkey sandbox" }
                link rel="stylesheet" href="/style.css";
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                aside.banner aria-label="Sandbox notice" {
                    p {
                        strong { "This is a sandbox on your own machine." }
                        " Nothing here is sent to Instagram. People, apps and tokens are made up."
                    }
                }
                header.site {
                    a.brand href="/" aria-label="shutterkey sandbox, front page" { (mark()) span { "shutterkey " b { "sandbox" } } }
                    nav aria-label="Main" {
                        ul {
                            @for (section, path, name) in NAVIGATION {
                                li { a href=(path) aria-current=[(section == page.section).then_some("page")] { (name) } }
                            }
                        }
                    }
                }
                main #main tabindex="-1" {
                    h1 { (page.title) }
                    (page.body)
                }
                footer.site {
                    p {
                        "Sandbox time " time datetime=(desk.now) { (desk.now) }
                        @if desk.clock.is_frozen() { " (standing still)" }
                        @if let Some(person) = desk.person() {
                            " · you are " strong { (person.username) } " "
                            a href="/people/pick" { "Be somebody else" }
                        }
                    }
                    p { "shutterkey is not part of, or endorsed by, Meta or Instagram." }
                }
            }
        }
    };
    let mut response = (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], markup.0).into_response();
    if let Ok(policy) = HeaderValue::from_str(&content_policy(&page.targets)) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
}

/// The product's own mark: an aperture of six blades with a keyhole.
fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 48 48" width="32" height="32" aria-hidden="true" focusable="false" {
            circle cx="24" cy="24" r="21" fill="none" stroke="currentColor" stroke-width="3" {}
            g fill="none" stroke="currentColor" stroke-width="2.5" stroke-linecap="round" {
                @for turn in [0, 60, 120, 180, 240, 300] {
                    path d="M24 14.5 L41 14.5" transform={ "rotate(" (turn) " 24 24)" } {}
                }
            }
            circle.key cx="24" cy="22.6" r="3.4" {}
            path.key d="M22.6 24 h2.8 l1.2 6 h-5.2 z" {}
        }
    }
}
