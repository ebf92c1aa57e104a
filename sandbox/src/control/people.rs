//! People, Pages, apps, and what a person decides.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Answer, Later, Refusal, read, shown};
use crate::apps::{self, AppCredentials, AppSpec};
use crate::browser::{self, Approval};
use crate::lives::{self, PageSpec, Whose};
use crate::site::Shared;
use crate::world::{AccountType, Product};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonAsk {
    username: String,
    #[serde(default = "business")]
    account_type: AccountType,
}

fn business() -> AccountType {
    AccountType::Business
}

pub(super) fn person(shared: &Shared, body: &[u8]) -> Answer {
    let ask: PersonAsk = read(body)?;
    shown(apps::person(&mut shared.world(), &ask.username, ask.account_type)?)
}

pub(super) fn people(shared: &Shared, _body: &[u8]) -> Answer {
    shown(&shared.world().people)
}

pub(super) fn page(shared: &Shared, body: &[u8]) -> Answer {
    let spec: PageSpec = read(body)?;
    shown(lives::add_page(&mut shared.world(), &spec)?)
}

pub(super) fn pages(shared: &Shared, _body: &[u8]) -> Answer {
    shown(&shared.world().social.pages)
}

pub(super) fn remove_pages(shared: &Shared, body: &[u8]) -> Answer {
    let whose: Whose = read(body)?;
    lives::remove_pages(&mut shared.world(), &whose.person)?;
    Ok(json!({}))
}

pub(super) fn app(shared: &Shared, body: &[u8]) -> Answer {
    let spec: AppSpec = read(body)?;
    Ok(app_object(&apps::register(&mut shared.world(), &shared.reach, &spec)?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppsAsk {
    product: Product,
}

pub(super) fn apps(shared: &Shared, body: &[u8]) -> Answer {
    let ask: AppsAsk = read(body)?;
    let apps = apps::credentials(&shared.world(), &shared.reach, ask.product);
    Ok(apps.iter().map(app_object).collect())
}

pub(super) fn app_object(app: &AppCredentials) -> Value {
    json!({
        "product": app.product,
        "name": app.name,
        "client_id": app.client_id,
        "client_secret": app.client_secret.as_ref().map(|secret| secret.reveal()),
        "meta_app_id": app.meta_app_id,
        "config_ids": app.config_ids,
        "redirect_uris": app.redirect_uris,
        "authorize_url": app.authorize_url,
        "token_url": app.token_url,
    })
}

#[derive(Deserialize)]
struct ApproveAsk {
    url: String,
    #[serde(flatten)]
    approval: Approval,
}

pub(super) fn approve(shared: Arc<Shared>, body: Vec<u8>) -> Later {
    Box::pin(async move {
        let ask: ApproveAsk = read(&body)?;
        let redirect = browser::approve(&shared, &ask.url, &ask.approval).await;
        redirect.map(|url| json!({"redirect_url": url})).map_err(Refusal::from)
    })
}
