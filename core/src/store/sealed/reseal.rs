//! Sealing anew what another key sealed.

use std::time::Duration;

use super::layer::{Layer, Read, read};
use crate::clock::Timestamp;
use crate::error::{Error, Result};
use crate::record::{Lease, StoreKey};
use crate::store::{Store, Written};

/// Longer than reading, sealing and writing one record takes.
const LEASE: Duration = Duration::from_secs(60);

/// How many keys are listed at once.
const PAGE: usize = 500;

/// What a pass does with records that are not sealed at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainRecords {
    /// Reports them as unreadable. A store that is sealed has none, so somebody else put them there.
    Refuse,
    /// Seals them: for the one pass after a store without a key got one.
    Seal,
}

/// What a pass did.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Resealed {
    /// Sealed anew.
    pub resealed: u64,
    /// Sealed with the present key before.
    pub current: u64,
    /// Passed over, since somebody else has them at the moment.
    pub busy: u64,
    /// Left as they are, since they cannot be opened.
    pub unreadable: Vec<(StoreKey, Error)>,
}

impl Resealed {
    /// Whether every record is sealed with the present key now.
    pub fn is_complete(&self) -> bool {
        self.busy == 0 && self.unreadable.is_empty()
    }
}

pub(super) async fn reseal(
    store: &dyn Store,
    layer: &Layer,
    prefix: &str,
    plain: PlainRecords,
    now: Timestamp,
) -> Result<Resealed> {
    let mut done = Resealed::default();
    let mut after: Option<StoreKey> = None;
    loop {
        let page = store.list(prefix, None, after.as_ref(), PAGE).await?;
        for listed in &page {
            match one(store, layer, &listed.key, plain, now).await {
                Ok(Some(Became::Resealed)) => done.resealed += 1,
                Ok(Some(Became::Current)) => done.current += 1,
                Ok(Some(Became::Busy)) => done.busy += 1,
                Ok(None) => {}
                Err(error) if error.is_about_one_record() => {
                    done.unreadable.push((listed.key.clone(), error));
                }
                Err(error) => return Err(error),
            }
        }
        let is_last = page.len() < PAGE;
        after = page.into_iter().last().map(|listed| listed.key).or(after);
        if is_last {
            return Ok(done);
        }
    }
}

/// What became of one record.
enum Became {
    Resealed,
    Current,
    Busy,
}

async fn one(
    store: &dyn Store,
    layer: &Layer,
    key: &StoreKey,
    plain: PlainRecords,
    now: Timestamp,
) -> Result<Option<Became>> {
    // Without a lease first: most of a second pass has nothing to do.
    match store.load(key, now).await? {
        None => return Ok(None),
        Some(stored) => match read(&stored.record.bytes) {
            Read::Sealed(sealed) if layer.is_current(sealed) => return Ok(Some(Became::Current)),
            _ => {}
        },
    }
    // A refresh that runs meanwhile would find another version than it expects, and could not store its token.
    let Some(lease) = store.lease(key, LEASE, now).await? else {
        return Ok(Some(Became::Busy));
    };
    let outcome = under_lease(store, layer, &lease, plain, now).await;
    let _ = store.release(lease).await;
    outcome
}

async fn under_lease(
    store: &dyn Store,
    layer: &Layer,
    lease: &Lease,
    plain: PlainRecords,
    now: Timestamp,
) -> Result<Option<Became>> {
    let key = &lease.key;
    let Some(stored) = store.load(key, now).await? else {
        return Ok(None);
    };
    let version = stored.version;
    let is_plain = matches!(read(&stored.record.bytes), Read::Plain);
    let opened = match plain {
        PlainRecords::Seal if is_plain => stored,
        _ => layer.open(key, stored).await?,
    };
    let sealed = layer.seal(key, &opened.record).await?;
    let written = store.save(key, sealed, Some(version), Some(lease.fence), now).await?;
    Ok(Some(match written {
        Written::Version(_) => Became::Resealed,
        // A login by hand, which asks for no lease. It was sealed with the key of whoever wrote it.
        Written::Conflict => Became::Busy,
    }))
}
