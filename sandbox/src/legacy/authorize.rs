//! `/legacy/oauth/authorize`: both flows, the errors it shows, and the consent behind it (fact sheet 4.2.2, 4.2.3).

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::response::Response;

use super::{LegacyError, scopes, token};
use crate::http::{Call, Params, noted, redirect};
use crate::journal::Note;
use crate::pages::{Consent, Permission, Section, WebUri, ask_for_person, consent_page, with_fragment, with_query};
use crate::site::Desk;
use crate::world::{LegacyClient, LegacyCode, LegacyWorld};

const CONSENT: &str = "/legacy/oauth/consent";

/// An authorization request that may be shown to a person.
struct Request {
    client: LegacyClient,
    redirect_uri: String,
    implicit: bool,
    scopes: BTreeSet<String>,
    state: Option<String>,
}

/// Checks in the order in which the old platform answered.
fn check(world: &LegacyWorld, query: &Params) -> Result<Request, LegacyError> {
    let (Some(client_id), Some(response_type), Some(redirect_uri)) = (
        filled(query, "client_id"),
        filled(query, "response_type"),
        filled(query, "redirect_uri"),
    ) else {
        return Err(incomplete());
    };
    let implicit = match response_type {
        "code" => false,
        "token" => true,
        _ => return Err(incomplete()),
    };
    let client = world
        .client(client_id)
        .ok_or_else(|| LegacyError::oauth("Invalid Client ID"))?;
    if !client
        .redirect_uris
        .iter()
        .any(|registered| redirect_matches(registered, redirect_uri))
    {
        return Err(LegacyError::oauth(
            "Redirect URI does not match registered redirect URI",
        ));
    }
    let scopes = scopes::parse(query.get("scope"))?;
    if implicit && client.disable_implicit {
        return Err(LegacyError::forbidden("Implicit authentication is disabled"));
    }
    Ok(Request {
        client: client.clone(),
        redirect_uri: redirect_uri.to_owned(),
        implicit,
        scopes,
        state: query.get("state").map(str::to_owned),
    })
}

fn filled<'a>(query: &'a Params, name: &str) -> Option<&'a str> {
    query.get(name).filter(|value| !value.is_empty())
}

fn incomplete() -> LegacyError {
    LegacyError::oauth("You must include a valid client_id, response_type, and redirect_uri parameters")
}

/// The redirect rule of 2016: all up to the query is equal, and the sent query continues the registered one.
fn redirect_matches(registered: &str, sent: &str) -> bool {
    if WebUri::parse(sent).is_err() {
        return false;
    }
    let split = |uri: &str| {
        uri.split_once('?')
            .map_or((uri.to_owned(), None), |(b, q)| (b.to_owned(), Some(q.to_owned())))
    };
    let ((registered_base, registered_query), (sent_base, sent_query)) = (split(registered), split(sent));
    registered_base == sent_base
        && match (registered_query, sent_query) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(registered), Some(sent)) => sent
                .strip_prefix(&registered)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('&')),
        }
}

/// `GET /legacy/oauth/authorize`
pub(super) fn begin(desk: &mut Desk<'_>, call: &Call) -> Response {
    ask(desk, call)
}

/// `GET /legacy/oauth/consent`: the same page, reached after picking a person.
pub(super) fn ask(desk: &mut Desk<'_>, call: &Call) -> Response {
    let request = match check(&desk.world.legacy, &call.query) {
        Ok(request) => request,
        Err(error) => return error.bare(),
    };
    let Some(username) = desk.username.clone() else {
        return ask_for_person(&format!("{CONSENT}?{}", call.raw_query));
    };
    if !request.client.admits(&username) {
        return LegacyError::forbidden("You are not a sandbox user of this client").bare();
    }
    let permissions = scopes::SCOPES
        .iter()
        .filter(|(scope, _)| request.scopes.contains(*scope))
        .map(|(scope, meaning)| Permission {
            scope: (*scope).to_owned(),
            meaning: (*meaning).to_owned(),
            optional: false,
        })
        .collect();
    consent_page(
        desk,
        &Consent {
            section: Section::Legacy,
            app_name: &request.client.name,
            description: &request.client.description,
            website: &request.client.website,
            permissions,
            assets: Vec::new(),
            action: CONSENT,
            request: &call.raw_query,
            redirect_uri: &request.redirect_uri,
            allow: "Authorize",
        },
    )
}

