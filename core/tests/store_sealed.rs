//! Any store with a seal: it conforms, the store below sees no token, and what was changed or moved does not open.
#![cfg(all(feature = "file-store", feature = "seal"))]

mod store_common;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use shutterkey::record::AccountRecord;
use shutterkey::store::conformance::{Subject, check};
use shutterkey::store::{BoxFuture, FileStore, PlainRecords, RecordSealer, SealedStore, Store, WithSealer, Written};
use shutterkey::testing::fixed_entropy;
use shutterkey::{ErrorCode, MemoryStore, Provider, Result, SealKeys, Sealer};
use store_common::{NOW, files, key, load, open, place, record, write};

fn ring(seed: u8) -> SealKeys {
    SealKeys::from_entropy(&fixed_entropy([seed; 36]))
}

fn sealed(store: &MemoryStore, keys: &SealKeys) -> SealedStore<MemoryStore> {
    SealedStore::new(store.clone(), keys.clone())
}

/// What stands in the store below.
async fn raw(store: &MemoryStore, name: &str) -> Vec<u8> {
    load(store, name).await.unwrap().unwrap().record.bytes.to_vec()
}

/// Puts other bytes in place of a record.
async fn replace(store: &MemoryStore, name: &str, bytes: &[u8]) {
    let version = load(store, name).await.unwrap().map(|stored| stored.version);
    write(store, name, bytes, version).await;
}

