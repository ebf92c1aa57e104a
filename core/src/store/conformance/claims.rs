//! Claiming what is due.

use std::collections::BTreeSet;
use std::time::Duration;

use super::leases::{held, take};
use super::records::{read, write};
use super::{Checked, NOW, Subject, ensure, record};
use crate::record::StoreKey;
use crate::store::{Claimed, Store, Written};

const TTL: Duration = Duration::from_secs(60);

fn account(number: usize) -> StoreKey {
    StoreKey::from_stored(format!("claims/account/{number:03}"))
}

/// Accounts that were due so many seconds ago; `None`: not due at any time.
async fn fill(store: &dyn Store, due: &[Option<i64>]) -> Checked {
    for (number, ago) in due.iter().enumerate() {
        let mut record = record(format!("{number}").as_bytes());
        record.due_at = ago.map(|ago| NOW.plus(-ago));
        write(store, &account(number), record, None).await?;
    }
    Ok(())
}

async fn claim(store: &dyn Store, limit: usize) -> Checked<Vec<Claimed>> {
    Ok(store.claim_due("claims/account/", NOW, limit, TTL, NOW).await?)
}

fn keys(claimed: &[Claimed]) -> BTreeSet<&str> {
    claimed.iter().map(|claimed| claimed.lease.key.as_str()).collect()
}

pub(super) async fn due(subject: &Subject) -> Checked {
    let store = &*subject.store;
    fill(store, &[Some(10), None, Some(-10), Some(1), Some(0)]).await?;
    let elsewhere = StoreKey::from_stored("claims/other/1");
    let mut late = record(b"elsewhere");
    late.due_at = Some(NOW.plus(-10));
    write(store, &elsewhere, late, None).await?;
    ensure(claim(store, 0).await?.is_empty(), || {
        "of no more than none, some were claimed".to_owned()
    })?;
    let claimed = claim(store, 100).await?;
    let (found, wanted) = (keys(&claimed), [account(0), account(3)]);
    ensure(found == wanted.iter().map(StoreKey::as_str).collect(), || {
        format!("claimed: {found:?}; due before the moment: {wanted:?}")
    })?;
    for claimed in &claimed {
        let key = &claimed.lease.key;
        let stored = claimed.record.clone()?;
        let present = read(store, key).await?;
        let same = (stored.version, &stored.record.bytes, stored.record.due_at)
            == (present.version, &present.record.bytes, present.record.due_at);
        ensure(same, || format!("{key} was claimed with another record than is there"))?;
        held(store, key, TTL, NOW).await?;
        let written = store
            .save(
                key,
                record(b"done"),
                Some(stored.version),
                Some(claimed.lease.fence),
                NOW,
            )
            .await?;
        ensure(written != Written::Conflict, || {
            format!("a write under the lease of a claim was refused for {key}")
        })?;
        store.release(claimed.lease.clone()).await?;
    }
    let again = claim(store, 100).await?;
    ensure(again.is_empty(), || {
        format!("what is not due any more was claimed: {:?}", keys(&again))
    })
}

pub(super) async fn of_others(subject: &Subject) -> Checked {
    let store = &*subject.store;
    fill(store, &[Some(30), Some(20), Some(10)]).await?;
    let lease = take(store, &account(1), TTL, NOW).await?;
    let claimed = claim(store, 100).await?;
    let (one, other) = (account(0), account(2));
    ensure(keys(&claimed) == BTreeSet::from([one.as_str(), other.as_str()]), || {
        format!(
            "{} is leased, and of three these were claimed: {:?}",
            account(1),
            keys(&claimed)
        )
    })?;
    let again = claim(store, 100).await?;
    ensure(again.is_empty(), || format!("claimed twice: {:?}", keys(&again)))?;
    // What is given back without being done is due as before.
    store.release(lease.clone()).await?;
    let again = claim(store, 100).await?;
    ensure(keys(&again) == BTreeSet::from([account(1).as_str()]), || {
        format!(
            "{} was given back, and these were claimed: {:?}",
            account(1),
            keys(&again)
        )
    })?;
    ensure(again.iter().all(|claimed| claimed.lease.fence > lease.fence), || {
        "a claim has no later fence than the lease before".to_owned()
    })
}

pub(super) async fn batches(subject: &Subject) -> Checked {
    let store = &*subject.store;
    // More than a page of a store that claims one by one.
    let due: Vec<_> = (0..110).map(|number| Some(1 + number)).collect();
    fill(store, &due).await?;
    let mut seen = BTreeSet::new();
    for wanted in [60, 50, 0] {
        let claimed = claim(store, 60).await?;
        ensure(claimed.len() == wanted, || {
            format!("{} were claimed and {wanted} are left, in batches of 60", claimed.len())
        })?;
        for claimed in claimed {
            let key = claimed.lease.key;
            ensure(seen.insert(key.as_str().to_owned()), || {
                format!("{key} was claimed twice")
            })?;
        }
    }
    Ok(())
}
