//! Errors of the token endpoint (RFC 6749 5.2), and who the client is (RFC 6749 2.3.1).

use axum::http::{StatusCode, header};
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::http::{self, Call, Params, with_header};
use crate::world::{StdClient, StdWorld};

/// An error code with a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TokenError {
    pub(super) code: &'static str,
    pub(super) description: &'static str,
    /// The client tried the `Authorization` header, so the answer must name the scheme.
    challenge: bool,
}

impl TokenError {
    pub(super) const fn new(code: &'static str, description: &'static str) -> Self {
        Self {
            code,
            description,
            challenge: false,
        }
    }

    const fn client(description: &'static str, challenge: bool) -> Self {
        Self {
            code: "invalid_client",
            description,
            challenge,
        }
    }

    pub(super) fn answer(self) -> Response {
        let status = if self.code == "invalid_client" {
            StatusCode::UNAUTHORIZED
        } else {
            StatusCode::BAD_REQUEST
        };
        let answer = uncached(http::json(
            status,
            json!({"error": self.code, "error_description": self.description}),
        ));
        if self.challenge {
            return with_header(
                answer,
                header::WWW_AUTHENTICATE,
                "Basic realm=\"shutterkey sandbox\", charset=\"UTF-8\"",
            );
        }
        answer
    }
}

/// `Cache-Control: no-store` is on every answer of a sandbox; RFC 6749 5.1 wants `Pragma` as well.
pub(super) fn uncached(answer: Response) -> Response {
    with_header(answer, header::PRAGMA, "no-cache")
}

/// The client that sends this request, authenticated in exactly one way.
pub(super) fn authenticate(world: &StdWorld, call: &Call) -> Result<StdClient, TokenError> {
    let form = &call.form;
    let (client_id, secret, by_header) = match call.header(header::AUTHORIZATION) {
        Some(value) => {
            let (id, secret) = basic(value).ok_or(TokenError::client("the Authorization header is broken", true))?;
            if form.get("client_secret").is_some() {
                return Err(TokenError::new(
                    "invalid_request",
                    "the client authenticated in more than one way",
                ));
            }
            if form.get("client_id").is_some_and(|other| other != id) {
                return Err(TokenError::new(
                    "invalid_request",
                    "client_id is not the one of the Authorization header",
                ));
            }
            (id, Some(secret), true)
        }
        None => (
            form.text("client_id").to_owned(),
            form.get("client_secret").map(str::to_owned),
            false,
        ),
    };
    let unknown = TokenError::client("client authentication failed", by_header);
    let client = world.client(&client_id).ok_or(unknown)?;
    match (&client.client_secret, &secret) {
        (Some(right), Some(sent)) if right == sent => Ok(client.clone()),
        // A public client has no secret; an empty one is no secret either (RFC 6749 2.3.1).
        (None, None) => Ok(client.clone()),
        (None, Some(sent)) if sent.is_empty() => Ok(client.clone()),
        _ => Err(unknown),
    }
}

/// Client id and secret of a Basic header; both are form-encoded inside of it (RFC 6749 2.3.1, appendix B).
fn basic(value: &str) -> Option<(String, String)> {
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let bytes = BASE64_STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let (id, secret) = text.split_once(':')?;
    let decode = |part: &str| Params::parse(format!("x={part}").as_bytes()).text("x").to_owned();
    Some((decode(id), decode(secret)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_and_secret_are_form_decoded() {
        // %3A is a colon, + a space: the pair `a:b` and `c d%`.
        let header = format!("Basic {}", BASE64_STANDARD.encode("a%3Ab:c+d%25"));
        assert_eq!(basic(&header), Some(("a:b".to_owned(), "c d%".to_owned())));
        assert_eq!(basic("Bearer x"), None);
        assert_eq!(basic("Basic !!"), None);
    }
}
