//! Callers who want the same at once share one piece of work.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::error::{Error, ErrorCode, Result};

/// Where a result will arrive.
pub(super) type Arrival<T> = watch::Receiver<Option<Result<T>>>;

/// The other end of it.
pub(super) type Sender<T> = watch::Sender<Option<Result<T>>>;

/// What is under way, by what it is about.
#[derive(Debug)]
pub(super) struct Flights<K, T>(Mutex<HashMap<K, Arrival<T>>>);

impl<K, T> Default for Flights<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash + Clone, T> Flights<K, T> {
    /// Joins the first of `under` that is under way, or starts one under `key`, which has to be [ended](Self::end).
    pub(super) fn join_or_start(&self, under: &[&K], key: &K, start: impl FnOnce(Sender<T>)) -> Arrival<T> {
        let mut flights = self.lock();
        // One whose task went away without an end, by a panic, is none.
        let joined = under
            .iter()
            .filter_map(|key| flights.get(*key))
            .find(|arrival| arrival.has_changed().is_ok());
        if let Some(arrival) = joined {
            return arrival.clone();
        }
        let (sender, arrival) = watch::channel(None);
        flights.insert(key.clone(), arrival.clone());
        start(sender);
        arrival
    }

    /// Forgets a flight, before its result is given out: whoever comes after that gets a new one.
    pub(super) fn end(&self, key: &K) {
        self.lock().remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Arrival<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Waits for a result that a task of its own works on.
pub(super) async fn arrived<T: Clone>(mut arrival: Arrival<T>) -> Result<T> {
    let lost = || Error::with_detail(ErrorCode::OperationMisused, "The task that worked on this went away.");
    match arrival.wait_for(Option::is_some).await {
        Ok(result) => result.clone().unwrap_or_else(|| Err(lost())),
        Err(_) => Err(lost()),
    }
}
