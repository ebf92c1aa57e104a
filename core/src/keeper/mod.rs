//! The keeper: a token that was got once simply goes on working.
//!
//! [`Keeper::token`] answers from memory while the token is fresh. When it is due, the live token is answered at once and
//! the refresh runs beside it; only near the end of a token's life does a caller wait. One refresh serves all callers. A
//! failed refresh of a token that still lives is an [`Event`], not an error.

mod accounts;
mod builder;
mod entry;
mod events;
mod logins;
mod memory;
#[cfg(all(feature = "config-file", feature = "file-store"))]
mod open;
mod running;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

pub use builder::{DEFAULT_CAPACITY, DEFAULT_REREAD, ImportToken, KeeperBuilder};
use entry::{Entry, Flight};
pub use events::{Event, EventKind, Events};
use memory::Memory;
pub use running::Tasks;

use crate::client::Client;
use crate::clock::Timestamp;
use crate::driver::drive;
use crate::error::{Error, ErrorCode, Family, Result};
use crate::operation::{self, Connection, KeepFreshRequest, Operation};
use crate::protocol::token::Token;
use crate::record::{AccountRecord, Provenance, StoreKey};
use crate::store::Store;

/// Keeps the tokens of one client's accounts alive. Cloning is cheap; clones are the same keeper.
#[derive(Clone)]
pub struct Keeper(Arc<Inner>);

