//! The file store on a disk that is really full, and on one that is really mounted read-only.
//!
//! A mount of one's own takes root or user namespaces, which not every machine gives; so the tests are ignored unless they
//! are asked for (`cargo test --test store_file_mounts -- --ignored`), and fail where mounts are not to be had. Without any rights
//! `store_file_processes` and `keeper_disk` show the same by a limit on file sizes and by permissions.
#![cfg(all(feature = "file-store", target_os = "linux"))]

mod store_common;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use shutterkey::ErrorCode;
use shutterkey::store::Store;
use store_common::{NOW, files, key, load, open, place, record, write};

const FOLDER: &str = "MOUNTS_TEST_FOLDER";

/// The folder, in the process that was started behind a mount. Otherwise it is started, and has to end well.
fn behind_mount(test: &str, folder: &Path, mount: &str) -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os(FOLDER) {
        return Some(folder.into());
    }
    let script = format!(r#"{mount} && exec "$0" "$@""#);
    // As root there may be no user namespaces, and without it there is nothing else.
    let root = rustix::process::geteuid().is_root();
    let flags: &[&str] = if root { &["-m"] } else { &["-r", "-m"] };
    let played = Command::new("unshare")
        .args(flags)
        .args(["sh", "-c", &script])
        .arg(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1", "--ignored"])
        .env(FOLDER, folder)
        .output()
        .expect("unshare of util-linux");
    let words = String::from_utf8_lossy(&played.stdout);
    assert!(
        played.status.success() && words.contains("1 passed"),
        "needs root or user namespaces to mount\n{words}{}",
        String::from_utf8_lossy(&played.stderr)
    );
    None
}

#[tokio::test]
#[ignore = "mounts a file system"]
async fn a_disk_without_room_is_its_own_error_and_the_old_record_stays_whole() {
    let (_parent, folder) = place();
    std::fs::create_dir_all(&folder).unwrap();
    let mount = format!("mount -t tmpfs -o size=256k,mode=700 shutterkey {}", folder.display());
    let name = "a_disk_without_room_is_its_own_error_and_the_old_record_stays_whole";
    let Some(folder) = behind_mount(name, &folder, &mount) else {
        return;
    };
    let store = open(&folder).await;
    let version = write(&store, "me", b"token", None).await;
    // Room for a part of what is to be written, and then for nothing.
    for left in [40_000, 0] {
        let free = rustix::fs::statvfs(&folder).unwrap();
        let bytes = usize::try_from(free.f_bavail * free.f_bsize).unwrap();
        std::fs::write(folder.join(format!("filler {left}")), vec![0; bytes - left]).unwrap();
        let large = store
            .save(&key("me"), record(&[b'x'; 65_536]), Some(version), None, NOW)
            .await
            .unwrap_err();
        assert_eq!(large.code(), ErrorCode::StoreFull, "{large}");
        let stored = load(&store, "me").await.unwrap().unwrap();
        assert_eq!((stored.version, &stored.record.bytes[..]), (version, &b"token"[..]));
        assert_eq!(files(&folder, ".tmp").len(), 0, "half a file was left");
    }
    let leased = store.lease(&key("me"), Duration::from_secs(60), NOW).await;
    assert_eq!(leased.unwrap_err().code(), ErrorCode::StoreFull);
    assert_eq!(store.probe().await.unwrap_err().code(), ErrorCode::StoreFull);
    // A deletion needs room for the number that must not come back, too.
    let deleted = store.delete(&key("me"), version).await;
    assert_eq!(deleted.unwrap_err().code(), ErrorCode::StoreFull);
    assert!(load(&store, "me").await.unwrap().is_some());

    for filler in files(&folder, "0") {
        std::fs::remove_file(filler).unwrap();
    }
    let version = write(&store, "me", b"new", Some(version)).await;
    assert_eq!(load(&store, "me").await.unwrap().unwrap().version, version);
}

#[tokio::test]
#[ignore = "mounts a file system"]
async fn a_disk_that_is_mounted_read_only_is_its_own_error_and_reading_goes_on() {
    let (_parent, folder) = place();
    if std::env::var_os(FOLDER).is_none() {
        write(&open(&folder).await, "me", b"token", None).await;
    }
    let path = folder.display();
    let mount = format!("mount --bind {path} {path} && mount -o remount,bind,ro {path}");
    let name = "a_disk_that_is_mounted_read_only_is_its_own_error_and_reading_goes_on";
    let Some(folder) = behind_mount(name, &folder, &mount) else {
        return;
    };
    let store = open(&folder).await;
    for error in [
        store.probe().await.unwrap_err(),
        store
            .save(&key("me"), record(b"x"), Some(1), None, NOW)
            .await
            .unwrap_err(),
        store.lease(&key("me"), Duration::from_secs(60), NOW).await.unwrap_err(),
        store.delete(&key("me"), 1).await.unwrap_err(),
    ] {
        assert_eq!(error.code(), ErrorCode::StoreReadOnly, "{error}");
    }
    assert_eq!(*load(&store, "me").await.unwrap().unwrap().record.bytes, b"token");
    assert_eq!(store.list("", None, None, 10).await.unwrap().len(), 1);
}
