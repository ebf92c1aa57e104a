//! `POST /instagram/oauth/access_token`: a code for a token of one hour (fact sheet 1.3).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};

use crate::http::{self, Call, noted};
use crate::journal::Note;
use crate::meta::{Flavour, issue};
use crate::site::Desk;
use crate::world::{MetaCode, MetaKind, MetaToken, Product, SHORT_LIFE};

pub(super) fn exchange(desk: &mut Desk<'_>, call: &Call) -> Response {
    let (form, flavour) = (&call.form, Flavour::of(call));
    let grant_type = form
        .get("grant_type")
        .filter(|kind| *kind == "authorization_code")
        .map(str::to_owned);
    let client_id = flavour
        .world(desk.world)
        .app(form.text("client_id"))
        .map(|app| app.app_id.clone());
    let mut note = Note {
        grant_type,
        client_id,
        account: None,
        ..Note::default()
    };
    let answer = match redeem(desk, call) {
        Ok(code) => {
            note.account = Some(code.username.clone());
            let (token, _) = issue(
                desk.world,
                flavour,
                MetaToken::new(
                    &code.app_id,
                    &code.username,
                    MetaKind::Short,
                    code.permissions.clone(),
                    desk.now,
                ),
            );
            http::json(StatusCode::OK, answer(desk, flavour, &code, &token))
        }
        Err(mut message) => {
            if desk.world.behaviour.full_stops {
                message.push('.');
            }
            flat(&message)
        }
    };
    noted(answer, note)
}

/// The code, now used, or the platform's words for what is wrong. An attempt that fails does not use the code up.
fn redeem(desk: &mut Desk<'_>, call: &Call) -> Result<MetaCode, String> {
    let (form, flavour) = (&call.form, Flavour::of(call));
    let no_app = || "Invalid platform app".to_owned();
    let app = flavour
        .world(desk.world)
        .app(form.text("client_id"))
        .ok_or_else(no_app)?;
    if app.app_secret != form.text("client_secret") {
        return Err("Error validating client secret".to_owned());
    }
    if form.text("grant_type") != "authorization_code" {
        // No source shows the wording for this.
        return Err("Invalid grant_type".to_owned());
    }
    let (app_id, now, newer) = (app.app_id.clone(), desk.now, desk.world.behaviour.newer_code_wording);
    let code = flavour
        .world_mut(desk.world)
        .codes
        .get_mut(form.text("code"))
        .filter(|code| code.app_id == app_id);
    let code = match code {
        Some(code) if !code.used => code,
        Some(_) if newer => return Err("This authorization code has been used".to_owned()),
        _ => return Err("Matching code was not found or was already used".to_owned()),
    };
    if now.since(code.issued_at) >= SHORT_LIFE {
        return Err("This authorization code has expired".to_owned());
    }
    if code.redirect_uri != form.text("redirect_uri") {
        let message = "Error validating verification code. Please make sure your redirect_uri is identical to the one \
                       you used in the OAuth dialog request";
        return Err(message.to_owned());
    }
    code.used = true;
    Ok(code.clone())
}

/// An error of the code exchange: three flat keys, `code` is the HTTP status.
fn flat(message: &str) -> Response {
    let body = json!({"error_type": "OAuthException", "code": 400, "error_message": message});
    http::json(StatusCode::BAD_REQUEST, body)
}

fn answer(desk: &Desk<'_>, flavour: Flavour, code: &MetaCode, token: &str) -> Value {
    match flavour {
        // Always flat, and the id an integer (fact sheet 3).
        Flavour::Threads => {
            let id = desk.world.id_for_app(Product::Threads, &code.app_id, &code.username);
            json!({"access_token": token, "user_id": id.parse::<u64>().ok()})
        }
        _ => instagram_answer(desk, code, token),
    }
}

/// One of the two shapes that sources report. The documentation calls `user_id` app-scoped; production is reported to
/// send the professional account's.
fn instagram_answer(desk: &Desk<'_>, code: &MetaCode, token: &str) -> Value {
    let behaviour = &desk.world.behaviour;
    let user_id = if behaviour.wrapped_answers {
        desk.world.id_for_app(Product::Instagram, &code.app_id, &code.username)
    } else {
        desk.world
            .person(&code.username)
            .map_or_else(String::new, |person| desk.world.account_id(Product::Instagram, person))
    };
    let user_id = match user_id.parse::<u64>() {
        Ok(number) if behaviour.integer_ids => Value::from(number),
        _ => Value::from(user_id),
    };
    let permissions = if behaviour.permissions_array {
        Value::from(code.permissions.clone())
    } else {
        Value::from(code.permissions.join(","))
    };
    let flat = json!({"access_token": token, "user_id": user_id, "permissions": permissions});
    if behaviour.wrapped_answers {
        json!({"data": [flat]})
    } else {
        flat
    }
}
