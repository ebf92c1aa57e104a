//! What a test asks for instead of clicking: people, apps, tokens; shared by [`crate::Sandbox`] and the control API.

mod spec;

use std::collections::BTreeSet;

use shutterkey::{Secret, Timestamp};

use crate::error::SandboxError;
use crate::meta::{self, Flavour};
use crate::reach::Reach;
use crate::site::Shared;
use crate::world::{AccountType, LegacyClient, Person, Product, World};
use crate::{legacy, standard};

pub use spec::{AppSpec, ConfigurationSpec};

/// What an app needs to speak to the sandbox.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AppCredentials {
    /// The platform.
    pub product: Product,
    /// The app's name.
    pub name: String,
    /// The `client_id`: for `instagram` the Instagram app ID.
    pub client_id: String,
    /// The secret; absent for a public `standard` client.
    pub client_secret: Option<Secret>,
    /// Meta's products: the Meta app ID, which is the wrong one for Instagram Login and Threads.
    pub meta_app_id: Option<String>,
    /// `facebook`: the ids of the saved Login configurations, in their order.
    pub config_ids: Vec<String>,
    /// As registered.
    pub redirect_uris: Vec<String>,
    /// Where to send a browser.
    pub authorize_url: String,
    /// Where to exchange a code.
    pub token_url: String,
}

/// A token made without a login.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct MintedToken {
    /// The app that it belongs to.
    pub client_id: String,
    /// The token.
    pub access_token: Secret,
    /// `standard` only.
    pub refresh_token: Option<Secret>,
    /// Whose token it is.
    pub username: String,
    /// Their id: the professional account's for `instagram`, the app-scoped one for `facebook`, the old one for `legacy`.
    pub user_id: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// When it ends; absent for `legacy`.
    pub expires_at: Option<Timestamp>,
}

pub(crate) fn person(world: &mut World, name: &str, kind: AccountType) -> Result<Person, SandboxError> {
    let refused = || SandboxError::Username(name.to_owned());
    let username = crate::world::full_username(name).ok_or_else(refused)?;
    if world.person(&username).is_none() {
        world.add_person(&username, "", kind).map_err(|_| refused())?;
    }
    world.person(&username).cloned().ok_or_else(refused)
}

pub(crate) fn register(world: &mut World, reach: &Reach, spec: &AppSpec) -> Result<AppCredentials, SandboxError> {
    legacy::check_name(spec.shown_name()).map_err(SandboxError::App)?;
    let redirects = legacy::check_redirects(&spec.redirect_uris.join("\n")).map_err(SandboxError::App)?;
    let owner = match &spec.owner {
        Some(name) => person(world, name, AccountType::Business)?.username,
        None => world
            .people
            .first()
            .map(|person| person.username.clone())
            .unwrap_or_default(),
    };
    match spec.product {
        Product::Legacy => {
            let client = legacy_client(world, spec, owner, redirects);
            world.legacy.clients.push(client);
        }
        Product::Instagram | Product::Facebook | Product::Threads => {
            let flavour = Flavour::of_product(spec.product).unwrap_or(Flavour::Instagram);
            meta::register(world, reach, flavour, spec, owner, redirects).map_err(SandboxError::App)?;
        }
        Product::Standard => {
            standard::register(world, spec, owner, redirects);
        }
    }
    // Registering puts the app last.
    credentials(world, reach, spec.product)
        .pop()
        .ok_or_else(|| SandboxError::UnknownApp(spec.shown_name().to_owned()))
}

/// What the apps of a product need to speak to the sandbox, in the order in which they were registered.
pub(crate) fn credentials(world: &World, reach: &Reach, product: Product) -> Vec<AppCredentials> {
    let at = |path: &str| format!("{}/{}/{path}", reach.public, product.as_str());
    let back = |path: &str| format!("{}/{}/{path}", reach.back, product.as_str());
    match product {
        Product::Legacy => world
            .legacy
            .clients
            .iter()
            .map(|client| AppCredentials {
                product,
                name: client.name.clone(),
                client_id: client.client_id.clone(),
                client_secret: Some(Secret::new(client.client_secret.clone())),
                meta_app_id: None,
                config_ids: Vec::new(),
                redirect_uris: client.redirect_uris.clone(),
                authorize_url: at("oauth/authorize/"),
                token_url: back("oauth/access_token"),
            })
            .collect(),
        Product::Instagram | Product::Facebook | Product::Threads => {
            let (authorize_url, token_url) = match product {
                Product::Facebook => (at("v26.0/dialog/oauth"), back("v26.0/oauth/access_token")),
                _ => (at("oauth/authorize"), back("oauth/access_token")),
            };
            let apps = world.meta(product).map(|meta| meta.apps.as_slice()).unwrap_or_default();
            apps.iter()
                .map(|app| AppCredentials {
                    product,
                    name: app.name.clone(),
                    client_id: app.app_id.clone(),
                    client_secret: Some(Secret::new(app.app_secret.clone())),
                    meta_app_id: Some(app.meta_app_id.clone()),
                    config_ids: app.configurations.iter().map(|saved| saved.config_id.clone()).collect(),
                    redirect_uris: app.redirect_uris.clone(),
                    authorize_url: authorize_url.clone(),
                    token_url: token_url.clone(),
                })
                .collect()
        }
        Product::Standard => world
            .standard
            .clients
            .iter()
            .map(|client| AppCredentials {
                product,
                name: client.name.clone(),
                client_id: client.client_id.clone(),
                client_secret: client.client_secret.clone().map(Secret::new),
                meta_app_id: None,
                config_ids: Vec::new(),
                redirect_uris: client.redirect_uris.clone(),
                authorize_url: at("authorize"),
                token_url: back("token"),
            })
            .collect(),
    }
}

