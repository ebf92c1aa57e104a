//! What the folder knows of the keychain's items: enough to list them, and no secret.
//!
//! Keychains list badly, and locked ones not at all. An entry is *open* while its item is about to change and *settled*
//! after that, so that one that a dead process left open is known, and its item is asked instead.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::entropy::Entropy;
use crate::error::Result;
use crate::record::{RecordBytes, StoreKey};
use crate::store::file::books;
use crate::store::file::folder::Folder;

pub(super) const ENTRY: &str = ".entry";

/// The file that says which items are this folder's.
const STORE: &str = "store";

/// An item, as the index knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    pub(super) key: String,
    /// The highest version that was given out.
    pub(super) version: u64,
    /// What the item says of itself; `None` while it is about to change.
    pub(super) settled: Option<Times>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Times {
    pub(super) due_at: Option<Timestamp>,
    pub(super) forget_at: Option<Timestamp>,
}

impl Times {
    pub(super) fn of(record: &RecordBytes) -> Self {
        Self {
            due_at: record.due_at,
            forget_at: record.forget_at,
        }
    }

    /// Whether it is due before a moment; without a moment everything is.
    pub(super) fn is_due(self, before: Option<Timestamp>) -> bool {
        before.is_none_or(|moment| self.due_at.is_some_and(|due_at| due_at < moment))
    }
}

impl Entry {
    pub(super) fn new(key: &StoreKey, version: u64, settled: Option<Times>) -> Self {
        Self {
            key: key.as_str().to_owned(),
            version,
            settled,
        }
    }

    pub(super) fn read(folder: &Folder, stem: &str) -> Result<Option<Self>> {
        books::read(folder, &(stem.to_owned() + ENTRY))
    }

    pub(super) fn write(&self, folder: &Folder, stem: &str) -> Result<()> {
        books::write(folder, &(stem.to_owned() + ENTRY), self)
    }

    pub(super) fn remove(folder: &Folder, stem: &str) -> Result<()> {
        folder.remove(&(stem.to_owned() + ENTRY))?;
        folder.sync()
    }
}

#[derive(Serialize, Deserialize)]
struct Store {
    id: String,
}

/// Which items are this folder's. `None`: none were ever written.
pub(super) fn store_id(folder: &Folder) -> Result<Option<String>> {
    Ok(books::read::<Store>(folder, STORE)?.map(|store| store.id))
}

/// The same, decided now if it was not yet. By whoever has the lock.
pub(super) fn store_id_or_new(folder: &Folder) -> Result<String> {
    if let Some(id) = store_id(folder)? {
        return Ok(id);
    }
    let id = format!("{:032x}", u128::from_le_bytes(*Entropy::<16>::from_os()?.bytes()));
    books::write(folder, STORE, Store { id: id.clone() })?;
    Ok(id)
}
