//! What a scenario made.

use std::collections::BTreeMap;

use crate::apps::{AppCredentials, MintedToken};
use crate::world::{FacebookPage, Person};

/// What a scenario made, by the names that it gave.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Seeded {
    /// People, by their names without `.sandbox`.
    pub people: BTreeMap<String, Person>,
    /// Apps with their secrets.
    pub apps: BTreeMap<String, AppCredentials>,
    /// Facebook Pages.
    pub pages: BTreeMap<String, FacebookPage>,
    /// Tokens.
    pub tokens: BTreeMap<String, MintedToken>,
}

impl Seeded {
    /// Takes over what a later scenario made.
    pub(super) fn extend(&mut self, later: Self) {
        self.people.extend(later.people);
        self.apps.extend(later.apps);
        self.pages.extend(later.pages);
        self.tokens.extend(later.tokens);
    }
}
