//! What a fault makes of a call.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{FaultKind, Malformed};
use crate::graph::GraphError;
use crate::http;
use crate::server::Dropped;
use crate::usage::{self, Usage};

/// Largest real answer that is cut or dribbled, in bytes.
const LIMIT: usize = 1 << 20;

/// The `fbtrace_id` of every error that was asked for.
const TRACE: &str = "ASANDBOXFAULT";

/// The answer in place of the endpoint's own; `None`: the endpoint is asked first.
pub(crate) fn before(kind: &FaultKind, path: &str) -> Option<Response> {
    match kind {
        FaultKind::Status { status, body, headers } => Some(own(*status, body, headers)),
        FaultKind::Throttle { code, minutes } => Some(throttled(*code, *minutes, path)),
        FaultKind::Outage { code } => Some(outage(*code, path)),
        FaultKind::Oversized { mib } => Some(oversized(*mib)),
        FaultKind::Malformed(form) => Some(malformed(*form)),
        FaultKind::Redirect { location } => Some(http::redirect(StatusCode::FOUND, location)),
        FaultKind::Reset => Some(dropped()),
        FaultKind::Slow { .. } | FaultKind::Truncated | FaultKind::Lost => None,
    }
}

/// What becomes of the endpoint's own answer.
pub(crate) async fn after(kind: &FaultKind, response: Response) -> Response {
    match kind {
        FaultKind::Lost => dropped(),
        FaultKind::Slow {
            delay_ms,
            dribble: false,
        } => {
            tokio::time::sleep(Duration::from_millis(*delay_ms)).await;
            response
        }
        FaultKind::Slow {
            delay_ms,
            dribble: true,
        } => pieces(response, Duration::from_millis(*delay_ms), false).await,
        FaultKind::Truncated => pieces(response, Duration::ZERO, true).await,
        _ => response,
    }
}

/// A response that is never written: the connection is closed in its place.
fn dropped() -> Response {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Dropped);
    response
}

fn own(status: u16, body: &str, headers: &[(String, String)]) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if body.starts_with(['{', '[']) {
        "application/json"
    } else {
        "text/html; charset=utf-8"
    };
    let mut response = (status, [(header::CONTENT_TYPE, kind)], Body::from(body.to_owned())).into_response();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn is_legacy(path: &str) -> bool {
    path.starts_with("/legacy/")
}

fn throttled(code: u32, minutes: u32, path: &str) -> Response {
    if is_legacy(path) {
        let words = "The maximum number of requests per hour has been exceeded.";
        let meta = json!({"error_type": "OAuthRateLimitException", "code": 429, "error_message": words});
        return http::json(StatusCode::TOO_MANY_REQUESTS, json!({ "meta": meta }));
    }
    let words = match code {
        4 => "(#4) Application request limit reached",
        17 => "(#17) User request limit reached",
        32 => "(#32) Page request limit reached",
        613 => "(#613) Calls to this api have exceeded the rate limit.",
        _ => "There have been too many calls to this business account. Wait a bit and try again.",
    };
    // The limit of an app is answered with 403, that of a person or an account with 400.
    let status = if code == 4 {
        StatusCode::FORBIDDEN
    } else {
        StatusCode::BAD_REQUEST
    };
    let full = Usage::new().call_count(100);
    let (name, value) = if code >= 80_000 {
        let full = full
            .total_cputime(20)
            .total_time(20)
            .estimated_time_to_regain_access(minutes);
        (usage::USE_CASE, full.of_account("instagram", "17841400000000000"))
    } else {
        (usage::APP, full.total_time(25).total_cputime(25).of_app())
    };
    let answer = http::json(status, GraphError::oauth(code, None, words).body(TRACE));
    http::with_header(answer, name, &value.to_string())
}

fn outage(code: u32, path: &str) -> Response {
    if code == 0 || is_legacy(path) {
        let page = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>";
        return own(502, page, &[]);
    }
    let words = match code {
        1 => "An unknown error occurred",
        _ => "Service temporarily unavailable",
    };
    let error = GraphError::oauth(code, None, words).transient();
    http::json(StatusCode::INTERNAL_SERVER_ERROR, error.body(TRACE))
}

fn oversized(mib: u32) -> Response {
    let length = usize::try_from(mib).unwrap_or(1) << 20;
    let mut body = String::with_capacity(length + 32);
    body.push_str("{\"access_token\":\"");
    body.extend(std::iter::repeat_n('a', length));
    body.push_str("\"}");
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}

fn malformed(form: Malformed) -> Response {
    const JSON: &str = "{\"access_token\":\"x\",\"token_type\":\"bearer\",\"expires_in\":5184000}";
    let (kind, body) = match form {
        Malformed::Text => ("application/json", "access_token=x&expires=5184000".to_owned()),
        Malformed::Html => (
            "text/html; charset=utf-8",
            "<!doctype html><title>Sign in</title><p>Please sign in to this network.</p>".to_owned(),
        ),
        Malformed::Empty => ("application/json", String::new()),
        Malformed::Array => ("application/json", format!("[{JSON}]")),
        Malformed::TrailingGarbage => ("application/json", format!("{JSON}}}<!-- -->")),
        Malformed::ByteOrderMark => ("application/json", format!("\u{feff}{JSON}")),
    };
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// The answer in pieces: all of it over this time, or its first half and then a broken connection.
async fn pieces(response: Response, over: Duration, broken: bool) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(whole) = axum::body::to_bytes(body, LIMIT).await else {
        return dropped();
    };
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    if broken {
        let half = whole.slice(..whole.len() / 2);
        let stream = futures_util::stream::unfold(Some(half), |left| async move {
            if let Some(half) = left {
                return Some((Ok(half), None));
            }
            // Without a pause nothing at all would have left for the network yet.
            tokio::time::sleep(Duration::from_millis(20)).await;
            Some((Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset)), None))
        });
        return Response::from_parts(parts, Body::from_stream(stream));
    }
    let pause = over / u32::try_from(whole.len().max(1)).unwrap_or(u32::MAX);
    let stream = futures_util::stream::unfold(whole, move |mut left| async move {
        if left.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let piece: Bytes = left.split_to(1);
        Some((Ok::<_, std::convert::Infallible>(piece), left))
    });
    Response::from_parts(parts, Body::from_stream(stream))
}
