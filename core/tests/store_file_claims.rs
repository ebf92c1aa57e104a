//! What stands in the way of no claim: a record of the file store that cannot be read, for whatever reason.
#![cfg(all(feature = "file-store", unix))]

mod store_common;

use std::fs;
use std::time::Duration;

use shutterkey::ErrorCode;
use shutterkey::store::{FileStore, Store};
use store_common::{NOW, files, key, open, place, record};

const TTL: Duration = Duration::from_secs(60);

async fn due(store: &FileStore, name: &str) {
    let mut due = record(name.as_bytes());
    due.due_at = Some(NOW.plus(-1));
    store.save(&key(name), due, None, None, NOW).await.unwrap();
}

/// Three that are due, of which bob's was changed in a way.
async fn with_bob(change: fn(Vec<u8>) -> Vec<u8>) -> (tempfile::TempDir, FileStore, std::path::PathBuf) {
    let (parent, folder) = place();
    let store = open(&folder).await;
    due(&store, "bob").await;
    let bobs = files(&folder, ".record").remove(0);
    due(&store, "ada").await;
    due(&store, "eve").await;
    fs::write(&bobs, change(fs::read(&bobs).unwrap())).unwrap();
    (parent, store, bobs)
}

#[tokio::test]
async fn of_what_is_due_the_readable_is_claimed_and_then_the_unreadable_is_named() {
    let changes: [fn(Vec<u8>) -> Vec<u8>; 3] = [
        |_| Vec::new(),
        |mut file| file.split_off(9),
        |file| {
            let later = String::from_utf8(file).unwrap().replacen("record 1 ", "record 2 ", 1);
            later.into_bytes()
        },
    ];
    for change in changes {
        let (_parent, store, bobs) = with_bob(change).await;
        let claimed = store.claim_due("tests/", NOW, 10, TTL, NOW).await.unwrap();
        let mut names: Vec<_> = claimed
            .iter()
            .map(|claimed| claimed.record.as_ref().unwrap().record.bytes.to_vec())
            .collect();
        names.sort();
        assert_eq!(names, [b"ada", b"eve"]);
        // Its name is a hash, so that it cannot be said whose it is; but it is said, when nothing else is left.
        let error = store.claim_due("tests/", NOW, 10, TTL, NOW).await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreCorrupt);
        assert!(error.message().contains(bobs.to_str().unwrap()), "{error}");
        for claimed in claimed {
            store.release(claimed.lease).await.unwrap();
        }
        let limited = store.claim_due("tests/", NOW, 1, TTL, NOW).await.unwrap();
        assert_eq!(limited.len(), 1);
    }
}

#[tokio::test]
async fn one_whose_generation_before_is_whole_is_claimed_with_that() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    due(&store, "bob").await;
    let mut second = record(b"second");
    second.due_at = Some(NOW.plus(-1));
    store.save(&key("bob"), second, Some(1), None, NOW).await.unwrap();
    fs::write(files(&folder, ".record").remove(0), b"").unwrap();
    let claimed = store.claim_due("tests/", NOW, 10, TTL, NOW).await.unwrap();
    assert_eq!(*claimed[0].record.as_ref().unwrap().record.bytes, b"bob");
    assert!(store.claim_due("tests/", NOW, 10, TTL, NOW).await.unwrap().is_empty());
}

#[tokio::test]
async fn one_whose_lease_cannot_be_read_keeps_nobody_else_from_being_claimed() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    due(&store, "ada").await;
    let lease = store.lease(&key("ada"), TTL, NOW).await.unwrap().unwrap();
    store.release(lease).await.unwrap();
    fs::write(files(&folder, ".lease").remove(0), b"{").unwrap();
    due(&store, "bob").await;
    let claimed = store.claim_due("tests/", NOW, 10, TTL, NOW).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].lease.key, key("bob"));
    let error = store.claim_due("tests/", NOW, 10, TTL, NOW).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreCorrupt);
    assert!(error.message().contains(".lease"), "{error}");
}
