//! The Instagram platform of 2010 to 2020, under `/legacy`: developer pages, both flows, and a little of its API.
//!
//! Its real hosts are gone; labels, errors and shapes are those that Meta's old documentation and the developers of
//! that time wrote down.

mod access;
mod api;
mod authorize;
mod client_form;
mod clients;
mod developer;
mod edit;
mod scopes;
mod signed;
mod token;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::http;
use crate::site::{Shared, get, post_api, post_form};

pub(crate) use client_form::{check_name, check_redirects};
pub(crate) use token::issue as issue_token;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    const CLIENTS: &str = "/legacy/developer/clients";
    Router::new()
        .route("/legacy", get(developer::home))
        .route("/legacy/developer", get(developer::home))
        .route(
            "/legacy/developer/register",
            get(developer::ask).merge(post_form(developer::sign_up)),
        )
        .route(&format!("{CLIENTS}/manage"), get(clients::manage))
        .route(
            &format!("{CLIENTS}/register"),
            get(clients::ask).merge(post_form(clients::register)),
        )
        .route(
            &format!("{CLIENTS}/{{client}}/edit"),
            get(edit::details).merge(post_form(edit::save_details)),
        )
        .route(
            &format!("{CLIENTS}/{{client}}/security"),
            get(edit::security).merge(post_form(edit::save_security)),
        )
        .route(
            &format!("{CLIENTS}/{{client}}/sandbox"),
            get(edit::sandbox).merge(post_form(edit::save_sandbox)),
        )
        .route(
            &format!("{CLIENTS}/{{client}}/reset_secret"),
            post_form(edit::reset_secret),
        )
        .route(
            &format!("{CLIENTS}/{{client}}/delete"),
            get(clients::ask_delete).merge(post_form(clients::delete)),
        )
        .route(
            "/legacy/accounts/manage_access",
            get(access::list).merge(post_form(access::revoke)),
        )
        .route("/legacy/oauth/authorize", get(authorize::begin))
        .route(
            "/legacy/oauth/consent",
            get(authorize::ask).merge(post_form(authorize::decide)),
        )
        .route("/legacy/oauth/access_token", post_api(token::exchange))
        .route("/legacy/v1/users/self", get(api::myself))
        .route("/legacy/v1/users/self/media/recent", get(api::my_media))
        .route("/legacy/v1/users/{id}", get(api::user))
}

/// An error of the old platform: at the OAuth endpoints a bare JSON body, in the API inside `meta`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LegacyError {
    pub(crate) status: StatusCode,
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

impl LegacyError {
    pub(crate) fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
        }
    }

    pub(crate) fn oauth(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "OAuthException", message)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "OAuthForbiddenException", message)
    }

    fn bare(&self) -> Response {
        let body = json!({"code": self.status.as_u16(), "error_type": self.kind, "error_message": self.message});
        http::json(self.status, body)
    }

    fn in_meta(&self) -> Response {
        let meta = json!({"error_type": self.kind, "code": self.status.as_u16(), "error_message": self.message});
        http::json(self.status, json!({"meta": meta}))
    }
}
