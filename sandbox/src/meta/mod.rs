//! The app dashboard of Meta's products of today, and what their flows have in common: apps, tokens, and the page at which a
//! person removes an app.

mod access;
mod configurations;
mod dashboard;
mod flavour;
mod roles;
mod setup;

use std::sync::Arc;

use axum::Router;
use shutterkey::Timestamp;

use crate::apps::{AppSpec, ConfigurationSpec};
use crate::pages::WebUri;
use crate::reach::Reach;
use crate::site::{Shared, get, post_form};
use crate::world::{Configuration, MetaApp, MetaKind, MetaToken, Tester, World, full_username};

pub(crate) use flavour::Flavour;

pub(crate) fn routes() -> Router<Arc<Shared>> {
    [Flavour::Instagram, Flavour::Threads, Flavour::Facebook]
        .into_iter()
        .fold(Router::new(), |router, flavour| router.merge(routes_of(flavour)))
}

fn routes_of(flavour: Flavour) -> Router<Arc<Shared>> {
    let app = flavour.path("dashboard/{app}");
    Router::new()
        .route(flavour.base(), get(dashboard::list))
        .route(&flavour.path("dashboard"), get(dashboard::list))
        .route(
            &flavour.path("dashboard/create"),
            get(dashboard::ask).merge(post_form(dashboard::create)),
        )
        .route(&format!("{app}/setup"), get(setup::show).merge(post_form(setup::save)))
        .route(&format!("{app}/reset_secret"), post_form(setup::reset_secret))
        .route(&format!("{app}/generate_token"), post_form(setup::generate_token))
        .route(&format!("{app}/configurations"), post_form(configurations::add))
        .route(&format!("{app}/roles"), get(roles::show).merge(post_form(roles::save)))
        .route(
            &format!("{app}/delete"),
            get(dashboard::ask_delete).merge(post_form(dashboard::delete)),
        )
        .route(
            &flavour.path("accounts/manage_access"),
            get(access::list).merge(post_form(access::change)),
        )
}

/// Registers an app for a test.
pub(crate) fn register(
    world: &mut World,
    reach: &Reach,
    flavour: Flavour,
    spec: &AppSpec,
    owner: String,
    redirect_uris: Vec<String>,
) -> Result<(), String> {
    check_redirects(&redirect_uris, spec.allow_loopback_http)?;
    let mut app = new_app(world, flavour, spec.shown_name().to_owned(), owner);
    for (name, url) in [
        ("deauthorize_url", &spec.deauthorize_url),
        ("deletion_url", &spec.deletion_url),
    ] {
        setup::check_callback(reach, url).map_err(|reason| format!("{name}: {reason}"))?;
    }
    app.redirect_uris = redirect_uris;
    app.allow_loopback_http = spec.allow_loopback_http;
    app.live = !spec.development;
    app.testers = spec.testers.iter().map(|name| tester(name)).collect::<Result<_, _>>()?;
    app.deauthorize_url.clone_from(&spec.deauthorize_url);
    app.deletion_url.clone_from(&spec.deletion_url);
    app.require_proof = spec.require_app_secret;
    for configuration in &spec.configurations {
        check_permissions(&configuration.permissions)?;
        app.configurations.push(new_configuration(world, configuration));
    }
    flavour.world_mut(world).apps.push(app);
    Ok(())
}

/// Somebody who has accepted the invitation.
fn tester(name: &str) -> Result<Tester, String> {
    let username = full_username(name).ok_or_else(|| format!("{name:?} is no sandbox username."))?;
    Ok(Tester {
        username,
        accepted: true,
    })
}

/// A configuration's permissions are ones that the dialog can show.
pub(crate) fn check_permissions(names: &[String]) -> Result<(), String> {
    let known = Flavour::Facebook.scopes();
    let unknown = names.iter().find(|name| known.iter().all(|(scope, _)| scope != name));
    unknown.map_or(Ok(()), |name| Err(format!("There is no permission {name:?}.")))
}

pub(crate) fn new_configuration(world: &mut World, spec: &ConfigurationSpec) -> Configuration {
    Configuration {
        config_id: world.draw_digits("login-configuration", "8", 15),
        name: spec.name.clone(),
        system_user: spec.system_user,
        permissions: spec.permissions.clone(),
    }
}

fn new_app(world: &mut World, flavour: Flavour, name: String, owner: String) -> MetaApp {
    let meta_app_id = world.draw_digits("meta-app", "1", 16);
    let app_id = match flavour {
        Flavour::Instagram => world.draw_digits("instagram-app", "9", 15),
        Flavour::Threads => world.draw_digits("threads-app", "5", 16),
        // Facebook Login is the product that takes the Meta app id itself.
        Flavour::Facebook => meta_app_id.clone(),
    };
    MetaApp {
        meta_app_id,
        app_id,
        app_secret: new_secret(world),
        owner,
        name,
        redirect_uris: Vec::new(),
        allow_loopback_http: false,
        live: false,
        testers: Vec::new(),
        deauthorize_url: String::new(),
        deletion_url: String::new(),
        require_proof: false,
        configurations: Vec::new(),
        webhook: None,
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

/// A long-lived token with every permission and without a login, as the dashboard's *Generate token* gives it.
pub(crate) fn mint(
    world: &mut World,
    flavour: Flavour,
    issued_at: Timestamp,
    app_id: &str,
    username: &str,
) -> (String, Option<Timestamp>) {
    let all: Vec<String> = flavour.scopes().iter().map(|(scope, _)| (*scope).to_owned()).collect();
    if flavour == Flavour::Facebook {
        world.allow_everything(app_id, username, issued_at, &all);
    }
    issue(
        world,
        flavour,
        MetaToken::new(app_id, username, MetaKind::Long, all, issued_at),
    )
}

/// Gives a token its value and keeps it; answers the value, and when it expires.
pub(crate) fn issue(world: &mut World, flavour: Flavour, token: MetaToken) -> (String, Option<Timestamp>) {
    let value = format!(
        "{}{}ZD",
        flavour.token_mark(),
        world.draw_letters("instagram-token", 140)
    );
    let expires_at = token.expires_at;
    flavour.world_mut(world).keep(&value, token);
    (value, expires_at)
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
