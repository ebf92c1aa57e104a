//! Reporting about accounts, and removing them.

use std::sync::Arc;

use super::{Keeping, not_found};
use crate::account::{AccountKey, AppScopedId, UserId};
use crate::error::Result;
#[cfg(feature = "server")]
use crate::meta::SignedRequest;
use crate::operation::{self, Io, LoggedOut, Operation};
use crate::protocol::request::HttpResponse;
use crate::record::{AccountRecord, StoreKey, pointer};

impl Keeping {
    /// Remembers what an API answered to a call with the account's token.
    ///
    /// # Errors
    /// What the answer means when it is not a success: `account.needs_login` when the token is dead (remembered; an event),
    /// `account.checkpoint`, the `throttled` family, `provider.permission_missing`, …
    pub fn report(self: &Arc<Self>, name: &str, answer: HttpResponse) -> Operation<()> {
        let (keeping, name) = (Arc::clone(self), name.to_owned());
        Operation::new(|io| async move {
            let key = keeping.resolve(&io, &name).await?;
            let used = keeping.memory.cached_token(&name);
            let operation = operation::report(&keeping.config, &keeping.namespace, &key, used, answer);
            let reported = io.perform(operation).await?;
            if reported.changed {
                keeping.memory.forget_account(&key);
                keeping
                    .events
                    .standing(&key, &reported.record, reported.meaning.as_ref(), io.now());
            }
            reported.into_result().map(drop)
        })
    }

    /// The record of one account, from the store.
    ///
    /// # Errors
    /// `account.not_found`; the `store` family.
    pub fn account(self: &Arc<Self>, name: &str) -> Operation<AccountRecord> {
        let (keeping, name) = (Arc::clone(self), name.to_owned());
        Operation::new(|io| async move {
            let key = keeping.resolve(&io, &name).await?;
            keeping.load(&io, &key).await?.ok_or_else(|| not_found(&name))
        })
    }

    /// Ends the account's token at the provider where that is possible, and removes the account.
    ///
    /// # Errors
    /// `account.not_found`; the `store` family.
    pub fn logout(self: &Arc<Self>, name: &str) -> Operation<LoggedOut> {
        let (keeping, name) = (Arc::clone(self), name.to_owned());
        Operation::new(|io| async move {
            let key = keeping.resolve(&io, &name).await?;
            let outcome = io
                .perform(operation::logout(&keeping.config, &keeping.namespace, &key))
                .await;
            keeping.memory.forget_account(&key);
            outcome
        })
    }

    /// The account that a deauthorize or data-deletion callback is about.
    ///
    /// # Errors
    /// The `store` family.
    pub fn find_app_scoped(self: &Arc<Self>, id: &AppScopedId) -> Operation<Option<AccountKey>> {
        let (keeping, id) = (Arc::clone(self), id.clone());
        Operation::new(|io| async move { keeping.app_scoped(&io, &id).await })
    }

    /// Removes the account that a verified deauthorize or data-deletion callback is about, and answers which one it was.
    /// `None`: it is not here, or was connected anew since the callback was made (which may be delivered late, and again).
    ///
    /// # Errors
    /// The `store` family.
    #[cfg(feature = "server")]
    pub fn deauthorized(self: &Arc<Self>, callback: &SignedRequest) -> Operation<Option<AccountKey>> {
        let (keeping, id, issued_at) = (Arc::clone(self), callback.user_id.clone(), callback.issued_at);
        Operation::new(move |io| async move {
            let Some(key) = keeping.app_scoped(&io, &id).await? else {
                return Ok(None);
            };
            let operation = operation::forget(&keeping.config, &keeping.namespace, &key, issued_at);
            if !io.perform(operation).await? {
                return Ok(None);
            }
            keeping.memory.forget_account(&key);
            Ok(Some(key))
        })
    }

    async fn app_scoped(&self, io: &Io, id: &AppScopedId) -> Result<Option<AccountKey>> {
        let (provider, app_id) = (self.config.provider().id(), self.config.client_id());
        let index = StoreKey::app_scoped(&self.namespace, provider, app_id, id);
        if let Some(stored) = io.load(&index).await? {
            return Ok(pointer(&stored.record.bytes));
        }
        // Most products have one id for both.
        let key = self.key_of(UserId::parse(id.as_str())?);
        let record = self.load(io, &key).await?;
        Ok(record
            .filter(|record| record.account.app_scoped_id.is_none())
            .map(|_| key))
    }
}
