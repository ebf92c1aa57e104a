//! Logins and imports through a keeper.

use std::sync::PoisonError;

use tokio::sync::watch;

use super::{ImportToken, Keeper, arrival};
use crate::error::Result;
use crate::operation::{self, CompleteRequest, Connection, ImportRequest, Resumable};
use crate::protocol::authorize::{AuthorizationRequest, AuthorizeOptions};
use crate::protocol::pending::PendingAuthorization;
use crate::protocol::redirect::Grant;

impl Keeper {
    /// Begins a login.
    ///
    /// # Errors
    /// As [`crate::Client::authorize`].
    pub fn authorize(&self, options: AuthorizeOptions) -> Result<AuthorizationRequest> {
        self.0.client.authorize(options)
    }

    /// Completes a login from its redirect URL and stores the account, under a name of the caller's own where one is given.
    ///
    /// What is received is saved as soon as it is received, and dropping this future does not stop that. Two callbacks
    /// of one login at once get the same result; a later one gets `redirect.state_used`.
    ///
    /// # Errors
    /// The `redirect` and `denied` families for the answer; the provider's refusal; the `network` and `store` families,
    /// with what is needed to [`Self::resume`].
    pub async fn complete(
        &self,
        pending: &PendingAuthorization,
        redirect_url: &str,
        alias: Option<&str>,
    ) -> Result<Connection> {
        let grant = pending.accept(redirect_url, self.0.client.now(), None)?;
        self.complete_grant(pending, grant, alias).await
    }

    /// As [`Self::complete`], for a grant that was accepted before (with a session, from a query, or pasted).
    ///
    /// It begins when it is called, in a tokio runtime, and not when the future is polled: who calls while another call for
    /// the same login is under way joins it, however busy the runtime is.
    ///
    /// # Errors
    /// As [`Self::complete`].
    pub fn complete_grant(
        &self,
        pending: &PendingAuthorization,
        grant: Grant,
        alias: Option<&str>,
    ) -> impl Future<Output = Result<Connection>> + Send + use<> {
        let flight = self.login_flight(pending, grant, alias);
        let (keeper, alias) = (self.clone(), alias.map(str::to_owned));
        async move {
            let connection = arrival(flight).await?;
            keeper.connected(&connection, alias.as_deref());
            Ok(connection)
        }
    }

    /// Finishes a login whose code is spent and whose later step failed ([`crate::Error::resumable`]).
    ///
    /// # Errors
    /// As [`Self::complete`].
    pub async fn resume(&self, resumable: &Resumable) -> Result<Connection> {
        let connection = self.in_background(operation::resume(resumable)).await?;
        self.connected(&connection, resumable.alias());
        Ok(connection)
    }

    /// Takes a token that was made elsewhere and stores its account.
    ///
    /// # Errors
    /// As [`operation::import`].
    pub async fn import_token(&self, import: ImportToken) -> Result<Connection> {
        let alias = import.alias.clone();
        let connection = self
            .in_background(operation::import(ImportRequest {
                config: self.0.client.config().clone(),
                token: import.token,
                kind: import.kind,
                expiry: import.expiry,
                account: None,
                namespace: Some(self.0.namespace.clone()),
                alias: import.alias,
            }))
            .await?;
        self.connected(&connection, alias.as_deref());
        Ok(connection)
    }

    /// Makes memory forget what a new connection has changed: the account's token, and what the name means.
    fn connected(&self, connection: &Connection, alias: Option<&str>) {
        self.0.memory.forget_account(&connection.key);
        if let Some(alias) = alias {
            self.0.memory.unname(alias);
        }
    }

    /// Joins the completion of this login that is under way, or starts it in a task of its own.
    fn login_flight(
        &self,
        pending: &PendingAuthorization,
        grant: Grant,
        alias: Option<&str>,
    ) -> watch::Receiver<Option<Result<Connection>>> {
        let handle = pending.handle();
        let mut logins = self.0.logins.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(receiver) = logins.get(&handle) {
            return receiver.clone();
        }
        let operation = operation::complete(CompleteRequest {
            config: self.0.client.config().clone(),
            pending: pending.clone(),
            grant,
            namespace: Some(self.0.namespace.clone()),
            alias: alias.map(str::to_owned),
        });
        let (sender, receiver) = watch::channel(None);
        logins.insert(handle.clone(), receiver.clone());
        let keeper = self.clone();
        self.spawn(async move {
            let result = keeper.run(operation).await;
            keeper
                .0
                .logins
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&handle);
            sender.send_replace(Some(result));
        });
        receiver
    }
}
