//! One account in memory, and what a caller who wants its token needs.

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::account::AccountKey;
use crate::clock::Timestamp;
use crate::error::{Error, Family, Result, Retry};
use crate::operation::Kept;
use crate::protocol::token::{Token, Validity};
use crate::record::{AccountRecord, Standing};

/// The longest pause after failures, in seconds.
const LONGEST_PAUSE: i64 = 300;

/// An account that somebody asked for.
pub(super) struct Held {
    key: AccountKey,
    cached: RwLock<Cached>,
}

#[derive(Default)]
struct Cached {
    token: Option<Token>,
    due_at: Option<Timestamp>,
    urgent_at: Option<Timestamp>,
    read_at: Option<Timestamp>,
    failures: u32,
    /// After a failure no refresh is started for this time, and a dead token answers with the last error.
    pause: Option<Range<Timestamp>>,
    last_error: Option<Error>,
    /// A refreshed record that the store does not have yet. Of a rotated refresh token there is no other copy.
    unsaved: Option<AccountRecord>,
    /// Which stretch between two renewals this is.
    stretch: Stretch,
}

/// The time from one renewal's end to the next one's, by a number that no other has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stretch(u64);

impl Default for Stretch {
    fn default() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// What a renewal came to, for everybody who waited for it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Renewed {
    /// The token; it lives.
    pub token: Token,
    /// Whether it was refreshed.
    pub refreshed: bool,
    /// What went wrong although the token lives.
    pub problem: Option<Error>,
}

impl Renewed {
    pub(super) fn unchanged(token: Token) -> Self {
        Self {
            token,
            refreshed: false,
            problem: None,
        }
    }

    /// The token, for somebody who asked for a refresh by hand: a refresh that failed is then an error, although the token lives.
    ///
    /// # Errors
    /// The problem, unless it refreshed.
    pub fn by_hand(self) -> Result<Token> {
        match self.problem {
            Some(problem) if !self.refreshed => Err(problem),
            _ => Ok(self.token),
        }
    }
}

/// What a caller who wants a token needs.
pub(super) enum Need {
    /// The token as it is.
    Nothing(Token),
    /// The token as it is, and a refresh beside it.
    Beside(Token),
    /// To look into the store.
    Read,
    /// To wait for a refresh.
    First,
    /// To be told what went wrong a moment ago: asking again now would be hammering.
    Failed(Error),
}

impl Cached {
    /// Whether the store was asked so lately that it need not be asked again.
    fn is_recent(&self, now: Timestamp, reread: i64) -> bool {
        self.read_at.is_some_and(|at| (0..reread).contains(&now.since(at)))
    }
}

impl Held {
    pub(super) fn new(key: AccountKey) -> Self {
        Self {
            key,
            cached: RwLock::default(),
        }
    }

    pub(super) fn key(&self) -> &AccountKey {
        &self.key
    }

    /// The token, if nothing at all has to be done.
    pub(super) fn fresh(&self, now: Timestamp, reread: i64) -> Option<Token> {
        let cached = self.cached();
        let fresh = cached.is_recent(now, reread) && cached.due_at.is_none_or(|due| now < due);
        let token = cached.token.as_ref().filter(|_| fresh)?;
        (token.validity(now) != Validity::Expired).then(|| token.clone())
    }

    pub(super) fn token(&self) -> Option<Token> {
        self.cached().token.clone()
    }

    pub(super) fn is_recent(&self, now: Timestamp, reread: i64) -> bool {
        self.cached().is_recent(now, reread)
    }

    pub(super) fn read_at(&self) -> Option<Timestamp> {
        self.cached().read_at
    }

    pub(super) fn need(&self, now: Timestamp, reread: i64) -> Need {
        let cached = self.cached();
        // Before its beginning as well as after its end there is none: the clock was set back.
        let paused = cached.pause.as_ref().is_some_and(|pause| pause.contains(&now));
        let recent = cached.is_recent(now, reread);
        let live = cached
            .token
            .as_ref()
            .filter(|token| token.validity(now) != Validity::Expired);
        match (live, &cached.last_error) {
            (Some(token), _) if paused => Need::Nothing(token.clone()),
            (None, Some(error)) if paused => Need::Failed(error.clone()),
            // The store has the last word on whether the account is still there, and on what token it has.
            _ if !recent => Need::Read,
            (None, _) => Need::First,
            (Some(_), _) if cached.urgent_at.is_some_and(|urgent| now >= urgent) => Need::First,
            (Some(token), _) if cached.due_at.is_some_and(|due| now >= due) => Need::Beside(token.clone()),
            (Some(token), _) => Need::Nothing(token.clone()),
        }
    }

