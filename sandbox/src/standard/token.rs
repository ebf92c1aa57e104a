//! The token endpoint (RFC 6749 4.1.3, 6; RFC 7636 4.6; RFC 9700 4.14.2).

use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::token_error::{TokenError, authenticate, uncached};
use super::{CODE_LIFE, TOKEN_LIFE, issue, new_grant};
use crate::http::{self, Call, noted};
use crate::journal::Note;
use crate::site::Desk;
use crate::world::{StdClient, StdCode};

const ONCE: [&str; 8] = [
    "grant_type",
    "code",
    "redirect_uri",
    "client_id",
    "client_secret",
    "code_verifier",
    "refresh_token",
    "scope",
];

/// `POST /standard/token`
pub(super) fn token(desk: &mut Desk<'_>, call: &Call) -> Response {
    let grant_type = call.form.text("grant_type");
    let known = ["authorization_code", "refresh_token"]
        .contains(&grant_type)
        .then(|| grant_type.to_owned());
    let mut note = Note {
        grant_type: known,
        ..Note::default()
    };
    let result = (|| {
        if call.form.repeats(&ONCE) {
            return Err(TokenError::new(
                "invalid_request",
                "a parameter was sent more than once",
            ));
        }
        let client = authenticate(&desk.world.standard, call)?;
        note.client_id = Some(client.client_id.clone());
        let (username, body) = match grant_type {
            "authorization_code" => redeem(desk, call, &client)?,
            "refresh_token" => rotate(desk, call, &client)?,
            "" => return Err(TokenError::new("invalid_request", "grant_type is missing")),
            _ => {
                return Err(TokenError::new(
                    "unsupported_grant_type",
                    "authorization_code and refresh_token are known",
                ));
            }
        };
        note.account = Some(username);
        Ok(uncached(http::json(StatusCode::OK, body)))
    })();
    noted(result.unwrap_or_else(TokenError::answer), note)
}

fn invalid_grant(description: &'static str) -> TokenError {
    TokenError::new("invalid_grant", description)
}

fn redeem(desk: &mut Desk<'_>, call: &Call, client: &StdClient) -> Result<(String, Value), TokenError> {
    let form = &call.form;
    let value = form.text("code");
    let codes = &desk.world.standard.codes;
    let code = codes
        .get(value)
        .filter(|code| code.client_id == client.client_id)
        .cloned();
    let code = code.ok_or_else(|| invalid_grant("the code is unknown"))?;
    if let Some(grant) = &code.grant {
        // Somebody has this code twice: what came of it ends (RFC 6749 4.1.2).
        desk.world.standard.revoke_grant(grant);
        return Err(invalid_grant("the code was used before; its tokens are revoked"));
    }
    if desk.now.since(code.issued_at) >= CODE_LIFE {
        return Err(invalid_grant("the code has expired"));
    }
    if code.redirect_uri.as_deref() != form.get("redirect_uri") {
        return Err(invalid_grant(
            "redirect_uri is not the one of the authorization request",
        ));
    }
    check_verifier(&code, form.get("code_verifier"))?;
    let grant = new_grant(desk.world, &client.client_id, &code.username, code.scopes.clone());
    if let Some(kept) = desk.world.standard.codes.get_mut(&code.code) {
        kept.grant = Some(grant.clone());
    }
    Ok((code.username.clone(), answer(desk, &grant, code.scopes)))
}

fn check_verifier(code: &StdCode, verifier: Option<&str>) -> Result<(), TokenError> {
    match (&code.challenge, verifier) {
        (None, None) => Ok(()),
        // Otherwise PKCE could be taken out of a login without anybody noticing (RFC 9700 4.8.2).
        (None, Some(_)) => Err(invalid_grant(
            "code_verifier was sent, but the login had no code_challenge",
        )),
        (Some(_), None) => Err(invalid_grant("code_verifier is missing")),
        (Some(challenge), Some(verifier)) => {
            let made = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
            let right: bool = made.as_bytes().ct_eq(challenge.as_bytes()).into();
            if right {
                Ok(())
            } else {
                Err(invalid_grant("code_verifier does not belong to the code_challenge"))
            }
        }
    }
}

fn rotate(desk: &mut Desk<'_>, call: &Call, client: &StdClient) -> Result<(String, Value), TokenError> {
    let standard = &mut desk.world.standard;
    let unknown = || invalid_grant("the refresh token is unknown or revoked");
    let value = call.form.text("refresh_token");
    let refresh = standard.refreshes.get(value).cloned().ok_or_else(unknown)?;
    let grant = standard
        .live_grant(&refresh.grant)
        .filter(|grant| grant.client_id == client.client_id);
    let grant = grant.cloned().ok_or_else(unknown)?;
    if refresh.used {
        standard.revoke_grant(&grant.id);
        return Err(invalid_grant(
            "the refresh token was used before; all tokens of this login are revoked",
        ));
    }
    let scopes = match call.form.get("scope") {
        None => grant.scopes.clone(),
        Some(asked) => {
            let asked = super::scopes::parse(Some(asked)).unwrap_or_default();
            if asked.is_empty() || asked.iter().any(|scope| !grant.scopes.contains(scope)) {
                return Err(TokenError::new("invalid_scope", "more was asked for than was granted"));
            }
            asked
        }
    };
    if let Some(kept) = standard.refreshes.get_mut(value) {
        kept.used = true;
    }
    Ok((grant.username, answer(desk, &grant.id, scopes)))
}

fn answer(desk: &mut Desk<'_>, grant: &str, scopes: Vec<String>) -> Value {
    let scope = scopes.join(" ");
    let (access, refresh) = issue(desk.world, desk.now, grant, scopes);
    json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFE,
        "refresh_token": refresh,
        "scope": scope,
    })
}
