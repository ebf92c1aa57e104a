//! Registering and changing clients of the standard server.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::new_client;
use crate::http::{Call, Params, see_other};
use crate::legacy::{check_name, check_redirects};
use crate::pages::{
    Errors, Field, Kind, Page, Section, ask_for_person, button, checkbox, error_summary, form, link_button,
    message_page, page,
};
use crate::site::Desk;
use crate::world::StdClient;

const LIST: &str = "/standard/clients/";
const REGISTER: &str = "/standard/clients/register/";

#[derive(Default)]
struct Fields {
    name: String,
    redirects: String,
    public: bool,
    without_pkce: bool,
}

impl Fields {
    fn read(form: &Params) -> Self {
        Self {
            name: form.trimmed("name"),
            redirects: form.trimmed("redirect_uris"),
            public: form.get("public").is_some(),
            without_pkce: form.get("without_pkce").is_some(),
        }
    }

    fn check(&self) -> Result<Vec<String>, Errors> {
        let mut errors = Errors::default();
        if let Err(reason) = check_name(&self.name) {
            errors.add("name", reason);
        }
        let uris = check_redirects(&self.redirects).unwrap_or_else(|reason| {
            errors.add("redirect_uris", reason);
            Vec::new()
        });
        if errors.is_empty() { Ok(uris) } else { Err(errors) }
    }

    fn show(&self, errors: &Errors, new: bool) -> Markup {
        let field = |name, label, kind, value, hint| Field {
            name,
            label,
            kind,
            value,
            hint,
            required: true,
        };
        html! {
            (field("name", "Client name", Kind::Text, &self.name, "Shown to people when they are asked for access.").show(errors))
            (field("redirect_uris", "Redirect URIs", Kind::Lines, &self.redirects, "One in a line, matched to the last byte; for http://127.0.0.1 and http://[::1] the port may differ.").show(errors))
            @if new { (checkbox("public", "yes", "Public client", self.public, "For apps that cannot keep a secret: there is none then.")) }
            (checkbox("without_pkce", "yes", "Accept requests without PKCE", self.without_pkce, "Off as it should be; tick it for old clients."))
        }
    }
}

fn own_client(desk: &Desk<'_>, call: &Call) -> Result<StdClient, Box<Response>> {
    let Some(username) = &desk.username else {
        return Err(Box::new(ask_for_person(LIST)));
    };
    let client = desk
        .world
        .standard
        .client(call.capture("client"))
        .filter(|client| client.owner == *username);
    client.cloned().ok_or_else(|| {
        let text = "There is no such client, or it belongs to another person of this sandbox.";
        Box::new(message_page(desk, StatusCode::NOT_FOUND, "No such client", text))
    })
}

fn section_page(desk: &Desk<'_>, status: StatusCode, title: &str, body: Markup) -> Response {
    page(
        desk,
        status,
        Page {
            title,
            section: Section::Standard,
            body,
            targets: Vec::new(),
        },
    )
}

pub(super) fn list(desk: &mut Desk<'_>, _call: &Call) -> Response {
    let Some(username) = desk.username.clone() else {
        return ask_for_person(LIST);
    };
    let clients: Vec<&StdClient> = desk
        .world
        .standard
        .clients
        .iter()
        .filter(|c| c.owner == username)
        .collect();
    let body = html! {
        p.lead { "Clients of a plain OAuth server. Its metadata is at "
            a href="/.well-known/oauth-authorization-server/standard" { code.wrap { "/.well-known/oauth-authorization-server/standard" } } "." }
        div.actions { (link_button("primary", REGISTER, "Register a client")) (link_button("plain", "/standard/accounts/apps/", "Authorized applications")) }
        @if clients.is_empty() { p { "You have no clients yet." } }
        @for client in clients {
            section.card aria-labelledby={ "n-" (client.client_id) } {
                div.head { h2 id={ "n-" (client.client_id) } { (client.name) } span.badge { (kind(client)) } }
                dl { div { dt { "client_id" } dd { code.wrap { (client.client_id) } } } }
                div.actions { a.button.primary href={ (LIST) (client.client_id) "/" } aria-label={ "Manage " (client.name) } { "Manage" } }
            }
        }
    };
    section_page(desk, StatusCode::OK, "Standard OAuth clients", body)
}

fn kind(client: &StdClient) -> &'static str {
    if client.client_secret.is_some() {
        "Confidential"
    } else {
        "Public"
    }
}

