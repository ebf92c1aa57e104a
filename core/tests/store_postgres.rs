//! The PostgreSQL store keeps every promise of a store, whichever way it gets to the database.

mod postgres_support;

use std::sync::Arc;
use std::time::Duration;

use postgres_support::{LONG, NOW, Servers, Way, key, read, record, write};
use shutterkey::record::StoreKey;
use shutterkey::store::conformance::{Report, Subject, check};
use shutterkey::store::{Store, Written};
use shutterkey::{ErrorCode, PostgresStore, Timestamp};

/// What moves a clock that is not the store's to move.
const OF_THE_CLOCK: [&str; 2] = [
    "giving back an old lease leaves the new one",
    "a clock that is set back does not make a lease eternal",
];

fn assert_conforms(report: &Report) {
    let skipped: Vec<_> = report.skipped().map(|finding| finding.name).collect();
    assert!(report.passed() && skipped == OF_THE_CLOCK, "{report}");
}

async fn conforms(way: Way, second: Way) {
    let servers = Servers::running();
    let report = check(|| async {
        let place = servers.ready().await;
        Ok(Subject::new(place.open(way))
            .second_handle(place.open(second))
            .own_clock())
    })
    .await;
    assert_conforms(&report);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_over_two_handles() {
    conforms(Way::Direct, Way::Socket).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_behind_pgbouncer_in_transaction_mode() {
    conforms(Way::Bouncer, Way::Bouncer).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_unsealed_over_connections_of_the_callers_own() {
    let servers = Servers::running();
    let report = check(|| async {
        let place = servers.ready().await;
        let over = |client| {
            PostgresStore::over(Arc::new(client))
                .schema(&*place.schema)
                .unsealed()
                .build()
        };
        let (one, other) = (over(servers.client("app").await)?, over(servers.client("app").await)?);
        Ok(Subject::new(one).second_handle(other).own_clock())
    })
    .await;
    assert_conforms(&report);
}

#[tokio::test]
async fn a_key_that_looks_like_a_statement_is_a_key() {
    let place = Servers::running().ready().await;
    let store = place.open(Way::Direct);
    write(&store, "victim", b"stays", None).await;
    let keys = [
        "'; DROP TABLE records; --",
        "' OR '1'='1",
        "$1",
        "\\",
        "E'\\x00'",
        "%_",
        "\"; SELECT pg_sleep(60); --",
    ];
    for text in keys {
        let key = StoreKey::from_stored(text);
        assert!(
            matches!(
                store.save(&key, record(b"x"), None, None, NOW).await,
                Ok(Written::Version(_))
            ),
            "{text}"
        );
        assert_eq!(
            *store.load(&key, NOW).await.unwrap().unwrap().record.bytes,
            b"x",
            "{text}"
        );
        let listed = store.list(text, None, None, 100).await.unwrap();
        assert!(listed.iter().any(|listed| listed.key == key), "{text}");
        let claimed = store
            .claim_due(text, NOW, 10, Duration::from_secs(1), NOW)
            .await
            .unwrap();
        assert_eq!(claimed.len(), 0, "{text}");
    }
    assert_eq!(read(&store, "victim").await.unwrap(), b"stays");
    // A text of PostgreSQL cannot hold this character; keys of ours never have it.
    let error = store.load(&StoreKey::from_stored("a\0b"), NOW).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::Misuse);
    assert_eq!(read(&store, "victim").await.unwrap(), b"stays");
}

#[test]
fn a_store_outlives_the_runtime_that_it_was_first_used_in() {
    let runtime = || {
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap()
    };
    let store = runtime().block_on(async {
        let place = Servers::running().ready().await;
        let store = place.open(Way::Direct);
        write(&store, "me", b"token", None).await;
        store
    });
    assert_eq!(runtime().block_on(read(&store, "me")).unwrap(), b"token");
    // Without one it says so instead of panicking.
    let name = key("me");
    let mut loading = std::pin::pin!(store.load(&name, NOW));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let polled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| loading.as_mut().poll(&mut context)));
    let std::task::Poll::Ready(Err(error)) = polled.unwrap() else {
        panic!("it cannot be loaded")
    };
    assert_eq!(error.code(), ErrorCode::Misuse);
}

#[tokio::test]
async fn a_deleted_account_leaves_no_row_with_its_id_and_a_lease_outlives_it() {
    let place = Servers::running().ready().await;
    let store = place.open(Way::Direct);
    let version = write(&store, "gone", b"x", None).await;
    store.delete(&key("gone"), version).await.unwrap();
    assert_eq!(place.meddle("SELECT FROM RECORDS").await.len(), 0);

    let version = write(&store, "leased", b"x", None).await;
    let lease = store.lease(&key("leased"), LONG, NOW).await.unwrap().unwrap();
    assert_eq!(
        store.delete(&key("leased"), version).await.unwrap(),
        Written::Version(version)
    );
    assert_eq!(read(&store, "leased").await, None);
    assert_eq!(
        store.lease(&key("leased"), LONG, NOW).await.unwrap(),
        None,
        "somebody has it"
    );
    let late = store
        .save(&key("leased"), record(b"late"), Some(version), Some(lease.fence), NOW)
        .await;
    assert_eq!(
        late.unwrap(),
        Written::Conflict,
        "an account that was removed stays removed"
    );
}

