//! The store's work, done by whoever holds the lock.

use std::time::Duration;

use super::books::{Floor, read_lease, write_lease};
use super::folder::{Folder, LARGEST};
use super::format::{Entry, Unreadable, decode, encode, file_stem};
use super::refusal::{damaged, other_format};
use super::sweep::{sweepings, was_purged_lately};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::record::{Lease, RecordBytes, StoreKey, Stored};
use crate::store::lease::LeaseState;
use crate::store::{Listed, Written};

const RECORD: &str = ".record";
const PREVIOUS: &str = ".previous";
pub(super) const LEASE: &str = ".lease";

/// An entry, and whether it is the previous generation because the present one is damaged.
struct Found {
    entry: Entry,
    recovered: bool,
}

/// Reads a record without the lock: it is replaced in one step, so what is read is the old one or the new one. `Err(())`
/// when it is damaged, which only a holder of the lock can look into.
pub(super) fn glance(folder: &Folder, key: &StoreKey, now: Timestamp) -> Result<Result<Option<Stored>, ()>> {
    let Some(contents) = folder.read(&(file_stem(key) + RECORD))? else {
        return Ok(Ok(None));
    };
    match decode(&contents) {
        Ok(entry) if entry.key == *key => Ok(Ok(remembered(entry, now))),
        _ => Ok(Err(())),
    }
}

/// Reads a record, or its previous generation if it is damaged.
pub(super) fn load(folder: &Folder, key: &StoreKey, now: Timestamp) -> Result<Option<Stored>> {
    Ok(find(folder, key)?.and_then(|found| remembered(found.entry, now)))
}

fn remembered(entry: Entry, now: Timestamp) -> Option<Stored> {
    (!entry.is_forgotten(now)).then_some(entry.stored)
}

fn find(folder: &Folder, key: &StoreKey) -> Result<Option<Found>> {
    find_at(folder, &file_stem(key), |entry| entry.key == *key)
}

fn find_at(folder: &Folder, stem: &str, belongs: impl Fn(&Entry) -> bool) -> Result<Option<Found>> {
    let present = stem.to_owned() + RECORD;
    let Some(contents) = folder.read(&present)? else {
        return Ok(None);
    };
    let path = folder.path_of(&present);
    match decode(&contents) {
        Ok(entry) if belongs(&entry) => {
            return Ok(Some(Found {
                entry,
                recovered: false,
            }));
        }
        // Older is not better than a record that this release cannot read.
        Err(Unreadable::OtherFormat(format)) => return Err(other_format(&path, &format)),
        Ok(_) | Err(Unreadable::Damaged) => {}
    }
    let previous = folder.read(&(stem.to_owned() + PREVIOUS))?;
    match previous.as_deref().map(|contents| decode(contents)) {
        Some(Ok(entry)) if belongs(&entry) => Ok(Some(Found { entry, recovered: true })),
        _ => Err(damaged(&path)),
    }
}

pub(super) fn save(
    folder: &Folder,
    key: &StoreKey,
    record: &RecordBytes,
    expected: Option<u64>,
    fence: Option<u64>,
    now: Timestamp,
) -> Result<Written> {
    let stem = file_stem(key);
    let (present, previous) = (stem.clone() + RECORD, stem.clone() + PREVIOUS);
    let found = find(folder, key)?;
    let live = found.as_ref().filter(|found| !found.entry.is_forgotten(now));
    if live.map(|found| found.entry.stored.version) != expected || fenced_off(folder, &stem, fence)? {
        return Ok(Written::Conflict);
    }
    let version = match &found {
        Some(found) if found.recovered => version_after_damage(folder, found.entry.stored.version)?,
        Some(found) => found.entry.stored.version.saturating_add(1),
        None => Floor::read(folder)?.version.saturating_add(1),
    };
    let file = encode(key, version, record);
    if file.len() > LARGEST {
        return Err(Error::with_detail(
            ErrorCode::Misuse,
            format!("A record has at most {LARGEST} bytes."),
        ));
    }
    match live {
        // The previous generation is all there is; it stays until the new one is written.
        Some(found) if found.recovered => folder.replace(&present, &file, None)?,
        // What is remembered for a while alone, as a login is, may hold a token until it is replaced, and then no longer.
        Some(_) if record.forget_at.is_some() => {
            folder.replace(&present, &file, None)?;
            folder.remove(&previous)?;
        }
        Some(_) => folder.replace(&present, &file, Some(&previous))?,
        None => {
            folder.remove(&previous)?;
            folder.replace(&present, &file, None)?;
        }
    }
    // The record is written; that nothing could be tidied loses nothing.
    let _ = purge_now_and_then(folder, now);
    Ok(Written::Version(version))
}

/// The damaged file had a version that somebody may have seen, and it cannot be read any more. It was the one after
/// `previous`, or else one that this function gave out.
fn version_after_damage(folder: &Folder, previous: u64) -> Result<u64> {
    let mut floor = Floor::read(folder)?;
    let version = floor.version.max(previous.saturating_add(1)).saturating_add(1);
    floor.version = version;
    floor.write(folder)?;
    Ok(version)
}

