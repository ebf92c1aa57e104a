//! What is due is shared by many claimers, each account once, at a cost that does not grow with the fleet.

mod postgres_support;

use std::collections::BTreeSet;
use std::env;
use std::time::{Duration, Instant};

use postgres_support::processes::{part, said, start, way};
use postgres_support::{LONG, NOW, Servers, Way, record};
use shutterkey::record::StoreKey;
use shutterkey::store::Store;

fn account(number: usize) -> StoreKey {
    StoreKey::from_stored(format!("fleet/account/instagram/1/{number:06}"))
}

const FLEET: &str = "fleet/account/instagram/1/";

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

/// The quickest of several claims of ten, of a fleet of so many with one in ten due, beside another app's that is all due.
async fn claim_takes(accounts: usize, analyzed: bool) -> Duration {
    let place = Servers::running().ready().await;
    let store = place.open(Way::Direct);
    let sealed = "convert_to('sealed 1 sk1.k1.' || repeat('x', 900), 'UTF8')";
    for (fleet, due) in [(FLEET, "number % 10 = 0"), ("fleet/account/instagram/2/", "true")] {
        place
            .meddle(&format!(
                "INSERT INTO RECORDS (key, version, bytes, due_at) SELECT '{fleet}' || number, 1, {sealed}, \
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
