//! All routes, and what every request passes on its way to one.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use shutterkey::Clock;

use crate::fault::{self, Asker, FaultKind};
use crate::http::{BODY_LIMIT, BODY_TIMEOUT};
use crate::journal::{Call as Entry, Note};
use crate::site::{self, Shared};
use crate::{control, facebook, instagram, legacy, meta, pages, security, standard};

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .merge(pages::routes())
        .merge(legacy::routes())
        .merge(meta::routes())
        .merge(instagram::routes())
        .merge(facebook::routes())
        .merge(standard::routes())
        .merge(control::routes(shared.clone()))
        .fallback(site::plain(pages::not_found))
        .layer(middleware::from_fn_with_state(shared.clone(), gate))
        .with_state(shared)
}

/// Host check, faults, journal and headers, around every handler.
async fn gate(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let mut response = if security::host_is_ours(&request, shared.port) {
        let endpoint = request
            .extensions()
            .get::<MatchedPath>()
            .map(|path| path.as_str().to_owned());
        if endpoint.as_deref().is_some_and(is_own) {
            next.run(request).await
        } else {
            journaled(&shared, endpoint, request, next).await
        }
    } else {
        (
            StatusCode::BAD_REQUEST,
            "This sandbox answers to 127.0.0.1 and localhost with its own port only.\n",
        )
            .into_response()
    };
    security::harden(&mut response);
    response
}

/// A call of a platform: what a test asked to go wrong goes wrong, and it is written down.
async fn journaled(shared: &Arc<Shared>, endpoint: Option<String>, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let (fault, request) = match &endpoint {
        Some(path) => faulted(shared, path, request).await,
        None => (None, Ok(request)),
    };
    let path = endpoint.as_deref().unwrap_or_default();
    let instead = fault.as_ref().and_then(|kind| fault::before(kind, path));
    let mut response = match (instead, request) {
        (Some(answer), _) | (None, Err(answer)) => answer,
        (None, Ok(request)) => next.run(request).await,
    };
    let note = response.extensions_mut().remove::<Note>().unwrap_or_default();
    shared.journal().write(Entry {
        number: 0,
        at: shared.clock.now(),
        endpoint: endpoint.unwrap_or_else(|| "(unknown)".to_owned()),
        method,
        status: response.status().as_u16(),
        grant_type: note.grant_type,
        account: note.account,
        client_id: note.client_id,
        asked: note.asked,
        fault: fault.as_ref().map(|kind| kind.name().to_owned()),
    });
    match fault {
        // Not before it is written down: a test that waits for the answer reads the journal next.
        Some(kind) => fault::after(&kind, response).await,
        None => response,
    }
}

/// What goes wrong with a call, and the call. A fault for one account or app alone needs the body to know whose call it is.
async fn faulted(shared: &Arc<Shared>, path: &str, request: Request) -> (Option<FaultKind>, Result<Request, Response>) {
    let now = shared.clock.now();
    let ask_who = shared.faults().ask_who(path);
    if !ask_who {
        return (shared.faults().take(path, &Asker::default(), now), Ok(request));
    }
    let (parts, body) = request.into_parts();
    let read = tokio::time::timeout(BODY_TIMEOUT, axum::body::to_bytes(body, BODY_LIMIT)).await;
    let Ok(Ok(body)) = read else {
        return (
            None,
            Err((StatusCode::PAYLOAD_TOO_LARGE, "The body is broken or too large.").into_response()),
        );
    };
    let asker = Asker::of(&shared.world(), &parts, &body);
    let fault = shared.faults().take(path, &asker, now);
    (fault, Ok(Request::from_parts(parts, Body::from(body))))
}

/// Paths that belong to the sandbox itself, not to a platform: no faults for them, and no journal.
fn is_own(path: &str) -> bool {
    path.starts_with("/control") || matches!(path, "/style.css" | "/favicon.ico" | "/robots.txt")
}