async fn refused(store: &dyn Store, name: &str) -> String {
    let error = load(store, name).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreSealInvalid, "{error}");
    error.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_store_conforms() {
    let report = check(|| async {
        let below = MemoryStore::new();
        Ok(Subject::new(sealed(&below, &ring(1))).second_handle(sealed(&below, &ring(1))))
    })
    .await;
    assert!(report.passed() && report.skipped().count() == 0, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_sealed_by_a_sealer_of_ones_own_conforms() {
    let report = check(|| async {
        let sealer = || WithSealer(Arc::new(ring(1)));
        let below = MemoryStore::new();
        let (one, other) = (
            SealedStore::new(below.clone(), sealer()),
            SealedStore::new(below, sealer()),
        );
        Ok(Subject::new(one).second_handle(other))
    })
    .await;
    assert!(report.passed() && report.skipped().count() == 0, "{report}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_sealed_file_store_conforms_over_two_handles() {
    let report = check(|| async {
        let (parent, folder) = place();
        let (one, other) = (FileStore::open(&folder).await?, FileStore::open(&folder).await?);
        let (one, other) = (SealedStore::new(one, ring(1)), SealedStore::new(other, ring(1)));
        Ok(Subject::new(one).second_handle(other).keeping(parent))
    })
    .await;
    assert!(report.passed() && report.skipped().count() == 0, "{report}");
}

/// The check sum of a file is for accidents: whoever can write the file can make it right again. The seal is not.
#[cfg(unix)]
#[tokio::test]
async fn a_sealed_file_that_was_tampered_with_does_not_open_although_its_check_sum_is_right() {
    let (_parent, folder) = place();
    let plain: FileStore = open(&folder).await;
    let store = SealedStore::new(plain.clone(), ring(1));
    write(&store, "me", b"token", None).await;
    write(&store, "other", b"token of other", None).await;
    let bytes = async |name: &str| load(&plain, name).await.unwrap().unwrap().record.bytes.to_vec();
    let (mine, others) = (bytes("me").await, bytes("other").await);
    let mut changed = mine.clone();
    let middle = changed.len() / 2;
    changed[middle] = if changed[middle] == b'A' { b'B' } else { b'A' };
    for (name, tampered) in [("me", &changed), ("me", &others), ("other", &mine)] {
        let present = load(&plain, name).await.unwrap().unwrap();
        write(&plain, name, tampered, Some(present.version)).await;
        refused(&store, name).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_of_a_sealed_file_store_hold_no_token() {
    let (_parent, folder) = place();
    let store = SealedStore::new(open(&folder).await, ring(1));
    let version = write(&store, "me", b"canary-0", None).await;
    write(&store, "me", b"canary-1", Some(version)).await;
    assert_eq!(*load(&store, "me").await.unwrap().unwrap().record.bytes, b"canary-1");
    let all = files(&folder, "");
    assert!(all.len() > 2, "record, generation before, lock: {all:?}");
    for file in all {
        let bytes = fs::read(&file).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"canary"), "{file:?}");
    }
    assert!(!format!("{store:?}").contains("canary"));
    let plain: FileStore = open(&folder).await;
    let stored = load(&plain, "me").await.unwrap().unwrap();
    let error = AccountRecord::decode(&Provider::instagram(), &stored.record.bytes).unwrap_err();
    assert_eq!(
        error.code(),
        ErrorCode::StoreSealInvalid,
        "without the key it says that there is one"
    );
}

#[tokio::test]
async fn a_record_that_was_moved_or_changed_in_any_byte_does_not_open() {
    let below = MemoryStore::new();
    let store = sealed(&below, &ring(1));
    write(&store, "one", b"token of one", None).await;
    write(&store, "other", b"token of other", None).await;
    let (one, other) = (raw(&below, "one").await, raw(&below, "other").await);

    replace(&below, "one", &other).await;
    assert!(
        refused(&store, "one").await.contains("alias/standard/app/one"),
        "it names the record"
    );
    replace(&below, "new", &one).await;
    refused(&store, "new").await;

    for position in 0..one.len() {
        let mut changed = one.clone();
        changed[position] ^= 1;
        replace(&below, "one", &changed).await;
        refused(&store, "one").await;
    }
    for length in 0..one.len() {
        replace(&below, "one", &one[..length]).await;
        refused(&store, "one").await;
    }
    replace(&below, "one", &one).await;
    assert_eq!(
        *load(&store, "one").await.unwrap().unwrap().record.bytes,
        b"token of one"
    );
}

#[tokio::test]
async fn a_record_that_is_not_sealed_is_refused() {
    let below = MemoryStore::new();
    write(&below, "planted", br#"{"v":1,"kind":"account"}"#, None).await;
    assert!(
        refused(&sealed(&below, &ring(1)), "planted")
            .await
            .contains("not sealed")
    );
}

#[tokio::test]
async fn a_key_that_is_retired_opens_and_one_that_is_gone_does_not() {
    let below = MemoryStore::new();
    let (old, new) = (ring(1), ring(2));
    write(&sealed(&below, &old), "me", b"token", None).await;
    let both = sealed(&below, &old.rotated(&new));
    assert_eq!(*load(&both, "me").await.unwrap().unwrap().record.bytes, b"token");
    refused(&sealed(&below, &new), "me").await;

    // The next write is under the new key.
    let version = load(&both, "me").await.unwrap().unwrap().version;
    write(&both, "me", b"newer", Some(version)).await;
    assert_eq!(
        *load(&sealed(&below, &new), "me").await.unwrap().unwrap().record.bytes,
        b"newer"
    );
}

#[tokio::test]
async fn a_pass_seals_anew_what_an_old_key_sealed_and_tells_what_it_left() {
    let below = MemoryStore::new();
    let (old, new) = (ring(1), ring(2));
    for number in 0..700 {
        write(&sealed(&below, &old), &format!("old {number:03}"), b"token", None).await;
    }
    write(&sealed(&below, &new), "new", b"token", None).await;
    write(&sealed(&below, &ring(3)), "foreign", b"token", None).await;
    write(&below, "plain", b"token", None).await;
    let mut due = record(b"token");
    (due.due_at, due.forget_at) = (Some(NOW.plus(5)), Some(NOW.plus(50)));
    sealed(&below, &old)
        .save(&key("times"), due, None, None, NOW)
        .await
        .unwrap();
    let lease = below
        .lease(&key("old 007"), Duration::from_secs(60), NOW)
        .await
        .unwrap()
        .unwrap();

    let both = sealed(&below, &old.rotated(&new));
    let done = both.reseal("", PlainRecords::Refuse, NOW).await.unwrap();
    assert_eq!((done.resealed, done.current, done.busy), (700, 1, 1));
    let unreadable: Vec<_> = done
        .unreadable
        .iter()
        .map(|(key, error)| (key.clone(), error.code()))
        .collect();
    let seal_invalid = ErrorCode::StoreSealInvalid;
    assert_eq!(
        unreadable,
        [(key("foreign"), seal_invalid), (key("plain"), seal_invalid)]
    );
    assert!(!done.is_complete());

    below.release(lease).await.unwrap();
    let done = both.reseal("", PlainRecords::Seal, NOW).await.unwrap();
    assert_eq!(
        (done.resealed, done.current, done.busy, done.unreadable.len()),
        (2, 701, 0, 1)
    );
    let alone = sealed(&below, &new);
    for name in ["old 000", "old 007", "old 699", "new", "plain", "times"] {
        assert_eq!(
            *load(&alone, name).await.unwrap().unwrap().record.bytes,
            b"token",
            "{name}"
        );
    }
    let times = load(&below, "times").await.unwrap().unwrap().record;
    assert_eq!((times.due_at, times.forget_at), (Some(NOW.plus(5)), Some(NOW.plus(50))));
    // Every lease was given back.
    assert!(
        below
            .lease(&key("old 000"), Duration::from_secs(60), NOW)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn one_record_that_does_not_open_is_claimed_beside_the_others() {
    let below = MemoryStore::new();
    let store = sealed(&below, &ring(1));
    for (name, keys) in [("a", ring(1)), ("b", ring(9)), ("c", ring(1))] {
        let mut due = record(b"token");
        due.due_at = Some(NOW.plus(-1));
        sealed(&below, &keys)
            .save(&key(name), due, None, None, NOW)
            .await
            .unwrap();
    }
    let claimed = store
        .claim_due("", NOW, 10, Duration::from_secs(60), NOW)
        .await
        .unwrap();
    let outcomes: Vec<_> = claimed
        .iter()
        .map(|claimed| claimed.record.as_ref().map_err(shutterkey::Error::code).err())
        .collect();
    assert_eq!(outcomes, [None, Some(ErrorCode::StoreSealInvalid), None]);
    assert!(
        store
            .claim_due("", NOW, 10, Duration::from_secs(60), NOW)
            .await
            .unwrap()
            .is_empty()
    );
}

/// A service that is asked over the network, and goes away.
#[derive(Debug, Default)]
struct Service(AtomicUsize);

impl RecordSealer for Service {
    fn seal_record<'a>(&'a self, context: &'a str, plain: &'a [u8]) -> BoxFuture<'a, Result<String>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            if self.0.fetch_add(1, Ordering::SeqCst) >= 2 {
                return Err(ErrorCode::StoreUnavailable.into());
            }
            ring(1).seal("service", context, plain)
        })
    }

    fn open_record<'a>(
        &'a self,
        context: &'a str,
        sealed: &'a str,
    ) -> BoxFuture<'a, Result<zeroize::Zeroizing<Vec<u8>>>> {
        Box::pin(async move { ring(1).open("service", context, sealed) })
    }
}

