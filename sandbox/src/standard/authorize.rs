//! The authorization endpoint (RFC 6749 4.1.1, 4.1.2; RFC 7636; RFC 9207; RFC 8252 7.3).

use axum::http::StatusCode;
use axum::response::Response;

use super::issuer;
use super::scopes::{self, SCOPES};
use crate::http::{Call, Params, noted, redirect};
use crate::ids;
use crate::journal::Note;
use crate::pages::{Consent, Permission, Section, WebUri, ask_for_person, consent_page, message_page, with_query};
use crate::site::Desk;
use crate::world::{StdClient, StdCode, StdWorld};

const CONSENT: &str = "/standard/consent";

/// Where the answer goes; known before anything else is looked at.
struct Target {
    client: StdClient,
    /// The one to send the browser to.
    redirect_uri: String,
    /// As it was sent, which the token request must repeat.
    sent_redirect_uri: Option<String>,
    state: Option<String>,
}

struct Request {
    scopes: Vec<String>,
    challenge: Option<String>,
}

/// An error for the redirect URI: `error` and `error_description`.
type Refusal = (&'static str, &'static str);

/// The client and its redirect URI. While either is in doubt, nothing is redirected (RFC 6749 4.1.2.1).
fn target(world: &StdWorld, query: &Params) -> Result<Target, &'static str> {
    if query.repeats(&["client_id", "redirect_uri"]) {
        return Err("client_id or redirect_uri was sent more than once.");
    }
    let client = world
        .client(query.text("client_id"))
        .ok_or("There is no client with this client_id.")?;
    let sent = query.get("redirect_uri").filter(|uri| !uri.is_empty());
    let redirect_uri = match (sent, client.redirect_uris.as_slice()) {
        (Some(uri), registered) if registered.iter().any(|known| redirect_matches(known, uri)) => uri.to_owned(),
        (None, [only]) => only.clone(),
        (None, _) => return Err("redirect_uri is missing, and the client has registered more than one."),
        (Some(_), _) => return Err("redirect_uri is not one of those that the client has registered."),
    };
    Ok(Target {
        client: client.clone(),
        redirect_uri,
        sent_redirect_uri: sent.map(str::to_owned),
        state: query.get("state").map(str::to_owned),
    })
}

/// Equal to the last byte; only the port of a loopback address may differ (RFC 8252 7.3).
fn redirect_matches(registered: &str, sent: &str) -> bool {
    if registered == sent {
        return WebUri::parse(sent).is_ok();
    }
    let (Ok(registered), Ok(sent)) = (WebUri::parse(registered), WebUri::parse(sent)) else {
        return false;
    };
    registered.is_loopback_ip() && !registered.is_https() && without_port(&registered) == without_port(&sent)
}

/// The text of the URI with the port cut out of it.
fn without_port(uri: &WebUri) -> String {
    let port = uri.url().port().map(|port| format!(":{port}")).unwrap_or_default();
    uri.as_str().replacen(&port, "", 1)
}

fn check(client: &StdClient, query: &Params) -> Result<Request, Refusal> {
    let once = [
        "response_type",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    ];
    if query.repeats(&once) {
        return Err(("invalid_request", "a parameter was sent more than once"));
    }
    match query.text("response_type") {
        "code" => {}
        "" => return Err(("invalid_request", "response_type is missing")),
        _ => return Err(("unsupported_response_type", "only response_type=code is supported")),
    }
    let challenge = query.get("code_challenge").filter(|challenge| !challenge.is_empty());
    match (challenge, query.get("code_challenge_method")) {
        (None, _) if client.require_pkce => return Err(("invalid_request", "code challenge required")),
        (Some(_), Some("S256")) | (None, _) => {}
        (Some(_), _) => return Err(("invalid_request", "transform algorithm not supported, use S256")),
    }
    if challenge.is_some_and(|challenge| !is_challenge(challenge)) {
        return Err(("invalid_request", "code_challenge is not a SHA-256 in base64url"));
    }
    let scopes = scopes::parse(query.get("scope")).ok_or(("invalid_scope", "a scope is unknown"))?;
    Ok(Request {
        scopes,
        challenge: challenge.map(str::to_owned),
    })
}