/// `POST /legacy/oauth/consent`: the person's decision.
pub(super) fn decide(desk: &mut Desk<'_>, call: &Call) -> Response {
    let sent = call.form.text("request");
    let request = match check(&desk.world.legacy, &Params::parse(sent.as_bytes())) {
        Ok(request) => request,
        Err(error) => return error.bare(),
    };
    let Some(username) = desk.username.clone() else {
        return ask_for_person(&format!("{CONSENT}?{sent}"));
    };
    if !request.client.admits(&username) {
        return LegacyError::forbidden("You are not a sandbox user of this client").bare();
    }
    let note = Note {
        account: Some(username.clone()),
        client_id: Some(request.client.client_id.clone()),
        ..Note::default()
    };
    let location = match call.form.text("decision") {
        "authorize" => granted(desk, &request, &username),
        _ => denied(&request),
    };
    noted(redirect(StatusCode::FOUND, &location), note)
}

fn granted(desk: &mut Desk<'_>, request: &Request, username: &str) -> String {
    // What was consented to counts from here on, whether or not a code is ever exchanged.
    let token = token::issue(
        desk.world,
        desk.now,
        &request.client.client_id,
        username,
        &request.scopes,
    );
    let (name, value) = if request.implicit {
        ("access_token", token)
    } else {
        let code = desk.world.draw_hex32("legacy-code");
        desk.world.legacy.codes.push(LegacyCode {
            code: code.clone(),
            client_id: request.client.client_id.clone(),
            username: username.to_owned(),
            redirect_uri: request.redirect_uri.clone(),
            issued_at: desk.now,
            used: false,
        });
        ("code", code)
    };
    let mut pairs = vec![(name, value.as_str())];
    // No source says that the old platform echoed `state` in the fragment; shutterkey's implicit parser demands it.
    pairs.extend(request.state.as_deref().map(|state| ("state", state)));
    if request.implicit {
        with_fragment(&request.redirect_uri, &pairs)
    } else {
        with_query(&request.redirect_uri, &pairs)
    }
}

/// Cancelled: in the query for both flows.
fn denied(request: &Request) -> String {
    let mut pairs = vec![
        ("error", "access_denied"),
        ("error_reason", "user_denied"),
        ("error_description", "The user denied your request"),
    ];
    pairs.extend(request.state.as_deref().map(|state| ("state", state)));
    with_query(&request.redirect_uri, &pairs)
}

#[cfg(test)]
mod tests {
    use super::redirect_matches;

    #[test]
    fn the_redirect_table_of_2016_holds_row_by_row() {
        let site = "http://yourcallback.com";
        for (registered, sent, fine) in [
            ("/", "/", true),
            ("/", "/?this=that", true),
            ("/?this=that", "/", false),
            ("/?this=that", "/?this=that&another=true", true),
            ("/?this=that", "/?another=true&this=that", false),
            ("/callback", "/", false),
            ("/callback", "/callback?type=mobile", true),
            ("/callback", "/callback/?type=mobile", false),
            ("/callback", "/callback/", false),
            ("/callback/", "/callback", false),
            ("/?this=that", "/?this=that2", false),
        ] {
            let matched = redirect_matches(&format!("{site}{registered}"), &format!("{site}{sent}"));
            assert_eq!(matched, fine, "registered {registered}, sent {sent}");
        }
    }

    #[test]
    fn scheme_host_and_port_must_be_equal() {
        for sent in [
            "https://localhost/",
            "http://localhost:80/",
            "http://localhost.evil.example/",
            "http://a@localhost/",
        ] {
            assert!(!redirect_matches("http://localhost/", sent), "{sent}");
        }
    }
}
