//! What the dialog sends to the redirect URI (fact sheet 2.2).

use super::request::Request;
use crate::graph;
use crate::meta::{Flavour, issue};
use crate::pages::{with_fragment, with_query};
use crate::site::Desk;
use crate::world::{FACEBOOK_SHORT_LIFE, MetaCode, MetaKind, MetaToken};

/// Appended to answers in the query.
const MARKER: &str = "#_=_";

pub(super) fn cancelled(desk: &Desk<'_>, request: &Request) -> String {
    let mut pairs = vec![
        ("error_reason", "user_denied"),
        ("error", "access_denied"),
        ("error_code", "200"),
        ("error_description", "Permissions error."),
    ];
    pairs.extend(request.state.as_deref().map(|state| ("state", state)));
    in_query(desk, request, &pairs)
}

/// The person said yes: a code, a token, or both, as was asked.
pub(super) fn allowed(desk: &mut Desk<'_>, request: &Request, username: &str) -> String {
    let (granted, denied) = scopes(desk, request, username);
    let mut pairs: Vec<(&str, String)> = Vec::new();
    if request.answer.token {
        let short = MetaToken::short_of_facebook(&request.app.app_id, username, granted.clone(), desk.now);
        let access = graph::data_access(desk, Flavour::Facebook, &short);
        let (token, _) = issue(desk.world, Flavour::Facebook, short);
        pairs.push(("access_token", token));
        pairs.push(("data_access_expiration_time", access.to_string()));
        pairs.push(("expires_in", FACEBOOK_SHORT_LIFE.to_string()));
        if request.onboarding {
            let long = MetaToken::new(&request.app.app_id, username, MetaKind::Long, granted.clone(), desk.now);
            pairs.push(("long_lived_token", issue(desk.world, Flavour::Facebook, long).0));
        }
    }
    if request.answer.code {
        pairs.push(("code", new_code(desk, request, username, &granted)));
    }
    pairs.extend(request.state.clone().map(|state| ("state", state)));
    if request.answer.granted_scopes {
        pairs.push(("granted_scopes", granted.join(",")));
        pairs.push(("denied_scopes", denied.join(",")));
    }
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    if request.answer.token {
        in_fragment(request, &pairs)
    } else {
        in_query(desk, request, &pairs)
    }
}

/// What the person granted of what was asked for, and what they declined.
fn scopes(desk: &Desk<'_>, request: &Request, username: &str) -> (Vec<String>, Vec<String>) {
    let grant = desk.world.social.grant(&request.app.app_id, username);
    let granted = |name: &String| grant.is_some_and(|grant| grant.permissions.get(name) == Some(&true));
    request.permissions.iter().cloned().partition(granted)
}

fn in_query(desk: &Desk<'_>, request: &Request, pairs: &[(&str, &str)]) -> String {
    let mut location = with_query(&request.redirect_uri, pairs);
    if desk.world.behaviour.fragment_marker {
        location.push_str(MARKER);
    }
    location
}

/// `https://app.example/?#access_token=…`: the lone question mark is the real one's.
fn in_fragment(request: &Request, pairs: &[(&str, &str)]) -> String {
    match request.redirect_uri.contains('?') {
        true => with_fragment(&request.redirect_uri, pairs),
        false => with_fragment(&with_query(&request.redirect_uri, &[]), pairs),
    }
}

fn new_code(desk: &mut Desk<'_>, request: &Request, username: &str, permissions: &[String]) -> String {
    let code = format!("AQ{}", desk.world.draw_letters("facebook-code", 180));
    desk.world.facebook.codes.push(MetaCode {
        code: code.clone(),
        app_id: request.app.app_id.clone(),
        username: username.to_owned(),
        redirect_uri: request.redirect_uri.clone(),
        permissions: permissions.to_vec(),
        issued_at: desk.now,
        used: false,
        system_user: request.configuration.as_ref().is_some_and(|saved| saved.system_user),
    });
    code
}
