//! Token revocation (RFC 7009).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::token_error::{TokenError, authenticate, uncached};
use crate::http::{Call, noted};
use crate::journal::Note;
use crate::site::Desk;

/// `POST /standard/revoke`: an unknown token, or one of another client, is answered like one that was revoked.
pub(super) fn revoke(desk: &mut Desk<'_>, call: &Call) -> Response {
    let standard = &mut desk.world.standard;
    let client = match authenticate(standard, call) {
        Ok(client) => client,
        Err(error) => return error.answer(),
    };
    let value = call.form.text("token");
    if value.is_empty() || call.form.repeats(&["token", "token_type_hint"]) {
        return TokenError::new("invalid_request", "send token exactly once").answer();
    }
    let own: Vec<String> = standard
        .grants
        .iter()
        .filter(|grant| grant.client_id == client.client_id)
        .map(|grant| grant.id.clone())
        .collect();
    // An access token ends alone, a refresh token ends the whole login.
    for token in standard
        .tokens
        .iter_mut()
        .filter(|token| token.token == value && own.contains(&token.grant))
    {
        token.revoked = true;
    }
    let family = standard
        .refreshes
        .iter()
        .find(|refresh| refresh.token == value && own.contains(&refresh.grant));
    if let Some(grant) = family.map(|refresh| refresh.grant.clone()) {
        standard.revoke_grant(&grant);
    }
    let note = Note {
        client_id: Some(client.client_id),
        ..Note::default()
    };
    noted(uncached(StatusCode::OK.into_response()), note)
}
