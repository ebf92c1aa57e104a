//! Leases and their fences.

use std::time::Duration;

use super::records::{read, write};
use super::{Checked, NOW, Stop, Subject, ensure, key, record};
use crate::clock::Timestamp;
use crate::record::{Lease, StoreKey};
use crate::store::{Store, Written};

const TTL: Duration = Duration::from_secs(60);

/// A lease that must be free.
pub(super) async fn take(store: &dyn Store, key: &StoreKey, ttl: Duration, now: Timestamp) -> Checked<Lease> {
    store
        .lease(key, ttl, now)
        .await?
        .ok_or_else(|| Stop::Failed(format!("the lease should be free at {now} and is not")))
}

/// A lease that somebody must have.
pub(super) async fn held(store: &dyn Store, key: &StoreKey, ttl: Duration, now: Timestamp) -> Checked {
    let second = store.lease(key, ttl, now).await?;
    ensure(second.is_none(), || {
        format!("the lease is held at {now} and was given out again: {second:?}")
    })
}

pub(super) async fn exclusive(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let key = key("lease");
    let lease = take(store, &key, TTL, NOW).await?;
    ensure(lease.key == key, || format!("the lease names {}, not {key}", lease.key))?;
    held(store, &key, TTL, NOW).await?;
    if !subject.own_clock {
        held(store, &key, TTL, NOW.plus(59)).await?;
    }
    Ok(())
}

pub(super) async fn given_back(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let key = key("lease");
    let lease = take(store, &key, TTL, NOW).await?;
    store.release(lease.clone()).await?;
    take(store, &key, TTL, NOW).await?;
    // Twice, since a driver may repeat itself; by now it is another holder's.
    store.release(lease).await?;
    held(store, &key, TTL, NOW).await
}

pub(super) async fn expiry(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let key = key("lease");
    if !subject.own_clock {
        take(store, &key, TTL, NOW).await?;
        take(store, &key, TTL, NOW.plus(60)).await?;
        held(store, &key, TTL, NOW.plus(119)).await?;
        take(store, &key, TTL, NOW.plus(100_000)).await?;
        return Ok(());
    }
    take(store, &key, Duration::from_secs(1), NOW).await?;
    held(store, &key, TTL, NOW).await?;
    for _ in 0..100 {
        super::together::pause(Duration::from_millis(100)).await?;
        if store.lease(&key, TTL, NOW).await?.is_some() {
            return Ok(());
        }
    }
    Err(Stop::Failed("a lease of one second is held after ten".to_owned()))
}

pub(super) async fn old_release(subject: &Subject) -> Checked {
    subject.follows_now()?;
    let store = &*subject.store;
    let key = key("lease");
    let old = take(store, &key, TTL, NOW).await?;
    let later = NOW.plus(61);
    take(store, &key, TTL, later).await?;
    store.release(old).await?;
    held(store, &key, TTL, later).await
}

pub(super) async fn clock_set_back(subject: &Subject) -> Checked {
    subject.follows_now()?;
    let store = &*subject.store;
    let key = key("lease");
    take(store, &key, TTL, NOW).await?;
    let year_before = NOW.plus(-365 * 86_400);
    // At the latest one length after the clock was set back, it is free.
    if store.lease(&key, TTL, year_before).await?.is_none() {
        take(store, &key, TTL, year_before.plus(60)).await?;
    }
    Ok(())
}

pub(super) async fn shorter(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let key = key("lease");
    take(store, &key, TTL, NOW).await?;
    for seconds in [1, 30, 3_600] {
        held(store, &key, Duration::from_secs(seconds), NOW).await?;
    }
    Ok(())
}

pub(super) async fn independent(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let (one, other) = (key("one"), key("other"));
    let first = take(store, &one, TTL, NOW).await?;
    let second = take(store, &other, TTL, NOW).await?;
    store.release(first).await?;
    held(store, &other, TTL, NOW).await?;
    take(store, &one, TTL, NOW).await?;
    store.release(second).await?;
    held(store, &one, TTL, NOW).await
}

pub(super) async fn fences(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let key = key("fences");
    let mut last = None;
    for round in 0..6 {
        let lease = take(store, &key, TTL, NOW).await?;
        ensure(last.is_none_or(|last| lease.fence > last), || {
            format!("fence {} follows {last:?}", lease.fence)
        })?;
        last = Some(lease.fence);
        store.release(lease).await?;
        // A record that comes and goes in between must not start them anew.
        if round % 2 == 1 {
            let version = write(store, &key, record(b"x"), None).await?;
            store.delete(&key, version).await?;
        }
    }
    Ok(())
}

pub(super) async fn fencing(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let key = key("fencing");
    let version = write(store, &key, record(b"0"), None).await?;
    let old = take(store, &key, TTL, NOW).await?;
    store.release(old.clone()).await?;
    let new = take(store, &key, TTL, NOW).await?;
    let late = store
        .save(&key, record(b"late"), Some(version), Some(old.fence), NOW)
        .await?;
    ensure(late == Written::Conflict, || {
        format!(
            "fence {} was given out, and a write under {} answers {late:?}",
            new.fence, old.fence
        )
    })?;
    let Written::Version(version) = store
        .save(&key, record(b"1"), Some(version), Some(new.fence), NOW)
        .await?
    else {
        return Err(Stop::Failed("a write under the present lease was refused".to_owned()));
    };
    // A login by hand asks for no lease.
    let version = write(store, &key, record(b"2"), Some(version)).await?;
    store.release(new.clone()).await?;
    let after_release = store
        .save(&key, record(b"3"), Some(version), Some(new.fence), NOW)
        .await?;
    ensure(after_release != Written::Conflict, || {
        "a write under the last lease was refused although nobody has a later one".to_owned()
    })?;
    let stored = read(store, &key).await?;
    ensure(*stored.record.bytes == b"3", || {
        "the last write is not what is read".to_owned()
    })
}

pub(super) async fn without_record(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let key = key("leased alone");
    let lease = take(store, &key, TTL, NOW).await?;
    ensure(store.load(&key, NOW).await?.is_none(), || {
        "a lease made a record".to_owned()
    })?;
    let listed = store.list("", None, None, 10).await?;
    ensure(listed.is_empty(), || format!("a lease is listed: {listed:?}"))?;
    let written = store.save(&key, record(b"x"), None, Some(lease.fence), NOW).await?;
    ensure(written != Written::Conflict, || {
        "a record could not be made under the lease of its key".to_owned()
    })
}