struct Inner {
    client: Client,
    store: Arc<dyn Store>,
    namespace: String,
    reread: i64,
    memory: Memory,
    logins: Mutex<HashMap<String, watch::Receiver<Option<Result<Connection>>>>>,
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
        let now = self.0.client.now();
        let entry = self.entry(account, now).await?;
        self.live_token(&entry, now).await
    }

    /// The account's token if it is in memory and nothing has to be done for it: the way that nearly every call of
    /// [`Self::token`] takes, for callers that do not want to wait. `None` says nothing about the account.
    pub fn fresh_token(&self, account: &str) -> Option<Token> {
        self.0.memory.fresh(account, self.0.client.now(), self.0.reread)
    }

    /// Waits until everything that runs beside the answers has ended: refreshes, logins, imports. A program that is
    /// about to end awaits this, with a bound of its own, so that a refresh that was begun is also stored.
    pub async fn settle(&self) {
        self.0.tasks.settled().await;
    }

    async fn live_token(&self, entry: &Arc<Entry>, now: Timestamp) -> Result<Token> {
        let mut need = entry.need(now, self.0.reread);
        if matches!(need, entry::Need::Read) {
            let _one_at_a_time = entry.reading().await;
            if matches!(entry.need(now, self.0.reread), entry::Need::Read) {
                self.read(entry, now).await?;
            }
            need = entry.need(now, self.0.reread);
        }
        match need {
            entry::Need::Nothing(token) => Ok(token),
            // Due is not urgent: the refresh runs beside the answer.
            entry::Need::Beside(token) => {
                drop(self.refresh_flight(entry, false));
                Ok(token)
            }
            entry::Need::Failed(error) => Err(error),
            entry::Need::First | entry::Need::Read => match arrival(self.refresh_flight(entry, false)).await {
                Ok(kept) => Ok(kept.token),
                // The store or the provider is out of reach while the token in memory lives: it goes on working.
                Err(error) => entry.alive_despite(&error, self.0.client.now()).ok_or(error),
            },
        }
    }

    async fn read(&self, entry: &Arc<Entry>, now: Timestamp) -> Result<()> {
        match self.flush(entry).await {
            Ok(()) => {}
            Err(error) if error.family() == Family::Store => {
                entry.unreadable(&error, now);
                self.0.events.unreadable(entry.key(), &error, now);
                return Ok(());
            }
            Err(error) => {
                self.0.memory.forget_account(entry.key());
                return Err(error);
            }
        }
        match self.load(&StoreKey::account(&self.0.namespace, entry.key())).await {
            Ok(Some(record)) => {
                record.check_provenance(&Provenance::of(self.0.client.config()))?;
                entry.read(&record, now);
                Ok(())
            }
            Ok(None) => {
                self.0.memory.forget_account(entry.key());
                Err(not_found(entry.key().user_id.as_str()))
            }
            Err(error) => {
                entry.unreadable(&error, now);
                self.0.events.unreadable(entry.key(), &error, now);
                Ok(())
            }
        }
    }

    /// Refreshes now, although it may not be due. The provider's rules hold: younger than 24 hours answers
    /// `token.too_young`.
    ///
    /// # Errors
    /// As [`Self::token`], and what the refresh failed with also when the old token still lives.
    pub async fn refresh(&self, account: &str) -> Result<Token> {
        let entry = self.entry(account, self.0.client.now()).await?;
        let kept = arrival(self.refresh_flight(&entry, true)).await?;
        match kept.problem {
            Some(problem) if !kept.refreshed => Err(problem),
            _ => Ok(kept.token),
        }
    }

    /// Drops an account from memory; the store keeps it.
    pub fn forget(&self, account: &str) {
        self.0.memory.forget_name(account);
    }

    /// What happens beside the answers: refreshes, failures of refreshes, accounts that need a login. A bounded queue that
    /// is pulled; one reader gets each event.
    pub fn events(&self) -> Events {
        Events::of(Arc::clone(&self.0.events))
    }

    /// Stores what could not be stored before. Until that succeeds, nothing that the store holds may take its place.
    async fn flush(&self, entry: &Arc<Entry>) -> Result<()> {
        let Some(record) = entry.unsaved() else { return Ok(()) };
        let operation = operation::store_again(self.0.client.config(), &self.0.namespace, record);
        let record = self.in_background(operation).await?;
        entry.read(&record, self.0.client.now());
        Ok(())
    }

    /// The account in memory that a name means; what the name means is asked as often as the account itself is.
    async fn entry(&self, name: &str, now: Timestamp) -> Result<Arc<Entry>> {
        let known = self.0.memory.entry(name);
        if let Some(entry) = &known
            && entry.is_recent(now, self.0.reread)
        {
            return Ok(Arc::clone(entry));
        }
        match (self.resolve(name).await, known) {
            (Ok(key), _) => Ok(self.0.memory.insert(name, key, now)),
            // A store that is out of reach does not take the account away.
            (Err(error), Some(entry)) if error.family() == Family::Store => Ok(entry),
            (Err(error), _) => Err(error),
        }
    }

    async fn load(&self, key: &StoreKey) -> Result<Option<AccountRecord>> {
        let stored = self.0.store.load(key, self.0.client.now()).await?;
        stored
            .map(|stored| AccountRecord::decode(self.0.client.config().provider(), &stored.record.bytes))
            .transpose()
    }

    /// Joins the refresh that is under way for an account, or starts one in a task of its own: a caller that goes away
    /// takes nothing with it.
    fn refresh_flight(&self, entry: &Arc<Entry>, even_if_not_due: bool) -> watch::Receiver<Option<Result<Flight>>> {
        entry.join_or_start(even_if_not_due, |sender| {
            let keeper = self.clone();
            let entry = Arc::clone(entry);
            let operation = operation::keep_fresh(KeepFreshRequest {
                config: self.0.client.config().clone(),
                account: entry.key().clone(),
                namespace: self.0.namespace.clone(),
                even_if_not_due,
            });
            self.spawn(async move {
                let outcome = match keeper.flush(&entry).await {
                    Ok(()) => keeper.run(operation).await,
                    Err(error) => Err(error),
                };
                let now = keeper.0.client.now();
                // First the token, then the news: whoever hears of the refresh and asks gets the new one.
                let flight = entry.land(&outcome, now);
                keeper.0.events.kept(entry.key(), &outcome, now);
                sender.send_replace(Some(flight));
            });
        })
    }

    async fn in_background<T: Send + Clone + Sync + 'static>(&self, operation: Operation<T>) -> Result<T> {
        let (sender, receiver) = watch::channel(None);
        let keeper = self.clone();
        self.spawn(async move {
            let result = keeper.run(operation).await;
            sender.send_replace(Some(result));
        });
        arrival(receiver).await
    }

    /// Runs work in a task of its own, which [`Self::settle`] waits for.
    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        let running = self.0.tasks.begin();
        tokio::spawn(async move {
            work.await;
            drop(running);
        });
    }

    async fn run<T>(&self, operation: Operation<T>) -> Result<T> {
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

/// Waits for a result that a task of its own works on.
async fn arrival<T: Clone>(mut receiver: watch::Receiver<Option<Result<T>>>) -> Result<T> {
    let lost = || Error::with_detail(ErrorCode::OperationMisused, "The task that worked on this went away.");
    match receiver.wait_for(Option::is_some).await {
        Ok(arrived) => arrived.clone().unwrap_or_else(|| Err(lost())),
        Err(_) => Err(lost()),
    }
}

fn not_found(name: &str) -> Error {
    let name = crate::error::printable(name);
    Error::with_detail(
        ErrorCode::AccountNotFound,
        format!("No account is stored under \"{name}\"."),
    )
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeper")
            .field("client", &self.0.client)
            .field("store", &self.0.store)
            .field("namespace", &self.0.namespace)
            .finish_non_exhaustive()
    }
}
