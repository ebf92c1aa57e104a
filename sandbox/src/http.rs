//! A request as the handlers see it, and the few kinds of response.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts, Multipart, RawPathParams, Request};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::time::Duration;

use crate::journal::Note;
use crate::site::Shared;

/// Longest request body, in bytes: a token request has well under one kilobyte, a form of the pages a few.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;
/// Longest body of a control call, in bytes: a scenario may be large.
pub(crate) const CONTROL_BODY_LIMIT: usize = 4 << 20;
/// Most parameters in a query or a body.
const PARAMETER_LIMIT: usize = 128;
/// How long a client may take to send its body.
pub(crate) const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// The path as it was sent; routes see it without its trailing slash.
#[derive(Clone, Debug)]
pub(crate) struct SentPath(pub(crate) String);

/// Decoded `name=value` pairs in the order they were sent.
#[derive(Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    pub(crate) fn parse(text: &[u8]) -> Self {
        Self(url::form_urlencoded::parse(text).into_owned().collect())
    }

    /// The first value of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// The first value of this name; the empty text when there is none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// The first value of this name without white space around it.
    pub(crate) fn trimmed(&self, name: &str) -> String {
        self.text(name).trim().to_owned()
    }

    /// Every value of this name.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether any of these names was sent more than once.
    pub(crate) fn repeats(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.all(name).count() > 1)
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// One request. Full of secrets, so it cannot be printed.
pub(crate) struct Call {
    pub(crate) method: Method,
    /// As it was sent, with a trailing slash if there was one.
    pub(crate) path: String,
    /// The undecoded query.
    pub(crate) raw_query: String,
    pub(crate) query: Params,
    /// The body's fields: urlencoded, or text fields of multipart/form-data.
    pub(crate) form: Params,
    pub(crate) headers: HeaderMap,
    captures: Vec<(String, String)>,
}

impl Call {
    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// A parameter of the query, or else of the form.
    pub(crate) fn sent(&self, name: &str) -> Option<&str> {
        self.query.get(name).or_else(|| self.form.get(name))
    }

    /// A part of the path that the route captured.
    pub(crate) fn capture(&self, name: &str) -> &str {
        self.captures
            .iter()
            .find(|(key, _)| key == name)
            .map_or("", |(_, value)| value.as_str())
    }

    /// The value of a cookie.
    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    }

    /// The token of an `Authorization: Bearer` header (RFC 6750 2.1).
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header(header::AUTHORIZATION)?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }
}

impl FromRequest<Arc<Shared>> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, state: &Arc<Shared>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let refuse = |status: StatusCode, text: &'static str| (status, text).into_response();
        let captures = match RawPathParams::from_request_parts(&mut parts, state).await {
            Ok(params) => params
                .iter()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect(),
            Err(_) => return Err(refuse(StatusCode::BAD_REQUEST, "The path is not valid UTF-8.")),
        };
        let read = tokio::time::timeout(BODY_TIMEOUT, axum::body::to_bytes(body, BODY_LIMIT)).await;
        let body = match read {
            Ok(Ok(body)) => body,
            Ok(Err(_)) => {
                return Err(refuse(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "The body is broken or too large.",
                ));
            }
            Err(_) => return Err(refuse(StatusCode::REQUEST_TIMEOUT, "The body took too long.")),
        };
        let raw_query = parts.uri.query().unwrap_or_default().to_owned();
        let path = parts
            .extensions
            .get::<SentPath>()
            .map_or_else(|| parts.uri.path().to_owned(), |sent| sent.0.clone());
        let query = Params::parse(raw_query.as_bytes());
        let form = read_form(&parts.headers, &body).await;
        if query.0.len() > PARAMETER_LIMIT || form.0.len() > PARAMETER_LIMIT {
            return Err(refuse(StatusCode::BAD_REQUEST, "Too many parameters."));
        }
        Ok(Self {
            method: parts.method,
            path,
            raw_query,
            query,
            form,
            headers: parts.headers,
            captures,
        })
    }
}

/// The fields of a body, whichever of the two form encodings it uses; none for anything else.
async fn read_form(headers: &HeaderMap, body: &Bytes) -> Params {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let kind_name = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind_name.as_str() {
        "application/x-www-form-urlencoded" => Params::parse(body),
        "multipart/form-data" => {
            let request = Request::builder()
                .header(header::CONTENT_TYPE, kind)
                .body(Body::from(body.clone()));
            let Ok(request) = request else { return Params::default() };
            let Ok(mut multipart) = Multipart::from_request(request, &()).await else {
                return Params::default();
            };
            let mut fields = Vec::new();
            while let Ok(Some(field)) = multipart.next_field().await {
                let name = field.name().unwrap_or_default().to_owned();
                let Ok(text) = field.text().await else { break };
                fields.push((name, text));
            }
            Params(fields)
        }
        _ => Params::default(),
    }
}

/// A JSON answer.
pub(crate) fn json(status: StatusCode, value: Value) -> Response {
    (status, Json(value)).into_response()
}

/// A redirect with this status; a location that cannot be a header becomes a 500, never a broken header.
pub(crate) fn redirect(status: StatusCode, location: &str) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (status, [(header::LOCATION, location)]).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "The redirect cannot be written.").into_response(),
    }
}

/// To another page of the sandbox, after a form.
pub(crate) fn see_other(path: &str) -> Response {
    redirect(StatusCode::SEE_OTHER, path)
}

/// Adds one header.
pub(crate) fn with_header(mut response: Response, name: HeaderName, value: &str) -> Response {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().append(name, value);
    }
    response
}

/// Says to the journal what the call was about.
pub(crate) fn noted(mut response: Response, note: Note) -> Response {
    response.extensions_mut().insert(note);
    response
}

/// Parameters of the platforms by their names: the journal names no others, since what a client sends can be anything.
const KNOWN: [&str; 41] = [
    "access_token",
    "after",
    "appsecret_proof",
    "auth_type",
    "client_id",
    "client_secret",
    "code",
    "code_challenge",
    "code_challenge_method",
    "code_verifier",
    "config_id",
    "decision",
    "display",
    "enable_fb_login",
    "error",
    "extras",
    "fb_exchange_token",
    "fields",
    "force_authentication",
    "force_reauth",
    "grant_type",
    "hl",
    "input_token",
    "iss",
    "limit",
    "next",
    "nonce",
    "override_default_response_type",
    "permission",
    "person",
    "redirect_uri",
    "refresh_token",
    "request",
    "response_mode",
    "response_type",
    "scope",
    "sig",
    "state",
    "token",
    "token_type_hint",
    "version",
];

impl Call {
    /// What was asked, as the journal may know it: names, and values that are words of a protocol.
    pub(crate) fn harmless(&self) -> Vec<(String, Option<String>)> {
        const SHOWN: [&str; 9] = [
            "auth_type",
            "display",
            "enable_fb_login",
            "fields",
            "force_reauth",
            "grant_type",
            "response_type",
            "scope",
            "token_type_hint",
        ];
        // Whatever a token, a code or a secret is made of, it is not lower-case letters alone.
        let is_word = |c: char| c.is_ascii_lowercase() || matches!(c, '_' | ',' | ' ' | '.' | '{' | '}');
        let pairs = self.query.pairs().iter().chain(self.form.pairs());
        pairs
            .filter(|(name, _)| KNOWN.contains(&name.as_str()))
            .map(|(name, value)| {
                let shown = SHOWN.contains(&name.as_str()) && value.len() <= 300 && value.chars().all(is_word);
                (name.clone(), shown.then(|| value.clone()))
            })
            .collect()
    }
}
