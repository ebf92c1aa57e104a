//! All routes, and what every request passes on its way to one.

use std::sync::Arc;

use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::StatusCode;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use shutterkey::Clock;

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
        let method = request.method().to_string();
        // Asked for in a statement of its own: the lock must be free again before the handler runs.
        let fault = endpoint
            .as_deref()
            .filter(|path| !is_own(path))
            .and_then(|path| shared.faults().take(path));
        let mut response = match fault {
            Some(answer) => answer,
            None => next.run(request).await,
        };
        let note = response.extensions_mut().remove::<Note>().unwrap_or_default();
        if !endpoint.as_deref().is_some_and(is_own) {
            shared.journal().write(Entry {
                at: shared.clock.now(),
                endpoint: endpoint.unwrap_or_else(|| "(unknown)".to_owned()),
                method,
                status: response.status().as_u16(),
                grant_type: note.grant_type,
                account: note.account,
                client_id: note.client_id,
            });
        }
        response
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

/// Paths that belong to the sandbox itself, not to a platform: no faults for them, and no journal.
fn is_own(path: &str) -> bool {
    path.starts_with("/control") || path == "/style.css"
}
