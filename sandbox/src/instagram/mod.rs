//! Today's Instagram Login, under `/instagram`: app dashboard, consent, code exchange, long-lived tokens, refresh, `/me`.
//!
//! `www.instagram.com`, `api.instagram.com` and `graph.instagram.com` are one origin here; their error bodies differ as
//! they do there: a flat triple from the code exchange, a Graph error from the rest.

mod access;
mod authorize;
mod dashboard;
mod error;
mod exchange;
mod graph;
mod roles;
mod scopes;
mod setup;

use std::sync::Arc;

use axum::Router;
use shutterkey::Timestamp;

use crate::apps::AppSpec;
use crate::ids;
use crate::pages::WebUri;
use crate::site::{Shared, get, otherwise, post_api, post_form};
use crate::world::{IgApp, IgKind, IgToken, LONG_LIFE, World};

pub(crate) fn routes() -> Router<Arc<Shared>> {
    const APP: &str = "/instagram/dashboard/{app}";
    let pages = Router::new()
        .route("/instagram", get(dashboard::list))
        .route("/instagram/dashboard", get(dashboard::list))
        .route(
            "/instagram/dashboard/create",
            get(dashboard::ask).merge(post_form(dashboard::create)),
        )
        .route(&format!("{APP}/setup"), get(setup::show).merge(post_form(setup::save)))
        .route(&format!("{APP}/reset_secret"), post_form(setup::reset_secret))
        .route(&format!("{APP}/generate_token"), post_form(setup::generate_token))
        .route(&format!("{APP}/roles"), get(roles::show).merge(post_form(roles::save)))
        .route(
            &format!("{APP}/delete"),
            get(dashboard::ask_delete).merge(post_form(dashboard::delete)),
        )
        .route(
            "/instagram/accounts/manage_access",
            get(access::list).merge(post_form(access::change)),
        )
        .route("/instagram/oauth/authorize", get(authorize::begin))
        .route(
            "/instagram/oauth/consent",
            get(authorize::ask).merge(post_form(authorize::decide)),
        );
    // The version prefix is optional and any version is taken; which ones are alive changes twice a year.
    ["/instagram", "/instagram/{version}"]
        .iter()
        .fold(pages, |router, base| {
            router
                .route(
                    &format!("{base}/oauth/access_token"),
                    otherwise(post_api(exchange::exchange), error::wrong_verb),
                )
                .route(
                    &format!("{base}/access_token"),
                    otherwise(get(graph::extend), error::wrong_verb),
                )
                .route(
                    &format!("{base}/refresh_access_token"),
                    otherwise(get(graph::refresh), error::wrong_verb),
                )
                .route(&format!("{base}/me"), otherwise(get(graph::me), error::wrong_verb))
        })
}

/// Registers an app for a test.
pub(crate) fn register(
    world: &mut World,
    spec: &AppSpec,
    owner: String,
    redirect_uris: Vec<String>,
) -> Result<IgApp, String> {
    check_redirects(&redirect_uris, spec.allow_loopback_http)?;
    let mut app = new_app(world, spec.shown_name().to_owned(), owner);
    app.redirect_uris = redirect_uris;
    app.allow_loopback_http = spec.allow_loopback_http;
    app.live = !spec.development;
    world.instagram.apps.push(app.clone());
    Ok(app)
}

fn new_app(world: &mut World, name: String, owner: String) -> IgApp {
    IgApp {
        meta_app_id: world.draw_digits("meta-app", "1", 16),
        app_id: world.draw_digits("instagram-app", "9", 15),
        app_secret: new_secret(world),
        owner,
        name,
        redirect_uris: Vec::new(),
        allow_loopback_http: false,
        live: false,
        testers: Vec::new(),
        deauthorize_url: String::new(),
        deletion_url: String::new(),
    }
}

/// Marked, so that a client of the real platform refuses it.
fn new_secret(world: &mut World) -> String {
    format!("sandbox{}", world.draw_hex32("instagram-secret"))
}

/// https alone, as the real dashboard has it; http on loopback only with the sandbox's own switch.
fn check_redirects(uris: &[String], allow_loopback_http: bool) -> Result<(), String> {
    for text in uris {
        let uri = WebUri::parse(text).map_err(|reason| format!("{text} {reason}."))?;
        let allowed = uri.is_https() || (allow_loopback_http && uri.is_loopback());
        if !allowed {
            return Err(format!(
                "{text} is refused, as the real platform refuses http: use https (https://localhost/ works for reading \
                 the address bar), or allow http://localhost for this sandbox."
            ));
        }
    }
    Ok(())
}

/// A long-lived token without a login, as the dashboard's *Generate token* gives it.
pub(crate) fn mint(world: &mut World, issued_at: Timestamp, app_id: &str, username: &str) -> (String, Timestamp) {
    let all = scopes::SCOPES.iter().map(|(scope, _)| (*scope).to_owned()).collect();
    issue(world, issued_at, app_id, username, IgKind::Long, all)
}

fn issue(
    world: &mut World,
    now: Timestamp,
    app_id: &str,
    username: &str,
    kind: IgKind,
    permissions: Vec<String>,
) -> (String, Timestamp) {
    let token = format!(
        "{}{}ZD",
        ids::INSTAGRAM_TOKEN,
        world.draw_letters("instagram-token", 140)
    );
    let life = if kind == IgKind::Long {
        LONG_LIFE
    } else {
        crate::world::SHORT_LIFE
    };
    let expires_at = now.plus(life);
    let kept = IgToken {
        app_id: app_id.to_owned(),
        username: username.to_owned(),
        kind,
        permissions,
        issued_at: now,
        expires_at,
        removed: false,
    };
    world.instagram.tokens.insert(token.clone(), kept);
    (token, expires_at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_refused_unless_the_sandbox_switch_allows_loopback() {
        let list = |uri: &str| vec![uri.to_owned()];
        assert!(check_redirects(&list("https://localhost/"), false).is_ok());
        assert!(check_redirects(&list("http://localhost:8000/"), false).is_err());
        assert!(check_redirects(&list("http://localhost:8000/"), true).is_ok());
        assert!(check_redirects(&list("http://app.example/"), true).is_err());
    }
}
