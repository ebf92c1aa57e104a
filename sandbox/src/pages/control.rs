//! The control room: the clock, faults, tokens, switches and the journal, for people. Programs use `/control`.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use shutterkey::Timestamp;

use super::{Page, Section, button, form, link_button, page};
use crate::apps;
use crate::fault::{Fault, FaultKind, Malformed};
use crate::http::{Call, see_other};
use crate::lives::{self, Whose};
use crate::site::Desk;
use crate::world::{Behaviour, Ended, Product, Profile};

pub(super) const PATH: &str = "/control-room/";
const RESET: &str = "/control-room/reset/";

/// How far the clock can be moved with one button.
const STEPS: [(&str, i64); 6] = [
    ("1 hour", 3_600),
    ("1 day", 86_400),
    ("24 hours and a minute", 86_460),
    ("30 days", 30 * 86_400),
    ("59 days", 59 * 86_400),
    ("60 days", 60 * 86_400),
];

/// Faults that can be asked for with one button.
const FAULTS: [(&str, &str); 10] = [
    ("throttle", "Throttled: the account's limit (80002)"),
    ("app-limit", "Throttled: the app's limit (4)"),
    ("outage", "Service temporarily unavailable"),
    ("proxy", "A proxy's page with status 502"),
    ("slow", "Three seconds late"),
    ("lost", "Taken and acted on, the answer gets lost"),
    ("reset", "The connection breaks at once"),
    ("truncated", "The answer breaks off"),
    ("html", "A page with status 200 instead of JSON"),
    ("oversized", "Two MiB"),
];

/// How a person's tokens can end.
const ENDS: [(&str, &str); 5] = [
    ("expire", "Their time is over (463)"),
    ("password_changed", "Password changed (460)"),
    ("checkpoint", "Checkpoint (459)"),
    ("clear_checkpoint", "Checkpoint cleared"),
    ("app_removed", "Apps removed (458)"),
];

fn fault_of(name: &str) -> Option<FaultKind> {
    Some(match name {
        "throttle" => FaultKind::Throttle {
            code: 80_002,
            minutes: 19,
        },
        "app-limit" => FaultKind::Throttle { code: 4, minutes: 19 },
        "outage" => FaultKind::Outage { code: 2 },
        "proxy" => FaultKind::Outage { code: 0 },
        "slow" => FaultKind::Slow {
            delay_ms: 3_000,
            dribble: false,
        },
        "lost" => FaultKind::Lost,
        "reset" => FaultKind::Reset,
        "truncated" => FaultKind::Truncated,
        "html" => FaultKind::Malformed(Malformed::Html),
        "oversized" => FaultKind::Oversized { mib: 2 },
        _ => return None,
    })
}

pub(super) fn show(desk: &mut Desk<'_>, _call: &Call) -> Response {
    let body = html! {
        p.lead { "Let time pass, let things go wrong, and read what was called. Programs do the same through "
            code { "/control" } " or the library." }
        (clock(desk))
        (faults(desk))
        (tokens(desk))
        (switches(desk))
        (journal(desk))
        section.card aria-labelledby="reset" {
            h2 #reset { "Begin anew" }
            p { "A fresh world: no apps, the first four people, no faults, the machine\u{2019}s time." }
            div.actions { (link_button("danger", RESET, "Reset")) }
        }
    };
    let shown = Page {
        title: "Control room",
        section: Section::Control,
        body,
        targets: Vec::new(),
    };
    page(desk, StatusCode::OK, shown)
}

fn clock(desk: &Desk<'_>) -> Markup {
    let frozen = desk.clock.is_frozen();
    html! {
        section.card aria-labelledby="clock" {
            h2 #clock { "The clock" }
            p { "It is " time.big datetime=(desk.now) { (desk.now) } @if frozen { ", and it stands still" } "." }
            (form(desk, PATH, html! {
                input type="hidden" name="action" value="clock";
                fieldset {
                    legend { "Move it forward by" }
                    div.actions { @for (label, seconds) in STEPS {
                        button.plain type="submit" name="seconds" value=(seconds) aria-label={ "Forward by " (label) } { (label) }
                    } }
                }
            }))
            (form(desk, PATH, html! { div.actions {
                @if frozen { (button("plain", "action", "unfreeze", "Let it run")) }
                @else { (button("plain", "action", "freeze", "Stop it")) }
            } }))
        }
    }
}

