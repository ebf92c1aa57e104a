//! Many at once, and two handles to one place.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::JoinSet;

use super::leases::{held, take};
use super::records::{read, write};
use super::{Checked, NOW, Stop, Subject, ensure, key, record};
use crate::record::StoreKey;
use crate::store::{Store, Written};

const MANY: usize = 32;
const TTL: Duration = Duration::from_secs(60);

fn runtime() -> Checked<Handle> {
    Handle::try_current().map_err(|_| Stop::Failed("the suite runs in a tokio runtime, and there is none".to_owned()))
}

/// Waits in real time, on a runtime with or without a timer.
pub(super) async fn pause(duration: Duration) -> Checked {
    let waited = runtime()?.spawn_blocking(move || std::thread::sleep(duration)).await;
    waited.map_err(|_| Stop::Failed("the runtime is shutting down".to_owned()))
}

/// Runs `work` in as many tasks as [`MANY`], over both handles where there are two, and collects what they answer.
async fn all_at_once<T, W, Working>(subject: &Subject, work: W) -> Checked<Vec<T>>
where
    T: Send + 'static,
    W: Fn(Arc<dyn Store>, usize) -> Working,
    Working: Future<Output = Checked<T>> + Send + 'static,
{
    let runtime = runtime()?;
    let mut tasks = JoinSet::new();
    for n in 0..MANY {
        let store = match &subject.second {
            Some(second) if n % 2 == 1 => Arc::clone(second),
            _ => Arc::clone(&subject.store),
        };
        tasks.spawn_on(work(store, n), &runtime);
    }
    let mut answers = Vec::with_capacity(MANY);
    while let Some(joined) = tasks.join_next().await {
        answers.push(joined.map_err(|error| Stop::Failed(format!("the store panicked: {error}")))??);
    }
    Ok(answers)
}

fn winners(written: &[Written]) -> usize {
    written.iter().filter(|written| **written != Written::Conflict).count()
}

pub(super) async fn create(subject: &Subject) -> Checked {
    let written = all_at_once(subject, |store, n| async move {
        Ok(store.save(&key("race"), record(&[n as u8]), None, None, NOW).await?)
    })
    .await?;
    let won = winners(&written);
    ensure(won == 1, || format!("{won} of {MANY} created the same record"))
}

pub(super) async fn replace(subject: &Subject) -> Checked {
    let first = write(&*subject.store, &key("race"), record(b"first"), None).await?;
    let written = all_at_once(subject, move |store, n| async move {
        let bytes = record(&[n as u8]);
        Ok(store.save(&key("race"), bytes, Some(first), None, NOW).await?)
    })
    .await?;
    let won = winners(&written);
    ensure(won == 1, || format!("{won} of {MANY} replaced version {first}"))?;
    let stored = read(&*subject.store, &key("race")).await?;
    ensure(written.contains(&Written::Version(stored.version)), || {
        format!(
            "the winner was told another version than {}, which is there",
            stored.version
        )
    })
}

pub(super) async fn lease(subject: &Subject) -> Checked {
    let leases = all_at_once(subject, |store, _| async move {
        Ok(store.lease(&key("race"), TTL, NOW).await?)
    })
    .await?;
    let won = leases.iter().flatten().count();
    ensure(won == 1, || format!("{won} of {MANY} have the same lease"))
}

pub(super) async fn claim(subject: &Subject) -> Checked {
    for number in 0..MANY {
        let mut record = record(b"due");
        record.due_at = Some(NOW.plus(-1));
        let name = StoreKey::from_stored(format!("claims/account/{number:02}"));
        write(&*subject.store, &name, record, None).await?;
    }
    let claims = all_at_once(subject, |store, _| async move {
        Ok(store.claim_due("claims/account/", NOW, 5, TTL, NOW).await?)
    })
    .await?;
    let mut seen = BTreeSet::new();
    for claimed in claims.into_iter().flatten() {
        let key = claimed.lease.key;
        ensure(seen.insert(key.clone()), || format!("two have {key}"))?;
    }
    ensure(seen.len() == MANY, || {
        format!("of {MANY} that were due, {} were claimed", seen.len())
    })
}

pub(super) async fn count(subject: &Subject) -> Checked {
    write(&*subject.store, &key("count"), record(b"0"), None).await?;
    all_at_once(subject, |store, _| async move {
        // With MANY writers, somebody succeeds in every round, so nobody needs more rounds than there are writers.
        for _ in 0..MANY {
            let stored = read(&*store, &key("count")).await?;
            let next = number(&stored.record.bytes)? + 1;
            let bytes = record(next.to_string().as_bytes());
            let written = store
                .save(&key("count"), bytes, Some(stored.version), None, NOW)
                .await?;
            if written != Written::Conflict {
                return Ok(());
            }
        }
        Err(Stop::Failed(format!(
            "a writer met {MANY} conflicts among {MANY} writers"
        )))
    })
    .await?;
    let counted = number(&read(&*subject.store, &key("count")).await?.record.bytes)?;
    ensure(counted == MANY, || format!("{MANY} writers counted to {counted}"))
}

fn number(bytes: &[u8]) -> Checked<usize> {
    std::str::from_utf8(bytes)
        .ok()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Stop::Failed("other bytes came back than were written".to_owned()))
}

pub(super) async fn two_handles(subject: &Subject) -> Checked {
    let (one, other) = (&*subject.store, &*subject.second()?);
    let key = key("shared");
    let first = write(one, &key, record(b"by one"), None).await?;
    let stored = read(other, &key).await?;
    ensure(stored.version == first && *stored.record.bytes == b"by one", || {
        "the second handle reads something else than the first one wrote".to_owned()
    })?;
    let second = write(other, &key, record(b"by the other"), Some(first)).await?;
    let late = one.save(&key, record(b"late"), Some(first), None, NOW).await?;
    ensure(late == Written::Conflict, || {
        format!("the first handle did not see the second one's write: {late:?}")
    })?;
    ensure(read(one, &key).await?.version == second, || {
        "the first handle reads an old version".to_owned()
    })?;
    let deleted = one.delete(&key, second).await?;
    ensure(deleted == Written::Version(second), || {
        format!("deleting version {second} answers {deleted:?}")
    })?;
    ensure(other.load(&key, NOW).await?.is_none(), || {
        "the second handle reads what the first one deleted".to_owned()
    })?;
    let third = write(other, &key, record(b"anew"), None).await?;
    ensure(third > second, || {
        format!("version {third} follows {second} over a deletion by the other handle")
    })
}

pub(super) async fn two_holders(subject: &Subject) -> Checked {
    let (one, other) = (&*subject.store, &*subject.second()?);
    let key = key("shared");
    let version = write(one, &key, record(b"0"), None).await?;
    let old = take(one, &key, TTL, NOW).await?;
    held(other, &key, TTL, NOW).await?;
    one.release(old.clone()).await?;
    let new = take(other, &key, TTL, NOW).await?;
    ensure(new.fence > old.fence, || {
        format!("fence {} of the second handle follows {}", new.fence, old.fence)
    })?;
    let late = one
        .save(&key, record(b"late"), Some(version), Some(old.fence), NOW)
        .await?;
    ensure(late == Written::Conflict, || {
        format!("the other handle has a later lease, and a write under the old one answers {late:?}")
    })
}
