//! The database goes away and comes back. These tests stop the server, so that each waits for the others.

mod postgres_support;

use std::process::Command;
use std::time::{Duration, Instant};

use postgres_support::platform::{Platform, keeper, log_in};
use postgres_support::{LONG, NOW, Servers, Way, key, read, record, write};
use shutterkey::keeper::EventKind;
use shutterkey::store::{Store, Written};
use shutterkey::{ErrorCode, PostgresStore};
use tokio::sync::Mutex;

static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

const WAYS: [Way; 3] = [Way::Direct, Way::Socket, Way::Bouncer];

fn control(servers: &Servers, words: &[&str]) {
    let command = servers.control();
    let ended = Command::new(&command[0])
        .args(&command[1..])
        .args(words)
        .output()
        .unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

/// Until the server answers again by this way: PgBouncer waits a while before it tries again.
async fn until_it_answers(store: &PostgresStore) {
    let began = Instant::now();
    while store.check().await.is_err() {
        assert!(began.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_server_that_ends_and_comes_back_is_unavailable_and_then_used_again() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let servers = Servers::running();
    for mode in ["fast", "immediate"] {
        let place = servers.ready().await;
        let stores = WAYS.map(|way| {
            place
                .builder(way)
                .unsealed()
                .deadline(Duration::from_secs(3))
                .build()
                .unwrap()
        });
        let version = write(&stores[0], "me", b"token", None).await;
        for store in &stores {
            assert_eq!(read(store, "me").await.unwrap(), b"token");
        }
        control(&servers, &["stop", "-m", mode]);
        for store in &stores {
            for error in [
                store.load(&key("me"), NOW).await.unwrap_err(),
                store
                    .save(&key("me"), record(b"x"), Some(version), None, NOW)
                    .await
                    .unwrap_err(),
                store.lease(&key("me"), LONG, NOW).await.unwrap_err(),
                store.probe().await.unwrap_err(),
            ] {
                assert_eq!(error.code(), ErrorCode::StoreUnavailable, "{error}");
            }
        }
        control(&servers, &["start"]);
        for store in &stores {
            until_it_answers(store).await;
            // PgBouncer may have kept what was asked of it, and let it go on now.
            let stored = store.load(&key("me"), NOW).await.unwrap().unwrap();
            write(store, "me", b"newer", Some(stored.version)).await;
        }
    }
}

#[tokio::test]
async fn a_restart_between_two_calls_is_not_noticed_by_a_reader() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let servers = Servers::running();
    let place = servers.ready().await;
    for way in [Way::Direct, Way::Socket] {
        let store = place.builder(way).unsealed().build().unwrap();
        let stored = store.load(&key("me"), NOW).await.unwrap();
        write(&store, "me", b"token", stored.map(|stored| stored.version)).await;
        for mode in ["fast", "immediate"] {
            control(&servers, &["restart", "-m", mode]);
            assert_eq!(read(&store, "me").await.unwrap(), b"token", "{way:?} {mode}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn restarts_under_load_lose_no_write_that_was_answered() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let servers = Servers::running();
    let place = servers.ready().await;
    let stores = [Way::Direct, Way::Bouncer].map(|way| {
        place
            .builder(way)
            .sealed(postgres_support::keys())
            .deadline(Duration::from_secs(2))
            .build()
            .unwrap()
    });
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..6 {
        let store = stores[number % 2].clone();
        writers.spawn(async move {
            let name = number.to_string();
            let (mut answered, mut failed, began) = (0_u64, 0_u64, Instant::now());
            while began.elapsed() < Duration::from_secs(6) {
                let stored = match store.load(&key(&name), NOW).await {
                    Ok(stored) => stored,
                    Err(error) => {
                        assert_eq!(error.code(), ErrorCode::StoreUnavailable, "{error}");
                        failed += 1;
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                };
                let present = stored.as_ref().map_or(0, |stored| {
                    std::str::from_utf8(&stored.record.bytes)
                        .unwrap()
                        .parse::<u64>()
                        .unwrap()
                });
                assert!(present >= answered, "{present} is there, and {answered} was answered");
                let next = record((present + 1).to_string().as_bytes());
                match store
                    .save(&key(&name), next, stored.map(|stored| stored.version), None, NOW)
                    .await
                {
                    Ok(Written::Version(_)) => answered = present + 1,
                    // What was not answered may have been done.
                    Ok(Written::Conflict) => {}
                    Err(error) => {
                        assert_eq!(error.code(), ErrorCode::StoreUnavailable, "{error}");
                        failed += 1;
                    }
                }
            }
            (answered, failed)
        });
    }
    for mode in ["immediate", "fast", "immediate"] {
        tokio::time::sleep(Duration::from_millis(1_200)).await;
        let servers = servers.clone();
        tokio::task::spawn_blocking(move || control(&servers, &["restart", "-m", mode]))
            .await
            .unwrap();
    }
    for (answered, failed) in writers.join_all().await {
        println!("{answered} writes were answered, {failed} calls failed");
        assert!(answered > 10, "{answered}");
    }
}

#[tokio::test]
async fn while_the_database_is_away_callers_get_the_live_token_and_an_event_says_why() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let servers = Servers::running();
    let (place, folder) = (servers.ready().await, tempfile::tempdir().unwrap());
    let store = place
        .builder(Way::Direct)
        .sealed(postgres_support::keys())
        .deadline(Duration::from_secs(2))
        .build()
        .unwrap();
    let (keeper, clock) = keeper(Platform::new(folder.path(), Duration::ZERO), store, 0);
    log_in(&keeper).await;
    assert_eq!(keeper.token("me").await.unwrap().reveal(), "access-0");
    let events = keeper.events();

    control(&servers, &["stop", "-m", "immediate"]);
    // Longer than an account is answered without asking the store, and well before the token's end.
    clock.advance(900);
    for _ in 0..3 {
        assert_eq!(keeper.token("me").await.unwrap().reveal(), "access-0");
        clock.advance(60);
    }
    let mut seen = Vec::new();
    while let Some(event) = events.try_next() {
        seen.push((event.kind, event.error.map(|error| error.code())));
    }
    let why = (EventKind::StoreFailed, Some(ErrorCode::StoreUnavailable));
    assert!(!seen.is_empty() && seen.iter().all(|event| *event == why), "{seen:?}");
    control(&servers, &["start"]);
    assert_eq!(keeper.token("me").await.unwrap().reveal(), "access-0");
    clock.advance(3_600);
    assert_eq!(
        keeper.token("me").await.unwrap().reveal(),
        "access-1",
        "and it is refreshed again"
    );
    assert_eq!(events.try_next().map(|event| event.kind), Some(EventKind::Refreshed));
}
