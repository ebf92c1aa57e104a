//! Authorization server metadata (RFC 8414, and RFC 9207 3), at both well-known paths.

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::{issuer, scopes};
use crate::http::{self, Call};
use crate::site::Desk;

pub(super) fn show(desk: &mut Desk<'_>, _call: &Call) -> Response {
    let issuer = issuer(desk.site);
    let authentication = ["client_secret_basic", "client_secret_post", "none"];
    http::json(
        StatusCode::OK,
        json!({
            "issuer": issuer,
            "authorization_endpoint": format!("{}/standard/authorize", desk.site.reach.public),
            "token_endpoint": format!("{issuer}/token"),
            "revocation_endpoint": format!("{issuer}/revoke"),
            "scopes_supported": scopes::SCOPES.map(|(name, _)| name),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_methods_supported": authentication,
            "revocation_endpoint_auth_methods_supported": authentication,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        }),
    )
}
