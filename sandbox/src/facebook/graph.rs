//! What every Graph call of Facebook passes: verb, version, token, `appsecret_proof` (fact sheet 2.6, 5.1).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;
use subtle::ConstantTimeEq;

use crate::graph::{GraphError, dead, expired, is_version, sent_token};
use crate::http::{self, Call, noted};
use crate::ids;
use crate::journal::Note;
use crate::signing::hmac_sha256;
use crate::site::Desk;
use crate::world::MetaToken;

pub(super) type Result<T> = std::result::Result<T, GraphError>;

/// Any verb but the endpoint's own.
pub(super) fn wrong_verb(desk: &mut Desk<'_>, call: &Call) -> Response {
    GraphError::wrong_verb("GraphMethodException", &call.method).answer(desk)
}

/// An object that there is not, or that this token does not reach.
pub(super) fn unknown_object(id: &str) -> GraphError {
    let message = format!(
        "Unsupported get request. Object with ID '{id}' does not exist, cannot be loaded due to missing permissions, or does \
         not support this operation"
    );
    GraphError::new("GraphMethodException", 100, Some(33), message)
}

/// A field that a node does not have.
pub(super) fn unknown_field(name: &str, node: &str) -> GraphError {
    let message = format!("(#100) Tried accessing nonexisting field ({name}) on node type ({node})");
    GraphError::oauth(100, None, message)
}

/// The token if it lives, or the error that says why not.
pub(super) fn live(desk: &Desk<'_>, value: &str) -> Result<MetaToken> {
    if value.is_empty() {
        let message = "An active access token must be used to query information about the current user.";
        return Err(GraphError::oauth(2500, None, message));
    }
    let Some(token) = desk.world.facebook.token(value) else {
        let shaped = value.starts_with("EA") && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let words = if shaped {
            "Invalid OAuth access token."
        } else {
            "Invalid OAuth access token - Cannot parse access token"
        };
        return Err(GraphError::oauth(190, None, words).challenged("invalid_token"));
    };
    if let Some(why) = token.ended {
        return Err(dead(why, &token.app_id).challenged("invalid_token"));
    }
    match token.expires_at.filter(|at| desk.now >= *at) {
        Some(at) => Err(expired(at, desk.now, true).challenged("invalid_token")),
        None => Ok(token.clone()),
    }
}

/// Runs `act` for the token of the call, and notes whose call it was.
pub(super) fn respond(
    desk: &mut Desk<'_>,
    call: &Call,
    act: impl FnOnce(&mut Desk<'_>, &MetaToken) -> Result<Value>,
) -> Response {
    let mut note = Note::default();
    let result = (|| {
        let version = call.capture("version");
        let looks_like_one = version.starts_with('v') && version.contains('.');
        if looks_like_one && !is_version(version) {
            return Err(GraphError::oauth(
                2500,
                None,
                format!("Unknown path components: /{version}"),
            ));
        }
        let value = sent_token(call);
        if let Some(token) = desk.world.facebook.token(value) {
            note.account = Some(token.username.clone());
            note.client_id = Some(token.app_id.clone());
        }
        let token = live(desk, value)?;
        check_proof(desk, call, &token, value)?;
        act(desk, &token)
    })();
    let answer = match result {
        Ok(value) => http::json(StatusCode::OK, value),
        Err(error) => error.answer(desk),
    };
    noted(answer, note)
}

/// A proof that is sent is checked; with *Require App Secret* on, one must be sent.
fn check_proof(desk: &Desk<'_>, call: &Call, token: &MetaToken, value: &str) -> Result<()> {
    let Some(app) = desk.world.facebook.app(&token.app_id) else {
        return Ok(());
    };
    let sent = call.sent("appsecret_proof");
    let error = |words: &str| Err(GraphError::new("GraphMethodException", 100, None, words));
    match sent {
        None if app.require_proof => error("API calls from the server require an appsecret_proof argument"),
        None => Ok(()),
        Some(sent) => {
            let right = ids::hex(&hmac_sha256(&app.app_secret, value.as_bytes()));
            if bool::from(right.as_bytes().ct_eq(sent.as_bytes())) {
                Ok(())
            } else {
                error("Invalid appsecret_proof provided in the API argument")
            }
        }
    }
}
