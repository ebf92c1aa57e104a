//! The two error bodies of today's platform (fact sheet 1.3, 1.6).

use axum::http::{Method, StatusCode};
use axum::response::Response;
use serde_json::{Value, json};
use shutterkey::Timestamp;

use crate::http::{self, Call};
use crate::site::Desk;

/// An error of the code exchange: three flat keys, `code` is the HTTP status.
pub(super) fn flat(message: &str) -> Response {
    let body = json!({"error_type": "OAuthException", "code": 400, "error_message": message});
    http::json(StatusCode::BAD_REQUEST, body)
}

/// An error of `graph.instagram.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct GraphError {
    kind: &'static str,
    code: u32,
    subcode: Option<u32>,
    message: String,
}

impl GraphError {
    /// Trouble with the token.
    pub(super) fn token(code: u32, subcode: Option<u32>, message: impl Into<String>) -> Self {
        Self {
            kind: "OAuthException",
            code,
            subcode,
            message: message.into(),
        }
    }

    /// Trouble with the request.
    pub(super) fn request(message: impl Into<String>) -> Self {
        Self {
            kind: "IGApiException",
            code: 100,
            subcode: None,
            message: message.into(),
        }
    }

    pub(super) fn answer(&self, desk: &mut Desk<'_>) -> Response {
        let mut error = serde_json::Map::new();
        error.insert("message".to_owned(), Value::from(self.message.as_str()));
        error.insert("type".to_owned(), Value::from(self.kind));
        error.insert("code".to_owned(), Value::from(self.code));
        if let Some(subcode) = self.subcode {
            error.insert("error_subcode".to_owned(), Value::from(subcode));
        }
        error.insert(
            "fbtrace_id".to_owned(),
            Value::from(format!("A{}", desk.world.draw_letters("fbtrace", 22))),
        );
        http::json(StatusCode::BAD_REQUEST, json!({"error": error}))
    }
}

/// The words for a verb that an endpoint does not take.
pub(super) fn unsupported(method: &Method) -> GraphError {
    let verb = method.as_str().to_ascii_lowercase();
    GraphError::request(format!("Unsupported request - method type: {verb}"))
}

/// Any verb but the endpoint's own.
pub(super) fn wrong_verb(desk: &mut Desk<'_>, call: &Call) -> Response {
    unsupported(&call.method).answer(desk)
}

/// A moment as these messages write it: `Monday, 01-Dec-25 06:00:00 PST`.
pub(super) fn pacific(moment: Timestamp) -> String {
    const DAYS: [&str; 7] = [
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
    ];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let local = moment.plus(-8 * 3_600);
    let text = local.to_string();
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    let day = usize::try_from(local.seconds().div_euclid(86_400).rem_euclid(7)).unwrap_or_default();
    let month = part(5..7).parse::<usize>().unwrap_or(1).saturating_sub(1);
    format!(
        "{}, {}-{}-{} {} PST",
        DAYS.get(day).unwrap_or(&""),
        part(8..10),
        MONTHS.get(month).unwrap_or(&""),
        part(2..4),
        part(11..19)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_pacific_time() {
        assert_eq!(
            pacific(Timestamp::from_seconds(1_764_597_600)),
            "Monday, 01-Dec-25 06:00:00 PST"
        );
        assert_eq!(pacific(Timestamp::from_seconds(0)), "Wednesday, 31-Dec-69 16:00:00 PST");
    }
}
