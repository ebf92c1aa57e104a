//! Everything a sandbox remembers: people, apps, codes, tokens. Plain data behind one lock, changed by pure functions.

mod behaviour;
mod facebook;
mod kept;
mod legacy;
mod meta;
mod person;
mod standard;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use shutterkey::Timestamp;

pub use behaviour::{Behaviour, Profile};
pub use facebook::FacebookPage;
pub(crate) use facebook::FacebookWorld;
pub(crate) use legacy::{LegacyClient, LegacyCode, LegacyToken, LegacyWorld};
pub use meta::Ended;
pub(crate) use meta::{
    Configuration, DAY, FACEBOOK_SHORT_LIFE, LONG_LIFE, MetaApp, MetaCode, MetaKind, MetaToken, MetaWorld, SHORT_LIFE,
    Tester, Webhook,
};
pub(crate) use person::full_username;
pub use person::{AccountType, Person};
pub(crate) use standard::{StdClient, StdCode, StdGrant, StdRefresh, StdToken, StdWorld};

use crate::clock::ClockSetting;
use crate::error::SandboxError;
use crate::ids;

/// What a kept world calls itself; another value is refused instead of being half understood.
const FORMAT: &str = "shutterkey-sandbox-world/1";

/// The platforms that a sandbox plays, each under a path of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Product {
    /// The Instagram platform of 2010 to 2020, at `/legacy`: client ids, the code flow and the implicit flow.
    Legacy,
    /// Today's Instagram Login, at `/instagram`.
    Instagram,
    /// Facebook Login for Business, at `/facebook`: Pages and the Instagram accounts that are linked to them.
    Facebook,
    /// Threads, at `/threads`.
    Threads,
    /// A plain RFC 6749 server, at `/standard`.
    Standard,
}

impl Product {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Instagram,
        Self::Facebook,
        Self::Threads,
        Self::Legacy,
        Self::Standard,
    ];

    /// The path on which the product is served, and its name in the control API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Instagram => "instagram",
            Self::Facebook => "facebook",
            Self::Threads => "threads",
            Self::Standard => "standard",
        }
    }
}

/// The state of one sandbox. It can be kept as JSON between runs; it holds (sandbox) secrets, so keep it private.
#[derive(Clone, Serialize, Deserialize)]
pub struct World {
    format: String,
    /// What all ids are drawn from.
    pub(crate) seed: u64,
    /// How many values were drawn so far; makes each draw a new one.
    drawn: u64,
    pub(crate) clock: ClockSetting,
    pub(crate) behaviour: Behaviour,
    pub(crate) people: Vec<Person>,
    pub(crate) legacy: LegacyWorld,
    pub(crate) instagram: MetaWorld,
    #[serde(default)]
    pub(crate) threads: MetaWorld,
    #[serde(default)]
    pub(crate) facebook: MetaWorld,
    /// Absent in worlds that were kept before there was Facebook Login.
    #[serde(default)]
    pub(crate) social: FacebookWorld,
    pub(crate) standard: StdWorld,
}

/// Counts only: a world is full of secrets.
impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World")
            .field("seed", &self.seed)
            .field("people", &self.people.len())
            .finish_non_exhaustive()
    }
}

impl World {
    /// A fresh world with four sandbox people and no apps.
    pub fn new(seed: u64) -> Self {
        let people = person::first_people(seed);
        Self {
            social: FacebookWorld::first(seed, &people),
            threads: MetaWorld::default(),
            facebook: MetaWorld::default(),
            format: FORMAT.to_owned(),
            seed,
            drawn: 0,
            clock: ClockSetting::default(),
            behaviour: Behaviour::of(Profile::Production),
            people,
            legacy: LegacyWorld::default(),
            instagram: MetaWorld::default(),
            standard: StdWorld::default(),
        }
    }

