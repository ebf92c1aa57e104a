//! The accounts of a keeper: finding, reporting about, and removing them.

use super::Keeper;
use crate::account::{AccountKey, AppScopedId};
use crate::error::Result;
#[cfg(feature = "server")]
use crate::meta::SignedRequest;
use crate::operation::{InstagramAccounts, LoggedOut};
use crate::protocol::request::HttpResponse;
use crate::record::{AccountRecord, StoreKey};
use crate::store::list_all;

impl Keeper {
    /// Tells the keeper what an API answered to a call with the account's token: status, headers and body.
    ///
    /// # Errors
    /// What the answer means when it is not a success: `account.needs_login` when the token is dead (remembered; a
    /// `needs_login` event), `account.checkpoint`, the `throttled` family, `provider.permission_missing`, …
    pub async fn report(&self, account: &str, answer: HttpResponse) -> Result<()> {
        self.in_background(self.0.keeping.report(account, answer)).await
    }

    /// The record of one account, from the store.
    ///
    /// # Errors
    /// `account.not_found`; the `store` family.
    pub async fn account(&self, account: &str) -> Result<AccountRecord> {
        self.in_background(self.0.keeping.account(account)).await
    }

    /// The records of this client's accounts, ordered by key. A record that cannot be read is passed over.
    ///
    /// # Errors
    /// The `store` family.
    pub async fn accounts(&self) -> Result<Vec<AccountRecord>> {
        let keeping = &self.0.keeping;
        let mut records = Vec::new();
        for listed in list_all(&*self.0.store, &StoreKey::accounts_prefix(keeping.namespace())).await? {
            if let Ok(Some(stored)) = self.0.store.load(&listed.key, self.0.client.now()).await
                && let Ok(record) = keeping.read_record(&stored.record.bytes)
                && keeping.is_own(&record)
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
        self.in_background(self.0.keeping.find_app_scoped(id)).await
    }

    /// Removes the account that a verified deauthorize or data-deletion callback is about, and answers which one it was.
    /// `None`: it is not here, or was connected anew since the callback was made (which may be delivered late, and again).
    ///
    /// # Errors
    /// The `store` family.
    #[cfg(feature = "server")]
    pub async fn deauthorized(&self, callback: &SignedRequest) -> Result<Option<AccountKey>> {
        self.in_background(self.0.keeping.deauthorized(callback)).await
    }

    /// The Instagram accounts that the account's token leads to (a Facebook login's: those that are linked to the person's
    /// Pages); an empty answer has a reason.
    ///
    /// # Errors
    /// As [`Self::token`] and [`crate::operation::instagram_accounts`].
    pub async fn instagram_accounts(&self, account: &str) -> Result<InstagramAccounts> {
        let token = self.token(account).await?;
        self.0.client.instagram_accounts(&token).await
    }

    /// Ends the account's token at the provider where that is possible, and removes the account.
    ///
    /// # Errors
    /// `account.not_found`; the `store` family.
    pub async fn logout(&self, account: &str) -> Result<LoggedOut> {
        self.in_background(self.0.keeping.logout(account)).await
    }
}
