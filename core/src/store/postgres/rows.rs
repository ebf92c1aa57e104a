//! The table as a store of bytes.

use std::time::Duration;

use tokio_postgres::Row;
use tokio_postgres::types::Type;
use zeroize::Zeroizing;

use super::migrations::is_area;
use super::table::{Parameter, Repeat, Table, get, unexpected};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::record::{Lease, RecordBytes, StoreKey, Stored};
use crate::store::{BoxFuture, Claimed, Listed, Store, Written};

/// The longest lease, ten years in seconds: beyond it the server's arithmetic ends.
const LONGEST_LEASE: f64 = 315_360_000.0;

impl Table {
    async fn claim(&self, prefix: &str, due_before: Timestamp, limit: usize, ttl: Duration) -> Result<Vec<Claimed>> {
        let (end, due_before) = (end_of(prefix), due_before.seconds());
        let (limit, ttl) = (at_most(limit), length(ttl));
        let mut parameters: Vec<Parameter<'_>> = vec![
            (&due_before, Type::INT8),
            (&limit, Type::INT8),
            (&ttl, Type::FLOAT8),
            (&prefix, Type::TEXT),
        ];
        let statement = if is_area(prefix) {
            &self.statements().claim_area
        } else {
            parameters.push((&end, Type::TEXT));
            &self.statements().claim
        };
        let rows = self.ask(statement, &parameters, Repeat::Never).await?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in &rows {
            claimed.push(Claimed {
                lease: Lease {
                    key: StoreKey::from_stored(get::<String>(row, 0)?),
                    fence: number(row, 1)?,
                },
                record: Ok(stored(row, 2)?),
            });
        }
        claimed.sort_by_key(|claimed| claimed.record.as_ref().ok().and_then(|stored| stored.record.due_at));
        Ok(claimed)
    }
}