#[tokio::test]
async fn what_is_forgotten_for_a_day_is_removed_and_what_is_leased_stays() {
    let place = Servers::running().ready().await;
    let old = place.open(Way::Direct);
    let long_ago = Timestamp::from_seconds(1_500_000_000);
    for name in ["forgotten", "leased", "kept"] {
        let mut record = record(b"x");
        record.forget_at = (name != "kept").then_some(long_ago);
        old.save(&key(name), record, None, None, Timestamp::MIN).await.unwrap();
    }
    old.lease(&key("leased"), LONG, NOW).await.unwrap().unwrap();
    old.lease(&key("without a record"), LONG, NOW).await.unwrap().unwrap();
    // The first write of a handle looks for them.
    write(&place.open(Way::Direct), "new", b"x", None).await;
    let rows = place.meddle("SELECT key FROM RECORDS ORDER BY key").await;
    let keys: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        keys,
        ["kept", "leased", "new", "without a record"].map(|name| key(name).as_str().to_owned())
    );
    // A lease of long ago, in whose row nothing is left.
    place
        .meddle("UPDATE RECORDS SET forget_at = 1, lease_taken = lease_taken - interval '1 day' WHERE bytes IS NULL")
        .await;
    write(&place.open(Way::Direct), "newer", b"x", None).await;
    assert_eq!(place.meddle("SELECT FROM RECORDS WHERE bytes IS NULL").await.len(), 0);
}

#[tokio::test]
async fn a_record_of_a_caller_whose_clock_is_behind_is_not_forgotten_before_its_time() {
    let place = Servers::running().ready().await;
    let behind = Timestamp::from_seconds(1_600_000_000);
    let mut login = record(b"x");
    login.forget_at = Some(behind.plus(60));
    let store = place.open(Way::Direct);
    store.save(&key("login"), login, None, None, behind).await.unwrap();
    // Another handle, which purges with its first write.
    let other = place.open(Way::Direct);
    other
        .save(&key("other"), record(b"x"), None, None, behind)
        .await
        .unwrap();
    assert!(store.load(&key("login"), behind).await.unwrap().is_some());
}

#[tokio::test]
async fn a_write_under_a_lease_whose_row_was_purged_is_refused() {
    let place = Servers::running().ready().await;
    let store = place.open(Way::Direct);
    let lease = store.lease(&key("me"), LONG, NOW).await.unwrap().unwrap();
    place.meddle("DELETE FROM RECORDS").await;
    let late = store
        .save(&key("me"), record(b"late"), None, Some(lease.fence), NOW)
        .await
        .unwrap();
    assert_eq!(late, Written::Conflict);
}

#[tokio::test]
async fn leases_run_on_the_databases_clock_whatever_callers_think_the_time_is() {
    let place = Servers::running().ready().await;
    let (behind, ahead) = (place.open(Way::Direct), place.open(Way::Direct));
    let year = 365 * 86_400;
    behind
        .lease(&key("me"), LONG, NOW.plus(-10 * year))
        .await
        .unwrap()
        .unwrap();
    let taken = ahead.lease(&key("me"), LONG, NOW.plus(10 * year)).await.unwrap();
    assert_eq!(taken, None, "ten years ahead of it, and it still runs");

    // Its own clock was set back by a year while a lease of a minute ran: it lasts no longer than its length.
    place
        .meddle("UPDATE RECORDS SET lease_taken = lease_taken + interval '1 year'")
        .await;
    assert!(ahead.lease(&key("me"), LONG, NOW).await.unwrap().is_some());

    let short = Duration::from_millis(300);
    behind.lease(&key("short"), short, NOW).await.unwrap().unwrap();
    assert_eq!(ahead.lease(&key("short"), short, NOW.plus(year)).await.unwrap(), None);
    tokio::time::sleep(short * 2).await;
    assert!(
        ahead
            .lease(&key("short"), short, NOW.plus(-year))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_database_that_isolates_transactions_strictly_loses_no_write_and_fails_none() {
    let servers = Servers::running();
    let place = servers.ready().await;
    let options = "?options=-c%20default_transaction_isolation%3Dserializable";
    let address = servers.address("app", Way::Direct) + options;
    let store = PostgresStore::builder(&address)
        .schema(&*place.schema)
        .unsealed()
        .build()
        .unwrap();
    write(&store, "count", b"0", None).await;
    let mut writers = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let store = store.clone();
        writers.spawn(async move {
            loop {
                let stored = store.load(&key("count"), NOW).await.unwrap().unwrap();
                let number: u32 = std::str::from_utf8(&stored.record.bytes).unwrap().parse().unwrap();
                let next = record((number + 1).to_string().as_bytes());
                let saved = store.save(&key("count"), next, Some(stored.version), None, NOW).await;
                if saved.unwrap() != Written::Conflict {
                    return;
                }
            }
        });
    }
    writers.join_all().await;
    assert_eq!(read(&store, "count").await.unwrap(), b"8");
}
