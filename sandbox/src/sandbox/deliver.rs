//! What the platform sends to apps, on demand.

use serde_json::Value;

use super::Sandbox;
use crate::apps::AppCredentials;
use crate::callbacks::{self, AboutPerson, Delivery, Kind, Subscription, WebhookCall};
use crate::error::SandboxError;

/// Each is sent once, signed with the app's secret, to this machine or a host of [`crate::Builder::callback_host`]. That the app
/// answers wrongly, or not at all, is the [`Delivery`]'s `problem` and no error.
impl Sandbox {
    /// Tells an app of Meta's products, at its `deauthorize_url`, that a person removed it. The person's tokens stay as they are;
    /// [`Sandbox::invalidate`] ends them and tells the app by itself.
    ///
    /// # Errors
    /// [`SandboxError::UnknownPerson`], [`SandboxError::UnknownApp`], [`SandboxError::Delivery`] for a product that calls nobody.
    pub async fn deliver_deauthorize(&self, app: &AppCredentials, person: &str) -> Result<Delivery, SandboxError> {
        callbacks::about_person(&self.shared, Kind::Deauthorize, &about(app, person)).await
    }

    /// Asks an app of Meta's products, at its `deletion_url`, to delete a person's data.
    ///
    /// # Errors
    /// As [`Sandbox::deliver_deauthorize`].
    pub async fn deliver_deletion(&self, app: &AppCredentials, person: &str) -> Result<Delivery, SandboxError> {
        callbacks::about_person(&self.shared, Kind::Deletion, &about(app, person)).await
    }

    /// Asks an address for its challenge, and subscribes it as the app's webhook when the answer is right: to these fields, or
    /// to all when there are none.
    ///
    /// # Errors
    /// [`SandboxError::UnknownApp`], [`SandboxError::Delivery`] for a product that calls nobody.
    pub async fn subscribe_webhook(
        &self,
        app: &AppCredentials,
        callback_url: &str,
        verify_token: &str,
        fields: &[&str],
    ) -> Result<Delivery, SandboxError> {
        let ask = Subscription {
            product: app.product,
            client_id: app.client_id.clone(),
            callback_url: callback_url.to_owned(),
            verify_token: verify_token.to_owned(),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        };
        callbacks::subscribe(&self.shared, ask).await
    }

    /// Delivers to the app's webhook: this body, or a change of the first subscribed field on the first person's account.
    ///
    /// # Errors
    /// [`SandboxError::UnknownApp`]; [`SandboxError::Delivery`] without a webhook, or for a field that it is not subscribed to.
    pub async fn deliver_webhook(
        &self,
        app: &AppCredentials,
        payload: Option<Value>,
    ) -> Result<Delivery, SandboxError> {
        let ask = WebhookCall {
            product: app.product,
            client_id: app.client_id.clone(),
            payload,
        };
        callbacks::call_webhook(&self.shared, ask).await
    }

    /// What the platform sent to apps, on demand and by itself, oldest first. What is not delivered yet is not here.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.deliveries.all()
    }
}

fn about(app: &AppCredentials, person: &str) -> AboutPerson {
    AboutPerson {
        product: app.product,
        client_id: app.client_id.clone(),
        person: person.to_owned(),
    }
}
