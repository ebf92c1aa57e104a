//! "Manage Clients", "Register a New Client", and deleting one.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::client_form::{ClientForm, check_redirects};
use super::developer::developer;
use crate::http::{Call, see_other};
use crate::pages::{
    Errors, Page, Section, button, error_summary, form, link_button, message_page, page, required_tick,
};
use crate::site::Desk;
use crate::world::LegacyClient;

pub(super) const MANAGE: &str = "/legacy/developer/clients/manage/";
const REGISTER: &str = "/legacy/developer/clients/register/";

/// The client of the path if it belongs to the person at this browser, or the page that says otherwise.
pub(super) fn own_client(desk: &Desk<'_>, call: &Call) -> Result<LegacyClient, Box<Response>> {
    let username = developer(desk, &call.path)?;
    let client = desk
        .world
        .legacy
        .client(call.capture("client"))
        .filter(|client| client.owner == username);
    client.cloned().ok_or_else(|| {
        let text = "There is no such client, or it belongs to another person of this sandbox.";
        Box::new(message_page(desk, StatusCode::NOT_FOUND, "No such client", text))
    })
}

pub(super) fn manage(desk: &mut Desk<'_>, _call: &Call) -> Response {
    let username = match developer(desk, MANAGE) {
        Ok(username) => username,
        Err(response) => return *response,
    };
    let clients: Vec<&LegacyClient> = desk
        .world
        .legacy
        .clients
        .iter()
        .filter(|c| c.owner == username)
        .collect();
    let body = html! {
        div.actions { (link_button("primary", REGISTER, "Register a New Client")) }
        @if clients.is_empty() { p.lead { "You have no clients yet." } }
        @for client in clients {
            @let base = format!("/legacy/developer/clients/{}", client.client_id);
            section.card aria-labelledby={ "n-" (client.client_id) } {
                div.head {
                    h2 id={ "n-" (client.client_id) } { (client.name) }
                    span.badge { (if client.live { "Live" } else { "Sandbox Mode" }) }
                }
                dl {
                    div { dt { "CLIENT ID" } dd { code.wrap { (client.client_id) } } }
                    div { dt { "Support email" } dd { (if client.contact_email.is_empty() { "none" } else { &client.contact_email }) } }
                }
                div.actions {
                    a.button.primary href={ (base) "/edit/" } aria-label={ "Manage " (client.name) } { "Manage" }
                    a.button.danger href={ (base) "/delete/" } aria-label={ "Delete " (client.name) } { "Delete" }
                }
            }
        }
    };
    page(
        desk,
        StatusCode::OK,
        Page {
            title: "Manage Clients",
            section: Section::Legacy,
            body,
            targets: Vec::new(),
        },
    )
}

pub(super) fn ask(desk: &mut Desk<'_>, _call: &Call) -> Response {
    match developer(desk, REGISTER) {
        Ok(_) => register_page(desk, StatusCode::OK, &ClientForm::default(), &Errors::default()),
        Err(response) => *response,
    }
}

pub(super) fn register(desk: &mut Desk<'_>, call: &Call) -> Response {
    let username = match developer(desk, REGISTER) {
        Ok(username) => username,
        Err(response) => return *response,
    };
    let fields = ClientForm::read(&call.form);
    let mut errors = Errors::default();
    fields.check_details(&mut errors);
    let redirect_uris = check_redirects(&fields.redirects).unwrap_or_else(|reason| {
        errors.add("redirect_uris", reason);
        Vec::new()
    });
    if call.form.get("human").is_none() {
        errors.add("human", "Tick this box; it stands where the picture puzzle was.");
    }
    if !errors.is_empty() {
        return register_page(desk, StatusCode::UNPROCESSABLE_ENTITY, &fields, &errors);
    }
    let client_id = desk.world.draw_hex32("legacy-client");
    let client_secret = desk.world.draw_hex32("legacy-secret");
    desk.world.legacy.clients.push(LegacyClient {
        client_id,
        client_secret,
        owner: username,
        name: fields.name,
        description: fields.description,
        company: fields.company,
        website: fields.website,
        redirect_uris,
        privacy_policy: fields.privacy_policy,
        contact_email: fields.contact_email,
        disable_implicit: true,
        enforce_signed: false,
        live: false,
        sandbox_users: Default::default(),
    });
    see_other(MANAGE)
}

fn register_page(desk: &Desk<'_>, status: StatusCode, fields: &ClientForm, errors: &Errors) -> Response {
    let body = html! {
        (error_summary(errors))
        div.card { (form(desk, REGISTER, html! {
            (fields.show_details(errors))
            (fields.show_redirects(errors))
            (required_tick("human", "I am a person, or a test that plays one", "In place of the captcha.", errors))
            div.actions { (button("primary", "", "", "Register")) (link_button("plain", MANAGE, "Cancel")) }
        })) }
    };
    page(
        desk,
        status,
        Page {
            title: "Register new Client ID",
            section: Section::Legacy,
            body,
            targets: Vec::new(),
        },
    )
}

pub(super) fn ask_delete(desk: &mut Desk<'_>, call: &Call) -> Response {
    let client = match own_client(desk, call) {
        Ok(client) => client,
        Err(response) => return *response,
    };
    let body = html! {
        p.lead { "This removes " strong { (client.name) } ", and every token that was given to it stops working." }
        (form(desk, &format!("/legacy/developer/clients/{}/delete/", client.client_id), html! {
            div.actions { (button("danger", "", "", "Delete")) (link_button("plain", MANAGE, "Cancel")) }
        }))
    };
    page(
        desk,
        StatusCode::OK,
        Page {
            title: "Delete client",
            section: Section::Legacy,
            body,
            targets: Vec::new(),
        },
    )
}

pub(super) fn delete(desk: &mut Desk<'_>, call: &Call) -> Response {
    match own_client(desk, call) {
        Ok(client) => {
            desk.world.legacy.delete_client(&client.client_id);
            see_other(MANAGE)
        }
        Err(response) => *response,
    }
}
