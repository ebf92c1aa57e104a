//! Whom one can be: picking a person takes the place of a login, and no page asks for a password.

use axum::http::{StatusCode, header};
use axum::response::Response;
use maud::{Markup, html};

use super::consent::initials;
use super::{Errors, Field, Kind, Page, Section, button, error_summary, form, page};
use crate::http::{Call, redirect, see_other, with_header};
use crate::site::Desk;
use crate::world::{AccountType, Person};

/// Sends the browser to the list of people, and back to `path` afterwards.
pub(crate) fn ask_for_person(path: &str) -> Response {
    let next: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    redirect(StatusCode::FOUND, &format!("/people/pick?next={next}"))
}

/// A path of this sandbox to go on with; the front page for anything else.
pub(super) fn safe_next(desk: &Desk<'_>, next: &str) -> String {
    let base = url::Url::parse(&desk.site.reach.public).ok();
    let inside = base
        .as_ref()
        .and_then(|base| base.join(next).ok().map(|url| url.origin() == base.origin()));
    let plain = next.starts_with('/') && !next.starts_with("//") && !next.contains(['\\', '\r', '\n', '\t']);
    if plain && inside == Some(true) {
        next.to_owned()
    } else {
        "/".to_owned()
    }
}

pub(super) fn ask(desk: &mut Desk<'_>, call: &Call) -> Response {
    let next = safe_next(desk, call.query.text("next"));
    let only_professional = next.starts_with("/instagram/oauth/");
    let body = html! {
        p.lead { "There are no passwords here. Choose whom you want to be in this browser." }
        (form(desk, "/people/pick", html! {
            input type="hidden" name="next" value=(next);
            ul.people {
                @for person in &desk.world.people {
                    @let barred = only_professional && !person.account_type.is_professional();
                    li {
                        button.person type="submit" name="person" value=(person.username) disabled[barred] {
                            span.avatar aria-hidden="true" { (initials(&person.full_name)) }
                            span { span.unseen { "Continue as " } strong { (person.username) } br; span.quiet { (person.full_name) ", " (kind(person)) } }
                        }
                        @if barred { p.hint { "Instagram Login accepts professional accounts only." } }
                    }
                }
            }
        }))
    };
    page(
        desk,
        StatusCode::OK,
        Page {
            title: "Pick a sandbox person",
            section: Section::People,
            body,
            targets: Vec::new(),
        },
    )
}

pub(super) fn pick(desk: &mut Desk<'_>, call: &Call) -> Response {
    let next = safe_next(desk, call.form.text("next"));
    let Some(person) = desk.world.person(call.form.text("person")) else {
        return ask_for_person(&next);
    };
    let cookie = format!(
        "{}={}; Path=/; HttpOnly; SameSite=Lax",
        desk.site.person_cookie(),
        person.username
    );
    with_header(see_other(&next), header::SET_COOKIE, &cookie)
}

pub(super) fn list(desk: &mut Desk<'_>, _call: &Call) -> Response {
    people_page(desk, StatusCode::OK, "", "", AccountType::Business, &Errors::default())
}

pub(super) fn add(desk: &mut Desk<'_>, call: &Call) -> Response {
    let (username, full_name) = (call.form.trimmed("username"), call.form.trimmed("full_name"));
    let kind = match call.form.text("account_type") {
        "Media_Creator" => AccountType::MediaCreator,
        "Personal" => AccountType::Personal,
        _ => AccountType::Business,
    };
    match desk.world.add_person(&username, &full_name, kind) {
        Ok(_) => see_other("/people/"),
        Err(error) => {
            let mut errors = Errors::default();
            errors.add("username", error);
            people_page(
                desk,
                StatusCode::UNPROCESSABLE_ENTITY,
                &username,
                &full_name,
                kind,
                &errors,
            )
        }
    }
}

fn people_page(
    desk: &Desk<'_>,
    status: StatusCode,
    username: &str,
    full_name: &str,
    chosen: AccountType,
    errors: &Errors,
) -> Response {
    let text = |name, label, value, hint, required| Field {
        name,
        label,
        kind: Kind::Text,
        value,
        hint,
        required,
    };
    let kinds = [AccountType::Business, AccountType::MediaCreator, AccountType::Personal];
    let body = html! {
        p.lead { "Whom your apps can meet. All of them are made up; their ids stay the same for the same seed." }
        div.scroll tabindex="0" role="region" aria-label="People, a table that can be scrolled" {
            table {
                caption { "People of this sandbox" }
                thead { tr { th scope="col" { "Username" } th scope="col" { "Name" } th scope="col" { "Account" }
                    th scope="col" { "User id today" } th scope="col" { "Legacy id" } } }
                tbody { @for person in &desk.world.people { tr {
                    th scope="row" { (person.username) } td { (person.full_name) } td { (kind(person)) }
                    td { code { (person.user_id) } } td { code { (person.legacy_id) } }
                } } }
            }
        }
        section.card aria-labelledby="add" {
            h2 #add { "Add a person" }
            (error_summary(errors))
            (form(desk, "/people", html! {
                (text("username", "Username", username, "a to z, 0 to 9, dot and underscore; .sandbox is added.", true).show(errors))
                (text("full_name", "Name", full_name, "", false).show(errors))
                fieldset {
                    legend { "Account" }
                    @for kind in kinds {
                        div.tick {
                            input type="radio" id={ "k-" (kind.name()) } name="account_type" value=(kind.name()) checked[kind == chosen];
                            div { label for={ "k-" (kind.name()) } { (kind_name(kind)) } }
                        }
                    }
                }
                div.actions { (button("primary", "", "", "Add person")) }
            }))
        }
    };
    page(
        desk,
        status,
        Page {
            title: "People",
            section: Section::People,
            body,
            targets: Vec::new(),
        },
    )
}

fn kind(person: &Person) -> Markup {
    html! { (kind_name(person.account_type)) }
}

fn kind_name(kind: AccountType) -> &'static str {
    match kind {
        AccountType::Business => "business account",
        AccountType::MediaCreator => "creator account",
        AccountType::Personal => "personal account",
    }
}
