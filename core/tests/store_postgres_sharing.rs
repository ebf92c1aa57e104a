//! Processes that share one PostgreSQL store: one refresh for all, each due account once, and whoever is killed stands in
//! nobody's way.
//!
//! A test here starts its own binary again, with itself as the one test to run and a part to play.

mod postgres_support;

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use postgres_support::platform::{Platform, keeper, log_in};
use postgres_support::{LONG, NOW, Place, Servers, Way, key, keys, read, record, write};
use shutterkey::record::StoreKey;
use shutterkey::store::{PlainRecords, Store, Written};
use shutterkey::{SealKeys, Timestamp};

const PLAYS: &str = "STORE_TEST_PLAYS";

/// The part, in the process that was started to play it: a schema, a folder, a number.
fn part(servers: &Servers) -> Option<(Place, String, usize)> {
    let words = env::var(PLAYS).ok()?;
    let [schema, folder, number] = words.split(' ').collect::<Vec<_>>()[..] else {
        panic!("{words}");
    };
    Some((
        Place::named(servers, schema),
        folder.to_owned(),
        number.parse().unwrap(),
    ))
}

fn start(test: &str, place: &Place, folder: &Path, number: usize) -> Child {
    Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(PLAYS, format!("{} {} {number}", place.schema, folder.display()))
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

/// Half of those who share go through the pooler.
fn way(number: usize) -> Way {
    [Way::Direct, Way::Bouncer][number % 2]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_in_four_processes_with_clocks_that_differ_make_one_refresh() {
    const PROCESSES: usize = 4;
    const CALLERS: usize = 250;
    let name = "a_thousand_callers_in_four_processes_with_clocks_that_differ_make_one_refresh";
    let servers = Servers::running();
    if let Some((place, folder, number)) = part(&servers) {
        let platform = Platform::new(Path::new(&folder), Duration::from_millis(300));
        // Expired for all of them, and up to a minute apart.
        let (keeper, _) = keeper(platform, place.open(way(number)), 3_601 + 20 * number as i64);
        let mut callers = tokio::task::JoinSet::new();
        for _ in 0..CALLERS {
            let keeper = keeper.clone();
            callers.spawn(async move { keeper.token("me").await.map(|token| token.reveal().to_owned()) });
        }
        for token in callers.join_all().await {
            println!("SAYS token {}", token.unwrap());
        }
        return;
    }
    let (place, folder) = (servers.ready().await, tempfile::tempdir().unwrap());
    log_in(&keeper(Platform::new(folder.path(), Duration::ZERO), place.open(Way::Direct), 0).0).await;
    let mut children: Vec<_> = (0..PROCESSES)
        .map(|number| start(name, &place, folder.path(), number))
        .collect();
    let mut answers = Vec::new();
    for child in &mut children {
        answers.extend(said(child).filter(|said| said.starts_with("token")));
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(answers, vec!["token access-1"; PROCESSES * CALLERS]);
    assert_eq!(Platform::refreshes(folder.path()), 1);
}

#[tokio::test]
async fn a_keeper_that_is_killed_in_a_refresh_holds_up_the_others_for_the_length_of_its_lease_alone() {
    let name = "a_keeper_that_is_killed_in_a_refresh_holds_up_the_others_for_the_length_of_its_lease_alone";
    let servers = Servers::running();
    if let Some((place, folder, _)) = part(&servers) {
        let (keeper, _) = keeper(
            Platform::new(Path::new(&folder), LONG * 10),
            place.open(Way::Bouncer),
            3_601,
        );
        keeper.token("me").await.unwrap();
        return;
    }
    let (place, folder) = (servers.ready().await, tempfile::tempdir().unwrap());
    log_in(&keeper(Platform::new(folder.path(), Duration::ZERO), place.open(Way::Direct), 0).0).await;
    let mut child = start(name, &place, folder.path(), 0);
    assert_eq!(said(&mut child).next().unwrap(), "refreshing");
    child.kill().unwrap();
    child.wait().unwrap();
    // The platform heard nothing of it, and takes the refresh token from somebody else.
    std::fs::remove_file(folder.path().join("0")).unwrap();

    let (keeper, _) = keeper(
        Platform::new(folder.path(), Duration::ZERO),
        place.open(Way::Direct),
        3_601,
    );
    let waiting = tokio::spawn(async move { keeper.token("me").await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(Platform::refreshes(folder.path()), 0, "the dead one's lease holds");
    // Two minutes pass at the database.
    place
        .meddle("UPDATE RECORDS SET lease_taken = lease_taken - lease_length WHERE lease_taken IS NOT NULL")
        .await;
    let token = tokio::time::timeout(LONG, waiting).await.unwrap().unwrap().unwrap();
    assert_eq!((token.reveal(), Platform::refreshes(folder.path())), ("access-1", 1));
}

#[tokio::test]
async fn what_a_lease_holder_that_was_taken_for_dead_writes_late_is_refused() {
    let name = "what_a_lease_holder_that_was_taken_for_dead_writes_late_is_refused";
    let servers = Servers::running();
    let ttl = Duration::from_millis(500);
    if let Some((place, ..)) = part(&servers) {
        let store = place.open(Way::Direct);
        let stored = store.load(&key("me"), NOW).await.unwrap().unwrap();
        let lease = store.lease(&key("me"), ttl, NOW).await.unwrap().unwrap();
        println!("SAYS leased");
        // Longer than it had: until somebody else has the lease.
        while store.lease(&key("me"), ttl, NOW).await.unwrap().is_some() || {
            let fences = place.meddle("SELECT fence FROM RECORDS").await;
            fences[0].get::<_, i64>(0) <= i64::try_from(lease.fence).unwrap()
        } {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let late = store
            .save(
                &key("me"),
                record(b"late"),
                Some(stored.version),
                Some(lease.fence),
                NOW,
            )
            .await;
        println!("SAYS {:?}", late.unwrap());
        return;
    }
    let (place, folder) = (servers.ready().await, tempfile::tempdir().unwrap());
    let store = place.open(Way::Bouncer);
    let version = write(&store, "me", b"token", None).await;
    let mut child = start(name, &place, folder.path(), 0);
    let mut lines = said(&mut child);
    assert_eq!(lines.next().unwrap(), "leased");
    let began = Instant::now();
    let lease = loop {
        if let Some(lease) = store.lease(&key("me"), LONG, NOW).await.unwrap() {
            break lease;
        }
        assert!(began.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(lines.next().unwrap(), "Conflict");
    assert!(child.wait().unwrap().success());
    let mine = store
        .save(&key("me"), record(b"mine"), Some(version), Some(lease.fence), NOW)
        .await
        .unwrap();
    assert_ne!(mine, Written::Conflict);
    assert_eq!(read(&store, "me").await.unwrap(), b"mine");
}

fn account(number: usize) -> StoreKey {
    StoreKey::from_stored(format!("fleet/account/instagram/1/{number:06}"))
}

const FLEET: &str = "fleet/account/";

#[tokio::test]
async fn claimers_in_several_processes_take_each_due_account_once() {
    const PROCESSES: usize = 4;
    const ACCOUNTS: usize = 300;
    let name = "claimers_in_several_processes_take_each_due_account_once";
    let servers = Servers::running();
    if let Some((place, _, number)) = part(&servers) {
        let store = place.open(way(number));
        loop {
            let claimed = store.claim_due(FLEET, NOW, 20, LONG, NOW).await.unwrap();
            if claimed.is_empty() {
                return;
            }
            for claimed in claimed {
                let stored = claimed.record.unwrap();
                println!(
                    "SAYS {} {}",
                    claimed.lease.key,
                    String::from_utf8_lossy(&stored.record.bytes)
                );
            }
        }
    }
    let (place, folder) = (servers.ready().await, tempfile::tempdir().unwrap());
    let store = place.open(Way::Direct);
    for number in 0..ACCOUNTS {
        let mut due = record(number.to_string().as_bytes());
        due.due_at = Some(NOW.plus(-1 - number as i64));
        store.save(&account(number), due, None, None, NOW).await.unwrap();
    }
    let mut children: Vec<_> = (0..PROCESSES)
        .map(|number| start(name, &place, folder.path(), number))
        .collect();
    let mut claimed = BTreeSet::new();
    for child in &mut children {
        for said in said(child) {
            assert!(claimed.insert(said.clone()), "{said} was claimed twice");
        }
        assert!(child.wait().unwrap().success());
    }
    let wanted: BTreeSet<_> = (0..ACCOUNTS)
        .map(|number| format!("{} {number}", account(number)))
        .collect();
    assert_eq!(claimed, wanted);
}

#[tokio::test]
async fn what_is_due_longest_is_claimed_first() {
    let place = Servers::running().ready().await;
    let store = place.open(Way::Direct);
    for (number, ago) in [5, 50, 500, 1].into_iter().enumerate() {
        let mut due = record(b"x");
        due.due_at = Some(NOW.plus(-ago));
        store.save(&account(number), due, None, None, NOW).await.unwrap();
    }
    let claimed = store.claim_due(FLEET, NOW, 3, LONG, NOW).await.unwrap();
    let found: Vec<_> = claimed.into_iter().map(|claimed| claimed.lease.key).collect();
    assert_eq!(found, [account(2), account(1), account(0)]);
}

/// The quickest of several claims of ten, of a fleet of so many with one in ten due, beside another tenant's that is all due.
async fn claim_takes(accounts: usize, analyzed: bool) -> Duration {
    let place = Servers::running().ready().await;
    let store = place.open(Way::Direct);
    let sealed = "convert_to('sealed 1 sk1.k1.' || repeat('x', 900), 'UTF8')";
    for (fleet, due) in [("fleet", "number % 10 = 0"), ("tenant", "true")] {
        place
            .meddle(&format!(
                "INSERT INTO RECORDS (key, version, bytes, due_at) SELECT '{fleet}/account/instagram/1/' || number, 1, {sealed}, \
                 CASE WHEN {due} THEN {now} - number ELSE {now} + number END FROM generate_series(1, {accounts}) AS number",
                now = NOW.seconds(),
            ))
            .await;
    }
    if analyzed {
        place.meddle("ANALYZE RECORDS").await;
    }
    let mut quickest = Duration::MAX;
    for _ in 0..9 {
        let began = Instant::now();
        let claimed = store.claim_due(FLEET, NOW, 10, LONG, NOW).await.unwrap();
        quickest = quickest.min(began.elapsed());
        assert_eq!(claimed.len(), 10);
    }
    quickest
}

#[tokio::test]
async fn a_claim_costs_the_same_of_a_thousand_accounts_and_of_many() {
    let many = env::var("STORE_TEST_ACCOUNTS").map_or(100_000, |many| many.parse().unwrap());
    for analyzed in [false, true] {
        let (few, many) = (claim_takes(1_000, analyzed).await, claim_takes(many, analyzed).await);
        println!("analyzed: {analyzed}; of 1000: {few:?}, of many: {many:?}");
        // Reading them all would take a hundred times as long.
        assert!(
            many < few * 10 + Duration::from_millis(10),
            "of 1000: {few:?}, of many: {many:?}"
        );
    }
}

#[tokio::test]
async fn the_database_sees_no_token_and_a_row_that_was_changed_or_moved_does_not_open() {
    let place = Servers::running().ready().await;
    let store = place.open(Way::Bouncer);
    write(&store, "one", b"canary-one", None).await;
    write(&store, "other", b"canary-other", None).await;
    let seen = place
        .meddle("SELECT r::text || encode(bytes, 'escape') FROM RECORDS AS r")
        .await;
    assert_eq!(seen.len(), 2);
    assert!(seen.iter().all(|row| !row.get::<_, String>(0).contains("canary")));

    let codes = async |name: &str| {
        store
            .load(&key(name), NOW)
            .await
            .map(drop)
            .map_err(|error| error.code().as_str())
    };
    assert_eq!(codes("one").await, Ok(()));
    let one = key("one");
    place
        .meddle(&format!(
            "UPDATE RECORDS SET bytes = (SELECT bytes FROM RECORDS WHERE key <> '{one}') WHERE key = '{one}'"
        ))
        .await;
    assert_eq!(codes("one").await, Err("store.seal_invalid"), "moved");
    let other = key("other");
    place
        .meddle(&format!(
            "UPDATE RECORDS SET bytes = set_byte(bytes, 60, get_byte(bytes, 60) # 1) WHERE key = '{other}'"
        ))
        .await;
    assert_eq!(codes("other").await, Err("store.seal_invalid"), "changed");
    place
        .meddle(&format!("UPDATE RECORDS SET bytes = 'planted' WHERE key = '{other}'"))
        .await;
    assert_eq!(codes("other").await, Err("store.seal_invalid"), "planted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_rotated_while_others_write() {
    let place = Servers::running().ready().await;
    let newer = SealKeys::parse("k2:HxwdHh8AAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRo").unwrap();
    let old = place.open(Way::Direct);
    for number in 0..50 {
        write(&old, &number.to_string(), b"0", None).await;
    }
    let both = || {
        place
            .builder(Way::Bouncer)
            .sealed(keys().rotated(&newer))
            .build()
            .unwrap()
    };
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..4 {
        let store = both();
        writers.spawn(async move {
            for round in 0..25 {
                let name = ((number * 25 + round) % 50).to_string();
                // Under a lease, as a refresh: nothing may come in between.
                let Some(lease) = store.lease(&key(&name), LONG, NOW).await.unwrap() else {
                    continue;
                };
                let stored = store.load(&key(&name), NOW).await.unwrap().unwrap();
                tokio::task::yield_now().await;
                let written = store
                    .save(&key(&name), record(b"1"), Some(stored.version), Some(lease.fence), NOW)
                    .await;
                assert_ne!(written.unwrap(), Written::Conflict, "{name}");
                store.release(lease).await.unwrap();
            }
        });
    }
    let store = both();
    while !store
        .reseal("", PlainRecords::Refuse, Timestamp::from_seconds(0))
        .await
        .unwrap()
        .is_complete()
    {}
    writers.join_all().await;
    let alone = place.builder(Way::Direct).sealed(newer.clone()).build().unwrap();
    for number in 0..50 {
        assert!([&b"0"[..], b"1"].contains(&&read(&alone, &number.to_string()).await.unwrap()[..]));
    }
    let done = store.reseal("", PlainRecords::Refuse, NOW).await.unwrap();
    assert_eq!((done.resealed, done.current), (0, 50));
}
