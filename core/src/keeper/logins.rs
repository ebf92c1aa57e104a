//! Logins and imports through a keeper.

use super::{Arrival, ImportToken, Keeper, arrived};
use crate::error::Result;
use crate::operation::{Connection, Resumable};
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
        arrived(self.login(pending, grant, alias))
    }

    /// Finishes a login whose code is spent and whose later step failed ([`crate::Error::resumable`]).
    ///
    /// # Errors
    /// As [`Self::complete`].
    pub async fn resume(&self, resumable: &Resumable) -> Result<Connection> {
        self.in_background(self.0.keeping.resume(resumable)).await
    }

    /// Takes a token that was made elsewhere and stores its account.
    ///
    /// # Errors
    /// As [`crate::operation::import`].
    pub async fn import_token(&self, import: ImportToken) -> Result<Connection> {
        self.in_background(self.0.keeping.import(import)).await
    }

    /// Joins the completion of this login that is under way, or starts it.
    fn login(&self, pending: &PendingAuthorization, grant: Grant, alias: Option<&str>) -> Arrival<Connection> {
        let handle = pending.handle();
        self.share(
            |keeper| &keeper.0.logins,
            &[&handle],
            &handle,
            || self.0.keeping.complete(pending, grant, alias),
        )
    }
}
