//! Ending tokens before their time, as people and platforms do, and the Pages that a test wants.

use serde::Deserialize;
use shutterkey::Timestamp;

use crate::apps;
use crate::callbacks;
use crate::error::SandboxError;
use crate::ids;
use crate::site::Shared;
use crate::world::{AccountType, Ended, FacebookPage, Product, World, full_username};

/// A Facebook Page to add.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PageSpec {
    /// Its name.
    pub name: String,
    /// Username of the person who manages it; added if there is none.
    pub owner: String,
    /// Username of the Instagram account that is linked to it (default: none).
    #[serde(default)]
    pub instagram: Option<String>,
    /// Owned by a business portfolio (default false), see [`FacebookPage::portfolio`].
    #[serde(default)]
    pub portfolio: bool,
}

/// Which tokens of a person are meant: those of one product, or of all.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Whose {
    pub(crate) person: String,
    #[serde(default)]
    pub(crate) product: Option<Product>,
}

impl Whose {
    fn known(&self, world: &World) -> Result<String, SandboxError> {
        full_username(&self.person)
            .filter(|username| world.person(username).is_some())
            .ok_or_else(|| SandboxError::UnknownPerson(self.person.clone()))
    }

    fn products(&self) -> impl Iterator<Item = Product> {
        let only = self.product;
        Product::ALL
            .into_iter()
            .filter(move |product| only.is_none_or(|only| only == *product))
    }
}

/// Ends tokens by time, as if their life were over; answers how many.
pub(crate) fn expire(world: &mut World, whose: &Whose, now: Timestamp) -> Result<usize, SandboxError> {
    let username = whose.known(world)?;
    let ended = whose.products().map(|product| match product {
        Product::Legacy => world.legacy.end(&username),
        Product::Standard => world.standard.expire(&username, now),
        Product::Instagram | Product::Facebook | Product::Threads => {
            world.meta_mut(product).map_or(0, |meta| meta.expire(&username, now))
        }
    });
    Ok(ended.sum())
}

/// Ends tokens for a reason; answers how many. The legacy and the standard platform give no reasons.
pub(crate) fn invalidate(world: &mut World, shared: &Shared, whose: &Whose, why: Ended) -> Result<usize, SandboxError> {
    let username = whose.known(world)?;
    let ended = whose.products().map(|product| match product {
        Product::Legacy => world.legacy.end(&username),
        Product::Standard => world.standard.end(&username),
        Product::Instagram | Product::Facebook | Product::Threads => {
            let Some(meta) = world.meta_mut(product) else { return 0 };
            if why != Ended::AppRemoved {
                return meta.end(&username, why);
            }
            let apps = meta.apps_of(&username).into_iter();
            apps.map(|app_id| remove_app(world, shared, product, &app_id, &username))
                .sum()
        }
    });
    Ok(ended.sum())
}

/// A person removes an app of Meta's products: its tokens and codes end, what was granted is forgotten, and the app is told
/// if it wants to be. Answers how many tokens ended.
pub(crate) fn remove_app(world: &mut World, shared: &Shared, product: Product, app_id: &str, username: &str) -> usize {
    let is_used = world
        .meta(product)
        .is_some_and(|meta| meta.apps_of(username).contains(app_id));
    if is_used {
        callbacks::tell_removed(shared, world, product, app_id, username);
    }
    if product == Product::Facebook {
        world.social.forget(app_id, username);
    }
    world.meta_mut(product).map_or(0, |meta| meta.remove(app_id, username))
}

/// The person clears a checkpoint: the same tokens live again. Answers how many.
pub(crate) fn clear_checkpoint(world: &mut World, whose: &Whose) -> Result<usize, SandboxError> {
    let username = whose.known(world)?;
    let freed = whose.products().map(|product| {
        world
            .meta_mut(product)
            .map_or(0, |meta| meta.clear_checkpoint(&username))
    });
    Ok(freed.sum())
}

/// Adds a Page; its manager and the linked account are added if they are new.
pub(crate) fn add_page(world: &mut World, spec: &PageSpec) -> Result<FacebookPage, SandboxError> {
    let owner = apps::person(world, &spec.owner, AccountType::Business)?.username;
    let instagram = match &spec.instagram {
        Some(name) => Some(apps::person(world, name, AccountType::Business)?.username),
        None => None,
    };
    let label = world.label("page");
    let page = FacebookPage {
        id: ids::digits(world.seed, &label, "1", 15),
        name: spec.name.clone(),
        owner,
        instagram,
        portfolio: spec.portfolio,
    };
    world.social.pages.push(page.clone());
    Ok(page)
}

/// Removes all Pages of a person.
pub(crate) fn remove_pages(world: &mut World, name: &str) -> Result<(), SandboxError> {
    let whose = Whose {
        person: name.to_owned(),
        product: None,
    };
    let username = whose.known(world)?;
    world.social.pages.retain(|page| page.owner != username);
    Ok(())
}
