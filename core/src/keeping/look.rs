//! Looking for a live token, and renewing it.

use std::sync::Arc;

use super::held::{Held, Need, Stretch};
use super::{Keeping, Renewed, not_found};
use crate::account::AccountKey;
use crate::clock::Timestamp;
use crate::error::{Error, Family, Result};
use crate::operation::{self, Io, KeepClaimedRequest, KeepFreshRequest, Kept, Operation};
use crate::protocol::token::Token;
use crate::record::{Lease, Provenance, Stored};

/// What looking for a token came to.
#[derive(Clone, Debug)]
pub enum Looked {
    /// The token lives and nothing has to be done.
    Fresh(Token),
    /// The token lives and is due. Due is not urgent: answer it at once, and let [`Keeping::renew`] run beside the answer.
    Due(Token, AccountKey),
    /// There is no token to answer with, or not for long: let [`Keeping::renew`] say what the answer is.
    Urgent(AccountKey),
}

impl Keeping {
    /// Looks for the token of the account with this name: in memory, and in the store where that was not asked lately.
    ///
    /// Callers who ask for the same name at once share one look.
    ///
    /// # Errors
    /// `account.not_found`; what a failure of a moment ago was, where asking again now would be hammering.
    pub fn look(self: &Arc<Self>, name: &str) -> Operation<Looked> {
        let (keeping, name) = (Arc::clone(self), name.to_owned());
        Operation::new(|io| async move {
            let held = keeping.held(&io, &name).await?;
            let mut need = held.need(io.now(), keeping.reread);
            if matches!(need, Need::Read) {
                keeping.read(&io, &held).await?;
                need = held.need(io.now(), keeping.reread);
            }
            match need {
                Need::Nothing(token) => Ok(Looked::Fresh(token)),
                Need::Beside(token) => Ok(Looked::Due(token, held.key().clone())),
                Need::First | Need::Read => Ok(Looked::Urgent(held.key().clone())),
                Need::Failed(error) => Err(error),
            }
        })
    }

    /// The account that a name means, as [`Self::look`] finds it.
    ///
    /// # Errors
    /// `account.not_found`; the `store` family.
    pub fn find(self: &Arc<Self>, name: &str) -> Operation<AccountKey> {
        let (keeping, name) = (Arc::clone(self), name.to_owned());
        Operation::new(|io| async move { Ok(keeping.held(&io, &name).await?.key().clone()) })
    }

    /// Makes sure that an account has a live token, refreshing it if it is due; `even_if_not_due`, because a person asked for
    /// it. One at a time for an account: a caller who asks meanwhile shares it, unless theirs is by hand and that one is not.
    ///
    /// # Errors
    /// As [`operation::keep_fresh`], unless a token in memory lives and the error says nothing about it.
    pub fn renew(self: &Arc<Self>, account: &AccountKey, even_if_not_due: bool) -> Operation<Renewed> {
        let (keeping, account) = (Arc::clone(self), account.clone());
        Operation::new(move |io| async move {
            let held = keeping.memory.of(&account, io.now());
            // Somebody who looked before a renewal and asks after it: what that came to is the answer, and asking again at
            // once would be hammering.
            if !even_if_not_due {
                match held.need(io.now(), keeping.reread) {
                    Need::Nothing(token) => return Ok(Renewed::unchanged(token)),
                    Need::Failed(error) => return Err(error),
                    Need::Beside(_) | Need::First | Need::Read => {}
                }
            }
            let outcome = match keeping.flush(&io, &held).await {
                Ok(()) => {
                    let request = KeepFreshRequest {
                        config: keeping.config.clone(),
                        account: account.clone(),
                        namespace: keeping.namespace.clone(),
                        even_if_not_due,
                    };
                    io.perform(operation::keep_fresh(request)).await
                }
                Err(error) => Err(error),
            };
            // First the token, then the news: whoever hears of the refresh and asks gets the new one.
            let flight = held.land(&outcome, io.now());
            keeping.events.kept(&account, &outcome, io.now());
            flight
        })
    }

