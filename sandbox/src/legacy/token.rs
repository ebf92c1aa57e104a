//! Codes and tokens of the old platform (fact sheet 4.2.4): no expiry, and one token for each client and person.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;
use shutterkey::Timestamp;

use super::LegacyError;
use crate::http::{self, Call, noted};
use crate::journal::Note;
use crate::site::Desk;
use crate::world::{LegacyToken, World};

/// Life of a code. The old documentation names none; this is today's.
const CODE_LIFE: i64 = 3_600;

/// The token of this person at this client, with these scopes added to it: the same text as before, unless it was
/// revoked in between.
pub(crate) fn issue(
    world: &mut World,
    now: Timestamp,
    client_id: &str,
    username: &str,
    scopes: &BTreeSet<String>,
) -> String {
    let live = |token: &&mut LegacyToken| token.client_id == client_id && token.username == username && !token.revoked;
    if let Some(token) = world.legacy.tokens.values_mut().find(live) {
        token.scopes.extend(scopes.iter().cloned());
        return token.token.clone();
    }
    let user_id = world
        .person(username)
        .map_or_else(String::new, |person| person.legacy_id.clone());
    let client_part: String = client_id.chars().take(7).collect();
    let token = format!("{user_id}.{client_part}.{}", world.draw_hex32("legacy-token"));
    world.legacy.tokens.push(LegacyToken {
        token: token.clone(),
        client_id: client_id.to_owned(),
        username: username.to_owned(),
        scopes: scopes.clone(),
        issued_at: now,
        revoked: false,
    });
    token
}

/// `POST /legacy/oauth/access_token`
pub(super) fn exchange(desk: &mut Desk<'_>, call: &Call) -> Response {
    let grant_type = call
        .form
        .get("grant_type")
        .filter(|kind| *kind == "authorization_code")
        .map(str::to_owned);
    let client_id = call.form.text("client_id").to_owned();
    let client_id = desk
        .world
        .legacy
        .client(&client_id)
        .map(|client| client.client_id.clone());
    let mut note = Note {
        grant_type,
        client_id,
        account: None,
        ..Note::default()
    };
    let answer = match redeem(desk, call) {
        Ok((token, username)) => {
            note.account = Some(username.clone());
            let person = desk.world.person(&username);
            let text = |read: fn(&crate::world::Person) -> &str| person.map(read).unwrap_or_default();
            http::json(
                StatusCode::OK,
                json!({"access_token": token, "user": {
                    "id": text(|p| &p.legacy_id),
                    "username": username,
                    "full_name": text(|p| &p.full_name),
                    "profile_picture": super::api::picture(&username),
                }}),
            )
        }
        Err(error) => error.bare(),
    };
    noted(answer, note)
}

/// The token for a code, or why not. Wordings other than that of the bad code are in no source that was found.
fn redeem(desk: &mut Desk<'_>, call: &Call) -> Result<(String, String), LegacyError> {
    let form = &call.form;
    for name in ["client_id", "client_secret", "grant_type", "redirect_uri", "code"] {
        if form.text(name).is_empty() {
            return Err(LegacyError::oauth(format!("You must provide a {name}")));
        }
    }
    if form.text("grant_type") != "authorization_code" {
        return Err(LegacyError::oauth("Invalid grant_type"));
    }
    let client = desk
        .world
        .legacy
        .client(form.text("client_id"))
        .ok_or_else(|| LegacyError::oauth("Invalid Client ID"))?;
    if client.client_secret != form.text("client_secret") {
        return Err(LegacyError::oauth("Invalid Client Secret"));
    }
    let client_id = client.client_id.clone();
    let no_code = || LegacyError::oauth("Matching code was not found or was already used.");
    let now = desk.now;
    let code = desk
        .world
        .legacy
        .codes
        .get_mut(form.text("code"))
        .filter(|code| code.client_id == client_id && !code.used)
        .filter(|code| now.since(code.issued_at) < CODE_LIFE)
        .ok_or_else(no_code)?;
    if code.redirect_uri != form.text("redirect_uri") {
        return Err(LegacyError::oauth("Redirect URI doesn't match original redirect URI"));
    }
    code.used = true;
    let username = code.username.clone();
    let token = issue(
        desk.world,
        now,
        &client_id,
        &username,
        &BTreeSet::from(["basic".to_owned()]),
    );
    Ok((token, username))
}