pub(super) fn ask(desk: &mut Desk<'_>, _call: &Call) -> Response {
    if desk.username.is_none() {
        return ask_for_person(REGISTER);
    }
    register_page(desk, StatusCode::OK, &Fields::default(), &Errors::default())
}

pub(super) fn register(desk: &mut Desk<'_>, call: &Call) -> Response {
    let Some(owner) = desk.username.clone() else {
        return ask_for_person(REGISTER);
    };
    let fields = Fields::read(&call.form);
    match fields.check() {
        Ok(uris) => {
            let client = new_client(
                desk.world,
                fields.name,
                owner,
                uris,
                fields.public,
                !fields.without_pkce,
            );
            see_other(&format!("{LIST}{}/", client.client_id))
        }
        Err(errors) => register_page(desk, StatusCode::UNPROCESSABLE_ENTITY, &fields, &errors),
    }
}

fn register_page(desk: &Desk<'_>, status: StatusCode, fields: &Fields, errors: &Errors) -> Response {
    let body = html! {
        (error_summary(errors))
        div.card { (form(desk, REGISTER, html! {
            (fields.show(errors, true))
            div.actions { (button("primary", "", "", "Register")) (link_button("plain", LIST, "Cancel")) }
        })) }
    };
    section_page(desk, status, "Register a client", body)
}

pub(super) fn show(desk: &mut Desk<'_>, call: &Call) -> Response {
    let client = match own_client(desk, call) {
        Ok(client) => client,
        Err(response) => return *response,
    };
    let fields = Fields {
        name: client.name.clone(),
        redirects: client.redirect_uris.join("\n"),
        public: client.client_secret.is_none(),
        without_pkce: !client.require_pkce,
    };
    client_page(
        desk,
        StatusCode::OK,
        &client,
        call.query.get("saved").is_some(),
        &fields,
        &Errors::default(),
    )
}

pub(super) fn save(desk: &mut Desk<'_>, call: &Call) -> Response {
    let client = match own_client(desk, call) {
        Ok(client) => client,
        Err(response) => return *response,
    };
    let fields = Fields::read(&call.form);
    let uris = match fields.check() {
        Ok(uris) => uris,
        Err(errors) => {
            return client_page(desk, StatusCode::UNPROCESSABLE_ENTITY, &client, false, &fields, &errors);
        }
    };
    if let Some(kept) = desk.world.standard.client_mut(&client.client_id) {
        kept.name = fields.name;
        kept.redirect_uris = uris;
        kept.require_pkce = !fields.without_pkce;
    }
    see_other(&format!("{LIST}{}/?saved=1", client.client_id))
}

fn client_page(
    desk: &Desk<'_>,
    status: StatusCode,
    client: &StdClient,
    saved: bool,
    fields: &Fields,
    errors: &Errors,
) -> Response {
    let path = format!("{LIST}{}/", client.client_id);
    let body = html! {
        @if saved { p.done role="status" { "Your changes were saved." } }
        section.card aria-labelledby="keys" {
            h2 #keys { "Credentials" }
            dl {
                div { dt { "client_id" } dd { code.wrap { (client.client_id) } } }
                div { dt { "client_secret" } dd {
                    @match &client.client_secret { Some(secret) => { code.wrap { (secret) } }, None => { "none: a public client" } }
                } }
            }
        }
        (error_summary(errors))
        div.card { (form(desk, &path, html! {
            (fields.show(errors, false))
            div.actions { (button("primary", "", "", "Save")) a.button.danger href={ (path) "delete/" } { "Delete" } }
        })) }
        p { a href=(LIST) { "Back to the clients" } }
    };
    section_page(desk, status, &format!("Client: {}", client.name), body)
}

pub(super) fn ask_delete(desk: &mut Desk<'_>, call: &Call) -> Response {
    let client = match own_client(desk, call) {
        Ok(client) => client,
        Err(response) => return *response,
    };
    let body = html! {
        p.lead { "This removes " strong { (client.name) } ", and every token that was given to it stops working." }
        (form(desk, &format!("{LIST}{}/delete/", client.client_id), html! {
            div.actions { (button("danger", "", "", "Delete")) (link_button("plain", LIST, "Cancel")) }
        }))
    };
    section_page(desk, StatusCode::OK, "Delete client", body)
}

pub(super) fn delete(desk: &mut Desk<'_>, call: &Call) -> Response {
    match own_client(desk, call) {
        Ok(client) => {
            desk.world.standard.delete_client(&client.client_id);
            see_other(LIST)
        }
        Err(response) => *response,
    }
}
