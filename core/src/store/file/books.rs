//! What the store remembers beside its records: leases, and numbers that must not be used again.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::folder::Folder;
use super::refusal::{damaged, other_format};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::store::lease::LeaseState;

const FORMAT: u64 = 1;
const FLOOR: &str = "floor";

/// Numbers above which everything new begins, so that what was deleted does not come back under the same number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::store) struct Floor {
    pub(in crate::store) version: u64,
    pub(in crate::store) fence: u64,
    /// When forgotten records were last looked for.
    pub(in crate::store) purged_at: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
struct Page<T> {
    format: u64,
    #[serde(flatten)]
    content: T,
}

impl Floor {
    pub(in crate::store) fn read(folder: &Folder) -> Result<Self> {
        Ok(read(folder, FLOOR)?.unwrap_or_default())
    }

    pub(in crate::store) fn write(self, folder: &Folder) -> Result<()> {
        write(folder, FLOOR, self)
    }
}

pub(in crate::store) fn read_lease(folder: &Folder, name: &str) -> Result<Option<LeaseState>> {
    read(folder, name)
}

pub(in crate::store) fn write_lease(folder: &Folder, name: &str, lease: LeaseState) -> Result<()> {
    write(folder, name, lease)
}

pub(in crate::store) fn read<T: DeserializeOwned>(folder: &Folder, name: &str) -> Result<Option<T>> {
    #[derive(Deserialize)]
    struct Head {
        format: u64,
    }
    let Some(contents) = folder.read(name)? else {
        return Ok(None);
    };
    let path = folder.path_of(name);
    let head: Head = serde_json::from_slice(&contents).map_err(|_| damaged(&path))?;
    if head.format != FORMAT {
        return Err(other_format(&path, &head.format.to_string()));
    }
    let page: Page<T> = serde_json::from_slice(&contents).map_err(|_| damaged(&path))?;
    Ok(Some(page.content))
}

pub(in crate::store) fn write<T: Serialize>(folder: &Folder, name: &str, content: T) -> Result<()> {
    let format = FORMAT;
    // Of numbers alone; there is no value of it that JSON cannot hold.
    let mut page = serde_json::to_vec(&Page { format, content }).unwrap_or_default();
    page.push(b'\n');
    folder.replace(name, &page, None)
}