/// Whether a later lease than `fence` was given out. Leases whose file is gone lie at or below the floor.
pub(in crate::store) fn fenced_off(folder: &Folder, stem: &str, fence: Option<u64>) -> Result<bool> {
    let Some(fence) = fence else { return Ok(false) };
    Ok(match read_lease(folder, &(stem.to_owned() + LEASE))? {
        Some(last) => fence < last.fence,
        None => fence <= Floor::read(folder)?.fence,
    })
}

pub(super) fn delete(folder: &Folder, key: &StoreKey, expected: u64) -> Result<Written> {
    match find(folder, key)? {
        Some(found) if found.entry.stored.version == expected => {
            let lost = u64::from(found.recovered);
            let mut floor = Floor::read(folder)?;
            if floor.version < expected.saturating_add(lost) {
                floor.version = expected.saturating_add(lost);
                floor.write(folder)?;
            }
            remove(folder, &file_stem(key))?;
            folder.sync()?;
            Ok(Written::Version(expected))
        }
        _ => Ok(Written::Conflict),
    }
}

/// Removes a record whose version the floor knows. The previous generation first: it must not outlive the present one.
fn remove(folder: &Folder, stem: &str) -> Result<()> {
    folder.remove(&(stem.to_owned() + PREVIOUS))?;
    folder.remove(&(stem.to_owned() + RECORD))
}

pub(in crate::store) fn lease(folder: &Folder, key: &StoreKey, ttl: Duration, now: Timestamp) -> Result<Option<Lease>> {
    let name = file_stem(key) + LEASE;
    let last = read_lease(folder, &name)?;
    if last.is_some_and(|lease| lease.is_held(now)) {
        return Ok(None);
    }
    let last = match last {
        Some(lease) => lease.fence,
        None => Floor::read(folder)?.fence,
    };
    let fence = last.saturating_add(1);
    write_lease(folder, &name, LeaseState::taken(fence, ttl, now))?;
    Ok(Some(Lease {
        key: key.clone(),
        fence,
    }))
}

pub(in crate::store) fn release(folder: &Folder, lease: &Lease) -> Result<()> {
    let name = file_stem(&lease.key) + LEASE;
    match read_lease(folder, &name)? {
        Some(mut last) if last.fence == lease.fence => {
            last.give_back();
            write_lease(folder, &name, last)
        }
        _ => Ok(()),
    }
}

pub(super) fn list(
    folder: &Folder,
    prefix: &str,
    due_before: Option<Timestamp>,
    after: Option<&StoreKey>,
    limit: usize,
) -> Result<Vec<Listed>> {
    let (mut listed, unreadable) = scan(folder, prefix, due_before, after)?;
    // One that cannot be read fails the list: left out, its account would quietly be kept alive no more.
    if let Some(error) = unreadable {
        return Err(error);
    }
    listed.truncate(limit);
    Ok(listed)
}

/// What is due, and why one of the others cannot be read, if one cannot. Whose that is, its name does not tell.
pub(super) fn due(folder: &Folder, prefix: &str, due_before: Timestamp) -> Result<(Vec<Listed>, Option<Error>)> {
    scan(folder, prefix, Some(due_before), None)
}

fn scan(
    folder: &Folder,
    prefix: &str,
    due_before: Option<Timestamp>,
    after: Option<&StoreKey>,
) -> Result<(Vec<Listed>, Option<Error>)> {
    let (mut listed, mut unreadable) = (Vec::new(), None);
    for name in folder.names()? {
        let Some(stem) = name.strip_suffix(RECORD) else {
            continue;
        };
        let found = match find_at(folder, stem, |entry| file_stem(&entry.key) == stem) {
            Ok(Some(found)) => found,
            Ok(None) => continue,
            Err(error) if is_about_one_file(&error) => {
                unreadable = Some(error);
                continue;
            }
            Err(error) => return Err(error),
        };
        let Entry { key, stored } = found.entry;
        let due_at = stored.record.due_at;
        let due = due_before.is_none_or(|moment| due_at.is_some_and(|due_at| due_at < moment));
        if due && key.as_str().starts_with(prefix) && after.is_none_or(|after| key > *after) {
            listed.push(Listed { key, due_at });
        }
    }
    listed.sort_unstable_by(|one, other| one.key.cmp(&other.key));
    Ok((listed, unreadable))
}

/// Whether the next file may well be readable.
pub(in crate::store) fn is_about_one_file(error: &Error) -> bool {
    matches!(error.code(), ErrorCode::StoreCorrupt | ErrorCode::StoreRefused)
}

fn purge_now_and_then(folder: &Folder, now: Timestamp) -> Result<()> {
    let mut floor = Floor::read(folder)?;
    if was_purged_lately(&floor, now) {
        return Ok(());
    }
    let mut records = Vec::new();
    let others = sweepings(folder, RECORD, &mut floor, now)?;
    for name in folder.names()? {
        if let Some(stem) = name.strip_suffix(RECORD) {
            // A damaged one stays, for somebody to look at.
            if let Ok(Some(Found {
                entry,
                recovered: false,
            })) = find_at(folder, stem, |_| true)
                && entry.is_forgotten(now)
            {
                floor.version = floor.version.max(entry.stored.version);
                records.push(stem.to_owned());
            }
        }
    }
    floor.purged_at = Some(now);
    // First the floor, then what stands below it.
    floor.write(folder)?;
    for stem in &records {
        remove(folder, stem)?;
    }
    others.iter().try_for_each(|name| folder.remove(name))
}
