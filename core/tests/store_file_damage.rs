//! What becomes of damaged files: refused or recovered, and never an older record in place of a newer one.
#![cfg(all(feature = "file-store", unix))]

mod store_common;

use std::fs;
use std::time::Duration;

use shutterkey::ErrorCode;
use shutterkey::store::{Store, Written};
use store_common::{NOW, file, files, key, load, open, place, record, write};

#[tokio::test]
async fn a_damaged_record_without_a_generation_before_is_corrupt_wherever_it_is_cut() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "me", b"token", None).await;
    let path = file(&folder, ".record");
    let whole = fs::read(&path).unwrap();
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).unwrap();
        let error = load(&store, "me").await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreCorrupt);
        assert!(error.message().contains(path.to_str().unwrap()), "{error}");
        assert!(!error.message().contains("token"), "{error}");
    }
    let saved = store.save(&key("me"), record(b"x"), None, None, NOW).await;
    assert_eq!(saved.unwrap_err().code(), ErrorCode::StoreCorrupt);
    let listed = store.list("", None, None, 10).await;
    assert_eq!(listed.unwrap_err().code(), ErrorCode::StoreCorrupt);
    // Moved away, as the message says, it stands in nobody's way.
    fs::rename(&path, folder.join("damaged")).unwrap();
    write(&store, "me", b"new", None).await;
}

#[tokio::test]
async fn a_damaged_record_is_answered_from_the_generation_before() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    let first = write(&store, "me", b"first", None).await;
    write(&store, "me", b"second", Some(first)).await;
    let path = file(&folder, ".record");
    for garbage in [&b""[..], b"\0\0\0\0", b"shutterkey-record 1 "] {
        fs::write(&path, garbage).unwrap();
        let stored = load(&store, "me").await.unwrap().unwrap();
        assert_eq!((stored.version, &stored.record.bytes[..]), (first, &b"first"[..]));
        assert_eq!(store.list("", None, None, 10).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_version_that_was_lost_to_damage_is_not_used_again() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    let first = write(&store, "me", b"first", None).await;
    let lost = write(&store, "me", b"lost", Some(first)).await;
    let path = file(&folder, ".record");
    let mut highest = lost;
    for _ in 0..3 {
        fs::write(&path, b"").unwrap();
        let version = write(&store, "me", b"recovered", Some(first)).await;
        assert!(version > highest, "{version} after {highest}");
        highest = version;
        let late = store
            .save(&key("me"), record(b"late"), Some(lost), None, NOW)
            .await
            .unwrap();
        assert_eq!(late, Written::Conflict);
    }
    fs::write(&path, b"").unwrap();
    assert_eq!(store.delete(&key("me"), first).await.unwrap(), Written::Version(first));
    assert!(write(&store, "me", b"anew", None).await > highest);
}

#[tokio::test]
async fn after_a_recovery_and_a_write_the_next_damage_is_recovered_too() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    let first = write(&store, "me", b"first", None).await;
    write(&store, "me", b"lost", Some(first)).await;
    fs::write(file(&folder, ".record"), b"").unwrap();
    let third = write(&store, "me", b"third", Some(first)).await;
    assert_eq!(
        *fs::read(file(&folder, ".previous")).unwrap().last_chunk::<5>().unwrap(),
        *b"first"
    );
    write(&store, "me", b"fourth", Some(third)).await;
    fs::write(file(&folder, ".record"), b"").unwrap();
    assert_eq!(*load(&store, "me").await.unwrap().unwrap().record.bytes, b"third");
}

