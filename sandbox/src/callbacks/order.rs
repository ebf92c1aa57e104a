//! What is delivered on demand: to whom, about whom, and what came of it.

use serde::Deserialize;
use serde_json::{Value, json};
use shutterkey::Clock;

use super::{Delivery, Kind, Outgoing, app_of, deliver_now, signed_request, webhook, webhook_check};
use crate::error::SandboxError;
use crate::site::Shared;
use crate::world::{Product, Webhook, World, full_username};

type Result<T> = std::result::Result<T, SandboxError>;

/// Which app is told about whom.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AboutPerson {
    pub(crate) product: Product,
    pub(crate) client_id: String,
    pub(crate) person: String,
}

/// A webhook to subscribe.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Subscription {
    pub(crate) product: Product,
    pub(crate) client_id: String,
    pub(crate) callback_url: String,
    pub(crate) verify_token: String,
    /// All when empty.
    #[serde(default)]
    pub(crate) fields: Vec<String>,
}

/// A delivery to a webhook.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WebhookCall {
    pub(crate) product: Product,
    pub(crate) client_id: String,
    /// The whole body; a change of a subscribed field on the first person's account when left out.
    #[serde(default)]
    pub(crate) payload: Option<Value>,
}

/// That a person removed the app, or wants their data deleted.
pub(crate) async fn about_person(shared: &Shared, kind: Kind, ask: &AboutPerson) -> Result<Delivery> {
    let outgoing = {
        let world = shared.world();
        let app = app_of(&world, ask.product, &ask.client_id)?;
        let known = full_username(&ask.person).filter(|name| world.person(name).is_some());
        let username = known.ok_or_else(|| SandboxError::UnknownPerson(ask.person.clone()))?;
        signed_request(shared, &world, kind, ask.product, &app, &username)
    };
    Ok(deliver_now(shared, &outgoing).await)
}

/// Asks the address for its challenge; it is subscribed when the answer is right.
pub(crate) async fn subscribe(shared: &Shared, ask: Subscription) -> Result<Delivery> {
    let check = {
        let mut world = shared.world();
        let challenge = world.draw_digits("hub-challenge", "1", 10);
        let app = app_of(&world, ask.product, &ask.client_id)?;
        webhook_check(ask.product, &app, &ask.callback_url, &ask.verify_token, &challenge)
    };
    let delivery = deliver_now(shared, &check).await;
    if delivery.problem.is_none()
        && let Some(meta) = shared.world().meta_mut(ask.product)
        && let Some(app) = meta.app_mut(&ask.client_id)
    {
        app.webhook = Some(Webhook {
            url: ask.callback_url,
            fields: ask.fields,
        });
    }
    Ok(delivery)
}

/// Delivers to the app's webhook, if it is subscribed to what changed.
pub(crate) async fn call_webhook(shared: &Shared, ask: WebhookCall) -> Result<Delivery> {
    let outgoing: Outgoing = {
        let world = shared.world();
        let app = app_of(&world, ask.product, &ask.client_id)?;
        let none = || SandboxError::Delivery("the app has no webhook: subscribe_webhook comes first".to_owned());
        let subscribed = app.webhook.as_ref().ok_or_else(none)?;
        let payload = match ask.payload {
            Some(payload) => {
                check_fields(&payload, &subscribed.fields)?;
                payload
            }
            None => sample(
                &world,
                shared,
                subscribed.fields.first().map_or("comments", String::as_str),
            ),
        };
        webhook(ask.product, &app, &subscribed.url, &payload)
    };
    Ok(deliver_now(shared, &outgoing).await)
}

/// The platform tells changes of subscribed fields alone. What has no changes, such as messages, is not told apart.
fn check_fields(payload: &Value, subscribed: &[String]) -> Result<()> {
    let entries = payload.get("entry").and_then(Value::as_array).into_iter().flatten();
    let changes = entries.filter_map(|entry| entry.get("changes")?.as_array()).flatten();
    let mut fields = changes.filter_map(|change| change.get("field")?.as_str());
    match fields.find(|field| !subscribed.is_empty() && subscribed.iter().all(|known| known != field)) {
        None => Ok(()),
        Some(field) => Err(SandboxError::Delivery(format!(
            "the app's webhook is not subscribed to {field:?}: {}",
            subscribed.join(", ")
        ))),
    }
}

fn sample(world: &World, shared: &Shared, field: &str) -> Value {
    let id = world.people.first().map(|person| person.user_id.as_str());
    let value = match field {
        "comments" => json!({"id": "17900000000000001", "text": "A comment"}),
        _ => json!({"id": "17900000000000001"}),
    };
    let change = json!({"field": field, "value": value});
    json!({"object": "instagram", "entry": [{"id": id, "time": shared.clock.now().seconds(), "changes": [change]}]})
}
