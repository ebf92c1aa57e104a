//! A store that lives as long as its process.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::lease::LeaseState;
use super::{BoxFuture, Listed, Store, Written};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::record::{Lease, RecordBytes, StoreKey, Stored};

/// Keeps records in memory. Clones share them.
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    records: BTreeMap<StoreKey, Stored>,
    leases: BTreeMap<StoreKey, LeaseState>,
    last_version: u64,
    last_fence: u64,
    writes_since_purge: usize,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives back every lease. For a process that began as a copy of another one: whoever held them is not in it, and
    /// each would keep its account from being refreshed until it ends by itself.
    pub fn end_leases(&self) {
        for lease in self.inner().leases.values_mut() {
            lease.give_back();
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn load(&mut self, key: &StoreKey, now: Timestamp) -> Option<Stored> {
        let stored = self.records.get(key)?;
        if stored.record.forget_at.is_some_and(|moment| now >= moment) {
            self.records.remove(key);
            return None;
        }
        Some(stored.clone())
    }

    fn save(
        &mut self,
        key: &StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> Written {
        let present = self.load(key, now).map(|stored| stored.version);
        let fenced_off = matches!((fence, self.leases.get(key)), (Some(fence), Some(last)) if fence < last.fence);
        if present != expected || fenced_off {
            return Written::Conflict;
        }
        self.purge_now_and_then(now);
        self.last_version += 1;
        self.records.insert(
            key.clone(),
            Stored {
                record,
                version: self.last_version,
            },
        );
        Written::Version(self.last_version)
    }

    /// Logins are remembered for a day and then never asked for again. Once in as many writes as there are records, so
    /// that a write costs the same on average however many there are.
    fn purge_now_and_then(&mut self, now: Timestamp) {
        self.writes_since_purge += 1;
        if self.writes_since_purge > self.records.len().max(64) {
            self.writes_since_purge = 0;
            self.records
                .retain(|_, stored| stored.record.forget_at.is_none_or(|moment| now < moment));
        }
    }

    fn lease(&mut self, key: &StoreKey, ttl: Duration, now: Timestamp) -> Option<Lease> {
        if self.leases.get(key).is_some_and(|lease| lease.is_held(now)) {
            return None;
        }
        self.last_fence += 1;
        self.leases
            .insert(key.clone(), LeaseState::taken(self.last_fence, ttl, now));
        Some(Lease {
            key: key.clone(),
            fence: self.last_fence,
        })
    }
}

impl Store for MemoryStore {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        let loaded = self.inner().load(key, now);
        Box::pin(async { Ok(loaded) })
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        let written = self.inner().save(key, record, expected, fence, now);
        Box::pin(async move { Ok(written) })
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        let mut inner = self.inner();
        let written = match inner.records.get(key) {
            Some(stored) if stored.version == expected => {
                inner.records.remove(key);
                Written::Version(expected)
            }
            _ => Written::Conflict,
        };
        Box::pin(async move { Ok(written) })
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        let lease = self.inner().lease(key, ttl, now);
        Box::pin(async move { Ok(lease) })
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        let mut inner = self.inner();
        let given_back = lease.fence;
        // The fence stays, so that a write under this lease is refused once the next one is out.
        if let Some(lease) = inner.leases.get_mut(&lease.key)
            && lease.fence == given_back
        {
            lease.give_back();
        }
        Box::pin(async { Ok(()) })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        let first = StoreKey::from_stored(prefix);
        let from = match after {
            Some(key) if *key >= first => Bound::Excluded(key.clone()),
            _ => Bound::Included(first),
        };
        let listed = self
            .inner()
            .records
            .range((from, Bound::Unbounded))
            .take_while(|(key, _)| key.as_str().starts_with(prefix))
            .map(|(key, stored)| Listed {
                key: key.clone(),
                due_at: stored.record.due_at,
            })
            .filter(|listed| due_before.is_none_or(|moment| listed.due_at.is_some_and(|due| due < moment)))
            .take(limit)
            .collect();
        Box::pin(async { Ok(listed) })
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryStore({} records)", self.inner().records.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_all_leases_were_ended_each_can_be_taken_and_the_old_fence_is_out() {
        let (store, now) = (MemoryStore::new(), Timestamp::from_seconds(1_900_000_000));
        let key = StoreKey::login("default", "a-login");
        let ttl = Duration::from_secs(60);
        let old = store.inner().lease(&key, ttl, now).unwrap();
        assert_eq!(store.inner().lease(&key, ttl, now), None);

        store.end_leases();
        let new = store.inner().lease(&key, ttl, now).unwrap();
        assert!(new.fence > old.fence);
    }
}