#[tokio::test]
async fn a_record_of_a_later_release_is_left_alone() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    let first = write(&store, "me", b"first", None).await;
    let second = write(&store, "me", b"second", Some(first)).await;
    let path = file(&folder, ".record");
    let later = String::from_utf8(fs::read(&path).unwrap())
        .unwrap()
        .replacen("record 1", "record 2", 1);
    fs::write(&path, &later).unwrap();
    let error = load(&store, "me").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreCorrupt);
    assert!(error.message().contains("format 2"), "{error}");
    for expected in [None, Some(first), Some(second)] {
        let error = store
            .save(&key("me"), record(b"x"), expected, None, NOW)
            .await
            .unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreCorrupt);
    }
    assert_eq!(
        store.delete(&key("me"), second).await.unwrap_err().code(),
        ErrorCode::StoreCorrupt
    );
    assert_eq!(fs::read(&path).unwrap(), later.as_bytes());
}

#[tokio::test]
async fn a_record_under_another_ones_name_is_not_that_ones() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "ada", b"ada's", None).await;
    let ada = file(&folder, ".record");
    write(&store, "bob", b"bob's", None).await;
    let bob = files(&folder, ".record").into_iter().find(|path| *path != ada).unwrap();
    fs::copy(&ada, &bob).unwrap();
    assert_eq!(load(&store, "bob").await.unwrap_err().code(), ErrorCode::StoreCorrupt);
    assert_eq!(*load(&store, "ada").await.unwrap().unwrap().record.bytes, b"ada's");
}

#[tokio::test]
async fn a_file_too_large_for_a_record_is_not_read_whole() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "me", b"token", None).await;
    let file = fs::OpenOptions::new()
        .append(true)
        .open(file(&folder, ".record"))
        .unwrap();
    file.set_len(1 << 40).unwrap();
    assert_eq!(load(&store, "me").await.unwrap_err().code(), ErrorCode::StoreCorrupt);
    let huge = record(&vec![0; 4 * 1024 * 1024]);
    let refused = store.save(&key("huge"), huge, None, None, NOW).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::Misuse);
}

#[tokio::test]
async fn damage_beside_the_records_is_named_and_tokens_stay_readable() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    let first = write(&store, "me", b"first", None).await;
    store.lease(&key("me"), Duration::from_secs(60), NOW).await.unwrap();
    for path in [folder.join("floor"), file(&folder, ".lease")] {
        fs::write(&path, b"{").unwrap();
    }
    let leased = store.lease(&key("me"), Duration::from_secs(60), NOW).await.unwrap_err();
    assert!(
        leased.code() == ErrorCode::StoreCorrupt && leased.message().contains(".lease"),
        "{leased}"
    );
    let created = store
        .save(&key("new"), record(b"x"), None, None, NOW)
        .await
        .unwrap_err();
    assert!(
        created.code() == ErrorCode::StoreCorrupt && created.message().contains("floor"),
        "{created}"
    );
    assert!(load(&store, "me").await.unwrap().is_some());
    write(&store, "me", b"second", Some(first)).await;
}

#[tokio::test]
async fn the_generation_before_does_not_outlive_its_record() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    let first = write(&store, "me", b"first", None).await;
    let second = write(&store, "me", b"second", Some(first)).await;
    store.delete(&key("me"), second).await.unwrap();
    assert_eq!(files(&folder, ".previous").len() + files(&folder, ".record").len(), 0);
    write(&store, "me", b"third", None).await;
    assert_eq!(files(&folder, ".previous").len(), 0);
}

#[tokio::test]
async fn of_what_is_remembered_for_a_while_nothing_that_was_replaced_stays() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    let first = write(&store, "login", b"received", None).await;
    write(&store, "login", b"received, again", Some(first)).await;
    assert_eq!(files(&folder, ".previous").len(), 1);
    let mut finished = record(b"finished");
    finished.forget_at = Some(NOW.plus(86_400));
    store
        .save(&key("login"), finished, Some(first + 1), None, NOW)
        .await
        .unwrap();
    assert_eq!(files(&folder, ".previous").len(), 0);
    let all = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    assert!(
        all.into_iter()
            .all(|file| !String::from_utf8_lossy(&file).contains("received"))
    );
}