fn is_challenge(text: &str) -> bool {
    text.len() == 43
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn unknown_target(desk: &Desk<'_>, reason: &str) -> Response {
    message_page(desk, StatusCode::BAD_REQUEST, "This request cannot be answered", reason)
}

/// Sends the browser back with these parameters, `state` and `iss`.
fn send_back(desk: &Desk<'_>, target: &Target, pairs: &[(&str, &str)], account: Option<String>) -> Response {
    let issuer = issuer(desk.site);
    let mut pairs = pairs.to_vec();
    pairs.extend(target.state.as_deref().map(|state| ("state", state)));
    pairs.push(("iss", &issuer));
    let note = Note {
        account,
        client_id: Some(target.client.client_id.clone()),
        ..Note::default()
    };
    noted(
        redirect(StatusCode::FOUND, &with_query(&target.redirect_uri, &pairs)),
        note,
    )
}

fn send_error(desk: &Desk<'_>, target: &Target, (error, description): Refusal) -> Response {
    send_back(
        desk,
        target,
        &[("error", error), ("error_description", description)],
        None,
    )
}

/// `GET /standard/authorize`, and the same page after picking a person.
pub(super) fn begin(desk: &mut Desk<'_>, call: &Call) -> Response {
    let target = match target(&desk.world.standard, &call.query) {
        Ok(target) => target,
        Err(reason) => return unknown_target(desk, reason),
    };
    let request = match check(&target.client, &call.query) {
        Ok(request) => request,
        Err(refusal) => return send_error(desk, &target, refusal),
    };
    if desk.username.is_none() {
        return ask_for_person(&format!("{CONSENT}?{}", call.raw_query));
    }
    let permissions = SCOPES
        .iter()
        .filter(|(scope, _)| request.scopes.iter().any(|asked| asked == scope))
        .map(|(scope, meaning)| Permission {
            scope: (*scope).to_owned(),
            meaning: (*meaning).to_owned(),
            optional: request.scopes.first().is_none_or(|first| first != scope),
        })
        .collect();
    consent_page(
        desk,
        &Consent {
            section: Section::Standard,
            app_name: &target.client.name,
            description: "",
            website: "",
            permissions,
            assets: Vec::new(),
            action: CONSENT,
            request: &call.raw_query,
            redirect_uri: &target.redirect_uri,
            allow: "Authorize",
        },
    )
}

/// `POST /standard/consent`
pub(super) fn decide(desk: &mut Desk<'_>, call: &Call) -> Response {
    let sent = call.form.text("request");
    let query = Params::parse(sent.as_bytes());
    let target = match target(&desk.world.standard, &query) {
        Ok(target) => target,
        Err(reason) => return unknown_target(desk, reason),
    };
    let request = match check(&target.client, &query) {
        Ok(request) => request,
        Err(refusal) => return send_error(desk, &target, refusal),
    };
    let Some(username) = desk.username.clone() else {
        return ask_for_person(&format!("{CONSENT}?{sent}"));
    };
    if call.form.text("decision") != "authorize" {
        return send_error(desk, &target, ("access_denied", "the person denied the request"));
    }
    let ticked: Vec<&str> = call.form.all("permission").collect();
    let first = request.scopes.first().cloned();
    let granted: Vec<String> = request
        .scopes
        .into_iter()
        .filter(|scope| first.as_ref() == Some(scope) || ticked.contains(&scope.as_str()))
        .collect();
    let code = format!(
        "{}-ac-{}",
        ids::STANDARD_TOKEN,
        desk.world.draw_letters("standard-code", 43)
    );
    let now = desk.now;
    desk.world.standard.codes.push(StdCode {
        code: code.clone(),
        client_id: target.client.client_id.clone(),
        username: username.clone(),
        redirect_uri: target.sent_redirect_uri.clone(),
        scopes: granted,
        challenge: request.challenge,
        issued_at: now,
        grant: None,
    });
    send_back(desk, &target, &[("code", &code)], Some(username))
}

#[cfg(test)]
mod tests {
    use super::redirect_matches;

    #[test]
    fn only_the_port_of_a_loopback_address_may_differ() {
        for (registered, sent, fine) in [
            ("http://127.0.0.1/cb", "http://127.0.0.1:5000/cb", true),
            ("http://127.0.0.1:1/cb", "http://127.0.0.1:5000/cb", true),
            ("http://[::1]/cb", "http://[::1]:5000/cb", true),
            ("http://127.0.0.1/cb", "http://127.0.0.1:5000/other", false),
            ("http://127.0.0.1/cb", "http://127.0.0.2:5000/cb", false),
            ("http://127.0.0.1/cb", "http://[::1]:5000/cb", false),
            ("http://localhost/cb", "http://localhost:5000/cb", false),
            ("https://app.example/cb", "https://app.example:444/cb", false),
            ("https://app.example/cb", "https://app.example/cb/", false),
            ("https://app.example/cb", "https://app.example/cb?x=1", false),
        ] {
            assert_eq!(redirect_matches(registered, sent), fine, "{registered} {sent}");
        }
    }
}
