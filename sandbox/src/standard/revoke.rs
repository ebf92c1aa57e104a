//! Token revocation (RFC 7009).

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::token_error::{TokenError, authenticate, uncached};
use crate::http::{Call, noted};
use crate::journal::Note;
use crate::site::Desk;
use crate::world::StdWorld;

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
    let own = |standard: &StdWorld, grant: &str| {
        let grant = standard.grants.get(grant);
        grant.is_some_and(|grant| grant.client_id == client.client_id)
    };
    // An access token ends alone, a refresh token ends the whole login.
    let access = standard.tokens.get(value).map(|token| token.grant.clone());
    if access.is_some_and(|grant| own(standard, &grant))
        && let Some(token) = standard.tokens.get_mut(value)
    {
        token.revoked = true;
    }
    let family = standard
        .refreshes
        .get(value)
        .filter(|refresh| own(standard, &refresh.grant));
    if let Some(grant) = family.map(|refresh| refresh.grant.clone()) {
        standard.revoke_grant(&grant);
    }
    let note = Note {
        client_id: Some(client.client_id),
        ..Note::default()
    };
    noted(uncached(StatusCode::OK.into_response()), note)
}
