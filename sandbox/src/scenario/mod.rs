//! What a test begins with, in one file: people, apps, Pages, tokens, time, switches and faults.

mod moment;
mod named;
mod read;
mod seed;
mod seeded;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use shutterkey::Timestamp;

use crate::apps::AppSpec;
use crate::fault::Fault;
use crate::lives::PageSpec;
use crate::usage::Usage;
use crate::world::AccountType;

pub(crate) use seed::seed;
pub use seeded::Seeded;

/// What there is to be in a sandbox, as a file describes it: [`Scenario::read`], and then [`crate::Sandbox::seed`].
///
/// Its members have the names and the shapes of the calls of the control API that make one of each. Apps, Pages and tokens
/// have names of the scenario's own, by which it speaks of them and by which [`Seeded`] answers them. People are spoken of
/// by their usernames, and have to be in the scenario or in the sandbox already.
///
/// ```
/// use shutterkey_sandbox::{Sandbox, Scenario};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), shutterkey_sandbox::SandboxError> {
/// let scenario = Scenario::from_toml(r#"
///     clock = { now = 2026-03-01T09:00:00Z, frozen = true }
///
///     [people.ada]
///     account_type = "Media_Creator"
///
///     [apps.shop]
///     product = "instagram"
///     redirect_uris = ["https://localhost/"]
///     development = true
///     testers = ["ada"]
///
///     [tokens.old]
///     app = "shop"
///     person = "ada"
///     age_seconds = 4_320_000
/// "#)?;
/// let sandbox = Sandbox::start().await?;
/// let made = sandbox.seed(&scenario)?;
/// assert_eq!(made.tokens["old"].client_id, made.apps["shop"].client_id);
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Scenario {
    /// Time, before anything else is made; tokens are as old as they say at this time (default: the clock stays as it is).
    pub clock: Option<ClockSpec>,
    /// Switches to change, by their names; `profile` sets all of them first. See [`crate::Behaviour`].
    pub behaviour: Map<String, Value>,
    /// People by their usernames, with or without `.sandbox`.
    #[serde(deserialize_with = "named::named")]
    pub people: BTreeMap<String, PersonSpec>,
    /// Apps to register, in the order of their names.
    #[serde(deserialize_with = "named::named")]
    pub apps: BTreeMap<String, AppSpec>,
    /// Facebook Pages to add, in the order of their names.
    #[serde(deserialize_with = "named::named")]
    pub pages: BTreeMap<String, PageSpec>,
    /// Tokens that were obtained earlier, of apps of this scenario.
    #[serde(deserialize_with = "named::named")]
    pub tokens: BTreeMap<String, TokenSpec>,
    /// What goes wrong. A `client_id` is the name of an app of this scenario, or the client id of one that was there.
    pub faults: Vec<Fault>,
    /// What the usage headers say. A `client_id` as of a fault.
    pub usages: Vec<Usage>,
}

/// A sandbox's time.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClockSpec {
    /// The present (default: stays as it is). In a file seconds since 1970, or `2026-03-01T09:00:00Z`.
    #[serde(deserialize_with = "moment::moment")]
    pub now: Option<Timestamp>,
    /// Whether it stands still (default: as it does).
    pub frozen: Option<bool>,
}

/// A person who is to be there; one who is there already has to be like this.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PersonSpec {
    /// The kind of account (default: a business, or as it is).
    pub account_type: Option<AccountType>,
    /// The name that is shown, 60 characters at most (default: the username, or as it is).
    pub full_name: Option<String>,
    /// Whether the person has the Facebook Page that every professional account has from the start (default true). With
    /// `false` they have none but those under [`Scenario::pages`].
    pub page: bool,
}

impl Default for PersonSpec {
    fn default() -> Self {
        Self {
            account_type: None,
            full_name: None,
            page: true,
        }
    }
}

/// A token as if it had been obtained earlier, see [`crate::Sandbox::mint_token`].
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenSpec {
    /// The name of an app of this scenario.
    pub app: String,
    /// Username of the person.
    pub person: String,
    /// How long ago it was obtained, in seconds of sandbox time (default 0).
    #[serde(default)]
    pub age_seconds: u32,
}
