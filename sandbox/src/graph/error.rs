//! The error body of `graph.instagram.com`, `graph.threads.net` and `graph.facebook.com` (fact sheet 1.6, 2.3).

use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::http::{self, with_header};
use crate::site::Desk;

/// One Graph error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GraphError {
    kind: &'static str,
    code: u32,
    subcode: Option<u32>,
    message: String,
    /// What `WWW-Authenticate` calls it, where Facebook sends that header.
    challenge: Option<&'static str>,
    /// Whether it says of itself that it passes.
    transient: bool,
}

impl GraphError {
    /// An error of this `type`.
    pub(crate) fn new(kind: &'static str, code: u32, subcode: Option<u32>, message: impl Into<String>) -> Self {
        Self {
            kind,
            code,
            subcode,
            message: message.into(),
            challenge: None,
            transient: false,
        }
    }

    /// Trouble with the token or the login.
    pub(crate) fn oauth(code: u32, subcode: Option<u32>, message: impl Into<String>) -> Self {
        Self::new("OAuthException", code, subcode, message)
    }

    /// A verb that an endpoint does not take.
    pub(crate) fn wrong_verb(kind: &'static str, method: &Method) -> Self {
        let verb = method.as_str().to_ascii_lowercase();
        Self::new(kind, 100, None, format!("Unsupported request - method type: {verb}"))
    }

    /// Sent with `WWW-Authenticate: OAuth "Facebook Platform" "<challenge>" "<message>"`.
    pub(crate) fn challenged(mut self, challenge: &'static str) -> Self {
        self.challenge = Some(challenge);
        self
    }

    /// Sent with `is_transient`.
    pub(crate) fn transient(mut self) -> Self {
        self.transient = true;
        self
    }

    /// The members that `debug_token` answers about a dead token.
    pub(crate) fn brief(&self) -> Value {
        let mut error = Map::new();
        error.insert("code".to_owned(), Value::from(self.code));
        error.insert("message".to_owned(), Value::from(self.message.as_str()));
        if let Some(subcode) = self.subcode {
            error.insert("subcode".to_owned(), Value::from(subcode));
        }
        Value::Object(error)
    }

    /// The body of the answer, with this `fbtrace_id`.
    pub(crate) fn body(&self, trace: &str) -> Value {
        let mut error = Map::new();
        error.insert("message".to_owned(), Value::from(self.message.as_str()));
        error.insert("type".to_owned(), Value::from(self.kind));
        error.insert("code".to_owned(), Value::from(self.code));
        if let Some(subcode) = self.subcode {
            error.insert("error_subcode".to_owned(), Value::from(subcode));
        }
        if self.transient {
            error.insert("is_transient".to_owned(), Value::Bool(true));
        }
        error.insert("fbtrace_id".to_owned(), Value::from(trace));
        json!({"error": error})
    }

    pub(crate) fn answer(&self, desk: &mut Desk<'_>) -> Response {
        let trace = format!("A{}", desk.world.draw_letters("fbtrace", 22));
        let answer = http::json(StatusCode::BAD_REQUEST, self.body(&trace));
        match self.challenge {
            None => answer,
            Some(name) => {
                let value = format!("OAuth \"Facebook Platform\" \"{name}\" \"{}\"", self.message);
                with_header(answer, header::WWW_AUTHENTICATE, &value)
            }
        }
    }
}
