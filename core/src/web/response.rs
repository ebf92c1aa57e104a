//! What a framework sends back.

use std::fmt;

use super::page::{self, Page};

/// A response, to be copied field by field into a framework's own.
#[derive(Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header fields, names in lower case, each name once.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: String,
}

impl Response {
    /// No response of these routes is for a cache, and none of their addresses is for another site to see.
    fn new(status: u16, content_type: &'static str, body: String) -> Self {
        Self {
            status,
            headers: [
                ("cache-control", "no-store"),
                ("content-type", content_type),
                ("referrer-policy", "no-referrer"),
                ("x-content-type-options", "nosniff"),
            ]
            .map(|(name, value)| (name, value.to_owned()))
            .into(),
            body,
        }
    }

    pub(super) fn text(status: u16, body: impl Into<String>) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body.into())
    }

    pub(super) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::json_text(status, body.to_string())
    }

    pub(super) fn json_text(status: u16, body: impl Into<String>) -> Self {
        Self::new(status, "application/json", body.into())
    }

    pub(super) fn page(status: u16, page: &Page<'_>) -> Self {
        Self::new(status, "text/html; charset=utf-8", page.to_html()).with("content-security-policy", page::policy())
    }

    /// `303 See Other`: a GET, whatever the request was.
    pub(super) fn see_other(location: impl Into<String>) -> Self {
        Self::text(303, "").with("location", location.into())
    }

    pub(super) fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }

    /// The value of a header field, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Location and cookie hold what nobody may read in a log.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &names)
            .finish_non_exhaustive()
    }
}
