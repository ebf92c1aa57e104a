//! The file store among processes: two that share it, one that dies, one that may not write.
//!
//! A test here starts its own binary again, with itself as the one test to run and a part to play.
#![cfg(all(feature = "file-store", unix))]

mod store_common;

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use shutterkey::ErrorCode;
use shutterkey::store::{Store, Written};
use store_common::{NOW, file, files, key, load, open, place, record, write};

const FOLDER: &str = "STORE_TEST_FOLDER";

/// The folder, in the process that was started to play a part.
fn part() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// This binary with one test and a folder.
fn playing(mut command: Command, test: &str, folder: &Path) -> Command {
    command
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    command
}

fn start(test: &str, folder: &Path) -> Child {
    playing(Command::new(env::current_exe().unwrap()), test, folder)
        .spawn()
        .unwrap()
}

/// What a child says, each thing on a line that begins so; the test harness prints in between.
fn said(child: &mut Child) -> impl Iterator<Item = String> + use<> {
    BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.split_once("SAYS ").map(|(_, said)| said.to_owned()))
}

/// A record that tells its number and is recognisably whole: of a different length every time.
fn numbered(number: usize) -> Vec<u8> {
    format!("{number};").repeat(1 + number * 37 % 5_000).into_bytes()
}

fn number_of(bytes: &[u8]) -> usize {
    let text = std::str::from_utf8(bytes).unwrap();
    let number = text.split(';').next().unwrap().parse().unwrap();
    assert!(bytes == numbered(number), "a record is not whole");
    number
}

#[tokio::test]
async fn a_writer_that_is_killed_leaves_the_old_record_or_the_new_one_whole() {
    if let Some(folder) = part() {
        let store = open(&folder).await;
        let stored = load(&store, "me").await.unwrap().unwrap();
        let (mut version, mut number) = (stored.version, number_of(&stored.record.bytes));
        loop {
            version = write(&store, "me", &numbered(number + 1), Some(version)).await;
            number += 1;
            println!("SAYS {number}");
        }
    }
    let seed = match env::var("STORE_TEST_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => random_seed(),
    };
    println!("STORE_TEST_SEED={seed}");
    let mut random = seed;
    let (_parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "me", &numbered(0), None).await;
    let mut version = 1;
    for round in 0..50 {
        let mut child = start(
            "a_writer_that_is_killed_leaves_the_old_record_or_the_new_one_whole",
            &folder,
        );
        // Killed somewhere in the write after the one it spoke of last.
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let mut lines = said(&mut child);
        let spoken: usize = lines.nth((random >> 60) as usize).unwrap().parse().unwrap();
        for _ in 0..(random >> 32) % 300_000 {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let spoken = lines.last().map_or(spoken, |last| last.parse().unwrap());

        let stored = load(&store, "me").await.unwrap().unwrap();
        let number = number_of(&stored.record.bytes);
        assert!(
            (spoken..=spoken + 1).contains(&number),
            "round {round}: {number} after {spoken}"
        );
        assert!(
            stored.version > version,
            "round {round}: version {} after {version}",
            stored.version
        );
        // The dead have let go of the lock, and the next write is as good as any.
        version = write(&store, "me", &numbered(number + 1), Some(stored.version)).await;
    }
    // What the dead left is swept up.
    println!("{} were killed in the middle of a file", files(&folder, ".tmp").len());
    store
        .save(&key("other"), record(b"x"), None, None, NOW.plus(3_600))
        .await
        .unwrap();
    assert_eq!(files(&folder, ".tmp").len(), 0);
}

fn random_seed() -> u64 {
    u64::from(std::process::id()) ^ std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64
}

#[tokio::test]
async fn processes_that_write_at_once_lose_no_write_and_share_no_lease() {
    const PROCESSES: usize = 4;
    const WRITES: usize = 25;
    let name = "processes_that_write_at_once_lose_no_write_and_share_no_lease";
    if let Some(folder) = part() {
        let store = open(&folder).await;
        let leased = store.lease(&key("leased"), Duration::from_secs(60), NOW).await.unwrap();
        println!("SAYS lease {}", u8::from(leased.is_some()));
        for _ in 0..WRITES {
            loop {
                let stored = load(&store, "count").await.unwrap().unwrap();
                let next = numbered(number_of(&stored.record.bytes) + 1);
                let saved = store
                    .save(&key("count"), record(&next), Some(stored.version), None, NOW)
                    .await;
                if let Written::Version(version) = saved.unwrap() {
                    println!("SAYS version {version}");
                    break;
                }
            }
        }
        return;
    }
    let (_parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "count", &numbered(0), None).await;
    let mut children: Vec<_> = (0..PROCESSES).map(|_| start(name, &folder)).collect();
    let (mut leases, mut versions) = (0, BTreeSet::new());
    for child in &mut children {
        for line in said(child) {
            match line.split_once(' ').unwrap() {
                ("lease", won) => leases += won.parse::<usize>().unwrap(),
                (_, version) => assert!(
                    versions.insert(version.parse::<u64>().unwrap()),
                    "{version} was used twice"
                ),
            }
        }
        assert!(child.wait().unwrap().success());
    }
    assert_eq!((leases, versions.len()), (1, PROCESSES * WRITES));
    let stored = load(&store, "count").await.unwrap().unwrap();
    assert_eq!(number_of(&stored.record.bytes), PROCESSES * WRITES);
}

#[tokio::test]
async fn a_lock_that_is_held_too_long_is_unavailable_and_reading_goes_on() {
    let (_parent, folder) = place();
    let store = open(&folder).await.lock_wait(Duration::from_millis(30));
    let version = write(&store, "me", b"token", None).await;
    let lock = fs::File::open(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let error = store
        .save(&key("me"), record(b"x"), Some(version), None, NOW)
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreUnavailable);
    assert!(error.message().contains("lock"), "{error}");
    assert_eq!(store.probe().await.unwrap_err().code(), ErrorCode::StoreUnavailable);
    assert_eq!(*load(&store, "me").await.unwrap().unwrap().record.bytes, b"token");
    lock.unlock().unwrap();
    write(&store, "me", b"new", Some(version)).await;
}

#[tokio::test]
async fn a_lock_file_that_is_removed_parts_nobody() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    let version = write(&store, "me", b"1", None).await;
    fs::remove_file(folder.join("lock")).unwrap();
    let version = write(&store, "me", b"2", Some(version)).await;
    assert_eq!(load(&store, "me").await.unwrap().unwrap().version, version);
    assert!(folder.join("lock").exists());
}

