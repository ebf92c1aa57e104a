//! Instagram Login under `/instagram` and Threads under `/threads`: consent, code exchange, long-lived tokens, refresh, `/me`.
//!
//! Each product's hosts are one origin here; their error bodies differ as they do there: a flat triple from the code
//! exchange, a Graph error from the rest.

mod authorize;
mod exchange;
mod graph;
mod scopes;
mod threads;

use std::sync::Arc;

use axum::Router;

use crate::graph::debug_token;
use crate::meta::Flavour;
use crate::site::{Shared, get, otherwise, post_api, post_form};

pub(crate) fn routes() -> Router<Arc<Shared>> {
    let router = [Flavour::Instagram, Flavour::Threads]
        .into_iter()
        .fold(Router::new(), |router, flavour| router.merge(routes_of(flavour)));
    ["/threads", "/threads/{version}"].iter().fold(router, |router, base| {
        router.route(
            &format!("{base}/debug_token"),
            otherwise(get(debug_token), graph::wrong_verb),
        )
    })
}

fn routes_of(flavour: Flavour) -> Router<Arc<Shared>> {
    let pages = Router::new()
        .route(&flavour.path("oauth/authorize"), get(authorize::begin))
        .route(
            &flavour.path("oauth/consent"),
            get(authorize::ask).merge(post_form(authorize::decide)),
        );
    // The version prefix is optional and any version is taken; which ones are alive changes twice a year.
    [flavour.base().to_owned(), flavour.path("{version}")]
        .iter()
        .fold(pages, |router, base| {
            let exchange = match flavour {
                Flavour::Threads => post_api(exchange::exchange).merge(get(threads::app_token)),
                _ => post_api(exchange::exchange),
            };
            router
                .route(
                    &format!("{base}/oauth/access_token"),
                    otherwise(exchange, graph::wrong_verb),
                )
                .route(
                    &format!("{base}/access_token"),
                    otherwise(get(graph::extend), graph::wrong_verb),
                )
                .route(
                    &format!("{base}/refresh_access_token"),
                    otherwise(get(graph::refresh), graph::wrong_verb),
                )
                .route(&format!("{base}/me"), otherwise(get(graph::me), graph::wrong_verb))
        })
}