#[tokio::test]
async fn a_service_that_seals_is_asked_by_a_probe_and_its_failure_writes_nothing() {
    let below = MemoryStore::new();
    let store = SealedStore::new(below.clone(), Service::default());
    store.probe().await.unwrap();
    let version = write(&store, "me", b"token", None).await;
    let failed = store.save(&key("me"), record(b"newer"), Some(version), None, NOW).await;
    assert_eq!(failed.unwrap_err().code(), ErrorCode::StoreUnavailable);
    assert_eq!(store.probe().await.unwrap_err().code(), ErrorCode::StoreUnavailable);
    assert_eq!(*load(&store, "me").await.unwrap().unwrap().record.bytes, b"token");
    assert!(
        matches!(store.delete(&key("me"), version).await, Ok(Written::Version(_))),
        "that takes no seal"
    );
}

#[test]
fn what_a_browser_brings_is_capped_and_a_record_is_not() {
    let keys = ring(1);
    let large = keys.seal("any", "context", &[b'x'; 100_000]).unwrap();
    assert_eq!(keys.open("any", "context", &large).unwrap().len(), 100_000);
    let sealed = keys.seal("pending", "instagram", &[b'x'; 10_000]).unwrap();
    let refused = shutterkey::PendingAuthorization::open(&sealed, &keys, "instagram", None).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::RedirectSealInvalid);
}
