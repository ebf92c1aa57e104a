//! A little of the old API: enough to see that a token works, with its envelope, errors and rate headers
//! (fact sheet 4.2.5, 4.2.6).

use axum::http::{HeaderName, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};

use super::{LegacyError, signed};
use crate::http::{self, Call, noted, with_header};
use crate::journal::Note;
use crate::site::Desk;
use crate::world::{LegacyToken, Person};

const HOUR: i64 = 3_600;

/// Where a profile picture would be, under a name that no host has.
pub(super) fn picture(username: &str) -> String {
    format!("https://pictures.sandbox.invalid/{username}.jpg")
}

/// `GET /legacy/v1/users/self`
pub(super) fn myself(desk: &mut Desk<'_>, call: &Call) -> Response {
    with_token(desk, call, |desk, token| {
        desk.world.person(&token.username).map(profile).ok_or_else(no_user)
    })
}

/// `GET /legacy/v1/users/self/media/recent`: nobody in a sandbox has posted yet.
pub(super) fn my_media(desk: &mut Desk<'_>, call: &Call) -> Response {
    with_token(desk, call, |_, _| Ok(json!([])))
}

/// `GET /legacy/v1/users/{id}`: others need `public_content`.
pub(super) fn user(desk: &mut Desk<'_>, call: &Call) -> Response {
    let id = call.capture("id").to_owned();
    with_token(desk, call, |desk, token| {
        let person = desk
            .world
            .people
            .iter()
            .find(|person| person.legacy_id == id)
            .ok_or_else(no_user)?;
        if person.username != token.username && !token.scopes.contains("public_content") {
            return Err(missing_scope("public_content"));
        }
        Ok(profile(person))
    })
}

fn profile(person: &Person) -> Value {
    json!({
        "id": person.legacy_id,
        "username": person.username,
        "profile_picture": picture(&person.username),
        "full_name": person.full_name,
        "bio": "",
        "website": "",
        "is_business": person.account_type.is_professional(),
        "counts": {
            "media": person.media_count, "follows": person.follows_count, "followed_by": person.followers_count
        },
    })
}

/// Checks the token, its signature and its hourly limit, and wraps what `read` answers.
fn with_token(
    desk: &mut Desk<'_>,
    call: &Call,
    read: impl FnOnce(&Desk<'_>, &LegacyToken) -> Result<Value, LegacyError>,
) -> Response {
    let token = match live_token(desk, call) {
        Ok(token) => token,
        Err(error) => return error.in_meta(),
    };
    let note = Note {
        account: Some(token.username.clone()),
        client_id: Some(token.client_id.clone()),
        ..Note::default()
    };
    let limit = desk
        .world
        .legacy
        .client(&token.client_id)
        .map_or(0, |client| client.hourly_limit());
    let used = count_call(desk, &token.token);
    let result = check_signature(desk, call, &token).and_then(|()| {
        if used > limit {
            return Err(LegacyError::new(
                StatusCode::TOO_MANY_REQUESTS,
                "OAuthRateLimitException",
                "The maximum number of requests per hour has been exceeded.",
            ));
        }
        read(desk, &token)
    });
    let mut answer = match result {
        Ok(Value::Array(items)) => http::json(
            StatusCode::OK,
            json!({"data": items, "meta": {"code": 200}, "pagination": {}}),
        ),
        Ok(data) => http::json(StatusCode::OK, json!({"data": data, "meta": {"code": 200}})),
        Err(error) => error.in_meta(),
    };
    if desk.world.behaviour.rate_headers {
        let remaining = limit.saturating_sub(used);
        answer = with_header(answer, HeaderName::from_static("x-ratelimit-limit"), &limit.to_string());
        answer = with_header(
            answer,
            HeaderName::from_static("x-ratelimit-remaining"),
            &remaining.to_string(),
        );
    }
    noted(answer, note)
}

fn live_token(desk: &Desk<'_>, call: &Call) -> Result<LegacyToken, LegacyError> {
    match (call.query.get("access_token"), call.query.get("client_id")) {
        (Some(value), _) => desk.world.legacy.live_token(value).cloned().ok_or_else(|| {
            LegacyError::new(
                StatusCode::BAD_REQUEST,
                "OAuthAccessTokenException",
                "The access_token provided is invalid.",
            )
        }),
        (None, Some(client_id)) if desk.world.legacy.client(client_id).is_none() => Err(LegacyError::new(
            StatusCode::BAD_REQUEST,
            "OAuthClientException",
            "The \"client_id\" provided is invalid and does not match a valid application.",
        )),
        (None, Some(_)) => Err(LegacyError::oauth(
            "\"access_token\" URL parameter missing. This OAuth request requires an \"access_token\" URL parameter.",
        )),
        (None, None) => Err(LegacyError::new(
            StatusCode::BAD_REQUEST,
            "OAuthParameterException",
            "\"client_id\" or \"access_token\" URL parameter missing. This OAuth request requires either a \
             \"client_id\" or \"access_token\" URL parameter.",
        )),
    }
}

/// Wordings of the two refusals are in no source that was found; type and status are.
fn check_signature(desk: &Desk<'_>, call: &Call, token: &LegacyToken) -> Result<(), LegacyError> {
    let Some(client) = desk
        .world
        .legacy
        .client(&token.client_id)
        .filter(|client| client.enforce_signed)
    else {
        return Ok(());
    };
    let Some(sent) = call.query.get("sig") else {
        return Err(LegacyError::forbidden(
            "Invalid signed-request: Missing required parameter 'sig'",
        ));
    };
    let endpoint = call.path.strip_prefix("/legacy/v1").unwrap_or(&call.path);
    // Examples sign the endpoint without a trailing slash; clients that call it with one did both.
    let fine = [endpoint, endpoint.trim_end_matches('/')]
        .iter()
        .any(|endpoint| signed::verify(&client.client_secret, endpoint, call.query.pairs(), sent));
    if fine {
        Ok(())
    } else {
        Err(LegacyError::forbidden(
            "Invalid signed-request: Signature does not match",
        ))
    }
}

/// Counts this call in the token's present hour and answers the count.
fn count_call(desk: &mut Desk<'_>, token: &str) -> u32 {
    let now = desk.now;
    let (begin, count) = desk.world.legacy.calls.entry(token.to_owned()).or_insert((now, 0));
    if now.since(*begin) >= HOUR {
        (*begin, *count) = (now, 0);
    }
    *count += 1;
    *count
}

fn no_user() -> LegacyError {
    LegacyError::new(StatusCode::BAD_REQUEST, "APINotFoundError", "this user does not exist")
}

fn missing_scope(scope: &str) -> LegacyError {
    LegacyError::new(
        StatusCode::BAD_REQUEST,
        "OAuthPermissionsException",
        format!(
            "This request requires scope={scope}, but this access token is not authorized with this scope. The user \
             must re-authorize your application with scope={scope} to be granted this permissions."
        ),
    )
}
