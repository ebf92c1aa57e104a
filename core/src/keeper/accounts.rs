//! The accounts of a keeper: finding, reporting about, and removing them.

use super::{Keeper, not_found};
use crate::account::{AccountKey, AppScopedId, UserId};
use crate::error::Result;
#[cfg(feature = "server")]
use crate::meta::SignedRequest;
use crate::operation::{self, LoggedOut};
use crate::protocol::request::HttpResponse;
use crate::record::{AccountRecord, StoreKey, pointer};
use crate::store::list_all;

impl Keeper {
    /// Tells the keeper what an API answered to a call with the account's token: status, headers and body.
    ///
    /// # Errors
    /// What the answer means when it is not a success: `account.needs_login` when the token is dead (remembered; a
    /// `needs_login` event), `account.checkpoint`, the `throttled` family, `provider.permission_missing`, …
    pub async fn report(&self, account: &str, answer: HttpResponse) -> Result<()> {
        let key = self.resolve(account).await?;
        let used = self.0.memory.cached_token(account);
        let operation = operation::report(self.0.client.config(), &self.0.namespace, &key, used, answer);
        let reported = self.in_background(operation).await?;
        if reported.changed {
            self.0.memory.forget_account(&key);
            self.0
                .events
                .standing(&key, &reported.record, reported.meaning.as_ref(), self.0.client.now());
        }
        reported.into_result().map(drop)
    }

    /// The record of one account, from the store.
    ///
    /// # Errors
    /// `account.not_found`; the `store` family.
    pub async fn account(&self, account: &str) -> Result<AccountRecord> {
        let key = self.resolve(account).await?;
        self.load(&StoreKey::account(&self.0.namespace, &key))
            .await?
            .ok_or_else(|| not_found(account))
    }

    /// The records of this client's accounts, ordered by key. A record that cannot be read is passed over.
    ///
    /// # Errors
    /// The `store` family.
    pub async fn accounts(&self) -> Result<Vec<AccountRecord>> {
        let config = self.0.client.config();
        let mut records = Vec::new();
        for listed in list_all(&*self.0.store, &StoreKey::accounts_prefix(&self.0.namespace)).await? {
            if let Ok(Some(record)) = self.load(&listed.key).await
                && record.key().provider == config.provider().id()
                && record.key().app_id == config.client_id()
            {
                records.push(record);
            }
        }
        Ok(records)
    }

    /// The account that a deauthorize or data-deletion callback is about.
    ///
    /// # Errors
    /// The `store` family.
    pub async fn find_app_scoped(&self, id: &AppScopedId) -> Result<Option<AccountKey>> {
        let config = self.0.client.config();
        let (provider, app_id) = (config.provider().id(), config.client_id());
        let index = StoreKey::app_scoped(&self.0.namespace, provider, app_id, id);
        if let Some(stored) = self.0.store.load(&index, self.0.client.now()).await? {
            return Ok(pointer(&stored.record.bytes));
        }
        // Most products have one id for both.
        let key = AccountKey {
            provider: provider.to_owned(),
            app_id: app_id.to_owned(),
            user_id: UserId::parse(id.as_str())?,
        };
        let record = self.load(&StoreKey::account(&self.0.namespace, &key)).await?;
        Ok(record
            .filter(|record| record.account.app_scoped_id.is_none())
            .map(|_| key))
    }

    /// Removes the account that a verified deauthorize or data-deletion callback is about, and answers which one it was.
    /// `None`: it is not here, or was connected anew since the callback was made (which may be delivered late, and again).
    ///
    /// # Errors
    /// The `store` family.
    #[cfg(feature = "server")]
    pub async fn deauthorized(&self, callback: &SignedRequest) -> Result<Option<AccountKey>> {
        let Some(key) = self.find_app_scoped(&callback.user_id).await? else {
            return Ok(None);
        };
        let config = self.0.client.config();
        let removed = self
            .in_background(operation::forget(config, &self.0.namespace, &key, callback.issued_at))
            .await?;
        if removed {
            self.0.memory.forget_account(&key);
        }
        Ok(removed.then_some(key))
    }

    /// Ends the account's token at the provider where that is possible, and removes the account.
    ///
    /// # Errors
    /// `account.not_found`; the `store` family.
    pub async fn logout(&self, account: &str) -> Result<LoggedOut> {
        let key = self.resolve(account).await?;
        let outcome = self
            .in_background(operation::logout(self.0.client.config(), &self.0.namespace, &key))
            .await;
        self.0.memory.forget_account(&key);
        outcome
    }

    /// The account that a name means. The store says so: another process may have given the name to another account.
    pub(super) async fn resolve(&self, name: &str) -> Result<AccountKey> {
        let config = self.0.client.config();
        let (provider, app_id) = (config.provider().id(), config.client_id());
        let alias = StoreKey::alias(&self.0.namespace, provider, app_id, name);
        if let Some(stored) = self.0.store.load(&alias, self.0.client.now()).await?
            && let Some(key) = pointer(&stored.record.bytes)
        {
            return Ok(key);
        }
        let user_id = UserId::parse(name).map_err(|_| not_found(name))?;
        Ok(AccountKey {
            provider: provider.to_owned(),
            app_id: app_id.to_owned(),
            user_id,
        })
    }
}
