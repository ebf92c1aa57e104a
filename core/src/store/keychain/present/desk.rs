//! The store's work: the keychain holds the records, the folder the index, the leases and the lock.

use super::index::{ENTRY, Entry, Times, store_id, store_id_or_new};
use super::vault::{Name, Vault};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::record::{RecordBytes, StoreKey, Stored};
use crate::store::file::books::Floor;
use crate::store::file::desk::{fenced_off, is_about_one_file};
use crate::store::file::folder::{Folder, LARGEST};
use crate::store::file::format::{Entry as Item, Unreadable, decode, encode, file_stem};
use crate::store::file::sweep::{sweepings, was_purged_lately};
use crate::store::{Listed, Written};

/// What works on a store: its folder, whose lock the caller has unless it only loads, and its keychain.
pub(super) struct Desk<'a> {
    pub(super) folder: &'a Folder,
    pub(super) vault: &'a dyn Vault,
}

impl Desk<'_> {
    /// The record, and whether the index names an item that is not there: a person removed it in the keychain's own program.
    pub(super) fn load(&self, key: &StoreKey, now: Timestamp) -> Result<(Option<Stored>, bool)> {
        let Some(store) = store_id(self.folder)? else {
            return Ok((None, false));
        };
        let stem = file_stem(key);
        match self.item(&store, &stem)? {
            Some(item) if item.is_forgotten(now) => Ok((None, false)),
            Some(item) => Ok((Some(item.stored), false)),
            None => {
                let is_named = self.entry(&stem)?.is_some_and(|entry| entry.settled.is_some());
                Ok((None, is_named))
            }
        }
    }

    /// Makes the entry of a key say what is there.
    pub(super) fn look_again(&self, key: &StoreKey) -> Result<()> {
        let (store, stem) = (store_id_or_new(self.folder)?, file_stem(key));
        let entry = self.entry(&stem)?;
        self.settle(&store, &stem, entry).map(drop)
    }

    /// What the keychain has under the name of a key.
    fn item(&self, store: &str, record: &str) -> Result<Option<Item>> {
        let Some(secret) = self.vault.get(Name { store, record })? else {
            return Ok(None);
        };
        match decode(&secret) {
            Ok(item) if file_stem(&item.key) == record => Ok(Some(item)),
            Err(Unreadable::OtherFormat(format)) => Err(corrupt(
                record,
                &format!(
                    "has format {format}; this release reads format 1. Use the release that wrote it, or a later one"
                ),
            )),
            Ok(_) | Err(Unreadable::Damaged) => Err(corrupt(record, "is damaged. Remove it to start anew")),
        }
    }

    pub(super) fn save(
        &self,
        key: &StoreKey,
        record: &RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> Result<Written> {
        let (store, stem) = (store_id_or_new(self.folder)?, file_stem(key));
        let found = self.item(&store, &stem)?;
        let live = found.as_ref().filter(|item| !item.is_forgotten(now));
        if live.map(|item| item.stored.version) != expected || fenced_off(self.folder, &stem, fence)? {
            return Ok(Written::Conflict);
        }
        // A person may have removed the item, or a process died before it was made; its numbers were given out all the same.
        let entry = self.entry(&stem)?;
        let last = [found.map(|item| item.stored.version), entry.map(|entry| entry.version)];
        let last = match last.into_iter().flatten().max() {
            Some(version) => version,
            None => Floor::read(self.folder)?.version,
        };
        let version = last.saturating_add(1);
        let secret = encode(key, version, record);
        if secret.len() > LARGEST {
            return Err(Error::with_detail(
                ErrorCode::Misuse,
                format!("A record has at most {LARGEST} bytes."),
            ));
        }
        let name = Name {
            store: &store,
            record: &stem,
        };
        Entry::new(key, version, None).write(self.folder, &stem)?;
        self.vault.set(name, &format!("shutterkey {key}"), &secret)?;
        // The record is written: that its entry stays open, or nothing could be tidied, loses nothing.
        let _ = Entry::new(key, version, Some(Times::of(record))).write(self.folder, &stem);
        let _ = self.purge_now_and_then(&store, now);
        Ok(Written::Version(version))
    }

    pub(super) fn delete(&self, key: &StoreKey, expected: u64) -> Result<Written> {
        let (store, stem) = (store_id_or_new(self.folder)?, file_stem(key));
        match self.item(&store, &stem)? {
            Some(item) if item.stored.version == expected => {
                let given_out = self.entry(&stem)?.map_or(0, |entry| entry.version).max(expected);
                let mut floor = Floor::read(self.folder)?;
                if floor.version < given_out {
                    floor.version = given_out;
                    floor.write(self.folder)?;
                }
                self.remove(&store, &stem, key, given_out)?;
                Ok(Written::Version(expected))
            }
            _ => Ok(Written::Conflict),
        }
    }

    /// Removes a record whose version the floor knows.
    fn remove(&self, store: &str, stem: &str, key: &StoreKey, version: u64) -> Result<()> {
        Entry::new(key, version, None).write(self.folder, stem)?;
        self.vault.remove(Name { store, record: stem })?;
        Entry::remove(self.folder, stem)
    }

    /// An entry that is damaged is none: the item has what it said.
    fn entry(&self, stem: &str) -> Result<Option<Entry>> {
        match Entry::read(self.folder, stem) {
            Err(error) if error.code() == ErrorCode::StoreCorrupt => Ok(None),
            read => read,
        }
    }

    pub(super) fn list(
        &self,
        prefix: &str,
        due_before: Option<Timestamp>,
        after: Option<&StoreKey>,
        limit: usize,
    ) -> Result<Vec<Listed>> {
        let (mut listed, unreadable) = self.scan(prefix, due_before, after)?;
        if let Some(error) = unreadable {
            return Err(error);
        }
        listed.truncate(limit);
        Ok(listed)
    }

    /// What is there, in order, and why one of the others cannot be read, if one cannot.
    pub(super) fn scan(
        &self,
        prefix: &str,
        due_before: Option<Timestamp>,
        after: Option<&StoreKey>,
    ) -> Result<(Vec<Listed>, Option<Error>)> {
        let (mut listed, mut unreadable) = (Vec::new(), None);
        let Some(store) = store_id(self.folder)? else {
            return Ok((listed, None));
        };
        for name in self.folder.names()? {
            let Some(stem) = name.strip_suffix(ENTRY) else {
                continue;
            };
            let entry = self.entry(stem)?;
            if entry.as_ref().is_some_and(|entry| !entry.key.starts_with(prefix)) {
                continue;
            }
            let found = match entry {
                Some(Entry {
                    key,
                    settled: Some(times),
                    ..
                }) => Some((StoreKey::from_stored(key), times)),
                open => match self.settle(&store, stem, open) {
                    Err(error) if is_about_one_file(&error) => {
                        unreadable = Some(error);
                        None
                    }
                    settled => settled?,
                },
            };
            let Some((key, times)) = found else {
                continue;
            };
            if times.is_due(due_before) && key.as_str().starts_with(prefix) && after.is_none_or(|after| key > *after) {
                listed.push(Listed {
                    key,
                    due_at: times.due_at,
                });
            }
        }
        listed.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        Ok((listed, unreadable))
    }

    /// Asks the item what its entry does not say, and writes that down for the next time.
    fn settle(&self, store: &str, stem: &str, entry: Option<Entry>) -> Result<Option<(StoreKey, Times)>> {
        let found = self.item(store, stem)?;
        let known = entry.as_ref().map_or(0, |entry| entry.version);
        let now = match &found {
            Some(item) => {
                let version = item.stored.version.max(known);
                Some(Entry::new(&item.key, version, Some(Times::of(&item.stored.record))))
            }
            // Open: the next purge removes it.
            None => entry.clone().map(|entry| Entry { settled: None, ..entry }),
        };
        if let Some(now) = now
            && Some(&now) != entry.as_ref()
        {
            let _ = now.write(self.folder, stem);
        }
        Ok(found.map(|item| (item.key, Times::of(&item.stored.record))))
    }

    fn purge_now_and_then(&self, store: &str, now: Timestamp) -> Result<()> {
        let mut floor = Floor::read(self.folder)?;
        if was_purged_lately(&floor, now) {
            return Ok(());
        }
        let mut forgotten = Vec::new();
        let others = sweepings(self.folder, ENTRY, &mut floor, now)?;
        for name in self.folder.names()? {
            if let Some(stem) = name.strip_suffix(ENTRY)
                && let Ok(Some(entry)) = Entry::read(self.folder, stem)
                && match entry.settled {
                    Some(times) => times.forget_at.is_some_and(|moment| now >= moment),
                    // A process died before it made the item, or after it removed it.
                    None => self.item(store, stem).is_ok_and(|item| item.is_none()),
                }
            {
                floor.version = floor.version.max(entry.version);
                forgotten.push((stem.to_owned(), entry));
            }
        }
        floor.purged_at = Some(now);
        // First the floor, then what stands below it.
        floor.write(self.folder)?;
        for (stem, entry) in forgotten {
            self.remove(store, &stem, &StoreKey::from_stored(entry.key), entry.version)?;
        }
        others.iter().try_for_each(|name| self.folder.remove(name))
    }

    /// Writes an item and removes it again.
    pub(super) fn probe(&self) -> Result<()> {
        let store = store_id_or_new(self.folder)?;
        let name = Name {
            store: &store,
            record: "probe",
        };
        self.vault
            .set(name, "shutterkey probe", b"shutterkey asks whether it can write here")?;
        self.vault.remove(name)
    }
}

fn corrupt(record: &str, why: &str) -> Error {
    Error::with_detail(
        ErrorCode::StoreCorrupt,
        format!("The keychain's item for the record {record} {why}."),
    )
}
