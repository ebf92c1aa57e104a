//! `/instagram/oauth/authorize`: what it refuses, and the consent with a choice for each permission
//! (fact sheet 1.1, 1.2).

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;
use serde_json::json;

use super::scopes;
use crate::http::{self, Call, Params, noted, redirect};
use crate::journal::Note;
use crate::meta::Flavour;
use crate::pages::{Consent, Page, Permission, WebUri, ask_for_person, consent_page, page, with_query};
use crate::site::Desk;
use crate::world::{MetaApp, MetaCode, MetaWorld};

fn consent(flavour: Flavour) -> String {
    flavour.path("oauth/consent")
}

/// An authorization request that may be shown to a person.
struct Request {
    app: MetaApp,
    redirect_uri: String,
    scopes: Vec<String>,
    state: Option<String>,
}

/// The request, or the platform's words for what is wrong with it.
fn check(flavour: Flavour, world: &MetaWorld, query: &Params) -> Result<Request, String> {
    let client_id = query.text("client_id");
    let app = world.app(client_id).ok_or_else(|| {
        // Also what a Meta app id gets: it is a number, but not that of an Instagram app.
        let number = !client_id.is_empty() && client_id.bytes().all(|byte| byte.is_ascii_digit());
        (if number {
            "Invalid platform app"
        } else {
            "Invalid Client ID"
        })
        .to_owned()
    })?;
    let redirect_uri = query.text("redirect_uri");
    if !redirect_allowed(app, redirect_uri) {
        return Err("Invalid redirect_uri".to_owned());
    }
    if query.text("response_type") != "code" {
        // No source shows the wording for this.
        return Err("Invalid response_type".to_owned());
    }
    let scopes = scopes::parse(flavour, query.text("scope")).map_err(|list| format!("Invalid scope: {list}"))?;
    Ok(Request {
        app: app.clone(),
        redirect_uri: redirect_uri.to_owned(),
        scopes,
        state: query.get("state").map(str::to_owned),
    })
}

/// Equal to the last byte with a registered one. http works on loopback alone, and while the switch is on.
fn redirect_allowed(app: &MetaApp, sent: &str) -> bool {
    let Ok(uri) = WebUri::parse(sent) else { return false };
    app.redirect_uris.iter().any(|registered| registered == sent)
        && (uri.is_https() || (app.allow_loopback_http && uri.is_loopback()))
}

/// Errors are shown to the person, never sent to the redirect URI.
fn refused(desk: &Desk<'_>, flavour: Flavour, message: &str) -> Response {
    if !desk.world.behaviour.html_authorize_errors {
        let body = json!({"error_type": "OAuthException", "code": 400, "error_message": message});
        return http::json(StatusCode::BAD_REQUEST, body);
    }
    let body = html! {
        p.lead { "Request parameters are invalid: " (message) }
        p.quiet { "The real platform shows these words too, and tells the app nothing." }
    };
    let shown = Page {
        title: "Invalid Request",
        section: flavour.section(),
        body,
        targets: Vec::new(),
    };
    page(desk, StatusCode::BAD_REQUEST, shown)
}

/// `GET /instagram/oauth/authorize`
pub(super) fn begin(desk: &mut Desk<'_>, call: &Call) -> Response {
    let flavour = Flavour::of(call);
    // `force_reauth` asks who it is even in a browser that knows; the consent page itself does not look at it.
    if call.query.text("force_reauth") == "true"
        && let Ok(_) = check(flavour, flavour.world(desk.world), &call.query)
    {
        return ask_for_person(&format!("{}?{}", consent(flavour), call.raw_query));
    }
    ask(desk, call)
}

/// `GET /instagram/oauth/consent`
pub(super) fn ask(desk: &mut Desk<'_>, call: &Call) -> Response {
    let flavour = Flavour::of(call);
    let request = match check(flavour, flavour.world(desk.world), &call.query) {
        Ok(request) => request,
        Err(message) => return refused(desk, flavour, &message),
    };
    let username = match picked(desk, flavour, &call.raw_query) {
        Ok(username) => username,
        Err(response) => return *response,
    };
    if !request.app.admits(&username) {
        return refused(desk, flavour, "Insufficient developer role");
    }
    let permissions = flavour
        .scopes()
        .iter()
        .filter(|(scope, _)| request.scopes.iter().any(|asked| asked == scope))
        .map(|(scope, meaning)| Permission {
            scope: (*scope).to_owned(),
            meaning: (*meaning).to_owned(),
            optional: *scope != flavour.base_scope(),
        })
        .collect();
    consent_page(
        desk,
        &Consent {
            section: flavour.section(),
            app_name: &request.app.name,
            description: "",
            website: "",
            permissions,
            assets: Vec::new(),
            action: &consent(flavour),
            request: &call.raw_query,
            redirect_uri: &request.redirect_uri,
            allow: "Allow",
        },
    )
}

/// The picked person, if the product takes their kind of account.
fn picked(desk: &Desk<'_>, flavour: Flavour, query: &str) -> Result<String, Box<Response>> {
    desk.person()
        .filter(|person| flavour.takes(person))
        .map(|person| person.username.clone())
        .ok_or_else(|| Box::new(ask_for_person(&format!("{}?{query}", consent(flavour)))))
}

/// `POST /instagram/oauth/consent`
pub(super) fn decide(desk: &mut Desk<'_>, call: &Call) -> Response {
    let flavour = Flavour::of(call);
    let sent = call.form.text("request");
    let request = match check(flavour, flavour.world(desk.world), &Params::parse(sent.as_bytes())) {
        Ok(request) => request,
        Err(message) => return refused(desk, flavour, &message),
    };
    let username = match picked(desk, flavour, sent) {
        Ok(username) => username,
        Err(response) => return *response,
    };
    if !request.app.admits(&username) {
        return refused(desk, flavour, "Insufficient developer role");
    }
    let code = (call.form.text("decision") == "authorize").then(|| {
        let ticked: Vec<&str> = call.form.all("permission").collect();
        let granted = request
            .scopes
            .iter()
            .filter(|scope| *scope == flavour.base_scope() || ticked.contains(&scope.as_str()));
        let granted = granted.cloned().collect();
        new_code(desk, flavour, &request, &username, granted)
    });
    let mut pairs = match &code {
        Some(code) => vec![("code", code.as_str())],
        None => vec![
            ("error", "access_denied"),
            ("error_reason", "user_denied"),
            ("error_description", "The user denied your request"),
        ],
    };
    pairs.extend(request.state.as_deref().map(|state| ("state", state)));
    let mut location = with_query(&request.redirect_uri, &pairs);
    if code.is_some() && desk.world.behaviour.fragment_marker {
        location.push_str("#_");
    }
    let note = Note {
        account: Some(username),
        client_id: Some(request.app.app_id),
        ..Note::default()
    };
    noted(redirect(StatusCode::FOUND, &location), note)
}

fn new_code(
    desk: &mut Desk<'_>,
    flavour: Flavour,
    request: &Request,
    username: &str,
    permissions: Vec<String>,
) -> String {
    let code = format!("AQ{}", desk.world.draw_letters("instagram-code", 160));
    flavour.world_mut(desk.world).codes.push(MetaCode {
        code: code.clone(),
        app_id: request.app.app_id.clone(),
        username: username.to_owned(),
        redirect_uri: request.redirect_uri.clone(),
        permissions,
        issued_at: desk.now,
        used: false,
        system_user: false,
    });
    code
}