/// A drop-down with a label.
fn select(name: &str, label: &str, options: &[(String, String)]) -> Markup {
    let id = format!("s-{name}");
    html! {
        div.field {
            label for=(id) { (label) }
            select id=(id) name=(name) { @for (value, text) in options { option value=(value) { (text) } } }
        }
    }
}

fn anybody(desk: &Desk<'_>, first: Option<(&str, &str)>) -> Vec<(String, String)> {
    let people = desk
        .world
        .people
        .iter()
        .map(|person| (person.username.clone(), person.username.clone()));
    first
        .into_iter()
        .map(|(value, text)| (value.to_owned(), text.to_owned()))
        .chain(people)
        .collect()
}

fn products() -> Vec<(String, String)> {
    std::iter::once((String::new(), "every product".to_owned()))
        .chain(Product::ALL.map(|product| (product.as_str().to_owned(), product.as_str().to_owned())))
        .collect()
}

fn owned(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter()
        .map(|(value, text)| ((*value).to_owned(), (*text).to_owned()))
        .collect()
}

fn faults(desk: &Desk<'_>) -> Markup {
    let waiting = desk.site.faults().list(desk.now);
    let often = [
        ("1", "the next call"),
        ("3", "the next three calls"),
        ("0", "every call until it is cleared"),
    ];
    html! {
        section.card aria-labelledby="faults" {
            h2 #faults { "Faults" }
            @if waiting.is_empty() { p { "Nothing is asked to go wrong." } }
            @else {
                ul { @for fault in &waiting { li { (sentence(fault)) } } }
                (form(desk, PATH, html! { div.actions { (button("danger", "action", "clear_faults", "Clear all faults")) } }))
            }
            (form(desk, PATH, html! {
                input type="hidden" name="action" value="fault";
                div.columns {
                    (select("kind", "What goes wrong", &owned(&FAULTS)))
                    (select("product", "Where", &products()))
                    (select("account", "For whom", &anybody(desk, Some(("", "everybody")))))
                    (select("times", "How often", &owned(&often)))
                }
                div.actions { (button("primary", "", "", "Add fault")) }
            }))
        }
    }
}

fn sentence(fault: &Fault) -> Markup {
    html! {
        code { (fault.kind.name()) } " at "
        @if fault.endpoint.is_empty() { "every endpoint" } @else { code { (fault.endpoint) } }
        @if let Some(product) = fault.product { " of " (product.as_str()) }
        @if let Some(account) = &fault.account { " for " (account) }
        @match (fault.times, fault.for_seconds) {
            (Some(1), _) => ", the next call",
            (Some(times), _) => { ", the next " (times) " calls" }
            (None, Some(seconds)) => { ", for " (seconds) " seconds" }
            (None, None) => ", until it is cleared",
        }
    }
}

fn tokens(desk: &Desk<'_>) -> Markup {
    html! {
        section.card aria-labelledby="tokens" {
            h2 #tokens { "Tokens" }
            p { "What happens to the tokens of a person before their time." }
            (form(desk, PATH, html! {
                input type="hidden" name="action" value="tokens";
                div.columns {
                    (select("person", "Whose", &anybody(desk, None)))
                    (select("product_of", "Where", &products()))
                    (select("what", "What happens", &owned(&ENDS)))
                }
                div.actions { (button("primary", "", "", "Let it happen")) }
            }))
        }
    }
}

fn switches(desk: &Desk<'_>) -> Markup {
    let now = &desk.world.behaviour;
    let as_profile = [Profile::Production, Profile::Documented]
        .into_iter()
        .find(|profile| *now == Behaviour::of(*profile));
    let name = match as_profile {
        Some(Profile::Production) => "as production is reported to answer",
        Some(Profile::Documented) => "as the documentation says",
        None => "with switches of its own",
    };
    html! {
        section.card aria-labelledby="switches" {
            h2 #switches { "Where sources disagree" }
            p { "This sandbox answers " strong { (name) } "." }
            (form(desk, PATH, html! {
                input type="hidden" name="action" value="profile";
                div.actions {
                    (button("plain", "profile", "production", "As production"))
                    (button("plain", "profile", "documented", "As documented"))
                }
            }))
        }
    }
}

