//! What happens beside the answers.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::account::AccountKey;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::operation::Kept;
use crate::record::{AccountRecord, Standing};

/// How many events wait to be pulled; the oldest go first.
const CAPACITY: usize = 1_024;

/// Something that happened to an account.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Event {
    /// The account.
    pub account: AccountKey,
    /// What happened.
    pub kind: EventKind,
    /// Why, where something went wrong.
    pub error: Option<Error>,
    /// When.
    pub at: Timestamp,
    /// Until when the token lives, of an account at risk.
    pub until: Option<Timestamp>,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventKind {
    /// The token was refreshed.
    Refreshed,
    /// A refresh failed; the token lives.
    RefreshFailed,
    /// The store could not be read; the token in memory goes on working.
    StoreFailed,
    /// A refreshed token could not be stored: it lives in memory alone until that succeeds.
    Unsaved,
    /// A refresh succeeded and did not move the expiry.
    Stalled,
    /// The token lives, will not for long ([`Event::until`]), and was not or cannot be refreshed: time to ask for a login.
    AtRisk,
    /// The account has no live token any more.
    NeedsLogin,
    /// The person has to do something first.
    Blocked,
    /// A success after a checkpoint: the token works again.
    Recovered,
}

impl EventKind {
    /// The stable name: `refreshed`, `refresh_failed`, `store_failed`, `unsaved`, `stalled`, `at_risk`, `needs_login`, `blocked`,
    /// `recovered`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refreshed => "refreshed",
            Self::RefreshFailed => "refresh_failed",
            Self::StoreFailed => "store_failed",
            Self::Unsaved => "unsaved",
            Self::Stalled => "stalled",
            Self::AtRisk => "at_risk",
            Self::NeedsLogin => "needs_login",
            Self::Blocked => "blocked",
            Self::Recovered => "recovered",
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct Queue(Mutex<VecDeque<Event>>);

impl Queue {
    /// The oldest event, if there is one.
    pub(super) fn pop(&self) -> Option<Event> {
        self.waiting().pop_front()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }

    fn waiting(&self) -> MutexGuard<'_, VecDeque<Event>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, account: &AccountKey, kind: EventKind, error: Option<Error>, at: Timestamp) {
        self.put(Event {
            account: account.clone(),
            kind,
            error,
            at,
            until: None,
        });
    }

    fn put(&self, event: Event) {
        let mut waiting = self.waiting();
        if waiting.len() == CAPACITY {
            waiting.pop_front();
        }
        waiting.push_back(event);
    }

    /// What a refresh came to.
    pub(super) fn kept(&self, account: &AccountKey, outcome: &Result<Kept>, now: Timestamp) {
        match outcome {
            Ok(kept) => {
                if kept.refreshed {
                    self.push(account, EventKind::Refreshed, None, now);
                }
                if kept.recovered {
                    self.push(account, EventKind::Recovered, None, now);
                }
                if kept.stalled {
                    self.push(account, EventKind::Stalled, None, now);
                }
                if let Some(problem) = &kept.problem {
                    let kind = if kept.refreshed {
                        EventKind::Unsaved
                    } else {
                        EventKind::RefreshFailed
                    };
                    self.push(account, kind, Some(problem.clone()), now);
                }
                if let Some(until) = kept.at_risk {
                    self.put(Event {
                        account: account.clone(),
                        kind: EventKind::AtRisk,
                        error: kept.problem.clone(),
                        at: now,
                        until: Some(until),
                    });
                }
            }
            Err(error) => {
                let kind = match error.code() {
                    ErrorCode::AccountNeedsLogin => EventKind::NeedsLogin,
                    ErrorCode::AccountCheckpoint => EventKind::Blocked,
                    _ => EventKind::RefreshFailed,
                };
                self.push(account, kind, Some(error.clone()), now);
            }
        }
    }

    /// The store could not be asked.
    pub(super) fn unreadable(&self, account: &AccountKey, error: &Error, now: Timestamp) {
        self.push(account, EventKind::StoreFailed, Some(error.clone()), now);
    }

    /// What a report changed.
    pub(super) fn standing(
        &self,
        account: &AccountKey,
        record: &AccountRecord,
        meaning: Option<&Error>,
        now: Timestamp,
    ) {
        let kind = match record.standing {
            Standing::Good => EventKind::Recovered,
            Standing::NeedsLogin { .. } => EventKind::NeedsLogin,
            Standing::Blocked { .. } => EventKind::Blocked,
        };
        self.push(account, kind, meaning.cloned(), now);
    }
}
