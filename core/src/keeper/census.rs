//! How the accounts of a client stand, all together.

use super::Keeper;
use crate::clock::Timestamp;
use crate::error::Result;
use crate::record::{AccountRecord, AccountState, RISK};
use crate::store::list_all;

/// How many accounts stand how. Those that stand at no risk and need nothing are what is left of [`Self::accounts`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Census {
    /// All accounts of the client's app in the store.
    pub accounts: u64,
    /// Those whose token lives and will not for long ([`AccountRecord::at_risk_from`]).
    pub at_risk: u64,
    /// Those that have no live token any more.
    pub needs_login: u64,
    /// Those whose person has to do something first.
    pub blocked: u64,
    /// Records that cannot be read.
    pub unreadable: u64,
    /// When the first of them is looked after next.
    pub next_due: Option<Timestamp>,
}

impl Keeper {
    /// Counts the accounts of this client in the store. It lists every key and reads the records that are due in the next two
    /// weeks, or never: for a monitor that asks now and then, not for each request.
    ///
    /// # Errors
    /// The `store` family.
    pub async fn census(&self) -> Result<Census> {
        let now = self.client().now();
        let provider = self.client().config().provider();
        let mut census = Census::default();
        for listed in list_all(&**self.store(), &self.0.keeping.accounts_prefix()).await? {
            census.accounts += 1;
            census.next_due = census.next_due.into_iter().chain(listed.due_at).min();
            // What is due later is at no risk: the date says when it comes to be.
            if listed.due_at.is_some_and(|due| due.since(now) > RISK) {
                continue;
            }
            let record = match self.store().load(&listed.key, now).await {
                Ok(Some(stored)) => AccountRecord::decode(provider, &stored.record.bytes),
                Ok(None) => continue,
                Err(error) => Err(error),
            };
            match record {
                Ok(record) => census.count(&record, now),
                Err(error) if error.is_about_one_record() => {
                    census.unreadable += 1;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(census)
    }
}

impl Census {
    fn count(&mut self, record: &AccountRecord, now: Timestamp) {
        match record.state(now) {
            AccountState::NeedsLogin { .. } => self.needs_login += 1,
            AccountState::Blocked { .. } => self.blocked += 1,
            AccountState::Live | AccountState::LoginNeededBy(_) => {
                if record.at_risk_from().is_some_and(|from| now >= from) {
                    self.at_risk += 1;
                }
            }
        }
    }
}
