//! The file store's folder and files are their owner's alone, or they are refused.
#![cfg(all(feature = "file-store", unix))]

mod store_common;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::path::Path;
use std::time::Duration;

use shutterkey::store::{FileStore, Store};
use shutterkey::{Error, ErrorCode, Timestamp};
use store_common::{NOW, file, files, key, load, open, place, record, write};

const OTHERS: u32 = 0o7077;

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().mode() & 0o7777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn assert_refused(error: &Error, words: &str) {
    assert_eq!(error.code(), ErrorCode::StoreRefused, "{error}");
    assert!(error.message().contains(words), "{error}");
}

#[tokio::test]
async fn everything_it_makes_is_its_owners_alone() {
    let (parent, folder) = place();
    let store = open(&folder).await;
    let version = write(&store, "me", b"1", None).await;
    write(&store, "me", b"2", Some(version)).await;
    store.lease(&key("me"), Duration::from_secs(60), NOW).await.unwrap();
    let made = files(&folder, "");
    assert_eq!(
        made.len(),
        5,
        "a record, its previous generation, a lease, the floor and the lock: {made:?}"
    );
    for path in made {
        assert_eq!(mode(&path), 0o600, "{path:?}");
    }
    for path in [&*folder, &parent.path().join("data")] {
        assert_eq!(mode(path), 0o700, "{path:?}");
    }
}

#[tokio::test]
async fn no_name_of_an_account_becomes_a_file_name() {
    let (parent, folder) = place();
    let store = open(&folder).await;
    for name in ["../x", "..", "/etc/x", "a\0b", "\u{202e}x", &"x".repeat(10_240)] {
        write(&store, name, name.as_bytes(), None).await;
        assert_eq!(
            *load(&store, name).await.unwrap().unwrap().record.bytes,
            name.as_bytes()
        );
    }
    let outside =
        fs::read_dir(parent.path()).unwrap().count() + fs::read_dir(parent.path().join("data")).unwrap().count();
    assert_eq!(outside, 2, "nothing was written beside the folder");
    for path in files(&folder, ".record") {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            stem.len() == 64 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{stem}"
        );
    }
}

#[tokio::test]
async fn a_folder_that_others_can_enter_is_refused_with_the_command_that_mends_it() {
    for open_to_others in [0o755, 0o750, 0o701, 0o720] {
        let (_parent, folder) = place();
        let store = open(&folder).await;
        write(&store, "me", b"token", None).await;
        set_mode(&folder, open_to_others);
        let command = format!("chmod 700 {}", folder.display());
        assert_refused(&FileStore::open(&folder).await.unwrap_err(), &command);
        assert_refused(&load(&store, "me").await.unwrap_err(), &command);
        assert_refused(
            &store.save(&key("me"), record(b"x"), None, None, NOW).await.unwrap_err(),
            &command,
        );
        assert_refused(&store.list("", None, None, 10).await.unwrap_err(), &command);
        assert_refused(&store.probe().await.unwrap_err(), &command);
        set_mode(&folder, 0o700);
        assert_eq!(*load(&store, "me").await.unwrap().unwrap().record.bytes, b"token");
    }
}

#[tokio::test]
async fn a_record_that_others_can_read_is_refused_with_the_command_that_mends_it() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "me", b"token", None).await;
    let path = file(&folder, ".record");
    for open_to_others in [0o644, 0o640, 0o604, 0o620] {
        set_mode(&path, open_to_others);
        let error = load(&store, "me").await.unwrap_err();
        assert_refused(&error, &format!("chmod 600 {}", path.display()));
    }
    set_mode(&path, 0o600);
    assert!(load(&store, "me").await.unwrap().is_some());
}

#[tokio::test]
async fn a_symbolic_link_is_refused_wherever_it_stands() {
    let (parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "me", b"token", None).await;
    let link = parent.path().join("link");
    symlink(&folder, &link).unwrap();
    for path in [link.clone(), link.join(""), link.join(".")] {
        assert_refused(&FileStore::open(&path).await.unwrap_err(), "symbolic link");
    }
    let lease = store.lease(&key("me"), Duration::from_secs(60), NOW).await.unwrap();
    for ending in [".record", "lock", ".lease"] {
        let (path, elsewhere) = (file(&folder, ending), parent.path().join("elsewhere"));
        fs::rename(&path, &elsewhere).unwrap();
        symlink(&elsewhere, &path).unwrap();
        let before = fs::read(&elsewhere).unwrap();
        let fence = lease.as_ref().map(|lease| lease.fence);
        let error = store
            .save(&key("me"), record(b"x"), Some(1), fence, NOW)
            .await
            .unwrap_err();
        assert_refused(&error, "symbolic link");
        assert_eq!(fs::read(&elsewhere).unwrap(), before, "the link was written through");
        fs::rename(&elsewhere, &path).unwrap();
    }
    write(&store, "me", b"new", Some(1)).await;
}

#[tokio::test]
async fn a_dangling_link_in_place_of_a_record_is_not_an_empty_store() {
    let (parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "me", b"token", None).await;
    let (path, target) = (file(&folder, ".record"), parent.path().join("target"));
    fs::remove_file(&path).unwrap();
    symlink(&target, &path).unwrap();
    assert_refused(&load(&store, "me").await.unwrap_err(), "symbolic link");
    assert_refused(
        &store.save(&key("me"), record(b"x"), None, None, NOW).await.unwrap_err(),
        "symbolic link",
    );
    assert!(!target.exists());
}

