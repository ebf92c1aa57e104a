//! What `graph.instagram.com` answers: the long-lived exchange, the refresh, and `/me` (fact sheet 1.4, 1.5, 1.7).

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::graph::{self, GraphError, dead, expired, is_version, sent_token};
use crate::http::{self, Call, noted};
use crate::journal::Note;
use crate::meta::{Flavour, issue};
use crate::site::Desk;
use crate::world::{DAY, LONG_LIFE, MetaKind, MetaToken, Person};

type Result<T> = std::result::Result<T, GraphError>;

/// `GET /instagram/access_token?grant_type=ig_exchange_token`
pub(super) fn extend(desk: &mut Desk<'_>, call: &Call) -> Response {
    let flavour = Flavour::of(call);
    respond(desk, call, Some(flavour.exchange_grant()), |desk, call, token| {
        let secret = flavour
            .world(desk.world)
            .app(&token.app_id)
            .map(|app| app.app_secret.as_str());
        if secret != call.query.get("client_secret") {
            return Err(GraphError::oauth(1, None, "Error validating client secret."));
        }
        if token.kind == MetaKind::Long {
            return Err(GraphError::oauth(
                452,
                None,
                "Session key invalid. This could be because the session key has an incorrect format, or because the \
                 user has revoked this session",
            ));
        }
        let permissions = token.permissions.clone();
        let (value, _) = issue(
            desk.world,
            flavour,
            MetaToken::new(&token.app_id, &token.username, MetaKind::Long, permissions, desk.now),
        );
        Ok(long_lived(&value))
    })
}

/// `GET /instagram/refresh_access_token?grant_type=ig_refresh_token`
pub(super) fn refresh(desk: &mut Desk<'_>, call: &Call) -> Response {
    let flavour = Flavour::of(call);
    respond(desk, call, flavour.refresh_grant(), |desk, call, token| {
        if token.kind == MetaKind::Short {
            return Err(GraphError::oauth(
                190,
                None,
                "Invalid OAuth access token: it is not a long-lived one",
            ));
        }
        if desk.now.since(token.issued_at) < DAY {
            // What the real API says here is in no source.
            let code = desk.world.behaviour.too_young_code;
            return Err(GraphError::oauth(
                code,
                None,
                "The access token must be at least 24 hours old to be refreshed",
            ));
        }
        if desk.world.behaviour.same_token_on_refresh {
            let now = desk.now;
            if let Some(kept) = flavour.world_mut(desk.world).tokens.get_mut(sent_token(call)) {
                kept.issued_at = now;
                kept.expires_at = Some(now.plus(LONG_LIFE));
            }
            return Ok(long_lived(sent_token(call)));
        }
        let permissions = token.permissions.clone();
        let (value, _) = issue(
            desk.world,
            flavour,
            MetaToken::new(&token.app_id, &token.username, MetaKind::Long, permissions, desk.now),
        );
        Ok(long_lived(&value))
    })
}

