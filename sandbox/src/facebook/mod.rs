//! Facebook Login for Business, under `/facebook`: the dialog, tokens, `debug_token`, permissions, Pages and the Instagram
//! accounts that are linked to them (fact sheet 2).
//!
//! `www.facebook.com` and `graph.facebook.com` are one origin here; a version in the path is optional, and any is taken.

mod accounts;
mod answer;
mod dialog;
mod exchange;
mod fields;
mod graph;
mod node;
mod permissions;
mod request;

use std::sync::Arc;

use axum::Router;
use axum::routing::MethodFilter;

use crate::graph::debug_token;
use crate::site::{Shared, api, get, otherwise, post_form};

pub(crate) fn routes() -> Router<Arc<Shared>> {
    let pages = Router::new().route("/facebook/consent", get(dialog::ask).merge(post_form(dialog::decide)));
    // What follows the version; below it, one part is a node and two a node's edge.
    ["/facebook", "/facebook/{version}"].iter().fold(pages, |router, base| {
        let node = if base.ends_with('}') { "{node}" } else { "{version}" };
        let both = MethodFilter::GET.or(MethodFilter::POST);
        router
            .route(&format!("{base}/dialog/oauth"), get(dialog::begin))
            .route(&format!("{base}/oauth/access_token"), api(both, exchange::exchange))
            .route(
                &format!("{base}/debug_token"),
                otherwise(get(debug_token), graph::wrong_verb),
            )
            .route(
                &format!("{base}/me/accounts"),
                otherwise(get(accounts::list), graph::wrong_verb),
            )
            .route(
                &format!("{base}/{node}/permissions"),
                otherwise(
                    get(permissions::list).merge(api(MethodFilter::DELETE, permissions::remove)),
                    graph::wrong_verb,
                ),
            )
            .route(
                &format!("{base}/{node}/permissions/{{name}}"),
                otherwise(api(MethodFilter::DELETE, permissions::remove), graph::wrong_verb),
            )
            .route(&format!("{base}/{node}"), otherwise(get(node::show), graph::wrong_verb))
    })
}