#[tokio::test]
async fn what_belongs_to_somebody_else_is_refused() {
    // Of two people, one is not us: root's folder for a user, a foreign one for root.
    let (_parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "me", b"token", None).await;
    if fs::metadata(&folder).unwrap().uid() != 0 {
        assert_refused(&FileStore::open("/").await.unwrap_err(), "belongs to user 0");
        return;
    }
    let path = file(&folder, ".record");
    chown(&path, Some(65_534), None).unwrap();
    assert_refused(&load(&store, "me").await.unwrap_err(), "belongs to user 65534");
    chown(&path, Some(0), None).unwrap();
    chown(&folder, Some(65_534), None).unwrap();
    assert_refused(&load(&store, "me").await.unwrap_err(), "belongs to user 65534");
    assert_refused(&FileStore::open(&folder).await.unwrap_err(), "belongs to user 65534");
}

#[tokio::test]
async fn what_is_not_a_folder_or_not_a_file_is_refused() {
    let (parent, folder) = place();
    let plain = parent.path().join("plain");
    fs::write(&plain, "x").unwrap();
    assert_refused(&FileStore::open(&plain).await.unwrap_err(), "is not a folder");
    assert_refused(
        &FileStore::open(plain.join("below")).await.unwrap_err(),
        "is not a folder",
    );
    assert_refused(&FileStore::open("").await.unwrap_err(), "has a name");

    let store = open(&folder).await;
    write(&store, "me", b"token", None).await;
    let path = file(&folder, ".record");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    set_mode(&path, 0o700);
    assert_refused(&load(&store, "me").await.unwrap_err(), "is not a file");
}

#[tokio::test]
async fn a_named_pipe_in_place_of_a_record_is_refused_and_waited_for_by_nobody() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "me", b"token", None).await;
    let path = file(&folder, ".record");
    fs::remove_file(&path).unwrap();
    let made = std::process::Command::new("mkfifo")
        .args(["-m", "600"])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    assert_refused(&load(&store, "me").await.unwrap_err(), "is not a file");
}

#[tokio::test]
async fn a_folder_that_was_removed_is_empty_and_comes_back_with_the_next_write() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "me", b"token", None).await;
    fs::remove_dir_all(&folder).unwrap();
    assert!(load(&store, "me").await.unwrap().is_none());
    assert!(store.list("", None, None, 10).await.unwrap().is_empty());
    write(&store, "me", b"again", None).await;
    assert_eq!(mode(&folder) & OTHERS, 0);
}

#[tokio::test]
async fn a_probe_writes_and_leaves_nothing() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    store.probe().await.unwrap();
    assert_eq!(files(&folder, ""), [folder.join("lock")]);
}

#[tokio::test]
async fn printing_it_shows_its_folder_alone() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "me", b"token", None).await;
    assert_eq!(format!("{store:?}"), format!("FileStore({folder:?})"));
    assert_eq!(store.path(), folder);
}

#[tokio::test]
async fn forgotten_records_released_leases_and_remains_of_the_dead_are_swept_up() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    let mut login = record(b"login");
    login.forget_at = Some(NOW.plus(100));
    store.save(&key("login"), login.clone(), None, None, NOW).await.unwrap();
    store.save(&key("login"), login, Some(1), None, NOW).await.unwrap();
    let lease = store
        .lease(&key("gone"), Duration::from_secs(60), NOW)
        .await
        .unwrap()
        .unwrap();
    fs::write(folder.join("anything.0123456789abcdef.tmp"), "half").unwrap();
    fs::write(folder.join("a note of mine"), "kept").unwrap();

    let later = NOW.plus(3_600);
    store
        .save(&key("other"), record(b"x"), None, None, later)
        .await
        .unwrap();
    assert_eq!(files(&folder, ".record").len(), 1);
    assert_eq!(
        files(&folder, ".previous").len() + files(&folder, ".lease").len() + files(&folder, ".tmp").len(),
        0
    );
    assert!(folder.join("a note of mine").exists());

    // What was swept up does not come back under the same numbers.
    let late = store
        .save(&key("gone"), record(b"x"), None, Some(lease.fence), later)
        .await
        .unwrap();
    assert_eq!(late, shutterkey::store::Written::Conflict);
    let next = store
        .lease(&key("gone"), Duration::from_secs(60), later)
        .await
        .unwrap()
        .unwrap();
    assert!(next.fence > lease.fence);
    assert!(write(&store, "login", b"anew", None).await > 2);
}

#[tokio::test]
async fn sweeping_goes_on_after_the_clock_was_far_ahead() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    let ahead = NOW.plus(1_000_000_000);
    store.save(&key("one"), record(b"x"), None, None, ahead).await.unwrap();
    let mut login = record(b"login");
    login.forget_at = Some(Timestamp::from_seconds(1));
    store.save(&key("login"), login, None, None, ahead).await.unwrap();
    write(&store, "two", b"x", None).await;
    assert_eq!(files(&folder, ".record").len(), 2);
}

#[test]
fn without_a_runtime_it_reports_instead_of_panicking() {
    let mut opening = Box::pin(FileStore::open("/nowhere"));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = opening.as_mut().poll(&mut context) else {
        panic!("there is nothing to wait for");
    };
    assert_eq!(error.code(), ErrorCode::Misuse);
}

#[test]
fn the_default_folder_is_the_persons_own() {
    let folder = FileStore::default_dir().unwrap();
    assert!(
        folder.is_absolute() && folder.ends_with("shutterkey/accounts"),
        "{folder:?}"
    );
}
