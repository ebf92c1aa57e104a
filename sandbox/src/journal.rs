//! What was called: enough to count and order calls, nothing that is secret.

use std::collections::VecDeque;

use serde::Serialize;
use shutterkey::Timestamp;

/// How many calls are remembered; older ones are dropped.
const KEPT: usize = 10_000;

/// One request that the sandbox answered. Queries, bodies and headers are never kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Call {
    /// Its number, from 1 on since the start or the last reset.
    pub number: u64,
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
    /// The parameters that were sent, by their names; with a value where that holds no secret.
    pub asked: Vec<(String, Option<String>)>,
    /// The fault that the call was given, see [`crate::FaultKind::name`].
    pub fault: Option<String>,
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

    /// Those that were about this person: a username, with or without `.sandbox`.
    #[must_use]
    pub fn about(&self, name: &str) -> Self {
        let username = crate::world::full_username(name);
        let mine = self
            .0
            .iter()
            .filter(|call| call.account.is_some() && call.account == username);
        Self(mine.cloned().collect())
    }

    /// Those with a number above this one.
    #[must_use]
    pub fn since(&self, number: u64) -> Self {
        Self(self.0.iter().filter(|call| call.number > number).cloned().collect())
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
    /// Filled in for every handler.
    pub(crate) asked: Vec<(String, Option<String>)>,
}

#[derive(Debug, Default)]
pub(crate) struct Journal {
    calls: VecDeque<Call>,
    written: u64,
}

impl Journal {
    /// Writes a call down under the next number.
    pub(crate) fn write(&mut self, mut call: Call) {
        if self.calls.len() == KEPT {
            self.calls.pop_front();
        }
        self.written += 1;
        call.number = self.written;
        self.calls.push_back(call);
    }

    pub(crate) fn calls(&self) -> Calls {
        Calls(self.calls.iter().cloned().collect())
    }

    /// The last few, newest first.
    pub(crate) fn newest(&self, count: usize) -> impl Iterator<Item = &Call> {
        self.calls.iter().rev().take(count)
    }

    /// How many were written, those included that are not remembered any more.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    pub(crate) fn clear(&mut self) {
        self.calls.clear();
        self.written = 0;
    }
}
