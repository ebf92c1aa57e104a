//! App access tokens, and what `debug_token` says of a token (fact sheet 2.6, 3).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::{GraphError, dead, expired, sent_token};
use crate::http::{self, Call, noted};
use crate::ids;
use crate::journal::Note;
use crate::meta::Flavour;
use crate::site::Desk;
use crate::world::{MetaApp, MetaKind, MetaToken, World};

/// What the 90 days of data access count from is when the person last said yes.
const DATA_ACCESS: i64 = 90 * crate::world::DAY;

/// `APP_ID|hash`, on Threads `TH|APP_ID|hash`; a new secret makes it another.
pub(crate) fn app_token(world: &World, flavour: Flavour, app: &MetaApp) -> String {
    let label = format!("app-token/{}/{}", app.app_id, app.app_secret);
    format!(
        "{}{}|{}",
        prefix(flavour),
        app.app_id,
        ids::letters(world.seed, &label, 27)
    )
}

/// The app that an app access token speaks for. The app's secret stands for the hash as well.
pub(crate) fn app_of(world: &World, flavour: Flavour, token: &str) -> Option<MetaApp> {
    let (app_id, proof) = token.strip_prefix(prefix(flavour))?.split_once('|')?;
    let app = flavour.world(world).app(app_id)?;
    let known = proof == app.app_secret || token == app_token(world, flavour, app);
    known.then(|| app.clone())
}

const fn prefix(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Threads => "TH|",
        _ => "",
    }
}

/// The answer of `debug_token` about `input`, to somebody who asks with the token `asker`.
fn inspect(desk: &Desk<'_>, flavour: Flavour, input: &str, asker: &str) -> Result<Value, GraphError> {
    let world = flavour.world(desk.world);
    let asking = match app_of(desk.world, flavour, asker) {
        Some(app) => app,
        None => developer(desk, flavour, asker)?,
    };
    if let Some(app) = app_of(desk.world, flavour, input) {
        return Ok(json!({"data": app_data(desk, flavour, &app)}));
    }
    let Some(token) = world.token(input) else {
        return Ok(invalid(GraphError::oauth(190, None, "Invalid OAuth access token.")));
    };
    if token.app_id != asking.app_id {
        // The wording is this sandbox's; no source shows it.
        let words = "(#100) The input token was made for another app than the one that asks";
        return Ok(invalid(GraphError::oauth(100, None, words)));
    }
    Ok(json!({"data": data(desk, flavour, &asking, token)}))
}

/// The app of a user token, if that person has a role on it.
fn developer(desk: &Desk<'_>, flavour: Flavour, asker: &str) -> Result<MetaApp, GraphError> {
    let world = flavour.world(desk.world);
    let token = world
        .token(asker)
        .filter(|token| token.ended.is_none() && !token.is_expired(desk.now));
    let app = token.and_then(|token| {
        let app = world.app(&token.app_id)?;
        app.has_role(&token.username).then(|| app.clone())
    });
    app.ok_or_else(|| {
        let words =
            "(#100) You must provide an app access token, or a user access token of an owner or developer of the app";
        GraphError::oauth(100, None, words)
    })
}

fn invalid(error: GraphError) -> Value {
    json!({"data": {"is_valid": false, "scopes": [], "error": error.brief()}})
}

fn app_data(desk: &Desk<'_>, flavour: Flavour, app: &MetaApp) -> Value {
    let mut data = Map::new();
    if flavour == Flavour::Facebook {
        data.insert("app_id".to_owned(), id(desk, &app.app_id));
    }
    data.insert("type".to_owned(), "APP".into());
    data.insert("application".to_owned(), app.name.as_str().into());
    data.insert("is_valid".to_owned(), true.into());
    data.insert("scopes".to_owned(), json!([]));
    Value::Object(data)
}

/// As a string in practice, as a number in the documentation's sample.
fn id(desk: &Desk<'_>, app_id: &str) -> Value {
    match app_id.parse::<u64>() {
        Ok(number) if desk.world.behaviour.number_app_ids => number.into(),
        _ => app_id.into(),
    }
}

