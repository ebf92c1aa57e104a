//! The authorization response, as a URL, as a query, and as people paste it.

use serde::Deserialize;
use serde_json::{Value, json};
use shutterkey::{Grant, HandoverStart, Timestamp};

use crate::define::{LoginSpec, Ref, World};
use crate::show::Outcome;
use crate::text::Text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Redirect {
    login: Ref<LoginSpec>,
    url: Option<Text>,
    query: Option<Text>,
    now: Option<i64>,
    session: Option<String>,
}

pub(crate) fn redirect(world: &World<'_>, input: Value) -> Outcome {
    let input: Redirect = serde_json::from_value(input).unwrap();
    let spec = world.login_spec(&input.login);
    let pending = world.begin(&spec).unwrap().pending;
    let now = Timestamp::from_seconds(input.now.unwrap_or(spec.now));
    let session = input.session.as_deref();
    let accepted = match (input.url, input.query) {
        (Some(url), None) => pending.accept(&url.build(), now, session),
        (None, Some(query)) => pending.accept_query(&query.build(), now, session),
        _ => panic!("a redirect is a url or a query"),
    };
    Outcome::of(accepted, grant)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pasted {
    login: Ref<LoginSpec>,
    pasted: Text,
    now: Option<i64>,
}

pub(crate) fn pasted(world: &World<'_>, input: Value) -> Outcome {
    let input: Pasted = serde_json::from_value(input).unwrap();
    let spec = world.login_spec(&input.login);
    let pending = world.begin(&spec).unwrap().pending;
    let now = Timestamp::from_seconds(input.now.unwrap_or(spec.now));
    Outcome::of(pending.accept_pasted(&input.pasted.build(), now, None), grant)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Handover {
    start: Text,
    redirect: Option<Text>,
    now: Option<i64>,
}

pub(crate) fn handover(_: &World<'_>, input: Value) -> Outcome {
    let input: Handover = serde_json::from_value(input).unwrap();
    let begun = HandoverStart::parse(&input.start.build());
    let Some(redirect) = input.redirect else {
        return Outcome::of(begun, |begun| {
            json!({
                "url": begun.url(),
                "redirect_uri": begun.redirect_uri().as_str(),
                "expires_at": begun.expires_at().seconds(),
            })
        });
    };
    // What is kept while the browser is open is as good as what came.
    let begun = HandoverStart::parse(begun.unwrap().to_json().reveal()).unwrap();
    let answered = begun.answer(&redirect.build(), Timestamp::from_seconds(input.now.unwrap()));
    let mut outcome = Outcome::of(answered, |handover| {
        serde_json::from_str(handover.to_json().reveal()).unwrap()
    });
    outcome.printed.push_str(&format!("{begun:?}"));
    outcome
}

pub(crate) fn grant(grant: &Grant) -> Value {
    match grant {
        Grant::Code(grant) => json!({ "code": grant.code().reveal() }),
        Grant::Token(grant) => match grant.long_lived_token() {
            None => json!({ "access_token": grant.access_token().reveal() }),
            Some(long) => json!({ "access_token": grant.access_token().reveal(), "long_lived_token": long.reveal() }),
        },
    }
}
