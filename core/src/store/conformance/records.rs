//! Loading, writing, deleting and forgetting one record.

use super::{Checked, NOW, Stop, Subject, ensure, key, record};
use crate::record::{RecordBytes, StoreKey, Stored};
use crate::store::{Store, Written};

/// A write that must succeed; its version.
pub(super) async fn write(
    store: &dyn Store,
    key: &StoreKey,
    record: RecordBytes,
    expected: Option<u64>,
) -> Checked<u64> {
    match store.save(key, record, expected, None, NOW).await? {
        Written::Version(version) => Ok(version),
        Written::Conflict => Err(Stop::Failed(format!(
            "a write that expected {expected:?}, which is right, was answered with a conflict"
        ))),
    }
}

/// A load that must find something.
pub(super) async fn read(store: &dyn Store, key: &StoreKey) -> Checked<Stored> {
    store
        .load(key, NOW)
        .await?
        .ok_or_else(|| Stop::Failed("a record that was written is not there".to_owned()))
}

pub(super) async fn nothing(subject: &Subject) -> Checked {
    let store = &*subject.store;
    ensure(store.load(&key("nobody"), NOW).await?.is_none(), || {
        "a key that was never written has a record".to_owned()
    })?;
    let listed = store.list("", None, None, 10).await?;
    ensure(listed.is_empty(), || format!("an empty store lists {listed:?}"))?;
    let deleted = store.delete(&key("nobody"), 1).await?;
    ensure(deleted == Written::Conflict, || {
        format!("deleting what is not there answers {deleted:?}, not a conflict")
    })
}

