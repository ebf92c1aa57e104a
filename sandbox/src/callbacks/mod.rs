//! What the platform sends to an app by itself: that a person removed it, that their data is to be deleted, webhooks
//! (fact sheet 5.2, 5.3). Delivered to this machine alone, beside everything else, with the outcome written down.

mod log;
mod order;
mod send;
mod signed;

use serde_json::{Value, json};
use shutterkey::Clock;
use tokio::sync::mpsc;

pub use log::Delivery;
pub(crate) use log::Log;
pub(crate) use order::{AboutPerson, Subscription, WebhookCall, about_person, call_webhook, subscribe};

use crate::error::SandboxError;
use crate::pages::with_query;
use crate::reach::CallbackHosts;
use crate::site::Shared;
use crate::world::{MetaApp, Product, World};

/// Something to deliver.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) kind: Kind,
    pub(crate) product: Product,
    pub(crate) app_id: String,
    /// Whom it is about, where it is about somebody.
    pub(crate) username: Option<String>,
    pub(crate) url: String,
    content: Content,
}

/// What is delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Deauthorize,
    Deletion,
    WebhookCheck,
    Webhook,
}

impl Kind {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Deauthorize => "deauthorize",
            Self::Deletion => "data_deletion",
            Self::WebhookCheck => "webhook_verification",
            Self::Webhook => "webhook",
        }
    }
}

#[derive(Clone, Debug)]
enum Content {
    /// `signed_request` in a form.
    Form(String),
    /// JSON, and what `X-Hub-Signature-256` carries.
    Json { body: String, signature: String },
    /// A GET whose answer must be this challenge.
    Challenge(String),
}

/// The queue of a running sandbox.
pub(crate) type Outbox = mpsc::UnboundedSender<Outgoing>;

/// Delivers what is queued, one after the other, until the sandbox is gone.
pub(crate) async fn deliver(
    mut queue: mpsc::UnboundedReceiver<Outgoing>,
    hosts: CallbackHosts,
    log: Log,
    clock: crate::SandboxClock,
) {
    while let Some(outgoing) = queue.recv().await {
        let sent = send::send(&outgoing, &hosts).await;
        log.write(&outgoing, clock.now(), sent);
    }
}

/// Delivers now, and answers what came of it.
pub(crate) async fn deliver_now(shared: &Shared, outgoing: &Outgoing) -> Delivery {
    let sent = send::send(outgoing, &shared.reach.callback_hosts).await;
    shared.deliveries.write(outgoing, shared.clock.now(), sent)
}

/// An app of Meta's products, by its id.
pub(crate) fn app_of(world: &World, product: Product, app_id: &str) -> Result<MetaApp, SandboxError> {
    let nobody = || SandboxError::Delivery("only Meta's products of today call back".to_owned());
    let app = world.meta(product).ok_or_else(nobody)?.app(app_id).cloned();
    app.ok_or_else(|| SandboxError::UnknownApp(app_id.to_owned()))
}

/// That a person removed the app, or wants their data deleted.
pub(crate) fn signed_request(
    shared: &Shared,
    world: &World,
    kind: Kind,
    product: Product,
    app: &MetaApp,
    username: &str,
) -> Outgoing {
    let now = shared.clock.now().seconds();
    let id = world.id_for_app(product, &app.app_id, username);
    let (payload, url) = match kind {
        Kind::Deletion => {
            let until = now + 3_600;
            let payload = json!({"user_id": id, "algorithm": "HMAC-SHA256", "issued_at": now, "expires": until});
            (payload, &app.deletion_url)
        }
        _ => {
            let payload = json!({"user_id": id, "algorithm": "HMAC-SHA256", "issued_at": now});
            (payload, &app.deauthorize_url)
        }
    };
    Outgoing {
        kind,
        product,
        app_id: app.app_id.clone(),
        username: Some(username.to_owned()),
        url: url.clone(),
        content: Content::Form(signed::signed_request(&app.app_secret, &payload)),
    }
}

/// A webhook's delivery, signed over the very bytes that are sent.
pub(crate) fn webhook(product: Product, app: &MetaApp, url: &str, payload: &Value) -> Outgoing {
    let body = payload.to_string();
    let signature = format!("sha256={}", signed::hub_signature(&app.app_secret, body.as_bytes()));
    Outgoing {
        kind: Kind::Webhook,
        product,
        app_id: app.app_id.clone(),
        username: None,
        url: url.to_owned(),
        content: Content::Json { body, signature },
    }
}

/// The question whether a webhook's address is the app's own.
pub(crate) fn webhook_check(
    product: Product,
    app: &MetaApp,
    url: &str,
    verify_token: &str,
    challenge: &str,
) -> Outgoing {
    let question = [
        ("hub.mode", "subscribe"),
        ("hub.challenge", challenge),
        ("hub.verify_token", verify_token),
    ];
    Outgoing {
        kind: Kind::WebhookCheck,
        product,
        app_id: app.app_id.clone(),
        username: None,
        url: with_query(url, &question),
        content: Content::Challenge(challenge.to_owned()),
    }
}

/// Tells an app, if it wants to be told, that a person removed it.
pub(crate) fn tell_removed(shared: &Shared, world: &World, product: Product, app_id: &str, username: &str) {
    if let Ok(app) = app_of(world, product, app_id)
        && !app.deauthorize_url.is_empty()
    {
        // Nobody listens any more when the sandbox is being closed.
        let _ = shared.outbox.send(signed_request(
            shared,
            world,
            Kind::Deauthorize,
            product,
            &app,
            username,
        ));
    }
}