    /// Reads a kept world.
    ///
    /// # Errors
    /// [`SandboxError::World`] when the text is not JSON, or of another format version.
    pub fn from_json(json: &str) -> Result<Self, SandboxError> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            #[serde(default)]
            social: Option<IgnoredAny>,
        }
        let broken = |error: serde_json::Error| SandboxError::World(format!("it cannot be read: {error}"));
        let head: Head = serde_json::from_str(json).map_err(broken)?;
        if head.format != FORMAT {
            return Err(SandboxError::World(format!(
                "its format is {:?}, this version reads {FORMAT:?}",
                head.format
            )));
        }
        let mut world: Self = serde_json::from_str(json).map_err(broken)?;
        for meta in [&mut world.instagram, &mut world.threads, &mut world.facebook] {
            meta.migrate();
        }
        if head.social.is_none() {
            world.social = FacebookWorld::first(world.seed, &world.people);
        }
        Ok(world)
    }

    /// The world as JSON, the same text for the same world. It holds the sandbox's secrets and tokens.
    ///
    /// # Errors
    /// [`SandboxError::World`] if it cannot be written as JSON, which does not happen with this version's data.
    pub fn to_json(&self) -> Result<String, SandboxError> {
        serde_json::to_string_pretty(self).map_err(|error| SandboxError::World(error.to_string()))
    }

    /// The next unused label for [`crate::ids`].
    pub(crate) fn label(&mut self, purpose: &str) -> String {
        self.drawn += 1;
        format!("{purpose}/{}", self.drawn)
    }

    pub(crate) fn draw_hex32(&mut self, purpose: &str) -> String {
        let label = self.label(purpose);
        ids::hex32(self.seed, &label)
    }

    pub(crate) fn draw_digits(&mut self, purpose: &str, prefix: &str, length: usize) -> String {
        let label = self.label(purpose);
        ids::digits(self.seed, &label, prefix, length)
    }

    pub(crate) fn draw_letters(&mut self, purpose: &str, length: usize) -> String {
        let label = self.label(purpose);
        ids::letters(self.seed, &label, length)
    }

    /// The person with this username.
    pub(crate) fn person(&self, username: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.username == username)
    }

    /// Facebook Login: as if a person had granted these permissions and selected all their Pages.
    pub(crate) fn allow_everything(&mut self, app_id: &str, username: &str, at: Timestamp, permissions: &[String]) {
        let pages = self.social.pages_of(username).map(|page| page.id.clone()).collect();
        let grant = self.social.grant_mut(app_id, username);
        grant
            .permissions
            .extend(permissions.iter().map(|name| (name.clone(), true)));
        grant.pages = pages;
        grant.confirmed_at = Some(at);
    }

    /// What one of Meta's products remembers; `None` for the others.
    pub(crate) const fn meta(&self, product: Product) -> Option<&MetaWorld> {
        match product {
            Product::Instagram => Some(&self.instagram),
            Product::Threads => Some(&self.threads),
            Product::Facebook => Some(&self.facebook),
            Product::Legacy | Product::Standard => None,
        }
    }

    /// As [`Self::meta`], to change it.
    pub(crate) const fn meta_mut(&mut self, product: Product) -> Option<&mut MetaWorld> {
        match product {
            Product::Instagram => Some(&mut self.instagram),
            Product::Threads => Some(&mut self.threads),
            Product::Facebook => Some(&mut self.facebook),
            Product::Legacy | Product::Standard => None,
        }
    }

    /// Adds a person and answers the whole username; an error is a sentence for the person who typed it.
    pub(crate) fn add_person(&mut self, name: &str, full_name: &str, kind: AccountType) -> Result<String, String> {
        let username = person::full_username(name).ok_or("Use 1 to 22 of a-z, 0-9, dot and underscore.")?;
        if self.person(&username).is_some() {
            return Err(format!("{username} is here already."));
        }
        if full_name.chars().count() > 60 {
            return Err("Use at most 60 characters for the name.".to_owned());
        }
        let full_name = if full_name.is_empty() { &username } else { full_name };
        let person = Person::new(self.seed, &username, full_name, kind);
        self.social.add_page_of(self.seed, &person);
        self.people.push(person);
        Ok(username)
    }

    /// The id of a person in the eyes of one app: stable, and never the professional account's id. Threads has one for all.
    pub(crate) fn id_for_app(&self, product: Product, app: &str, username: &str) -> String {
        match product {
            Product::Threads => self.threads_id(username),
            _ => ids::digits(self.seed, &format!("app-scoped/{app}/{username}"), "24", 17),
        }
    }

    /// The id of a person's account at a product, the same for every app.
    pub(crate) fn account_id(&self, product: Product, person: &Person) -> String {
        match product {
            Product::Legacy => person.legacy_id.clone(),
            Product::Threads => self.threads_id(&person.username),
            Product::Instagram | Product::Facebook | Product::Standard => person.user_id.clone(),
        }
    }

    /// 17 digits as well, others than Instagram's.
    fn threads_id(&self, username: &str) -> String {
        ids::digits(self.seed, &format!("threads-id/{username}"), "2", 17)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kept_world_reads_back_to_the_same_text() {
        let world = World::new(3);
        let json = world.to_json().unwrap();
        assert_eq!(World::from_json(&json).unwrap().to_json().unwrap(), json);
    }

    #[test]
    fn a_world_of_another_format_is_refused_by_name() {
        let json = World::new(3).to_json().unwrap().replace("-world/1", "-world/9");
        assert!(World::from_json(&json).unwrap_err().to_string().contains("-world/9"));
        assert!(World::from_json("{").is_err());
    }

    #[test]
    fn draws_differ_and_app_scoped_ids_are_stable() {
        let mut world = World::new(1);
        assert_ne!(world.draw_hex32("x"), world.draw_hex32("x"));
        assert_eq!(
            world.id_for_app(Product::Instagram, "1", "a"),
            world.id_for_app(Product::Instagram, "1", "a")
        );
        assert_ne!(
            world.id_for_app(Product::Instagram, "1", "a"),
            world.id_for_app(Product::Instagram, "2", "a")
        );
    }
}