#[tokio::test]
async fn a_writer_whose_caller_went_away_still_finishes() {
    let (_parent, folder) = place();
    let store = open(&folder).await;
    write(&store, "other", b"x", None).await;
    let lock = fs::File::open(folder.join("lock")).unwrap();
    lock.lock().unwrap();
    let name = key("me");
    {
        let mut saving = store.save(&name, record(b"token"), None, None, NOW);
        // Begun, waiting for the lock, and then dropped.
        let begun = std::future::poll_fn(|context| std::task::Poll::Ready(saving.as_mut().poll(context))).await;
        assert!(begun.is_pending());
    }
    lock.unlock().unwrap();
    // Writers queue, so that one is done when this one is.
    store.probe().await.unwrap();
    assert_eq!(*load(&store, "me").await.unwrap().unwrap().record.bytes, b"token");
}

#[tokio::test]
async fn a_disk_that_is_full_is_its_own_error_and_the_old_record_stays_whole() {
    let name = "a_disk_that_is_full_is_its_own_error_and_the_old_record_stays_whole";
    if let Some(folder) = part() {
        let store = open(&folder).await;
        let large = record(&[b'x'; 65_536]);
        let error = store.save(&key("me"), large, Some(1), None, NOW).await.unwrap_err();
        println!("SAYS {} {}", error.code(), error.message());
        return;
    }
    let (_parent, folder) = place();
    let store = open(&folder).await;
    let version = write(&store, "me", b"token", None).await;
    // A limit on the size of files fails a write in its middle, as a full disk does, and takes no special rights.
    let mut shell = Command::new("sh");
    shell
        .args(["-c", r#"trap "" XFSZ; ulimit -f 8; exec "$0" "$@""#])
        .arg(env::current_exe().unwrap());
    let mut child = playing(shell, name, &folder).spawn().unwrap();
    let words: Vec<_> = said(&mut child).collect();
    assert!(child.wait().unwrap().success());
    assert!(words[0].starts_with("store.full Could not write"), "{words:?}");
    let stored = load(&store, "me").await.unwrap().unwrap();
    assert_eq!((stored.version, &stored.record.bytes[..]), (version, &b"token"[..]));
    assert_eq!(files(&folder, ".tmp").len(), 0, "half a file was left");
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_to_is_denied_and_reading_goes_on() {
    let name = "a_folder_that_cannot_be_written_to_is_denied_and_reading_goes_on";
    if let Some(folder) = part() {
        let store = open(&folder).await;
        for error in [
            store
                .save(&key("me"), record(b"x"), Some(1), None, NOW)
                .await
                .unwrap_err(),
            store
                .save(&key("new"), record(b"x"), None, None, NOW)
                .await
                .unwrap_err(),
            store.delete(&key("me"), 1).await.unwrap_err(),
            store.probe().await.unwrap_err(),
        ] {
            assert_eq!(error.code(), ErrorCode::StoreDenied, "{error}");
        }
        let stored = load(&store, "me").await.unwrap().unwrap();
        assert_eq!(store.list("", None, None, 10).await.unwrap().len(), 1);
        println!("SAYS {}", String::from_utf8_lossy(&stored.record.bytes));
        return;
    }
    let (parent, folder) = place();
    write(&open(&folder).await, "me", b"token", None).await;
    // Permissions do not hold root, so root lets somebody else try.
    let copy = parent.path().join("test");
    fs::copy(env::current_exe().unwrap(), &copy).unwrap();
    let mut command = Command::new(&copy);
    if fs::metadata(&folder).unwrap().uid() == 0 {
        const NOBODY: u32 = 65_534;
        for path in [&*folder, parent.path(), &parent.path().join("data"), &copy] {
            chown(path, Some(NOBODY), None).unwrap();
        }
        for path in files(&folder, "") {
            chown(path, Some(NOBODY), None).unwrap();
        }
        command.uid(NOBODY).current_dir("/");
    }
    fs::set_permissions(&folder, Permissions::from_mode(0o500)).unwrap();
    let mut child = playing(command, name, &folder).spawn().unwrap();
    let words: Vec<_> = said(&mut child).collect();
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(words, ["token"]);
    assert!(fs::read(file(&folder, ".record")).unwrap().ends_with(b"token"));
}