    pub(super) fn stretch(&self) -> Stretch {
        self.cached().stretch
    }

    /// What the store does not have yet.
    pub(super) fn unsaved(&self) -> Option<AccountRecord> {
        self.cached().unsaved.clone()
    }

    /// Takes in what the store holds.
    pub(super) fn read(&self, record: &AccountRecord, now: Timestamp) {
        let mut cached = self.cached_mut();
        // Read before a refresh that could not be stored, and arriving after it: older than what is in memory.
        if let Some(unsaved) = &cached.unsaved
            && unsaved.token.issued_at() > record.token.issued_at()
        {
            return;
        }
        cached.unsaved = None;
        // Somebody who is blocked or needs a login has no token to answer with; the refresh knows what to say.
        let misjudged = record.is_misjudged(now);
        cached.token = (misjudged || record.standing == Standing::Good).then(|| record.token.clone());
        cached.due_at = if misjudged { Some(now) } else { record.look_at() };
        cached.urgent_at = record.token.urgent_at();
        cached.read_at = Some(now);
    }

    /// Remembers that the store could not be asked.
    pub(super) fn unreadable(&self, error: &Error, now: Timestamp) {
        let mut cached = self.cached_mut();
        cached.failures = cached.failures.saturating_add(1);
        cached.pause = Some(now..pause(error, cached.failures, now));
        cached.last_error = Some(error.clone());
    }

    /// Takes in what a refresh came to. Where the store or the provider is out of reach and the token in memory lives, it goes
    /// on working: the failure is then a problem beside it.
    pub(super) fn land(&self, outcome: &Result<Kept>, now: Timestamp) -> Result<Renewed> {
        let mut cached = self.cached_mut();
        cached.stretch = Stretch::default();
        let landed = match outcome {
            Ok(kept) => {
                cached.unsaved = kept.is_unsaved().then(|| kept.record.clone());
                cached.token = Some(kept.record.token.clone());
                cached.due_at = kept.record.look_at();
                cached.urgent_at = kept.record.token.urgent_at();
                cached.read_at = Some(now);
                Ok(Renewed {
                    token: kept.record.token.clone(),
                    refreshed: kept.refreshed,
                    problem: kept.problem.clone(),
                })
            }
            Err(error) => {
                // A store that cannot be reached says nothing about the token; everything else does.
                let says_nothing = matches!(error.family(), Family::Store | Family::Network);
                if !says_nothing {
                    cached.token = None;
                }
                match &cached.token {
                    Some(token) if token.validity(now) != Validity::Expired => Ok(Renewed {
                        token: token.clone(),
                        refreshed: false,
                        problem: Some(error.clone()),
                    }),
                    _ => Err(error.clone()),
                }
            }
        };
        match landed.as_ref().map_or_else(Some, |flight| flight.problem.as_ref()) {
            None => {
                cached.failures = 0;
                cached.pause = None;
                cached.last_error = None;
            }
            Some(problem) => {
                cached.failures = cached.failures.saturating_add(1);
                cached.pause = Some(now..pause(problem, cached.failures, now));
                cached.last_error = Some(problem.clone());
            }
        }
        landed
    }

    fn cached(&self) -> RwLockReadGuard<'_, Cached> {
        self.cached.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn cached_mut(&self) -> RwLockWriteGuard<'_, Cached> {
        self.cached.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Doubling from a second, or what the provider asks for.
fn pause(problem: &Error, failures: u32, now: Timestamp) -> Timestamp {
    match problem.retry() {
        Retry::After(moment) => moment,
        _ => now.plus((1_i64 << failures.min(9)).min(LONGEST_PAUSE)),
    }
}