pub(super) async fn bytes(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let every_byte: Vec<u8> = (0..=255).collect();
    let large: Vec<u8> = (0..65_536_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let cases: [(&str, &[u8]); 6] = [
        ("no bytes", b""),
        ("one zero byte", b"\0"),
        ("line ends", b"\r\n\n\r\x1a\n"),
        ("every byte", &every_byte),
        ("what is not UTF-8", b"\xff\xfe\xc3\x28\xed\xa0\x80"),
        ("64 KiB", &large),
    ];
    for (name, bytes) in cases {
        write(store, &key(name), record(bytes), None).await?;
    }
    for (name, bytes) in cases {
        let stored = read(store, &key(name)).await?;
        ensure(*stored.record.bytes == bytes, || {
            format!("{name}: other bytes came back than were written")
        })?;
    }
    // Over a longer record and over a shorter one.
    for (name, bytes) in [("64 KiB", &b"short"[..]), ("no bytes", &large)] {
        let version = read(store, &key(name)).await?.version;
        write(store, &key(name), record(bytes), Some(version)).await?;
        let stored = read(store, &key(name)).await?;
        ensure(*stored.record.bytes == bytes, || {
            format!("{name}, replaced: other bytes came back than were written")
        })?;
    }
    Ok(())
}

pub(super) async fn times(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let (key, mut version) = (key("times"), None);
    let (due, forget) = (NOW.plus(60), NOW.plus(86_400));
    for (due_at, forget_at) in [
        (Some(due), Some(forget)),
        (None, Some(forget)),
        (Some(due), None),
        (None, None),
        (Some(NOW.plus(-86_400)), None),
    ] {
        let mut record = record(b"x");
        (record.due_at, record.forget_at) = (due_at, forget_at);
        version = Some(write(store, &key, record, version).await?);
        let stored = read(store, &key).await?.record;
        ensure(stored.due_at == due_at && stored.forget_at == forget_at, || {
            format!(
                "written: due {due_at:?}, forget {forget_at:?}; read: due {:?}, forget {:?}",
                stored.due_at, stored.forget_at
            )
        })?;
    }
    Ok(())
}

pub(super) async fn compare_and_swap(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let key = key("swap");
    let written = store.save(&key, record(b"lost"), Some(1), None, NOW).await?;
    ensure(written == Written::Conflict, || {
        format!("replacing what is not there answers {written:?}, not a conflict")
    })?;
    let first = write(store, &key, record(b"first"), None).await?;
    for expected in [None, Some(first.wrapping_add(1)), Some(first.wrapping_sub(1))] {
        let written = store.save(&key, record(b"wrong"), expected, None, NOW).await?;
        ensure(written == Written::Conflict, || {
            format!("version {first} is there, and a write that expected {expected:?} answers {written:?}")
        })?;
    }
    let stored = read(store, &key).await?;
    ensure(stored.version == first && *stored.record.bytes == b"first", || {
        "a write that was answered with a conflict changed the record".to_owned()
    })?;
    let second = write(store, &key, record(b"second"), Some(first)).await?;
    let stored = read(store, &key).await?;
    ensure(stored.version == second && *stored.record.bytes == b"second", || {
        format!("version {second} was written and version {} is read", stored.version)
    })
}

pub(super) async fn versions(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let key = key("versions");
    let mut last = None;
    for round in 0..3 {
        let mut expected = None;
        for _ in 0..3 {
            let version = write(store, &key, record(b"x"), expected).await?;
            ensure(last.is_none_or(|last| version > last), || {
                format!("version {version} follows {last:?} (after {round} deletions)")
            })?;
            (expected, last) = (Some(version), Some(version));
        }
        let present = expected.unwrap_or_default();
        let deleted = store.delete(&key, present).await?;
        ensure(deleted == Written::Version(present), || {
            format!("deleting version {present} answers {deleted:?}")
        })?;
    }
    Ok(())
}

pub(super) async fn deletion(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let (doomed, neighbour) = (key("doomed"), key("neighbour"));
    write(store, &neighbour, record(b"stays"), None).await?;
    let first = write(store, &doomed, record(b"1"), None).await?;
    let second = write(store, &doomed, record(b"2"), Some(first)).await?;
    let deleted = store.delete(&doomed, first).await?;
    ensure(deleted == Written::Conflict, || {
        format!("version {second} is there, and deleting version {first} answers {deleted:?}")
    })?;
    read(store, &doomed).await?;
    let deleted = store.delete(&doomed, second).await?;
    ensure(deleted == Written::Version(second), || {
        format!("deleting version {second}, which is there, answers {deleted:?}")
    })?;
    ensure(store.load(&doomed, NOW).await?.is_none(), || {
        "a deleted record is still there".to_owned()
    })?;
    let again = store.delete(&doomed, second).await?;
    ensure(again == Written::Conflict, || {
        format!("deleting twice answers {again:?}")
    })?;
    let stored = read(store, &neighbour).await?;
    ensure(*stored.record.bytes == b"stays", || {
        "a deletion changed another record".to_owned()
    })
}

pub(super) async fn forgetting(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let key = key("forgotten");
    let mut mortal = record(b"mortal");
    mortal.forget_at = Some(NOW.plus(10));
    let first = write(store, &key, mortal, None).await?;
    ensure(store.load(&key, NOW.plus(9)).await?.is_some(), || {
        "a record is forgotten before its time".to_owned()
    })?;
    ensure(store.load(&key, NOW.plus(10)).await?.is_none(), || {
        "a record is there at its forget_at".to_owned()
    })?;
    match store.save(&key, record(b"anew"), None, None, NOW.plus(10)).await? {
        Written::Version(version) => ensure(version > first, || {
            format!("version {version} of the new record is not above {first} of the forgotten one")
        })?,
        Written::Conflict => {
            return Err(Stop::Failed(
                "a forgotten record stands in the way of a new one".to_owned(),
            ));
        }
    }
    let stored = store.load(&key, NOW.plus(1_000_000)).await?;
    ensure(stored.is_some_and(|stored| *stored.record.bytes == b"anew"), || {
        "the new record took over the forget_at of the forgotten one".to_owned()
    })
}

pub(super) async fn rollback(subject: &Subject) -> Checked {
    let store = &*subject.store;
    let key = key("rollback");
    let old = write(store, &key, record(b"old"), None).await?;
    let newer = write(store, &key, record(b"newer"), Some(old)).await?;
    let late = store.save(&key, record(b"late"), Some(old), None, NOW).await?;
    ensure(late == Written::Conflict, || {
        format!("a write that began before version {newer} replaced it: {late:?}")
    })?;
    ensure(store.delete(&key, newer).await? == Written::Version(newer), || {
        "the present version could not be deleted".to_owned()
    })?;
    for expected in [old, newer] {
        let late = store.save(&key, record(b"late"), Some(expected), None, NOW).await?;
        ensure(late == Written::Conflict, || {
            format!("a write that expected version {expected} brought a deleted record back: {late:?}")
        })?;
    }
    Ok(())
}

pub(super) async fn probe(subject: &Subject) -> Checked {
    let store = &*subject.store;
    store.probe().await?;
    write(store, &key("kept"), record(b"kept"), None).await?;
    store.probe().await?;
    let listed = store.list("", None, None, 10).await?;
    ensure(listed.len() == 1, || {
        format!("after a probe, the store lists {listed:?}")
    })?;
    read(store, &key("kept")).await.map(drop)
}
