//! A store that is shared is a store.

use std::sync::Arc;
use std::time::Duration;

use super::{BoxFuture, Claimed, Listed, Store, Written};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::record::{Lease, RecordBytes, StoreKey, Stored};

impl<S: Store + ?Sized> Store for Arc<S> {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        (**self).load(key, now)
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        (**self).save(key, record, expected, fence, now)
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        (**self).delete(key, expected)
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        (**self).lease(key, ttl, now)
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        (**self).release(lease)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        (**self).list(prefix, due_before, after, limit)
    }

    fn claim_due<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Timestamp,
        limit: usize,
        ttl: Duration,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<Claimed>>> {
        (**self).claim_due(prefix, due_before, limit, ttl, now)
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        (**self).probe()
    }
}
