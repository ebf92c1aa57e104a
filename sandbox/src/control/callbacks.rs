//! What the platform sends to an app: on demand, and what was sent.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use shutterkey::Clock;

use super::{Answer, Later, Refusal, read, shown};
use crate::callbacks::{self, Outgoing};
use crate::site::Shared;
use crate::world::{MetaApp, Product, Webhook, World, full_username};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonAsk {
    product: Product,
    client_id: String,
    person: String,
}

type Make = fn(&Shared, &World, Product, &MetaApp, &str) -> Outgoing;

fn about(shared: Arc<Shared>, body: Vec<u8>, make: Make) -> Later {
    Box::pin(async move {
        let ask: PersonAsk = read(&body)?;
        let outgoing = {
            let world = shared.world();
            let app = callbacks::app_of(&world, ask.product, &ask.client_id).map_err(Refusal)?;
            let known = full_username(&ask.person).filter(|name| world.person(name).is_some());
            let unknown = || Refusal(format!("there is no person {:?} in this sandbox", ask.person));
            make(&shared, &world, ask.product, &app, &known.ok_or_else(unknown)?)
        };
        shown(callbacks::deliver_now(&shared, &outgoing).await)
    })
}

pub(super) fn deauthorize(shared: Arc<Shared>, body: Vec<u8>) -> Later {
    about(shared, body, callbacks::deauthorize)
}

pub(super) fn deletion(shared: Arc<Shared>, body: Vec<u8>) -> Later {
    about(shared, body, callbacks::deletion)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscribeAsk {
    product: Product,
    client_id: String,
    callback_url: String,
    verify_token: String,
    #[serde(default)]
    fields: Vec<String>,
}

/// Asks the address for its challenge; it is subscribed when the answer is right.
pub(super) fn subscribe(shared: Arc<Shared>, body: Vec<u8>) -> Later {
    Box::pin(async move {
        let ask: SubscribeAsk = read(&body)?;
        let check = {
            let mut world = shared.world();
            let challenge = world.draw_digits("hub-challenge", "1", 10);
            let app = callbacks::app_of(&world, ask.product, &ask.client_id).map_err(Refusal)?;
            callbacks::webhook_check(ask.product, &app, &ask.callback_url, &ask.verify_token, &challenge)
        };
        let delivery = callbacks::deliver_now(&shared, &check).await;
        if delivery.problem.is_none()
            && let Some(meta) = shared.world().meta_mut(ask.product)
            && let Some(app) = meta.app_mut(&ask.client_id)
        {
            app.webhook = Some(Webhook {
                url: ask.callback_url,
                fields: ask.fields,
            });
        }
        shown(delivery)
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookAsk {
    product: Product,
    client_id: String,
    /// The whole body; a comment on the first person's account when left out.
    #[serde(default)]
    payload: Option<Value>,
}

pub(super) fn webhook(shared: Arc<Shared>, body: Vec<u8>) -> Later {
    Box::pin(async move {
        let ask: WebhookAsk = read(&body)?;
        let outgoing = {
            let world = shared.world();
            let app = callbacks::app_of(&world, ask.product, &ask.client_id).map_err(Refusal)?;
            let none = || Refusal("the app has no webhook: subscribe_webhook comes first".to_owned());
            let url = app.webhook.as_ref().ok_or_else(none)?.url.clone();
            let payload = ask.payload.unwrap_or_else(|| sample(&world, &shared));
            callbacks::webhook(ask.product, &app, &url, &payload)
        };
        shown(callbacks::deliver_now(&shared, &outgoing).await)
    })
}

fn sample(world: &World, shared: &Shared) -> Value {
    let id = world.people.first().map(|person| person.user_id.as_str());
    let change = json!({"field": "comments", "value": {"id": "17900000000000001", "text": "A comment"}});
    json!({"object": "instagram", "entry": [{"id": id, "time": shared.clock.now().seconds(), "changes": [change]}]})
}

pub(super) fn deliveries(shared: &Shared, _body: &[u8]) -> Answer {
    shown(shared.deliveries.all())
}