fn legacy_client(world: &mut World, spec: &AppSpec, owner: String, redirect_uris: Vec<String>) -> LegacyClient {
    world.legacy.developers.insert(owner.clone());
    LegacyClient {
        client_id: world.draw_hex32("legacy-client"),
        client_secret: world.draw_hex32("legacy-secret"),
        owner,
        name: spec.shown_name().to_owned(),
        description: "An app made for a test".to_owned(),
        company: String::new(),
        website: "http://localhost/".to_owned(),
        redirect_uris,
        privacy_policy: String::new(),
        contact_email: String::new(),
        disable_implicit: !spec.allow_implicit,
        enforce_signed: spec.enforce_signed_requests,
        live: !spec.development,
        sandbox_users: BTreeSet::new(),
    }
}

fn has_app(world: &World, product: Product, client_id: &str) -> bool {
    match product {
        Product::Legacy => world.legacy.client(client_id).is_some(),
        Product::Instagram | Product::Facebook | Product::Threads => {
            world.meta(product).is_some_and(|meta| meta.app(client_id).is_some())
        }
        Product::Standard => world.standard.client(client_id).is_some(),
    }
}

/// Whether an app of any product has this client id.
pub(crate) fn is_known(world: &World, client_id: &str) -> bool {
    Product::ALL.iter().any(|product| has_app(world, *product, client_id))
}

pub(crate) fn mint(
    world: &mut World,
    reach: &Reach,
    product: Product,
    client_id: Option<&str>,
    name: &str,
    issued_at: Timestamp,
) -> Result<MintedToken, SandboxError> {
    let person = person(world, name, AccountType::Business)?;
    let newest = match product {
        Product::Legacy => world.legacy.clients.last().map(|client| client.client_id.clone()),
        Product::Instagram | Product::Facebook | Product::Threads => world
            .meta(product)
            .and_then(|meta| meta.apps.last())
            .map(|app| app.app_id.clone()),
        Product::Standard => world.standard.clients.last().map(|client| client.client_id.clone()),
    };
    let client_id = match client_id.map(str::to_owned).or(newest) {
        Some(client_id) => client_id,
        None => register(world, reach, &AppSpec::new(product).redirect_uri("https://localhost/"))?.client_id,
    };
    if !has_app(world, product, &client_id) {
        return Err(SandboxError::UnknownApp(client_id));
    }
    let username = person.username.clone();
    let (access_token, refresh_token, expires_at) = match product {
        Product::Legacy => {
            let scopes = BTreeSet::from(["basic".to_owned()]);
            (
                legacy::issue_token(world, issued_at, &client_id, &username, &scopes),
                None,
                None,
            )
        }
        Product::Instagram | Product::Facebook | Product::Threads => {
            let flavour = Flavour::of_product(product).unwrap_or(Flavour::Instagram);
            let (token, expires_at) = meta::mint(world, flavour, issued_at, &client_id, &username);
            (token, None, expires_at)
        }
        Product::Standard => {
            let (token, refresh, expires_at) = standard::mint(world, issued_at, &client_id, &username);
            (token, Some(refresh), Some(expires_at))
        }
    };
    let user_id = match product {
        Product::Facebook => world.id_for_app(product, &client_id, &username),
        _ => world.account_id(product, &person),
    };
    Ok(MintedToken {
        client_id,
        access_token: Secret::new(access_token),
        refresh_token: refresh_token.map(Secret::new),
        username,
        user_id,
        issued_at,
        expires_at,
    })
}

pub(crate) fn reset(shared: &Shared) {
    reset_world(&mut shared.world(), shared);
}

/// As [`reset`], for who holds the world already.
pub(crate) fn reset_world(world: &mut World, shared: &Shared) {
    let mut fresh = World::new(world.seed);
    fresh.behaviour = world.behaviour.clone();
    *world = fresh;
    shared.clock.restore(Default::default());
    shared.journal().clear();
    shared.deliveries.clear();
    shared.faults().clear();
    shared.usages().clear();
    *shared.seeded() = Default::default();
}

pub(crate) fn save(shared: &Shared) -> Result<String, SandboxError> {
    let mut world = shared.world().clone();
    world.clock = shared.clock.setting();
    world.to_json()
}
