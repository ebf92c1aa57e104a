//! "Manage": the tabs Details, Security and Sandbox of one client.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::client_form::{ClientForm, check_redirects};
use super::clients::own_client;
use crate::http::{Call, see_other};
use crate::pages::{Errors, Page, Section, button, checkbox, error_summary, fieldset, form, page};
use crate::site::Desk;
use crate::world::LegacyClient;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Details,
    Security,
    Sandbox,
}

const TABS: [(Tab, &str, &str); 3] = [
    (Tab::Details, "edit", "Details"),
    (Tab::Security, "security", "Security"),
    (Tab::Sandbox, "sandbox", "Sandbox"),
];

fn base(client: &LegacyClient) -> String {
    format!("/legacy/developer/clients/{}", client.client_id)
}

fn tab_page(
    desk: &Desk<'_>,
    status: StatusCode,
    client: &LegacyClient,
    tab: Tab,
    saved: bool,
    body: Markup,
) -> Response {
    let title = format!("Manage Client: {}", client.name);
    let body = html! {
        nav.tabs aria-label="Client settings" { ul {
            @for (this, path, name) in TABS {
                li { a href={ (base(client)) "/" (path) "/" } aria-current=[(this == tab).then_some("page")] { (name) } }
            }
        } }
        @if saved { p.done role="status" { "Your changes were saved." } }
        (body)
        p { a href="/legacy/developer/clients/manage/" { "Back to Manage Clients" } }
    };
    page(
        desk,
        status,
        Page {
            title: &title,
            section: Section::Legacy,
            body,
            targets: Vec::new(),
        },
    )
}

fn saved(call: &Call) -> bool {
    call.query.get("saved").is_some()
}

pub(super) fn details(desk: &mut Desk<'_>, call: &Call) -> Response {
    let client = match own_client(desk, call) {
        Ok(client) => client,
        Err(response) => return *response,
    };
    let fields = ClientForm {
        name: client.name.clone(),
        description: client.description.clone(),
        company: client.company.clone(),
        website: client.website.clone(),
        redirects: String::new(),
        privacy_policy: client.privacy_policy.clone(),
        contact_email: client.contact_email.clone(),
    };
    details_page(desk, StatusCode::OK, &client, saved(call), &fields, &Errors::default())
}

pub(super) fn save_details(desk: &mut Desk<'_>, call: &Call) -> Response {
    let client = match own_client(desk, call) {
        Ok(client) => client,
        Err(response) => return *response,
    };
    let fields = ClientForm::read(&call.form);
    let mut errors = Errors::default();
    fields.check_details(&mut errors);
    if !errors.is_empty() {
        return details_page(desk, StatusCode::UNPROCESSABLE_ENTITY, &client, false, &fields, &errors);
    }
    if let Some(kept) = desk.world.legacy.client_mut(&client.client_id) {
        kept.name = fields.name;
        kept.description = fields.description;
        kept.company = fields.company;
        kept.website = fields.website;
        kept.privacy_policy = fields.privacy_policy;
        kept.contact_email = fields.contact_email;
    }
    see_other(&format!("{}/edit/?saved=1", base(&client)))
}

fn details_page(
    desk: &Desk<'_>,
    status: StatusCode,
    client: &LegacyClient,
    saved: bool,
    fields: &ClientForm,
    errors: &Errors,
) -> Response {
    let body = html! {
        section.card aria-labelledby="keys" {
            h2 #keys { "Client ID and secret" }
            dl {
                div { dt { "CLIENT ID" } dd { code.wrap { (client.client_id) } } }
                div { dt { "CLIENT SECRET" } dd { code.wrap { (client.client_secret) } } }
                div { dt { "CLIENT STATUS" } dd { (if client.live { "Live" } else { "Sandbox Mode" }) } }
            }
            (form(desk, &format!("{}/reset_secret/", base(client)), html! {
                div.actions { (button("danger", "", "", "Reset Secret")) }
            }))
        }
        (error_summary(errors))
        div.card { (form(desk, &format!("{}/edit/", base(client)), html! {
            (fields.show_details(errors))
            div.actions { (button("primary", "", "", "Update Client")) }
        })) }
    };
    tab_page(desk, status, client, Tab::Details, saved, body)
}

pub(super) fn reset_secret(desk: &mut Desk<'_>, call: &Call) -> Response {
    let client = match own_client(desk, call) {
        Ok(client) => client,
        Err(response) => return *response,
    };
    let secret = desk.world.draw_hex32("legacy-secret");
    if let Some(kept) = desk.world.legacy.client_mut(&client.client_id) {
        kept.client_secret = secret;
    }
    see_other(&format!("{}/edit/?saved=1", base(&client)))
}