fn journal(desk: &Desk<'_>) -> Markup {
    let journal = desk.site.journal();
    let written = journal.written();
    html! {
        section aria-labelledby="journal" {
            h2 #journal { "What was called" }
            @if written == 0 { p { "Nothing yet." } }
            @else {
                div.scroll tabindex="0" role="region" aria-label="The latest calls, a table that can be scrolled" {
                    table {
                        caption { "The latest of " (written) " calls, newest first; secrets are never written down" }
                        thead { tr { th scope="col" { "No." } th scope="col" { "Call" } th scope="col" { "Status" }
                            th scope="col" { "About" } th scope="col" { "Fault" } } }
                        tbody { @for call in journal.newest(30) { tr {
                            th scope="row" { (call.number) }
                            td { code { (call.method) " " (call.endpoint) } }
                            td { (call.status) }
                            td { (call.account.as_deref().unwrap_or("")) }
                            td { (call.fault.as_deref().unwrap_or("")) }
                        } } }
                    }
                }
            }
        }
    }
}

/// `POST /control-room/`
pub(super) fn act(desk: &mut Desk<'_>, call: &Call) -> Response {
    let field = |name: &str| call.form.text(name);
    let product = |name: &str| Product::ALL.into_iter().find(|product| product.as_str() == field(name));
    match field("action") {
        "clock" => desk.clock.advance(field("seconds").parse().unwrap_or(0)),
        "freeze" => desk.clock.freeze(),
        "unfreeze" => desk.clock.unfreeze(),
        "clear_faults" => desk.site.faults().clear(),
        "fault" => {
            if let Some(kind) = fault_of(field("kind")) {
                let fault = Fault {
                    product: product("product"),
                    account: Some(field("account").to_owned()).filter(|name| !name.is_empty()),
                    times: field("times").parse().ok().filter(|times: &u32| *times > 0),
                    ..Fault::of("", kind)
                };
                desk.site.faults().add(fault, desk.now);
            }
        }
        "tokens" => {
            let whose = Whose {
                person: field("person").to_owned(),
                product: product("product_of"),
            };
            end(desk, &whose, field("what"), desk.now);
        }
        "profile" => {
            desk.world.behaviour = Behaviour::of(match field("profile") {
                "documented" => Profile::Documented,
                _ => Profile::Production,
            });
        }
        _ => {}
    }
    see_other(PATH)
}

/// A person who is not there has no tokens: nothing happens.
fn end(desk: &mut Desk<'_>, whose: &Whose, what: &str, now: Timestamp) {
    let (world, site) = (&mut *desk.world, desk.site);
    let _ = match what {
        "expire" => lives::expire(world, whose, now),
        "clear_checkpoint" => lives::clear_checkpoint(world, whose),
        "password_changed" => lives::invalidate(world, site, whose, Ended::PasswordChanged),
        "checkpoint" => lives::invalidate(world, site, whose, Ended::Checkpoint),
        "app_removed" => lives::invalidate(world, site, whose, Ended::AppRemoved),
        _ => Ok(0),
    };
}

/// `GET /control-room/reset/`
pub(super) fn ask_reset(desk: &mut Desk<'_>, _call: &Call) -> Response {
    let body = html! {
        p.lead { "Every app, token and added person of this sandbox is forgotten, and the clock runs with the machine\u{2019}s." }
        (form(desk, RESET, html! {
            div.actions { (button("danger", "", "", "Reset")) (link_button("plain", PATH, "Cancel")) }
        }))
    };
    let shown = Page {
        title: "Reset this sandbox",
        section: Section::Control,
        body,
        targets: Vec::new(),
    };
    page(desk, StatusCode::OK, shown)
}

/// `POST /control-room/reset/`
pub(super) fn reset(desk: &mut Desk<'_>, _call: &Call) -> Response {
    apps::reset_world(desk.world, desk.site);
    see_other(PATH)
}
