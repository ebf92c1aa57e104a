//! A store that is an object of the caller's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use shutterkey::record::{Lease, RecordBytes, StoreKey, Stored};
use shutterkey::store::{BoxFuture, Listed, Written};
use shutterkey::{Error, ErrorCode, Family, Result, Store, Timestamp};

use crate::host::{Answer, Asked, Behind, Question};
use crate::time::{moment, seconds};

/// The caller's store.
pub(crate) struct HostStore(pub(crate) Asked);

impl HostStore {
    async fn ask(&self, question: Question) -> Result<Answer> {
        let gone = || {
            Error::with_detail(
                ErrorCode::StoreUnavailable,
                "The event loop that the store works on is gone.",
            )
        };
        let answer = self.0.ask(question).await.ok_or_else(gone)?;
        match &answer.failure {
            None => Ok(answer),
            Some(failure) => Err(failed(failure, answer.behind)),
        }
    }
}

/// An error of the `store` family that the store threw is that error; anything else makes it unavailable.
fn failed(failure: &str, behind: Option<u32>) -> Error {
    let error = match store_code(failure) {
        Some(code) => Error::new(code),
        None => Error::with_detail(ErrorCode::StoreUnavailable, format!("The store failed: {failure}.")),
    };
    match behind {
        Some(number) => error.with_source(Arc::new(Behind(number))),
        None => error,
    }
}

/// The code of this name, of those that stores fail by.
pub(crate) fn store_code(name: &str) -> Option<ErrorCode> {
    let mut known = ErrorCode::ALL.iter().copied();
    known.find(|code| code.family() == Family::Store && code.as_str() == name)
}

/// Versions and fences are whole numbers that a JavaScript number holds exactly.
pub(crate) fn count(number: f64) -> Result<u64> {
    const LAST: f64 = 9_007_199_254_740_991.0;
    if number.fract() != 0.0 || !(0.0..=LAST).contains(&number) {
        return Err(Error::with_detail(
            ErrorCode::StoreUnavailable,
            "The store answered a version or a fence that is no whole number.",
        ));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range is checked"
    )]
    Ok(number as u64)
}

pub(crate) fn number(count: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "they came from the other side")]
    let number = count as f64;
    number
}

fn written(answer: &Answer) -> Result<Written> {
    match answer.count {
        Some(version) => count(version).map(Written::Version),
        None => Ok(Written::Conflict),
    }
}

impl Store for HostStore {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        let question = Question {
            what: "load",
            name: key.as_str().to_owned(),
            now: Some(seconds(now)),
            ..Question::default()
        };
        Box::pin(async move {
            let answer = self.ask(question).await?;
            let (Some(bytes), Some(version)) = (answer.bytes, answer.count) else {
                return Ok(None);
            };
            Ok(Some(Stored {
                record: RecordBytes {
                    bytes: bytes.to_vec().into(),
                    due_at: answer.due_at.map(moment),
                    forget_at: answer.forget_at.map(moment),
                },
                version: count(version)?,
            }))
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
        let question = Question {
            what: "save",
            name: key.as_str().to_owned(),
            bytes: Some(record.bytes.to_vec().into()),
            due_at: record.due_at.map(seconds),
            forget_at: record.forget_at.map(seconds),
            expected: expected.map(number),
            fence: fence.map(number),
            now: Some(seconds(now)),
            ..Question::default()
        };
        Box::pin(async move { written(&self.ask(question).await?) })
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        let question = Question {
            what: "delete",
            name: key.as_str().to_owned(),
            expected: Some(number(expected)),
            ..Question::default()
        };
        Box::pin(async move { written(&self.ask(question).await?) })
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        let question = Question {
            what: "lease",
            name: key.as_str().to_owned(),
            length: Some(ttl.as_secs_f64()),
            now: Some(seconds(now)),
            ..Question::default()
        };
        Box::pin(async move {
            let Some(fence) = self.ask(question).await?.count else {
                return Ok(None);
            };
            Ok(Some(Lease {
                key: key.clone(),
                fence: count(fence)?,
            }))
        })
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        let question = Question {
            what: "release",
            name: lease.key.as_str().to_owned(),
            fence: Some(number(lease.fence)),
            ..Question::default()
        };
        Box::pin(async move { self.ask(question).await.map(drop) })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        let question = Question {
            what: "list",
            name: prefix.to_owned(),
            due_before: due_before.map(seconds),
            after: after.map(|key| key.as_str().to_owned()),
            limit: Some(u32::try_from(limit).unwrap_or(u32::MAX)),
            ..Question::default()
        };
        Box::pin(async move {
            let listed = self.ask(question).await?.listed.unwrap_or_default();
            let listed = listed.into_iter().map(|entry| Listed {
                key: StoreKey::from_stored(entry.key),
                due_at: entry.due_at.map(moment),
            });
            Ok(listed.collect())
        })
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        let question = Question {
            what: "probe",
            ..Question::default()
        };
        Box::pin(async move { self.ask(question).await.map(drop) })
    }
}

impl fmt::Debug for HostStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostStore")
    }
}