impl Store for Table {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        Box::pin(async move {
            let (key, now) = (key.as_str(), now.seconds());
            let parameters: [Parameter<'_>; 2] = [(&key, Type::TEXT), (&now, Type::INT8)];
            let row = self
                .ask_for_one(&self.statements().load, &parameters, Repeat::Fine)
                .await?;
            row.map(|row| stored(&row, 0)).transpose()
        })
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        Box::pin(async move {
            let Ok(expected) = expected.map(i64::try_from).transpose() else {
                return Ok(Written::Conflict);
            };
            let fence = fence.map(|fence| i64::try_from(fence).unwrap_or(i64::MAX));
            let (key, bytes) = (key.as_str(), record.bytes.as_slice());
            let (due_at, forget_at) = (
                record.due_at.map(Timestamp::seconds),
                record.forget_at.map(Timestamp::seconds),
            );
            let now = now.seconds();
            let mut parameters: Vec<Parameter<'_>> = vec![
                (&key, Type::TEXT),
                (&bytes, Type::BYTEA),
                (&due_at, Type::INT8),
                (&forget_at, Type::INT8),
                (&now, Type::INT8),
            ];
            let statement = if expected.is_none() && fence.is_none() {
                &self.statements().create
            } else {
                parameters.push((&expected, Type::INT8));
                parameters.push((&fence, Type::INT8));
                &self.statements().replace
            };
            let row = self.ask_for_one(statement, &parameters, Repeat::Never).await?;
            let Some(row) = row else { return Ok(Written::Conflict) };
            let version = number(&row, 0)?;
            self.purge_now_and_then(now).await;
            Ok(Written::Version(version))
        })
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        Box::pin(async move {
            let Ok(version) = i64::try_from(expected) else {
                return Ok(Written::Conflict);
            };
            let key = key.as_str();
            let parameters: [Parameter<'_>; 2] = [(&key, Type::TEXT), (&version, Type::INT8)];
            let row = self
                .ask_for_one(&self.statements().delete, &parameters, Repeat::Never)
                .await?;
            Ok(row.map_or(Written::Conflict, |_| Written::Version(expected)))
        })
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, _: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        Box::pin(async move {
            let (name, ttl) = (key.as_str(), length(ttl));
            let parameters: [Parameter<'_>; 2] = [(&name, Type::TEXT), (&ttl, Type::FLOAT8)];
            let row = self
                .ask_for_one(&self.statements().lease, &parameters, Repeat::Never)
                .await?;
            let fence = row.map(|row| number(&row, 0)).transpose()?;
            Ok(fence.map(|fence| Lease {
                key: key.clone(),
                fence,
            }))
        })
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let (key, fence) = (lease.key.as_str(), i64::try_from(lease.fence).unwrap_or(i64::MAX));
            let parameters: [Parameter<'_>; 2] = [(&key, Type::TEXT), (&fence, Type::INT8)];
            self.ask(&self.statements().release, &parameters, Repeat::Fine)
                .await
                .map(drop)
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        Box::pin(async move {
            let (end, after) = (end_of(prefix), after.map(StoreKey::as_str));
            let (due_before, limit) = (due_before.map(Timestamp::seconds), at_most(limit));
            let parameters: [Parameter<'_>; 5] = [
                (&prefix, Type::TEXT),
                (&end, Type::TEXT),
                (&after, Type::TEXT),
                (&due_before, Type::INT8),
                (&limit, Type::INT8),
            ];
            let rows = self.ask(&self.statements().list, &parameters, Repeat::Fine).await?;
            rows.iter()
                .map(|row| {
                    Ok(Listed {
                        key: StoreKey::from_stored(get::<String>(row, 0)?),
                        due_at: get::<Option<i64>>(row, 1)?.map(Timestamp::from_seconds),
                    })
                })
                .collect()
        })
    }

    fn claim_due<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Timestamp,
        limit: usize,
        ttl: Duration,
        _: Timestamp,
    ) -> BoxFuture<'a, Result<Vec<Claimed>>> {
        Box::pin(self.claim(prefix, due_before, limit, ttl))
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async {
            self.check_schema().await?;
            self.ask(&self.statements().probe, &[], Repeat::Fine).await.map(drop)
        })
    }
}

/// The first text behind all that begin with `prefix`; `None`: there is none.
fn end_of(prefix: &str) -> Option<String> {
    let mut end: Vec<char> = prefix.chars().collect();
    while let Some(last) = end.pop() {
        // Between U+D7FF and U+E000 there is no character.
        if let Some(next) = (last..=char::MAX).nth(1) {
            end.push(next);
            return Some(end.into_iter().collect());
        }
    }
    None
}

fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn length(ttl: Duration) -> f64 {
    ttl.as_secs_f64().min(LONGEST_LEASE)
}

fn number(row: &Row, column: usize) -> Result<u64> {
    u64::try_from(get::<i64>(row, column)?).map_err(|_| unexpected())
}

/// Version, bytes, due_at and forget_at, from this column on.
fn stored(row: &Row, first: usize) -> Result<Stored> {
    Ok(Stored {
        version: number(row, first)?,
        record: RecordBytes {
            bytes: Zeroizing::new(get::<&[u8]>(row, first + 1)?.to_vec()),
            due_at: get::<Option<i64>>(row, first + 2)?.map(Timestamp::from_seconds),
            forget_at: get::<Option<i64>>(row, first + 3)?.map(Timestamp::from_seconds),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::end_of;

    #[test]
    fn the_end_of_a_prefix_is_behind_all_that_begin_with_it() {
        for (prefix, end) in [
            ("", None),
            ("a/", Some("a0")),
            ("a\u{d7ff}", Some("a\u{e000}")),
            ("a\u{10ffff}", Some("b")),
            ("\u{10ffff}", None),
        ] {
            assert_eq!(end_of(prefix).as_deref(), end, "{prefix:?}");
        }
    }
}
