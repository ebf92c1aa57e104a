//! What was called: enough to count and order calls, nothing that is secret.

use std::collections::VecDeque;

use serde::Serialize;
use shutterkey::Timestamp;

/// How many calls are remembered; older ones are dropped.
const KEPT: usize = 10_000;

/// One request that the sandbox answered. Queries, bodies and headers are never kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Call {
    /// When, in sandbox time.
    pub at: Timestamp,
    /// The route, such as `/instagram/refresh_access_token`; `(unknown)` when there is none for the path.
    pub endpoint: String,
    /// `GET`, `POST`, ...
    pub method: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// `grant_type` of a token request, when it is one that the endpoint knows.
    pub grant_type: Option<String>,
    /// The username whom the answer is about, where it is about one.
    pub account: Option<String>,
    /// The client or app id that called, where it is a registered one.
    pub client_id: Option<String>,
}

/// A list of calls, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Calls(Vec<Call>);

impl Calls {
    /// Those whose endpoint contains `part`.
    #[must_use]
    pub fn matching(&self, part: &str) -> Self {
        Self(
            self.0
                .iter()
                .filter(|call| call.endpoint.contains(part))
                .cloned()
                .collect(),
        )
    }

    /// Those that were answered with this status.
    #[must_use]
    pub fn with_status(&self, status: u16) -> Self {
        Self(self.0.iter().filter(|call| call.status == status).cloned().collect())
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The calls themselves.
    pub fn as_slice(&self) -> &[Call] {
        &self.0
    }
}

/// What a handler knows about its call beyond the request line; travels to the journal beside the response.
#[derive(Clone, Debug, Default)]
pub(crate) struct Note {
    pub(crate) grant_type: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) client_id: Option<String>,
}

#[derive(Debug, Default)]
pub(crate) struct Journal(VecDeque<Call>);

impl Journal {
    pub(crate) fn write(&mut self, call: Call) {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(call);
    }

    pub(crate) fn calls(&self) -> Calls {
        Calls(self.0.iter().cloned().collect())
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}