pub(super) fn security(desk: &mut Desk<'_>, call: &Call) -> Response {
    match own_client(desk, call) {
        Ok(client) => {
            let redirects = client.redirect_uris.join("\n");
            security_page(
                desk,
                StatusCode::OK,
                &client,
                saved(call),
                redirects,
                &Errors::default(),
            )
        }
        Err(response) => *response,
    }
}

pub(super) fn save_security(desk: &mut Desk<'_>, call: &Call) -> Response {
    let mut client = match own_client(desk, call) {
        Ok(client) => client,
        Err(response) => return *response,
    };
    client.disable_implicit = call.form.get("disable_implicit").is_some();
    client.enforce_signed = call.form.get("enforce_signed").is_some();
    match check_redirects(call.form.text("redirect_uris")) {
        Ok(redirect_uris) => client.redirect_uris = redirect_uris,
        Err(reason) => {
            let mut errors = Errors::default();
            errors.add("redirect_uris", reason);
            let redirects = call.form.trimmed("redirect_uris");
            return security_page(
                desk,
                StatusCode::UNPROCESSABLE_ENTITY,
                &client,
                false,
                redirects,
                &errors,
            );
        }
    }
    let page = format!("{}/security/?saved=1", base(&client));
    if let Some(kept) = desk.world.legacy.client_mut(&client.client_id) {
        *kept = client;
    }
    see_other(&page)
}

fn security_page(
    desk: &Desk<'_>,
    status: StatusCode,
    client: &LegacyClient,
    saved: bool,
    redirects: String,
    errors: &Errors,
) -> Response {
    let fields = ClientForm {
        redirects,
        ..ClientForm::default()
    };
    let body = html! {
        (error_summary(errors))
        div.card { (form(desk, &format!("{}/security/", base(client)), html! {
            (fields.show_redirects(errors))
            (checkbox("disable_implicit", "yes", "Disable implicit OAuth", client.disable_implicit,
                "Switches the client-side flow (response_type=token) off. The server-side flow is safer, because it \
                 needs the client secret. Untick it to get a token straight into the address bar."))
            (checkbox("enforce_signed", "yes", "Enforce signed requests", client.enforce_signed,
                "API calls must carry a sig parameter that is made with the client secret."))
            div.actions { (button("primary", "", "", "Update Client")) }
        })) }
    };
    tab_page(desk, status, client, Tab::Security, saved, body)
}

pub(super) fn sandbox(desk: &mut Desk<'_>, call: &Call) -> Response {
    let client = match own_client(desk, call) {
        Ok(client) => client,
        Err(response) => return *response,
    };
    let body = html! {
        p.lead {
            @if client.live { "This client is live: everybody can authorize it." }
            @else { "In Sandbox Mode only you and the people ticked here can authorize this client; others are answered \
                \u{201c}You are not a sandbox user of this client\u{201d}." }
        }
        div.card { (form(desk, &format!("{}/sandbox/", base(&client)), html! {
            (fieldset("Sandbox users", html! {
                @for person in &desk.world.people {
                    @if person.username == client.owner {
                        div.tick { span.dot aria-hidden="true" {} div { span.label { (person.username) } p.hint { "Owner of this client" } } }
                    } @else {
                        (checkbox("user", &person.username, &person.username, client.sandbox_users.contains(&person.username), ""))
                    }
                }
            }))
            (checkbox("live", "yes", "Live", client.live, "Everybody can authorize, and tokens may make 5000 calls an hour instead of 500."))
            div.actions { (button("primary", "", "", "Update Client")) }
        })) }
    };
    tab_page(desk, StatusCode::OK, &client, Tab::Sandbox, saved(call), body)
}

pub(super) fn save_sandbox(desk: &mut Desk<'_>, call: &Call) -> Response {
    let client = match own_client(desk, call) {
        Ok(client) => client,
        Err(response) => return *response,
    };
    let users = call
        .form
        .all("user")
        .filter(|name| desk.world.person(name).is_some())
        .map(str::to_owned)
        .collect();
    if let Some(kept) = desk.world.legacy.client_mut(&client.client_id) {
        kept.sandbox_users = users;
        kept.live = call.form.get("live").is_some();
    }
    see_other(&format!("{}/sandbox/?saved=1", base(&client)))
}
