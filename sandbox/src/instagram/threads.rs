//! What Threads has beside Instagram Login: app access tokens (fact sheet 3).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::graph::{self, GraphError};
use crate::http::{self, Call, noted};
use crate::journal::Note;
use crate::meta::Flavour;
use crate::site::Desk;

/// `GET /threads/oauth/access_token?grant_type=client_credentials`
pub(super) fn app_token(desk: &mut Desk<'_>, call: &Call) -> Response {
    let words = Flavour::Threads.words();
    if call.query.text("grant_type") != "client_credentials" {
        return GraphError::wrong_verb(words.request_error, &call.method).answer(desk);
    }
    let app = desk.world.threads.app(call.query.text("client_id"));
    let Some(app) = app.filter(|app| app.app_secret == call.query.text("client_secret")) else {
        return GraphError::oauth(101, None, "Error validating application.").answer(desk);
    };
    let note = Note {
        grant_type: Some("client_credentials".to_owned()),
        client_id: Some(app.app_id.clone()),
        account: None,
        ..Note::default()
    };
    let token = graph::app_token(desk.world, Flavour::Threads, app);
    noted(
        http::json(StatusCode::OK, json!({"access_token": token, "token_type": "bearer"})),
        note,
    )
}
