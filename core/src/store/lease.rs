//! A lease as a store without a clock of its own remembers it.

use std::time::Duration;

use crate::clock::Timestamp;

/// The last lease that was given out for a key. It stays after its end, so that a write under an earlier one is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "file-store", derive(serde::Serialize, serde::Deserialize))]
pub(super) struct LeaseState {
    pub(super) fence: u64,
    /// When it was taken; `None` once it was given back.
    taken_at: Option<Timestamp>,
    /// Seconds.
    length: i64,
}

impl LeaseState {
    pub(super) fn taken(fence: u64, ttl: Duration, now: Timestamp) -> Self {
        Self {
            fence,
            taken_at: Some(now),
            length: i64::try_from(ttl.as_secs()).unwrap_or(i64::MAX),
        }
    }

    /// Whether somebody has it. It lasts for its length from when it was taken, and for no more than its length before:
    /// a clock that is set back by a little does not give it out twice, by much does not make it last for ever.
    pub(super) fn is_held(&self, now: Timestamp) -> bool {
        self.taken_at
            .is_some_and(|taken_at| now < taken_at.plus(self.length) && taken_at < now.plus(self.length))
    }

    pub(super) fn give_back(&mut self) {
        self.taken_at = None;
    }
}
