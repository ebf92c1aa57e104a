//! The floor: a server that answers constants, as fast as the same HTTP stack lets it.

use std::collections::HashMap;

use axum::Router;
use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::json;

use crate::served::say;

/// Approves at once, and gives everybody the same token.
pub(crate) async fn serve() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let router = Router::new()
        .route("/authorize", get(authorize))
        .route("/token", post(token));
    say(&json!({"base": format!("http://127.0.0.1:{port}")}));
    axum::serve(listener, router).await.expect("serving");
}

async fn authorize(Query(query): Query<HashMap<String, String>>) -> impl IntoResponse {
    let of = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let location = format!("{}?code=constant&state={}", of("redirect_uri"), of("state"));
    (StatusCode::FOUND, [(header::LOCATION, location)])
}

async fn token() -> impl IntoResponse {
    const ANSWER: &str =
        r#"{"access_token":"constant","token_type":"Bearer","expires_in":3600,"refresh_token":"constant"}"#;
    ([(header::CONTENT_TYPE, "application/json")], ANSWER)
}
