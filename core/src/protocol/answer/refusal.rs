//! The four error bodies, and what a status means without one.

use serde::Deserialize;
use serde_json::Value;

use super::Object;
use crate::error::{Error, ErrorCode, ProviderError, printable};
use crate::protocol::request::HttpResponse;

#[derive(Deserialize)]
struct Body {
    error: Option<Value>,
    error_type: Option<Value>,
    error_message: Option<Value>,
    error_description: Option<Value>,
    meta: Option<Object<Meta>>,
    /// `debug_token` answers 200 with the error inside (fact sheet 2.6).
    access_token: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Meta {
    error_type: Option<Value>,
    error_message: Option<Value>,
    code: Option<i64>,
}

/// The refusal that a body holds, if it holds one: the flat triple (`error_type`, `code`, `error_message`), the Graph
/// API's `error` object, RFC 6749 5.2's `error` string, or the legacy API's `meta` envelope.
pub(super) fn refusal_in(response: &HttpResponse) -> Option<ProviderError> {
    let Object(parsed): Object<Body> = serde_json::from_slice(response.body()).ok()?;
    let safe = |words: &str| printable(&response.hide(words));
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(safe);
    let mut found = ProviderError::default();
    match &parsed.error {
        Some(Value::Object(error)) => {
            let number = |name: &str| {
                let value = error.get(name)?;
                value.as_i64().or_else(|| value.as_str()?.parse().ok())
            };
            found.kind = text(error.get("type"));
            found.said = text(error.get("message"));
            found.code = number("code");
            found.subcode = number("error_subcode");
            found.trace_id = text(error.get("fbtrace_id"));
            found.is_transient = error.get("is_transient").and_then(Value::as_bool).unwrap_or(false);
            return Some(found);
        }
        Some(Value::String(error)) => {
            found.kind = Some(safe(error));
            found.said = text(parsed.error_description.as_ref());
            return Some(found);
        }
        Some(Value::Null) | None => {}
        Some(_) => return Some(found),
    }
    if parsed.error_type.is_some() || (parsed.error_message.is_some() && parsed.access_token.is_none()) {
        found.kind = text(parsed.error_type.as_ref());
        found.said = text(parsed.error_message.as_ref());
        return Some(found);
    }
    if let Some(Object(meta)) = &parsed.meta
        && (meta.error_type.is_some() || meta.code.is_some_and(|code| code >= 400))
    {
        found.kind = text(meta.error_type.as_ref());
        found.said = text(meta.error_message.as_ref());
        return Some(found);
    }
    None
}

/// What a refusal means that a token endpoint of RFC 6749 gave: 401 without a word is `invalid_client` (5.2). It speaks of
/// the client, not of the token, and a new login would not help.
pub(super) fn at_token_endpoint(refusal: Error) -> Error {
    let status_alone = ProviderError {
        status: Some(401),
        ..ProviderError::default()
    };
    if refusal.provider() == Some(&status_alone) {
        Error::new(ErrorCode::ClientRejected).from_provider(status_alone)
    } else {
        refusal
    }
}
