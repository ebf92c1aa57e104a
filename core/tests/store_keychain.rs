//! The keychain store against a real GNOME Keyring: what it promises, and what it leaves alone.

mod keychain_support;
mod store_common;

use std::collections::HashMap;
use std::time::Duration;

use keychain_support::{LONG, Session};
use shutterkey::store::conformance::{Subject, check};
use shutterkey::store::{KeychainStore, SealedStore, Store, Written};
use shutterkey::testing::fixed_entropy;
use shutterkey::{ErrorCode, SealKeys};
use store_common::{NOW, files, key, load, record, write};

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_over_two_handles() {
    let session = Session::start().await;
    let number = std::sync::atomic::AtomicUsize::new(0);
    let report = check(|| async {
        let folder = number.fetch_add(1, std::sync::atomic::Ordering::SeqCst).to_string();
        let (one, other) = (session.open(&folder).await, session.open(&folder).await);
        Ok(Subject::new(one).second_handle(other))
    })
    .await;
    assert!(report.passed() && report.skipped().count() == 0, "{report}");
}

#[tokio::test]
async fn it_can_be_sealed_as_well() {
    let session = Session::start().await;
    let keys = SealKeys::from_entropy(&fixed_entropy([1; 36]));
    let store = SealedStore::new(session.open("sealed").await, keys);
    write(&store, "me", b"canary", None).await;
    assert_eq!(*load(&store, "me").await.unwrap().unwrap().record.bytes, b"canary");
    for (secret, _) in session.items().await.values() {
        assert!(!secret.windows(6).any(|window| window == b"canary"));
    }
}

#[tokio::test]
async fn a_record_outlives_the_keychain_and_the_store() {
    let mut session = Session::start().await;
    let version = write(&session.open("one").await, "me", b"token", None).await;
    session.kill_keychain();
    session.start_keychain().await;
    let stored = load(&session.open("one").await, "me").await.unwrap().unwrap();
    assert_eq!((stored.version, &stored.record.bytes[..]), (version, &b"token"[..]));
}

#[test]
fn a_store_outlives_the_runtime_that_it_was_first_used_in() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let first = runtime();
    let session = first.block_on(Session::start());
    let store = first.block_on(async {
        let store = session.open("one").await;
        write(&store, "me", b"token", None).await;
        store
    });
    drop(first);
    runtime().block_on(async {
        assert!(load(&store, "me").await.unwrap().is_some());
        // Its end inside a runtime waits for nothing.
        drop(store);
    });
}

#[tokio::test]
async fn the_items_of_other_programs_and_other_stores_are_not_touched() {
    let session = Session::start().await;
    let service = session.as_another_program().await;
    let collection = service.get_default_collection().await.unwrap();
    for (label, attributes) in [
        (
            "a web site",
            HashMap::from([("application", "browser"), ("record", "me")]),
        ),
        (
            "alike",
            HashMap::from([("application", "shutterkey"), ("record", "me")]),
        ),
        ("without attributes", HashMap::new()),
    ] {
        let made = collection.create_item(label, attributes, label.as_bytes(), false, "text/plain");
        made.await.unwrap();
    }
    let other = session.open("other").await;
    write(&other, "me", b"token of another store", None).await;
    let before = session.items().await;

    let store = session.open("mine").await;
    let mut login = record(b"login");
    login.forget_at = Some(NOW.plus(100));
    store.save(&key("login"), login, None, None, NOW).await.unwrap();
    // Under a name of its own, so that the label is another one.
    let version = write(&store, "mine", b"1", None).await;
    let version = write(&store, "mine", b"2", Some(version)).await;
    store.probe().await.unwrap();
    assert_eq!(session.items().await.len(), before.len() + 2);
    let deleted = store.delete(&key("mine"), version).await.unwrap();
    assert_eq!(deleted, Written::Version(version));
    // The forgotten login goes with the first write of the next hour.
    store
        .save(&key("last"), record(b"x"), None, None, NOW.plus(3_600))
        .await
        .unwrap();
    let last = session.items().await.len();
    assert_eq!(last, before.len() + 1, "the deleted and the forgotten are gone");
    let after = session.items().await;
    for (label, item) in before {
        assert_eq!(after.get(&label), Some(&item), "{label}");
    }
}

#[tokio::test]
async fn stores_in_two_folders_share_nothing() {
    let session = Session::start().await;
    let (one, other) = (session.open("one").await, session.open("other").await);
    write(&one, "me", b"of one", None).await;
    assert!(load(&other, "me").await.unwrap().is_none());
    assert!(other.list("", None, None, 10).await.unwrap().is_empty());
    // A folder that is lost takes its items with it, and the next one in its place begins anew.
    std::fs::remove_dir_all(one.path()).unwrap();
    assert!(load(&one, "me").await.unwrap().is_none());
}