/// `GET /instagram/me` and `/threads/me`, with or without a version
pub(super) fn me(desk: &mut Desk<'_>, call: &Call) -> Response {
    let flavour = Flavour::of(call);
    respond(desk, call, None, |desk, call, token| {
        let person = desk
            .world
            .person(&token.username)
            .ok_or_else(|| invalid("Invalid OAuth access token"))?;
        let id = graph::user_id(desk, flavour, token);
        let wrapped = flavour == Flavour::Instagram && desk.world.behaviour.wrapped_answers;
        let mut fields = Map::new();
        for name in call
            .query
            .text("fields")
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
        {
            let value = field(flavour, person, &id, name).ok_or_else(|| {
                let node = flavour.words().node;
                request(
                    flavour,
                    format!("Tried accessing nonexisting field ({name}) on node type ({node})"),
                )
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

fn field(flavour: Flavour, person: &Person, id: &str, name: &str) -> Option<Value> {
    let picture = || Value::from(format!("https://pictures.sandbox.invalid/{}.jpg", person.username));
    Some(match (flavour, name) {
        (_, "id") => Value::from(id),
        (_, "username") => Value::from(person.username.as_str()),
        (_, "name") => Value::from(person.full_name.as_str()),
        (Flavour::Instagram, "user_id") => Value::from(person.user_id.as_str()),
        (Flavour::Instagram, "account_type") => Value::from(person.account_type.name()),
        (Flavour::Instagram, "profile_picture_url") => picture(),
        (Flavour::Instagram, "followers_count") => Value::from(person.followers_count),
        (Flavour::Instagram, "follows_count") => Value::from(person.follows_count),
        (Flavour::Instagram, "media_count") => Value::from(person.media_count),
        (Flavour::Threads, "threads_profile_picture_url") => picture(),
        (Flavour::Threads, "threads_biography") => Value::from(""),
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
    act: impl FnOnce(&mut Desk<'_>, &Call, &MetaToken) -> Result<Value>,
) -> Response {
    let (mut note, flavour) = (Note::default(), Flavour::of(call));
    let result = (|| {
        // A HEAD comes the same way as a GET, and must not refresh anything.
        if call.method != Method::GET {
            return Err(GraphError::wrong_verb(flavour.words().request_error, &call.method));
        }
        let version = call.capture("version");
        if !version.is_empty() && !is_version(version) {
            return Err(request(flavour, format!("Unknown path components: /{version}")));
        }
        if let Some(grant) = grant {
            if call.query.text("grant_type") != grant {
                let message = format!("Unsupported grant_type: {grant} is the one of this endpoint");
                return Err(request(flavour, message));
            }
            note.grant_type = Some(grant.to_owned());
        }
        let value = sent_token(call);
        if let Some(token) = flavour.world(desk.world).token(value) {
            note.account = Some(token.username.clone());
            note.client_id = Some(token.app_id.clone());
        }
        if is_basic_display(flavour, value) {
            return Err(GraphError::wrong_verb(flavour.words().request_error, &call.method));
        }
        let token = live_token(desk, flavour, value)?;
        act(desk, call, &token)
    })();
    let answer = match result {
        Ok(value) => http::json(StatusCode::OK, value),
        Err(error) => error.answer(desk),
    };
    noted(answer, note)
}

/// Tokens of Basic Display, which ended on 2024-12-04, are answered as if the verb were wrong (fact sheet 4.1).
fn is_basic_display(flavour: Flavour, value: &str) -> bool {
    flavour == Flavour::Instagram && (value.starts_with("IGQV") || value.starts_with("IGQW"))
}

fn invalid(message: &str) -> GraphError {
    GraphError::oauth(190, None, message)
}

/// An error about the request, by the name that the product gives such errors.
fn request(flavour: Flavour, message: String) -> GraphError {
    GraphError::new(flavour.words().request_error, 100, None, message)
}

/// Any verb but the endpoint's own.
pub(super) fn wrong_verb(desk: &mut Desk<'_>, call: &Call) -> Response {
    GraphError::wrong_verb(Flavour::of(call).words().request_error, &call.method).answer(desk)
}

/// The token if it lives, or the error that says why not.
pub(super) fn live_token(desk: &Desk<'_>, flavour: Flavour, value: &str) -> Result<MetaToken> {
    if value.is_empty() {
        let message = "An active access token must be used to query information about the current user.";
        return Err(GraphError::oauth(2500, None, message));
    }
    let Some(token) = flavour.world(desk.world).token(value) else {
        let shaped = value.starts_with(flavour.token_shape()) && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        return Err(invalid(if shaped {
            "Invalid OAuth access token"
        } else {
            "Cannot parse access token"
        }));
    };
    if let Some(why) = token.ended {
        return Err(dead(why, &token.app_id));
    }
    if let Some(at) = token.expires_at.filter(|at| desk.now >= *at) {
        return Err(expired(at, desk.now, desk.world.behaviour.error_subcodes));
    }
    Ok(token.clone())
}
