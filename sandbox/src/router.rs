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
use crate::http::{self, BODY_LIMIT, BODY_TIMEOUT};
use crate::journal::{Call as Entry, Note};
use crate::site::{self, Shared};
use crate::{control, facebook, instagram, legacy, meta, pages, security, standard, usage};

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
    let mut response = if security::host_is_ours(&request, &shared) {
        let endpoint = request
            .extensions()
            .get::<MatchedPath>()
            .map(|route| endpoint(route.as_str(), request.uri().path()));
        if let Some(refusal) = locked(&shared, endpoint.as_deref(), &request) {
            refusal
        } else if endpoint.as_deref().is_some_and(is_own) {
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

/// A route, with `me` where a node is `me`: that is what Meta's documents call the endpoint.
fn endpoint(route: &str, path: &str) -> String {
    let parts = route.split('/').zip(path.split('/'));
    let named = parts.map(|(part, sent)| {
        if part.starts_with('{') && sent == "me" {
            sent
        } else {
            part
        }
    });
    named.collect::<Vec<_>>().join("/")
}

/// Where a sandbox is reached from other machines, its pages are for who has shown the key. Token endpoints and APIs have
/// secrets and tokens of their own, and the control API has its token.
fn locked(shared: &Shared, endpoint: Option<&str>, request: &Request) -> Option<Response> {
    let open = endpoint.is_some_and(|path| path.starts_with("/control/") || path == "/control" || is_open(path));
    if !shared.reach.is_guarded() || open {
        return None;
    }
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if header("x-shutterkey-access").is_some_and(|sent| shared.reach.key_matches(sent)) {
        return None;
    }
    let wanted = format!("{}={}", shared.key_cookie(), shared.key_proof());
    let shown = header("cookie").is_some_and(|line| line.split(';').any(|pair| pair.trim() == wanted));
    if shown {
        return None;
    }
    if request.method() != axum::http::Method::GET {
        return Some(
            (
                StatusCode::FORBIDDEN,
                "This sandbox opens its pages with an access key.\n",
            )
                .into_response(),
        );
    }
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    let next: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
    Some(http::see_other(&format!("/key?next={next}")))
}

/// Endpoints for programs, and what a page needs before the key is shown.
fn is_open(path: &str) -> bool {
    const ENDS: [&str; 10] = [
        "/access_token",
        "/refresh_access_token",
        "/debug_token",
        "/me",
        "/me/accounts",
        "/permissions",
        "/permissions/{name}",
        "/standard/token",
        "/standard/revoke",
        "/{node}",
    ];
    let known = [
        "/key",
        "/style.css",
        "/favicon.ico",
        "/robots.txt",
        "/facebook/{version}",
    ];
    known.contains(&path)
        || path.contains("/.well-known/")
        || path.starts_with("/legacy/v1/")
        || ENDS.iter().any(|end| path.ends_with(end))
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
    let (response, note) = match (instead, request) {
        (Some(answer), _) | (None, Err(answer)) => (answer, Note::default()),
        (None, Ok(request)) => {
            let mut response = next.run(request).await;
            let note = response.extensions_mut().remove::<Note>().unwrap_or_default();
            (usage::told(shared, path, &note, response), note)
        }
    };
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
