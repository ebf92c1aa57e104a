//! What this store needs of a keychain: items that are read, replaced whole and removed.

use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::error::Result;

/// The name of an item. Neither part tells anything of its secret.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name<'a> {
    /// The store that it belongs to: random, so that no two stores take each other's.
    pub(super) store: &'a str,
    /// A digest of the record's key.
    pub(super) record: &'a str,
}

/// How a keychain is reached, where it is reached over a message bus.
#[derive(Clone, Debug)]
pub(super) struct Way {
    /// The bus; the session's unless it is told otherwise.
    pub(super) bus: Option<String>,
    /// For one call, the connection included.
    pub(super) deadline: Duration,
}

impl Default for Way {
    fn default() -> Self {
        Self {
            bus: None,
            deadline: Duration::from_secs(10),
        }
    }
}

/// A keychain. Its calls block, each for a bounded time where the system allows one.
pub(super) trait Vault: Send + Sync + fmt::Debug {
    /// The secret of an item, or `None`.
    ///
    /// # Errors
    /// `store.locked`, `store.denied`, `store.unavailable`: never `None` for an item that may be there.
    fn get(&self, name: Name<'_>) -> Result<Option<Zeroizing<Vec<u8>>>>;

    /// Makes an item or replaces its secret, in one step. `label` is what a person sees in the keychain's own program.
    ///
    /// # Errors
    /// As [`Self::get`]; whether it was done is not known of `store.unavailable`.
    fn set(&self, name: Name<'_>, label: &str, secret: &[u8]) -> Result<()>;

    /// Removes an item, if it is there.
    ///
    /// # Errors
    /// As [`Self::set`].
    fn remove(&self, name: Name<'_>) -> Result<()>;
}
