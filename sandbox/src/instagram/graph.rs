//! What `graph.instagram.com` answers: the long-lived exchange, the refresh, and `/me` (fact sheet 1.4, 1.5, 1.7).

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::error::{GraphError, pacific, unsupported};
use super::issue;
use crate::http::{self, Call, noted};
use crate::journal::Note;
use crate::site::Desk;
use crate::world::{DAY, IgKind, IgToken, LONG_LIFE, Person};

type Result<T> = std::result::Result<T, GraphError>;

/// `GET /instagram/access_token?grant_type=ig_exchange_token`
pub(super) fn extend(desk: &mut Desk<'_>, call: &Call) -> Response {
    respond(desk, call, Some("ig_exchange_token"), |desk, call, token| {
        let secret = desk
            .world
            .instagram
            .app(&token.app_id)
            .map(|app| app.app_secret.as_str());
        if secret != call.query.get("client_secret") {
            return Err(GraphError::token(1, None, "Error validating client secret."));
        }
        if token.kind == IgKind::Long {
            return Err(GraphError::token(
                452,
                None,
                "Session key invalid. This could be because the session key has an incorrect format, or because the \
                 user has revoked this session",
            ));
        }
        let permissions = token.permissions.clone();
        let (value, _) = issue(
            desk.world,
            desk.now,
            &token.app_id,
            &token.username,
            IgKind::Long,
            permissions,
        );
        Ok(long_lived(&value))
    })
}

/// `GET /instagram/refresh_access_token?grant_type=ig_refresh_token`
pub(super) fn refresh(desk: &mut Desk<'_>, call: &Call) -> Response {
    respond(desk, call, Some("ig_refresh_token"), |desk, call, token| {
        if token.kind == IgKind::Short {
            return Err(GraphError::token(
                190,
                None,
                "Invalid OAuth access token: it is not a long-lived one",
            ));
        }
        if desk.now.since(token.issued_at) < DAY {
            // What the real API says here is in no source.
            let code = desk.world.behaviour.too_young_code;
            return Err(GraphError::token(
                code,
                None,
                "The access token must be at least 24 hours old to be refreshed",
            ));
        }
        if desk.world.behaviour.same_token_on_refresh {
            let now = desk.now;
            if let Some(kept) = desk.world.instagram.tokens.get_mut(sent_token(call)) {
                kept.issued_at = now;
                kept.expires_at = now.plus(LONG_LIFE);
            }
            return Ok(long_lived(sent_token(call)));
        }
        let permissions = token.permissions.clone();
        let (value, _) = issue(
            desk.world,
            desk.now,
            &token.app_id,
            &token.username,
            IgKind::Long,
            permissions,
        );
        Ok(long_lived(&value))
    })
}

/// `GET /instagram/me`, with or without a version
pub(super) fn me(desk: &mut Desk<'_>, call: &Call) -> Response {
    respond(desk, call, None, |desk, call, token| {
        let person = desk
            .world
            .person(&token.username)
            .ok_or_else(|| invalid("Invalid OAuth access token"))?;
        let id = desk.world.app_scoped_id(&token.app_id, &token.username);
        let wrapped = desk.world.behaviour.wrapped_answers;
        let mut fields = Map::new();
        for name in call
            .query
            .text("fields")
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let value = field(person, &id, name).ok_or_else(|| {
                GraphError::request(format!(
                    "Tried accessing nonexisting field ({name}) on node type (IGUser)"
                ))
            })?;
            fields.insert(name.to_owned(), value);
        }
        if fields.is_empty() || !wrapped {
            fields.insert("id".to_owned(), Value::from(id));
        }
        let fields = Value::Object(fields);
        Ok(if wrapped { json!({"data": [fields]}) } else { fields })
    })
}

fn field(person: &Person, app_scoped_id: &str, name: &str) -> Option<Value> {
    Some(match name {
        "id" => Value::from(app_scoped_id),
        "user_id" => Value::from(person.user_id.as_str()),
        "username" => Value::from(person.username.as_str()),
        "name" => Value::from(person.full_name.as_str()),
        "account_type" => Value::from(person.account_type.name()),
        "profile_picture_url" => Value::from(format!("https://pictures.sandbox.invalid/{}.jpg", person.username)),
        "followers_count" => Value::from(person.followers_count),
        "follows_count" => Value::from(person.follows_count),
        "media_count" => Value::from(person.media_count),
        _ => return None,
    })
}

fn long_lived(token: &str) -> Value {
    json!({"access_token": token, "token_type": "bearer", "expires_in": LONG_LIFE})
}

/// Checks version, grant type and token, runs `act`, and notes the call.
fn respond(
    desk: &mut Desk<'_>,
    call: &Call,
    grant: Option<&str>,
    act: impl FnOnce(&mut Desk<'_>, &Call, &IgToken) -> Result<Value>,
) -> Response {
    let mut note = Note::default();
    let result = (|| {
        // A HEAD comes the same way as a GET, and must not refresh anything.
        if call.method != Method::GET {
            return Err(unsupported(&call.method));
        }
        let version = call.capture("version");
        if !version.is_empty() && !is_version(version) {
            return Err(GraphError::request(format!("Unknown path components: /{version}")));
        }
        if let Some(grant) = grant {
            if call.query.text("grant_type") != grant {
                return Err(GraphError::request(format!(
                    "Unsupported grant_type: {grant} is the one of this endpoint"
                )));
            }
            note.grant_type = Some(grant.to_owned());
        }
        let value = sent_token(call);
        if let Some(token) = desk.world.instagram.token(value) {
            note.account = Some(token.username.clone());
            note.client_id = Some(token.app_id.clone());
        }
        let token = live_token(desk, value)?;
        act(desk, call, &token)
    })();
    let answer = match result {
        Ok(value) => http::json(StatusCode::OK, value),
        Err(error) => error.answer(desk),
    };
    noted(answer, note)
}

/// The token of the query, or else of the `Authorization` header.
fn sent_token(call: &Call) -> &str {
    call.query
        .get("access_token")
        .or_else(|| call.bearer())
        .unwrap_or_default()
}

fn is_version(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(a, b)| number(a) && number(b))
}

fn invalid(message: &str) -> GraphError {
    GraphError::token(190, None, message)
}

/// The token if it lives, or the error that says why not.
fn live_token(desk: &Desk<'_>, value: &str) -> Result<IgToken> {
    if value.is_empty() {
        let message = "An active access token must be used to query information about the current user.";
        return Err(GraphError::token(2500, None, message));
    }
    let Some(token) = desk.world.instagram.token(value) else {
        let shaped = value.starts_with("IG") && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return Err(invalid(if shaped {
            "Invalid OAuth access token"
        } else {
            "Cannot parse access token"
        }));
    };
    if token.removed {
        let message = format!(
            "Error validating access token: The user has not authorized application {}.",
            token.app_id
        );
        return Err(GraphError::token(190, Some(458), message));
    }
    if desk.now >= token.expires_at {
        let message = format!(
            "Error validating access token: Session has expired on {}. The current time is {}.",
            pacific(token.expires_at),
            pacific(desk.now)
        );
        return Err(GraphError::token(
            190,
            desk.world.behaviour.error_subcodes.then_some(463),
            message,
        ));
    }
    Ok(token.clone())
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn a_version_is_v_number_dot_number() {
        assert!(is_version("v26.0") && is_version("v1.0"));
        assert!(!is_version("26.0") && !is_version("v26") && !is_version("me") && !is_version("v.0"));
    }
}
