//! Claiming what is due: how a fleet of keepers shares one store.

use std::time::Duration;

use super::Store;
use crate::clock::Timestamp;
use crate::error::Result;
#[cfg(feature = "file-store")]
use crate::error::{Error, ErrorCode};
use crate::record::{Lease, StoreKey, Stored};

/// What is due and now leased to whoever asked.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The right to work on it. Give it back when the work is done.
    pub lease: Lease,
    /// The record as it is under the lease. A record that cannot be read is claimed like any other, so that it stands in
    /// nobody's way until the lease ends; this says why it cannot.
    pub record: Result<Stored>,
}

/// How many keys are asked for at once; those that somebody else has are passed over.
const PAGE: usize = 100;

/// [`Store::claim_due`] from a list and a lease for each: right for every store, and quick enough where asking costs
/// nothing.
pub(super) async fn claim_one_by_one<S: Store + ?Sized>(
    store: &S,
    prefix: &str,
    due_before: Timestamp,
    limit: usize,
    ttl: Duration,
    now: Timestamp,
) -> Result<Vec<Claimed>> {
    let mut claimed = Vec::new();
    let mut after = None;
    while claimed.len() < limit {
        let page = store.list(prefix, Some(due_before), after.as_ref(), PAGE).await?;
        let is_last = page.len() < PAGE;
        for listed in page {
            if claimed.len() == limit {
                break;
            }
            claimed.extend(claim(store, &listed.key, due_before, ttl, now).await?);
            after = Some(listed.key);
        }
        if is_last {
            break;
        }
    }
    Ok(claimed)
}

/// [`Store::claim_due`] from a list of all that is due, and why one of the others could not be listed. That error comes when
/// nothing else is left to claim, so that one that cannot be read stands in nobody's way.
#[cfg(feature = "file-store")]
pub(super) async fn claim_listed<S: Store + ?Sized>(
    store: &S,
    (due, mut unreadable): (Vec<super::Listed>, Option<Error>),
    due_before: Timestamp,
    limit: usize,
    ttl: Duration,
    now: Timestamp,
) -> Result<Vec<Claimed>> {
    let mut claimed = Vec::new();
    for listed in due {
        if claimed.len() == limit {
            break;
        }
        match claim(store, &listed.key, due_before, ttl, now).await {
            Ok(taken) => claimed.extend(taken),
            // Its lease cannot be read.
            Err(error) if matches!(error.code(), ErrorCode::StoreCorrupt | ErrorCode::StoreRefused) => {
                unreadable = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    match unreadable {
        Some(error) if claimed.is_empty() => Err(error),
        _ => Ok(claimed),
    }
}

/// Leases one that is due, unless somebody has it or had it a moment ago.
async fn claim<S: Store + ?Sized>(
    store: &S,
    key: &StoreKey,
    due_before: Timestamp,
    ttl: Duration,
    now: Timestamp,
) -> Result<Option<Claimed>> {
    let Some(lease) = store.lease(key, ttl, now).await? else {
        return Ok(None);
    };
    // Whoever had it a moment ago may have done the work.
    let record = match store.load(key, now).await {
        Ok(Some(stored)) if stored.record.due_at.is_some_and(|due| due < due_before) => Ok(stored),
        Ok(_) => {
            store.release(lease).await?;
            return Ok(None);
        }
        Err(error) if error.is_about_one_record() => Err(error),
        Err(error) => {
            // It frees itself if that fails too.
            let _ = store.release(lease).await;
            return Err(error);
        }
    };
    Ok(Some(Claimed { lease, record }))
}