#[tokio::test]
async fn no_secret_is_in_the_folder_the_labels_the_attributes_or_what_it_prints() {
    let session = Session::start().await;
    let store = session.open("one").await;
    let version = write(&store, "me", b"canary", None).await;
    store.lease(&key("me"), LONG, NOW).await.unwrap();
    write(&store, "me", b"canary", Some(version)).await;
    let made = files(store.path(), "");
    assert_eq!(
        made.len(),
        5,
        "an entry, a lease, the floor, the lock and its name: {made:?}"
    );
    for file in made {
        let text = String::from_utf8_lossy(&std::fs::read(&file).unwrap()).into_owned();
        assert!(!text.contains("canary"), "{file:?}");
    }
    let items = session.items().await;
    assert_eq!(items.len(), 1);
    for (label, (secret, attributes)) in items {
        assert!(String::from_utf8_lossy(&secret).contains("canary"));
        assert!(!format!("{label}{attributes:?}").contains("canary"));
        assert_eq!(label, format!("shutterkey {}", key("me")));
    }
    assert_eq!(format!("{store:?}"), format!("KeychainStore({:?})", store.path()));
}

#[tokio::test]
async fn what_a_person_removes_in_the_keychains_own_program_is_gone_and_its_numbers_do_not_come_back() {
    let session = Session::start().await;
    let store = session.open("one").await;
    let mut due = record(b"token");
    due.due_at = Some(NOW.plus(-1));
    store.save(&key("me"), due.clone(), None, None, NOW).await.unwrap();
    store.save(&key("other"), due, None, None, NOW).await.unwrap();
    session.remove_by_hand(&format!("shutterkey {}", key("me"))).await;

    let claimed = store.claim_due("tests/", NOW, 10, LONG, NOW).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].lease.key, key("other"));
    assert!(load(&store, "me").await.unwrap().is_none());
    assert_eq!(
        store.list("", None, None, 10).await.unwrap().len(),
        1,
        "it is listed no more"
    );
    assert!(write(&store, "me", b"anew", None).await > 1);
}

#[tokio::test]
async fn an_item_that_was_changed_is_corrupt_and_keeps_nobody_else_from_being_claimed() {
    let session = Session::start().await;
    let store = session.open("one").await;
    let mut due = record(b"token");
    due.due_at = Some(NOW.plus(-1));
    store.save(&key("me"), due.clone(), None, None, NOW).await.unwrap();
    store.save(&key("other"), due, None, None, NOW).await.unwrap();
    let service = session.as_another_program().await;
    let collection = service.get_default_collection().await.unwrap();
    for item in collection.get_all_items().await.unwrap() {
        if item.get_label().await.unwrap().ends_with("/me") {
            item.set_secret(b"shutterkey-record 1 ", "text/plain").await.unwrap();
        }
    }
    let error = load(&store, "me").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreCorrupt);
    assert!(!error.to_string().contains("token"), "{error}");
    let claimed = store.claim_due("tests/", NOW, 10, LONG, NOW).await.unwrap();
    let mut readable: Vec<_> = claimed
        .iter()
        .map(|claimed| claimed.record.as_ref().map(drop).map_err(|error| error.code()))
        .collect();
    readable.sort_by_key(Result::is_ok);
    assert_eq!(readable, [Err(ErrorCode::StoreCorrupt), Ok(())]);
    assert!(store.claim_due("tests/", NOW, 10, LONG, NOW).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_folder_that_others_can_enter_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let session = Session::start().await;
    let store = session.open("one").await;
    write(&store, "me", b"token", None).await;
    std::fs::set_permissions(store.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(load(&store, "me").await.unwrap_err().code(), ErrorCode::StoreRefused);
    let opened = KeychainStore::open_in(store.path()).await;
    assert_eq!(opened.unwrap_err().code(), ErrorCode::StoreRefused);
}

#[tokio::test]
async fn reading_needs_no_lock_that_a_writer_holds() {
    let session = Session::start().await;
    let store = session.open("one").await.lock_wait(Duration::from_millis(30));
    let version = write(&store, "me", b"token", None).await;
    let lock = std::fs::File::open(store.path().join("lock")).unwrap();
    lock.lock().unwrap();
    let busy = store.save(&key("me"), record(b"x"), Some(version), None, NOW).await;
    assert_eq!(busy.unwrap_err().code(), ErrorCode::StoreUnavailable);
    assert!(load(&store, "me").await.unwrap().is_some());
}
