//! What lies about in a folder and nobody needs any more.

use super::books::{Floor, read_lease};
use super::desk::LEASE;
use super::folder::{Folder, UNFINISHED};
use crate::clock::Timestamp;
use crate::error::Result;

/// How often forgotten records are looked for, in seconds.
const PURGE_EVERY: i64 = 3_600;

pub(in crate::store) fn was_purged_lately(floor: &Floor, now: Timestamp) -> bool {
    floor
        .purged_at
        .is_some_and(|moment| moment <= now && now < moment.plus(PURGE_EVERY))
}

/// The files that nobody needs any more: what the dead began to write, and leases without a record, whose fences `floor`
/// is raised to.
pub(in crate::store) fn sweepings(
    folder: &Folder,
    records_end_in: &str,
    floor: &mut Floor,
    now: Timestamp,
) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for name in folder.names()? {
        if name.ends_with(UNFINISHED) {
            // Writing is done under the lock, and we have it.
            names.push(name);
        } else if let Some(stem) = name.strip_suffix(LEASE)
            && let Ok(Some(lease)) = read_lease(folder, &name)
            && !lease.is_held(now)
            && matches!(folder.read(&(stem.to_owned() + records_end_in)), Ok(None))
        {
            floor.fence = floor.fence.max(lease.fence);
            names.push(name);
        }
    }
    Ok(names)
}
