//! Single use without a store.

use std::collections::HashMap;

use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::pending::PendingAuthorization;

/// The most logins that are remembered; those that expire first go first.
const CAPACITY: usize = 10_000;

/// Remembers which logins were completed, for as long as their answers would be accepted.
///
/// It knows what it has seen itself: over several processes, single use takes a store.
#[derive(Debug, Default)]
pub struct ReplayGuard(HashMap<String, Timestamp>);

impl ReplayGuard {
    /// Marks a login as used.
    ///
    /// # Errors
    /// `redirect.state_used` when it was before.
    pub fn spend(&mut self, pending: &PendingAuthorization, now: Timestamp) -> Result<()> {
        self.0.retain(|_, expires_at| now < *expires_at);
        let handle = pending.handle();
        if self.0.contains_key(&handle) {
            return Err(Error::new(ErrorCode::RedirectStateUsed));
        }
        if self.0.len() >= CAPACITY
            && let Some(first) = self
                .0
                .iter()
                .min_by_key(|(_, expires_at)| **expires_at)
                .map(|(handle, _)| handle.clone())
        {
            self.0.remove(&first);
        }
        self.0.insert(handle, pending.expires_at());
        Ok(())
    }

    /// Takes the mark back: the code never left this machine.
    pub fn unspend(&mut self, pending: &PendingAuthorization) {
        self.0.remove(&pending.handle());
    }
}
