//! A keychain that is locked, killed, frozen or not there: a typed error, no other place in its stead, and recovery.

mod keychain_support;
mod store_common;

use std::time::{Duration, Instant};

use keychain_support::{LONG, Session, open};
use rustix::process::Signal;
use shutterkey::store::{KeychainStore, Store, Written};
use shutterkey::{ErrorCode, Retry};
use store_common::{NOW, key, load, record, write};

/// How everything that asks the keychain fails.
async fn failures(store: &KeychainStore, version: u64) -> Vec<ErrorCode> {
    let outcomes = [
        store.load(&key("me"), NOW).await.map(drop),
        store.load(&key("unknown"), NOW).await.map(drop),
        store
            .save(&key("me"), record(b"x"), Some(version), None, NOW)
            .await
            .map(drop),
        store.save(&key("new"), record(b"x"), None, None, NOW).await.map(drop),
        store.delete(&key("me"), version).await.map(drop),
        store.probe().await,
    ];
    outcomes
        .into_iter()
        .map(|outcome| outcome.unwrap_err().code())
        .collect()
}

#[tokio::test]
async fn a_locked_keychain_is_its_own_error_and_everything_is_there_when_it_is_unlocked() {
    let mut session = Session::start().await;
    let store = session.open("one").await;
    let version = write(&store, "me", b"token", None).await;
    session.lock().await;
    let began = Instant::now();
    assert_eq!(failures(&store, version).await, [ErrorCode::StoreLocked; 6]);
    assert!(began.elapsed() < LONG / 2, "somebody was waited for");
    let error = load(&store, "me").await.unwrap_err();
    assert!(error.hint().contains("Unlock it"), "{error}");
    // Also to a store that was never unlocked.
    assert_eq!(
        failures(&session.open("one").await, version).await,
        [ErrorCode::StoreLocked; 6]
    );
    // What the folder knows by itself it says: a list without secrets, and leases.
    assert_eq!(store.list("", None, None, 10).await.unwrap().len(), 1);
    let lease = store.lease(&key("me"), LONG, NOW).await.unwrap().unwrap();
    store.release(lease).await.unwrap();

    // Unlocked, as by a login.
    session.kill_keychain();
    session.start_keychain().await;
    assert_eq!(*load(&store, "me").await.unwrap().unwrap().record.bytes, b"token");
    write(&store, "me", b"new", Some(version)).await;
}

#[tokio::test]
async fn without_a_keychain_or_a_bus_it_is_unavailable_and_no_file_takes_its_place() {
    let session = Session::without_keychain();
    let store = session.open("one").await;
    let failed = store
        .save(&key("me"), record(b"canary"), None, None, NOW)
        .await
        .unwrap_err();
    assert_eq!(failed.code(), ErrorCode::StoreUnavailable);
    assert!(
        failed.message().contains("No keychain runs in this session"),
        "{failed}"
    );
    assert_eq!(store.probe().await.unwrap_err().code(), ErrorCode::StoreUnavailable);
    assert_eq!(
        load(&store, "me").await.unwrap_err().code(),
        ErrorCode::StoreUnavailable
    );

    let folder = session.folder("two");
    for address in ["unix:path=/nowhere/bus", "nonsense"] {
        let error = open(&folder, address).await.probe().await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreUnavailable);
        assert!(matches!(error.retry(), Retry::FixConfig), "{error:?}");
        assert!(error.message().contains("DBUS_SESSION_BUS_ADDRESS"), "{error}");
    }
    for folder in ["one", "two"] {
        for file in store_common::files(&session.folder(folder), "") {
            let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
            assert!(!text.contains("canary"), "{file:?}");
        }
    }
}

#[tokio::test]
async fn a_keychain_that_is_killed_is_unavailable_until_it_is_back_and_then_used_again() {
    let mut session = Session::start().await;
    let store = session.open("one").await;
    let version = write(&store, "me", b"token", None).await;
    session.kill_keychain();
    assert_eq!(failures(&store, version).await, [ErrorCode::StoreUnavailable; 6]);
    session.start_keychain().await;
    // The same handle, whose session the new one does not know.
    assert_eq!(*load(&store, "me").await.unwrap().unwrap().record.bytes, b"token");
    // A restart between two calls is not noticed.
    session.kill_keychain();
    session.start_keychain().await;
    write(&store, "me", b"new", Some(version)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_keychain_that_is_killed_among_writes_loses_none_that_was_answered() {
    let mut session = Session::start().await;
    let store = session.open("one").await;
    let first = write(&store, "me", b"0", None).await;
    let writing = tokio::spawn({
        let store = store.clone();
        async move {
            let (mut version, mut number) = (first, 0_u64);
            loop {
                let next = (number + 1).to_string();
                match store
                    .save(&key("me"), record(next.as_bytes()), Some(version), None, NOW)
                    .await
                {
                    Ok(Written::Version(written)) => (version, number) = (written, number + 1),
                    Ok(Written::Conflict) => panic!("there is nobody else"),
                    Err(error) => return (number, error.code()),
                }
            }
        }
    });
    tokio::time::sleep(Duration::from_millis(150)).await;
    session.kill_keychain();
    let (answered, code) = tokio::time::timeout(LONG, writing).await.unwrap().unwrap();
    assert_eq!(code, ErrorCode::StoreUnavailable);
    assert!(answered > 0, "nothing was written before");
    session.start_keychain().await;
    let stored = load(&store, "me").await.unwrap().unwrap();
    let number: u64 = std::str::from_utf8(&stored.record.bytes).unwrap().parse().unwrap();
    assert!((answered..=answered + 1).contains(&number), "{number} after {answered}");
    assert!(write(&store, "me", b"after", Some(stored.version)).await > stored.version);
}

#[tokio::test]
async fn a_keychain_that_does_not_answer_is_given_up_and_used_again_when_it_does() {
    let session = Session::start().await;
    let store = session.open("one").await.deadline(Duration::from_millis(300));
    let version = write(&store, "me", b"token", None).await;
    session.freeze_keychain(Signal::STOP);
    let began = Instant::now();
    let error = load(&store, "me").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreUnavailable);
    assert!(error.message().contains("did not answer within"), "{error}");
    assert!(began.elapsed() < LONG / 2);
    let late = store.save(&key("me"), record(b"x"), Some(version), None, NOW).await;
    assert_eq!(late.unwrap_err().code(), ErrorCode::StoreUnavailable);
    session.freeze_keychain(Signal::CONT);
    let store = store.deadline(LONG);
    let stored = load(&store, "me").await.unwrap().unwrap();
    write(&store, "me", b"new", Some(stored.version)).await;
}