    /// Looks after an account that was [claimed](operation::keep_claimed) among those that are due. A refreshed token that the
    /// store did not take stays in memory until [`Self::save_unsaved`] succeeds.
    ///
    /// # Errors
    /// As [`operation::keep_claimed`].
    pub fn keep_claimed(self: &Arc<Self>, lease: Lease, stored: Stored) -> Operation<Kept> {
        let keeping = Arc::clone(self);
        let account = keeping.read_record(&stored.record.bytes).map(|record| record.key());
        let request = KeepClaimedRequest {
            config: keeping.config.clone(),
            namespace: keeping.namespace.clone(),
            lease,
            stored,
        };
        Operation::new(|io| async move {
            let known = account.as_ref().ok().and_then(|account| keeping.memory.known(account));
            if let Some(held) = known.filter(|held| held.unsaved().is_some()) {
                // What it would be refreshed with is spent: the store is about to learn of the newer token.
                keeping.flush(&io, &held).await?;
                let _ = io.release(request.lease).await;
                return keeping
                    .load(&io, held.key())
                    .await?
                    .map(Kept::unchanged)
                    .ok_or_else(|| not_found(held.key().user_id.as_str()));
            }
            let outcome = io.perform(operation::keep_claimed(request)).await;
            let account = account?;
            let held = match &outcome {
                Ok(kept) if kept.is_unsaved() => Some(keeping.memory.of(&account, io.now())),
                _ => keeping.memory.known(&account),
            };
            if let Some(held) = held {
                let _ = held.land(&outcome, io.now());
            }
            if outcome
                .as_ref()
                .map_or_else(|error| error.family() != Family::Config, |_| true)
            {
                keeping.events.kept(&account, &outcome, io.now());
            }
            outcome
        })
    }

    /// Stores a refreshed token of this account that could not be stored when it was received; nothing if there is none.
    ///
    /// # Errors
    /// As [`operation::store_again`].
    pub fn save_unsaved(self: &Arc<Self>, account: &AccountKey) -> Operation<()> {
        let (keeping, account) = (Arc::clone(self), account.clone());
        Operation::new(|io| async move {
            match keeping.memory.known(&account) {
                Some(held) => keeping.flush(&io, &held).await,
                None => Ok(()),
            }
        })
    }

    /// Which stretch between two renewals of the account this is. A renewal that was begun in an earlier one has landed: it
    /// may still be on its way to those who wait for it, and says nothing to somebody who asks now.
    pub fn stretch(&self, account: &AccountKey, now: Timestamp) -> Stretch {
        self.memory.of(account, now).stretch()
    }

    /// The account in memory that a name means; what the name means is asked as often as the account itself is.
    async fn held(&self, io: &Io, name: &str) -> Result<Arc<Held>> {
        let known = self.memory.held(name);
        if let Some(held) = &known
            && held.is_recent(io.now(), self.reread)
        {
            return Ok(Arc::clone(held));
        }
        match (self.resolve(io, name).await, known) {
            (Ok(key), _) => Ok(self.memory.insert(name, key, io.now())),
            // A store that is out of reach does not take the account away.
            (Err(error), Some(held)) if error.family() == Family::Store => Ok(held),
            (Err(error), _) => Err(error),
        }
    }

    async fn read(&self, io: &Io, held: &Held) -> Result<()> {
        match self.flush(io, held).await {
            Ok(()) => {}
            Err(error) if error.family() == Family::Store => {
                self.unreadable(held, &error, io.now());
                return Ok(());
            }
            Err(error) => return Err(error),
        }
        match self.load(io, held.key()).await {
            Ok(Some(record)) => {
                record.check_provenance(&Provenance::of(&self.config))?;
                held.read(&record, io.now());
            }
            Ok(None) => {
                self.memory.forget_account(held.key());
                return Err(not_found(held.key().user_id.as_str()));
            }
            Err(error) => self.unreadable(held, &error, io.now()),
        }
        Ok(())
    }

    /// Stores what could not be stored before. Until that succeeds, nothing that the store holds may take its place.
    async fn flush(&self, io: &Io, held: &Held) -> Result<()> {
        let Some(record) = held.unsaved() else { return Ok(()) };
        let operation = operation::store_again(&self.config, &self.namespace, record);
        match io.perform(operation).await {
            Ok(record) => {
                held.read(&record, io.now());
                Ok(())
            }
            Err(error) => {
                if error.family() != Family::Store {
                    self.memory.forget_account(held.key());
                }
                Err(error)
            }
        }
    }

    fn unreadable(&self, held: &Held, error: &Error, now: Timestamp) {
        held.unreadable(error, now);
        self.events.unreadable(held.key(), error, now);
    }
}