fn data(desk: &Desk<'_>, flavour: Flavour, app: &MetaApp, token: &MetaToken) -> Value {
    let mut data = Map::new();
    let mut put = |name: &str, value: Value| data.insert(name.to_owned(), value);
    let why = match (token.ended, token.expires_at) {
        (Some(why), _) => Some(dead(why, &token.app_id)),
        (None, Some(at)) if desk.now >= at => Some(expired(at, desk.now, true)),
        _ => None,
    };
    if flavour == Flavour::Facebook {
        put("app_id", id(desk, &app.app_id));
    }
    let kind = match token.kind {
        MetaKind::Short | MetaKind::Long => "USER",
        MetaKind::Page => "PAGE",
        MetaKind::SystemUser => "SYSTEM_USER",
    };
    put("type", kind.into());
    put("application", app.name.as_str().into());
    put("data_access_expires_at", json!(data_access(desk, flavour, token)));
    put("expires_at", json!(token.expires_at.map_or(0, |at| at.seconds())));
    put("is_valid", why.is_none().into());
    put("issued_at", json!(token.issued_at.seconds()));
    put("scopes", json!(token.permissions));
    if flavour == Flavour::Facebook {
        put("granular_scopes", granular(desk, token));
    }
    put("user_id", user_id(desk, flavour, token).into());
    if let Some(page) = &token.page {
        put("profile_id", page.as_str().into());
    }
    if let Some(error) = why {
        put("error", error.brief());
    }
    Value::Object(data)
}

/// When the app may no longer read what the token reaches, in seconds since 1970; 0: never.
pub(crate) fn data_access(desk: &Desk<'_>, flavour: Flavour, token: &MetaToken) -> i64 {
    if token.kind == MetaKind::SystemUser {
        return 0;
    }
    let confirmed = match flavour {
        Flavour::Facebook => desk.world.social.grant(&token.app_id, &token.username),
        _ => None,
    };
    let from = confirmed
        .and_then(|grant| grant.confirmed_at)
        .unwrap_or(token.issued_at);
    from.plus(DATA_ACCESS).seconds()
}

/// Each permission with the Pages and accounts that it was given for.
fn granular(desk: &Desk<'_>, token: &MetaToken) -> Value {
    let social = &desk.world.social;
    let pages: Vec<&str> = social
        .grant(&token.app_id, &token.username)
        .map(|grant| grant.pages.iter().map(String::as_str).collect())
        .unwrap_or_default();
    let accounts: Vec<&str> = pages
        .iter()
        .filter_map(|id| desk.world.person(social.page(id)?.instagram.as_deref()?))
        .map(|person| person.user_id.as_str())
        .collect();
    let scopes = token.permissions.iter().map(|scope| {
        let targets = match scope.split('_').next() {
            Some("pages") => Some(&pages),
            Some("instagram") => Some(&accounts),
            _ => None,
        };
        match targets {
            Some(ids) => json!({"scope": scope, "target_ids": ids}),
            None => json!({"scope": scope}),
        }
    });
    Value::Array(scopes.collect())
}

/// Whose token it is, as the product counts people.
pub(crate) fn user_id(desk: &Desk<'_>, flavour: Flavour, token: &MetaToken) -> String {
    desk.world.id_for_app(flavour.product(), &token.app_id, &token.username)
}

/// `GET /facebook/debug_token` and `GET /threads/debug_token`, with or without a version
pub(crate) fn debug_token(desk: &mut Desk<'_>, call: &Call) -> Response {
    let (flavour, input) = (Flavour::of(call), call.query.text("input_token"));
    let answer = match inspect(desk, flavour, input, sent_token(call)) {
        Ok(answer) => http::json(StatusCode::OK, answer),
        Err(error) => error.answer(desk),
    };
    let about = flavour.world(desk.world).token(input);
    let note = Note {
        account: about.map(|token| token.username.clone()),
        client_id: about.map(|token| token.app_id.clone()),
        ..Note::default()
    };
    noted(answer, note)
}
