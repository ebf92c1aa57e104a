//! Configuration, scopes and the authorize URL.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use shutterkey::config::check_distinct_redirects;
use shutterkey::config::profile::{Folders, Profile, ProfileFile, Sources};
use shutterkey::protocol::pending::check_return_to;
use shutterkey::{ClientConfig, Result};

use crate::define::{ClientSpec, LoginSpec, Ref, World};
use crate::show::{self, Outcome};
use crate::text::Text;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {
    client: Option<Ref<ClientSpec>>,
    /// Clients that may not share a redirect URI.
    distinct: Option<Vec<String>>,
    profile: Option<ProfileSpec>,
}

/// What lies on a machine: files as TOML, and the environment.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileSpec {
    file: Option<String>,
    user_file: Option<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    trust_endpoints: bool,
}

impl ProfileSpec {
    fn build(&self) -> Result<ClientConfig> {
        let folders = Folders {
            config: "config".into(),
            data: "data".into(),
        };
        let read = |text: &Option<String>| text.as_deref().map(ProfileFile::parse).transpose();
        let sources = Sources {
            environment: self.environment.clone(),
            profile_file: read(&self.file)?,
            user_file: read(&self.user_file)?,
            secret_file: None,
            trust_endpoints: self.trust_endpoints,
        };
        Profile::resolve(&sources, &folders)?.client_config()?.build()
    }
}

pub(crate) fn config(world: &World<'_>, input: Value) -> Outcome {
    let input: Config = serde_json::from_value(input).unwrap();
    let built = match (&input.client, &input.distinct, &input.profile) {
        (Some(client), None, None) => world.build_client(&world.client_spec(client)),
        (None, None, Some(profile)) => profile.build(),
        (None, Some(distinct), None) => {
            let clients: Vec<_> = distinct.iter().map(|name| world.client(name)).collect();
            return Outcome::of(check_distinct_redirects(&clients), |()| true.into());
        }
        _ => panic!("a case has one of client, distinct and profile"),
    };
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
