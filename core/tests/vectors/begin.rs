//! Configuration, scopes and the authorize URL.

use serde::Deserialize;
use serde_json::{Value, json};
use shutterkey::config::check_distinct_redirects;
use shutterkey::protocol::pending::check_return_to;

use crate::define::{ClientSpec, LoginSpec, Ref, World};
use crate::show::{self, Outcome};
use crate::text::Text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, untagged)]
enum Config {
    One { client: Ref<ClientSpec> },
    Several { distinct: Vec<String> },
}

pub(crate) fn config(world: &World<'_>, input: Value) -> Outcome {
    match serde_json::from_value(input).unwrap() {
        Config::One { client } => {
            let built = world.build_client(&world.client_spec(&client));
            Outcome::of(built, |config| {
                json!({
                    "provider": config.provider().id(),
                    "client_id": config.client_id(),
                    "redirect_uri": config.redirect_uri().as_str(),
                    "response_type": config.response_type().as_str(),
                    "scopes": show::scopes(config.scopes()),
                })
            })
        }
        Config::Several { distinct } => {
            let clients: Vec<_> = distinct.iter().map(|name| world.client(name)).collect();
            Outcome::of(check_distinct_redirects(&clients), |()| true.into())
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scopes {
    client: String,
    scopes: Vec<Text>,
    #[serde(default)]
    allow_unknown_scopes: bool,
}

pub(crate) fn scopes(world: &World<'_>, input: Value) -> Outcome {
    let input: Scopes = serde_json::from_value(input).unwrap();
    let mut spec = world.client_spec(&Ref::Name(input.client));
    spec.scopes = Some(input.scopes);
    spec.allow_unknown_scopes = input.allow_unknown_scopes;
    Outcome::of(world.build_client(&spec), |config| show::scopes(config.scopes()))
}

pub(crate) fn authorize(world: &World<'_>, input: Value) -> Outcome {
    let spec: LoginSpec = serde_json::from_value(input).unwrap();
    Outcome::of(
        world.begin(&spec),
        |request| json!({ "url": request.url, "pending": show::pending(&request.pending) }),
    )
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReturnTo {
    path: Text,
}

pub(crate) fn return_to(_: &World<'_>, input: Value) -> Outcome {
    let input: ReturnTo = serde_json::from_value(input).unwrap();
    Outcome::of(check_return_to(&input.path.build()), |()| true.into())
}
