//! Processes that share one keychain store: no write is lost, no lease is shared, and whoever is killed leaves a list that is
//! true.
//!
//! A test here starts its own binary again, with itself as the one test to run and a part to play.

mod keychain_support;
mod store_common;

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use keychain_support::{LONG, Session, open};
use shutterkey::Timestamp;
use shutterkey::store::{KeychainStore, Store, Written};
use store_common::{NOW, key, load, record, write};

const PLAYS: &str = "KEYCHAIN_TEST_PLAYS";

/// The store, in the process that was started to play a part.
async fn part() -> Option<KeychainStore> {
    let words = env::var(PLAYS).ok()?;
    let (address, folder) = words.split_once(' ').unwrap();
    Some(open(Path::new(folder), address).await)
}

fn start(test: &str, session: &Session) -> Child {
    let folder = session.folder("shared");
    Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(PLAYS, format!("{} {}", session.address, folder.display()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
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

#[tokio::test]
async fn processes_that_write_at_once_lose_no_write_and_share_no_lease() {
    const PROCESSES: usize = 2;
    const WRITES: usize = 20;
    let name = "processes_that_write_at_once_lose_no_write_and_share_no_lease";
    if let Some(store) = part().await {
        let leased = store.lease(&key("leased"), LONG, NOW).await.unwrap();
        println!("SAYS lease {}", u8::from(leased.is_some()));
        for _ in 0..WRITES {
            loop {
                let stored = load(&store, "count").await.unwrap().unwrap();
                let number: usize = std::str::from_utf8(&stored.record.bytes).unwrap().parse().unwrap();
                let next = (number + 1).to_string();
                let (key, next) = (key("count"), record(next.as_bytes()));
                let saved = store.save(&key, next, Some(stored.version), None, NOW).await;
                if let Written::Version(version) = saved.unwrap() {
                    println!("SAYS version {version}");
                    break;
                }
            }
        }
        return;
    }
    let session = Session::start().await;
    let store = session.open("shared").await;
    write(&store, "count", b"0", None).await;
    let mut children: Vec<_> = (0..PROCESSES).map(|_| start(name, &session)).collect();
    let (mut leases, mut versions) = (0, BTreeSet::new());
    for child in &mut children {
        for line in said(child) {
            match line.split_once(' ').unwrap() {
                ("lease", won) => leases += won.parse::<usize>().unwrap(),
                (_, version) => assert!(versions.insert(version.parse::<u64>().unwrap()), "{version} twice"),
            }
        }
        assert!(child.wait().unwrap().success());
    }
    assert_eq!((leases, versions.len()), (1, PROCESSES * WRITES));
    let counted = load(&store, "count").await.unwrap().unwrap();
    assert_eq!(*counted.record.bytes, (PROCESSES * WRITES).to_string().into_bytes());
}

#[tokio::test]
async fn a_writer_that_is_killed_leaves_a_list_of_what_is_there_and_of_nothing_else() {
    const ROUNDS: usize = 40;
    let name = "a_writer_that_is_killed_leaves_a_list_of_what_is_there_and_of_nothing_else";
    if let Some(store) = part().await {
        println!("SAYS begins");
        // Makes, replaces and removes a record, on and on.
        let mut due = 0;
        loop {
            let mut expected = load(&store, "me").await.unwrap().map(|stored| stored.version);
            for _ in 0..2 {
                due += 1;
                let mut record = record(due.to_string().as_bytes());
                record.due_at = Some(Timestamp::from_seconds(due));
                let saved = store.save(&key("me"), record, expected, None, NOW).await.unwrap();
                let Written::Version(version) = saved else {
                    panic!("there is nobody else");
                };
                expected = Some(version);
            }
            store.delete(&key("me"), expected.unwrap()).await.unwrap();
        }
    }
    let seed = env::var("STORE_TEST_SEED").map_or_else(
        |_| std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64,
        |seed| seed.parse().unwrap(),
    );
    println!("STORE_TEST_SEED={seed}");
    let mut random = seed;
    let session = Session::start().await;
    let store = session.open("shared").await;
    let (mut there, mut versions) = (0, 0);
    for round in 0..ROUNDS {
        let mut child = start(name, &session);
        assert_eq!(said(&mut child).next().as_deref(), Some("begins"));
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        tokio::time::sleep(Duration::from_micros((random >> 33) % 60_000)).await;
        child.kill().unwrap();
        child.wait().unwrap();

        let listed = store.list("", None, None, 10).await.unwrap();
        let stored = load(&store, "me").await.unwrap();
        match &stored {
            Some(stored) => {
                let due: i64 = std::str::from_utf8(&stored.record.bytes).unwrap().parse().unwrap();
                assert_eq!(listed.len(), 1, "round {round}");
                assert_eq!(listed[0].due_at, Some(Timestamp::from_seconds(due)), "round {round}");
                assert!(stored.version >= versions, "round {round}");
                versions = stored.version;
                there += 1;
            }
            None => assert!(listed.is_empty(), "round {round}: {listed:?}"),
        }
        // The dead have let go of the lock, and no number of theirs comes again.
        let version = write(&store, "me", b"0", stored.map(|stored| stored.version)).await;
        assert!(version > versions, "round {round}: {version} after {versions}");
        versions = version;
        store.delete(&key("me"), version).await.unwrap();
    }
    println!("{there} of {ROUNDS} had left a record");
}
