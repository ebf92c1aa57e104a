//! `/facebook/oauth/access_token`: a code for a token, a short token for a long one, and an app's own token
//! (fact sheet 2.3, 2.4, 2.6).

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::graph::wrong_verb;
use crate::graph::{self, GraphError};
use crate::http::{self, Call, noted};
use crate::journal::Note;
use crate::meta::{Flavour, issue};
use crate::site::Desk;
use crate::world::{LONG_LIFE, MetaApp, MetaCode, MetaKind, MetaToken, SHORT_LIFE};

type Result<T> = std::result::Result<T, GraphError>;

/// A parameter: GET and POST both work.
fn sent<'a>(call: &'a Call, name: &str) -> &'a str {
    call.sent(name).unwrap_or_default()
}

pub(super) fn exchange(desk: &mut Desk<'_>, call: &Call) -> Response {
    // A HEAD comes the same way as a GET, and must not spend a code.
    if call.method == Method::HEAD {
        return wrong_verb(desk, call);
    }
    let grant = match sent(call, "grant_type") {
        "" => "authorization_code",
        other => other,
    };
    let mut note = Note::default();
    let result = app(desk, call).and_then(|app| {
        note.client_id = Some(app.app_id.clone());
        let known = ["authorization_code", "fb_exchange_token", "client_credentials"];
        note.grant_type = known.contains(&grant).then(|| grant.to_owned());
        match grant {
            "authorization_code" => redeem(desk, call, &app, &mut note),
            "fb_exchange_token" => extend(desk, call, &app, &mut note),
            "client_credentials" => {
                let token = graph::app_token(desk.world, Flavour::Facebook, &app);
                Ok(json!({"access_token": token, "token_type": "bearer"}))
            }
            _ => Err(GraphError::oauth(100, None, "Invalid grant_type")),
        }
    });
    let answer = match result {
        Ok(value) => http::json(StatusCode::OK, value),
        Err(error) => error.answer(desk),
    };
    noted(answer, note)
}

fn app(desk: &Desk<'_>, call: &Call) -> Result<MetaApp> {
    let client_id = sent(call, "client_id");
    if client_id.is_empty() {
        return Err(GraphError::oauth(101, None, "Missing client_id parameter."));
    }
    let app = desk.world.facebook.app(client_id);
    let app = app.ok_or_else(|| GraphError::oauth(101, None, "Error validating application."))?;
    if app.app_secret != sent(call, "client_secret") {
        return Err(GraphError::oauth(1, None, "Error validating client secret."));
    }
    Ok(app.clone())
}

fn redeem(desk: &mut Desk<'_>, call: &Call, app: &MetaApp, note: &mut Note) -> Result<Value> {
    let code = spend(desk, call, app)?;
    note.account = Some(code.username.clone());
    let (app_id, name, now) = (code.app_id.as_str(), code.username.as_str(), desk.now);
    if code.system_user {
        // It never ends by time, so no `expires_in` comes with it.
        let token = MetaToken::new(app_id, name, MetaKind::SystemUser, code.permissions, now);
        let (value, _) = issue(desk.world, Flavour::Facebook, token);
        return Ok(json!({"access_token": value, "token_type": "bearer"}));
    }
    let token = if desk.world.behaviour.long_code_exchange {
        MetaToken::new(app_id, name, MetaKind::Long, code.permissions, now)
    } else {
        MetaToken::short_of_facebook(app_id, name, code.permissions, now)
    };
    Ok(given(desk, token))
}

/// The code, now used. An attempt that fails does not use it up.
fn spend(desk: &mut Desk<'_>, call: &Call, app: &MetaApp) -> Result<MetaCode> {
    let refused = |subcode: u32, words: &str, show: bool| {
        GraphError::oauth(100, show.then_some(subcode), words).challenged("invalid_code")
    };
    let (now, show) = (desk.now, desk.world.behaviour.error_subcodes);
    let codes = &mut desk.world.facebook.codes;
    let code = codes
        .get_mut(sent(call, "code"))
        .filter(|code| code.app_id == app.app_id);
    let Some(code) = code else {
        return Err(refused(36_009, "Invalid verification code format.", false));
    };
    if code.used {
        return Err(refused(36_009, "This authorization code has been used.", show));
    }
    if now.since(code.issued_at) >= SHORT_LIFE {
        return Err(refused(36_009, "This authorization code has expired.", show));
    }
    let redirect_uri = sent(call, "redirect_uri");
    // The documented exchange of a system user's code has none.
    let left_out = code.system_user && redirect_uri.is_empty();
    if code.redirect_uri != redirect_uri && !left_out {
        let words = "Error validating verification code. Please make sure your redirect_uri is identical to the one you \
                     used in the OAuth dialog request";
        return Err(refused(36_007, words, show));
    }
    code.used = true;
    Ok(code.clone())
}

fn extend(desk: &mut Desk<'_>, call: &Call, app: &MetaApp, note: &mut Note) -> Result<Value> {
    let value = sent(call, "fb_exchange_token");
    let token = super::graph::live(desk, value)?;
    note.account = Some(token.username.clone());
    if token.app_id != app.app_id {
        return Err(GraphError::oauth(
            190,
            None,
            "Error validating access token: it belongs to another application.",
        ));
    }
    match token.kind {
        MetaKind::Short => {}
        MetaKind::Long if desk.world.behaviour.long_exchange_renews => {}
        // Observed of servers: the same token comes back, with the life that is left.
        MetaKind::Long => {
            let left = token.expires_at.map_or(LONG_LIFE, |at| at.since(desk.now));
            return Ok(json!({"access_token": value, "token_type": "bearer", "expires_in": left}));
        }
        MetaKind::Page | MetaKind::SystemUser => {
            return Err(GraphError::oauth(
                100,
                None,
                "Only a person's own token can be exchanged.",
            ));
        }
    }
    let long = MetaToken::new(
        &app.app_id,
        &token.username,
        MetaKind::Long,
        token.permissions,
        desk.now,
    );
    Ok(given(desk, long))
}

fn given(desk: &mut Desk<'_>, token: MetaToken) -> Value {
    let now = desk.now;
    let (value, expires_at) = issue(desk.world, Flavour::Facebook, token);
    let life = expires_at.map(|at| at.since(now));
    json!({"access_token": value, "token_type": "bearer", "expires_in": life})
}
