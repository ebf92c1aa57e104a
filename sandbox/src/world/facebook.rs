//! What Facebook Login remembers beside apps, codes and tokens: Pages, and what people allowed or declined.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use shutterkey::Timestamp;

use super::{AccountType, Person};
use crate::ids;

#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct FacebookWorld {
    pub(crate) pages: Vec<FacebookPage>,
    /// By app id and username.
    pub(crate) grants: BTreeMap<String, FacebookGrant>,
}

/// A Facebook Page, and the professional Instagram account that is linked to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacebookPage {
    /// Its id: 15 digits.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Username of the person who manages it.
    pub owner: String,
    /// Username of the linked Instagram account, if there is one.
    pub instagram: Option<String>,
    /// Owned by a business portfolio: left out of `/me/accounts` unless `business_management` is granted (Graph API v17 and
    /// later).
    pub portfolio: bool,
}

/// What one person allowed one app.
#[derive(Clone, Default, Serialize, Deserialize)]
pub(crate) struct FacebookGrant {
    /// Permissions that were asked for: granted, or declined.
    pub(crate) permissions: BTreeMap<String, bool>,
    /// Ids of the Pages that were selected in the dialog.
    pub(crate) pages: BTreeSet<String>,
    /// When the person last said yes: data access lasts 90 days from then.
    pub(crate) confirmed_at: Option<Timestamp>,
}

impl FacebookWorld {
    /// The Pages of the first people.
    pub(super) fn first(seed: u64, people: &[Person]) -> Self {
        let mut world = Self::default();
        for person in people {
            world.add_page_of(seed, person);
        }
        world
    }

    fn key(app_id: &str, username: &str) -> String {
        format!("{app_id}/{username}")
    }

    pub(crate) fn grant(&self, app_id: &str, username: &str) -> Option<&FacebookGrant> {
        self.grants.get(&Self::key(app_id, username))
    }

    pub(crate) fn grant_mut(&mut self, app_id: &str, username: &str) -> &mut FacebookGrant {
        self.grants.entry(Self::key(app_id, username)).or_default()
    }

    pub(crate) fn forget(&mut self, app_id: &str, username: &str) {
        self.grants.remove(&Self::key(app_id, username));
    }

    pub(crate) fn page(&self, id: &str) -> Option<&FacebookPage> {
        self.pages.iter().find(|page| page.id == id)
    }

    /// The Pages that a person manages.
    pub(crate) fn pages_of(&self, username: &str) -> impl Iterator<Item = &FacebookPage> {
        self.pages.iter().filter(move |page| page.owner == username)
    }

    /// Gives a new person the Page that such accounts usually have.
    ///
    /// Of the first people, the bakery's Page has no account linked, the maker's belongs to a business portfolio, and
    /// the visitor has no Page: the three ways to find no Instagram account.
    pub(super) fn add_page_of(&mut self, seed: u64, person: &Person) {
        if person.account_type == AccountType::Personal {
            return;
        }
        let stem = person.username.trim_end_matches(super::person::SUFFIX);
        self.pages.push(FacebookPage {
            id: ids::digits(seed, &format!("page/{}", person.username), "1", 15),
            name: format!("{} Page", person.full_name),
            owner: person.username.clone(),
            instagram: (stem != "bakery").then(|| person.username.clone()),
            portfolio: stem == "maker",
        });
    }
}
