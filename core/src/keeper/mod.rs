//! The keeper: a token that was got once simply goes on working.
//!
//! [`Keeper::token`] answers from memory while the token is fresh. When it is due, the live token is answered at once and
//! the refresh runs beside it; only near the end of a token's life does a caller wait. One refresh serves all callers. A
//! failed refresh of a token that still lives is an [`Event`], not an error.

mod accounts;
mod builder;
mod census;
mod events;
mod fleet;
mod flights;
mod import_many;
mod logins;
#[cfg(all(feature = "config-file", feature = "file-store"))]
mod open;
mod options;
mod progress;
mod running;
mod unsaved;

use std::fmt;
use std::sync::Arc;

pub use builder::{DEFAULT_CAPACITY, DEFAULT_REREAD, KeeperBuilder};
pub use census::Census;
pub use events::{Event, EventKind, Events};
use flights::{Arrival, Flights, arrived};
pub use import_many::{Import, ImportOptions, ImportReport, ImportedLine, Taken};
pub use options::FleetOptions;
pub use progress::{FleetCounts, FleetState, Progress, Rest, RestReason, StoreFailure};
pub use running::Tasks;

use crate::account::AccountKey;
use crate::client::Client;
use crate::driver::drive;
use crate::error::Result;
pub use crate::keeping::ImportToken;
use crate::keeping::{Keeping, Looked, Renewed, Stretch};
use crate::operation::{Connection, Operation};
use crate::protocol::token::Token;
use crate::store::Store;

/// Keeps the tokens of one client's accounts alive. Cloning is cheap; clones are the same keeper.
#[derive(Clone)]
pub struct Keeper(Arc<Inner>);

struct Inner {
    client: Client,
    store: Arc<dyn Store>,
    keeping: Arc<Keeping>,
    looks: Flights<String, Looked>,
    /// By account, since when, and whether somebody asked for it by hand.
    renewals: Flights<(AccountKey, Stretch, bool), Renewed>,
    /// By the handle of the login.
    logins: Flights<String, Connection>,
    events: Arc<events::Queue>,
    tasks: Tasks,
}

impl Keeper {
    /// A keeper of this client's accounts in this store.
    pub fn new(client: Client, store: Arc<dyn Store>) -> Self {
        Self::builder(client, store).build()
    }

    /// Begins a keeper.
    pub fn builder(client: Client, store: Arc<dyn Store>) -> KeeperBuilder {
        KeeperBuilder::new(client, store)
    }

    /// The client.
    pub fn client(&self) -> &Client {
        &self.0.client
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.0.store
    }

    /// A live token of the account with this name: one of the caller's own, or its user id.
    ///
    /// # Errors
    /// `account.not_found`; `account.needs_login` with its reason; `account.checkpoint`; and, only when the token is
    /// dead and could not be renewed, what the refresh failed with.
    pub async fn token(&self, account: &str) -> Result<Token> {
        if let Some(token) = self.fresh_token(account) {
            return Ok(token);
        }
        match arrived(self.look(account)).await? {
            Looked::Fresh(token) => Ok(token),
            // Due is not urgent: the refresh runs beside the answer.
            Looked::Due(token, account) => {
                drop(self.renewal(&account, false));
                Ok(token)
            }
            Looked::Urgent(account) => Ok(arrived(self.renewal(&account, false)).await?.token),
        }
    }

    /// The account's token if it is in memory and nothing has to be done for it: the way that nearly every call of
    /// [`Self::token`] takes, for callers that do not want to wait. `None` says nothing about the account.
    pub fn fresh_token(&self, account: &str) -> Option<Token> {
        self.0.keeping.fresh_token(account, self.0.client.now())
    }

    /// Waits until everything that runs beside the answers has ended: refreshes, logins, imports. A program that is
    /// about to end awaits this, with a bound of its own, so that a refresh that was begun is also stored.
    pub async fn settle(&self) {
        self.0.tasks.settled().await;
    }

    /// Refreshes now, although it may not be due. The provider's rules hold: younger than 24 hours answers
    /// `token.too_young`.
    ///
    /// # Errors
    /// As [`Self::token`], and what the refresh failed with also when the old token still lives.
    pub async fn refresh(&self, account: &str) -> Result<Token> {
        let account = self.in_background(self.0.keeping.find(account)).await?;
        arrived(self.renewal(&account, true)).await?.by_hand()
    }

    /// Drops an account from memory; the store keeps it.
    pub fn forget(&self, account: &str) {
        self.0.keeping.forget(account);
    }

    /// What happens beside the answers: refreshes, failures of refreshes, accounts that need a login. A bounded queue that
    /// is pulled; one reader gets each event.
    pub fn events(&self) -> Events {
        Events::of(Arc::clone(&self.0.events))
    }

    fn look(&self, name: &str) -> Arrival<Looked> {
        let key = name.to_owned();
        self.share(|keeper| &keeper.0.looks, &[&key], &key, || self.0.keeping.look(name))
    }

    /// One by hand serves everybody; somebody who asks by hand is not served by one that may find nothing to do.
    fn renewal(&self, account: &AccountKey, by_hand: bool) -> Arrival<Renewed> {
        let stretch = self.0.keeping.stretch(account, self.0.client.now());
        let (mine, forced) = ((account.clone(), stretch, by_hand), (account.clone(), stretch, true));
        self.share(
            |keeper| &keeper.0.renewals,
            &[&forced, &mine],
            &mine,
            || self.0.keeping.renew(account, by_hand),
        )
    }

    /// Joins an operation that is under way, or starts it in a task of its own: a caller that goes away takes nothing with it.
    fn share<K, T>(
        &self,
        flights: fn(&Self) -> &Flights<K, T>,
        under: &[&K],
        key: &K,
        begin: impl FnOnce() -> Operation<T>,
    ) -> Arrival<T>
    where
        K: Eq + std::hash::Hash + Clone + Send + Sync + 'static,
        T: Send + Sync + 'static,
    {
        flights(self).join_or_start(under, key, |sender| {
            let (keeper, key, operation) = (self.clone(), key.clone(), begin());
            self.spawn(async move {
                let result = keeper.perform(operation).await;
                keeper.0.events.announce();
                flights(&keeper).end(&key);
                sender.send_replace(Some(result));
            });
        })
    }

    async fn in_background<T: Send + Clone + Sync + 'static>(&self, operation: Operation<T>) -> Result<T> {
        let (sender, arrival) = tokio::sync::watch::channel(None);
        let keeper = self.clone();
        self.spawn(async move {
            let result = keeper.perform(operation).await;
            keeper.0.events.announce();
            sender.send_replace(Some(result));
        });
        arrived(arrival).await
    }

    /// Runs work in a task of its own, which [`Self::settle`] waits for.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let running = self.0.tasks.begin();
        tokio::spawn(async move {
            work.await;
            drop(running);
        });
    }

    async fn perform<T>(&self, operation: Operation<T>) -> Result<T> {
        let client = &self.0.client;
        drive(
            operation,
            &**client.transport(),
            Some(&*self.0.store),
            &**client.clock(),
        )
        .await
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper")
            .field("client", &self.0.client)
            .field("store", &self.0.store)
            .field("namespace", &self.0.keeping.namespace())
            .finish_non_exhaustive()
    }
}
