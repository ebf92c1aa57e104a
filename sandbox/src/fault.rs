//! Answers that a test asks for in place of the real ones. It stands in the path of every request, behind the guards
//! and before the handlers, so that a fault can be given to any endpoint.

use std::collections::VecDeque;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

/// An answer to give instead of the endpoint's own.
#[derive(Clone, Debug, Deserialize)]
pub struct Fault {
    /// Part of the endpoint that it is meant for, such as `refresh_access_token`.
    pub endpoint: String,
    /// HTTP status to answer.
    pub status: u16,
    /// Body to answer.
    #[serde(default)]
    pub body: String,
    /// How many calls get it; 1 when left out.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// One call of an endpoint whose path contains `endpoint` gets this answer.
    pub fn new(endpoint: &str, status: u16, body: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            status,
            body: body.to_owned(),
            times: once(),
        }
    }

    /// Sets [`Fault::times`].
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

#[derive(Debug, Default)]
pub(crate) struct Faults(VecDeque<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push_back(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The fault's answer if one is waiting for this endpoint; the request is then not handled at all.
    pub(crate) fn take(&mut self, endpoint: &str) -> Option<Response> {
        let place = self
            .0
            .iter()
            .position(|fault| fault.times > 0 && endpoint.contains(&fault.endpoint))?;
        let fault = self.0.get_mut(place)?;
        fault.times -= 1;
        let status = StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kind = if fault.body.starts_with(['{', '[']) {
            "application/json"
        } else {
            "text/html; charset=utf-8"
        };
        let body = Body::from(fault.body.clone());
        if fault.times == 0 {
            self.0.remove(place);
        }
        Some((status, [(header::CONTENT_TYPE, kind)], body).into_response())
    }
}
