//! What a database refuses, and what is refused of a database: each is a typed error that says what to do and no secret.

mod postgres_support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use postgres_support::{LONG, NOW, Place, Servers, Way, key, keys, read, record, write};
use shutterkey::store::postgres::{PostgresStoreBuilder, TlsMode};
use shutterkey::store::{Store, Written};
use shutterkey::{Error, ErrorCode, PostgresStore, Retry};

/// The error of a store that cannot be reached so, and that neither it nor anything on the way holds the password.
async fn refused(builder: PostgresStoreBuilder, password: &str) -> Error {
    let told = format!("{builder:?}");
    let store = builder.unsealed().build().unwrap();
    let error = store.load(&key("me"), NOW).await.unwrap_err();
    let mut all = format!("{told} {store:?} {error} {error:?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(behind) = cause {
        all += &format!("{behind} {behind:?}");
        cause = behind.source();
    }
    assert!(!all.contains(password), "{all}");
    error
}

#[tokio::test]
async fn a_wrong_password_user_or_database_is_denied_by_the_server_and_by_pgbouncer() {
    let servers = Servers::running();
    for way in [Way::Direct, Way::Socket, Way::Bouncer] {
        let right = servers.text("app");
        for (user, password, database) in [
            ("app", "canary-1234", servers.text("database")),
            ("nobody-here", "canary-1234", servers.text("database")),
            ("app", right, "nowhere"),
        ] {
            let address = servers.address_of(user, password, way);
            let address = address.replace(&format!("/{}", servers.text("database")), &format!("/{database}"));
            let error = refused(PostgresStore::builder(&address), password).await;
            assert_eq!(
                error.code(),
                ErrorCode::StoreDenied,
                "{way:?} {user} {database}: {error}"
            );
            assert_eq!(error.retry(), Retry::FixConfig);
        }
    }
}

#[tokio::test]
async fn a_password_that_is_missing_is_denied() {
    let servers = Servers::running();
    let address = format!(
        "postgres://app@localhost:{}/{}",
        servers.number("port"),
        servers.text("database")
    );
    let error = refused(PostgresStore::builder(&address), "canary-1234").await;
    assert_eq!(error.code(), ErrorCode::StoreDenied, "{error}");
    assert!(error.message().contains("password"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_or_does_not_answer_is_unavailable_within_the_deadline() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap().port();
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    for address in [
        format!("postgres://u:canary-1234@127.0.0.1:{closed}/d"),
        format!("postgres://u:canary-1234@127.0.0.1:{silent}/d"),
        format!("postgres://u:canary-1234@127.0.0.1:{silent}/d?sslmode=verify-full"),
        "postgres://u:canary-1234@name.invalid/d".to_owned(),
        "postgres://u:canary-1234@%2Fnowhere/d".to_owned(),
    ] {
        let began = Instant::now();
        let builder = PostgresStore::builder(&address).deadline(Duration::from_millis(500));
        let error = refused(builder, "canary-1234").await;
        assert_eq!(error.code(), ErrorCode::StoreUnavailable, "{address}: {error}");
        assert_eq!(error.retry(), Retry::Backoff, "{address}: {error}");
        assert!(began.elapsed() < LONG / 2, "{address}");
    }
}

#[tokio::test]
async fn of_several_hosts_the_one_that_answers_is_used() {
    let servers = Servers::running();
    let place = servers.ready().await;
    let address = servers.address("app", Way::Direct);
    let address = address.replace("@localhost:", "@127.0.0.1:1,localhost:");
    let store = PostgresStore::builder(&address)
        .schema(&*place.schema)
        .unsealed()
        .connect()
        .await
        .unwrap();
    write(&store, "me", b"token", None).await;
}

#[tokio::test]
async fn tables_that_are_missing_take_a_migration() {
    let place = Servers::running().place();
    let error = place.builder(Way::Direct).unsealed().connect().await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreSchema, "{error}");
    assert!(
        error.message().contains(&place.schema) && error.hint().contains("migrat"),
        "{error}"
    );
    let store = place.open(Way::Direct);
    assert_eq!(
        store.load(&key("me"), NOW).await.unwrap_err().code(),
        ErrorCode::StoreSchema
    );
    assert_eq!(store.probe().await.unwrap_err().code(), ErrorCode::StoreSchema);
    store.migrate().await.unwrap();
    store.probe().await.unwrap();
    place.builder(Way::Bouncer).sealed(keys()).connect().await.unwrap();
}

#[tokio::test]
async fn tables_of_a_later_release_are_used_if_they_allow_it_and_refused_if_not() {
    let place = Servers::running().ready().await;
    let store = place.open(Way::Direct);
    let migrations = format!("{}.migrations", place.schema);
    place
        .meddle(&format!("INSERT INTO {migrations} (number, oldest) VALUES (1000, 1)"))
        .await;
    // A column that this release does not know.
    place
        .meddle("ALTER TABLE RECORDS ADD COLUMN later text NOT NULL DEFAULT 'kept'")
        .await;
    store.check().await.unwrap();
    store.migrate().await.unwrap();
    let version = write(&store, "me", b"token", None).await;
    place.meddle("UPDATE RECORDS SET later = 'changed'").await;
    write(&store, "me", b"newer", Some(version)).await;
    let rows = place.meddle("SELECT later FROM RECORDS").await;
    assert_eq!(
        rows[0].get::<_, String>(0),
        "changed",
        "what a later release keeps is not touched"
    );

    place
        .meddle(&format!(
            "INSERT INTO {migrations} (number, oldest) VALUES (1001, 1001)"
        ))
        .await;
    for error in [store.check().await, store.migrate().await, store.probe().await] {
        let error = error.unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreSchema);
        assert!(
            error.message().contains("1001") && error.message().contains("Upgrade"),
            "{error}"
        );
    }
    place
        .meddle(&format!("DELETE FROM {migrations} WHERE number <> 0"))
        .await;
    place
        .meddle(&format!("INSERT INTO {migrations} (number, oldest) VALUES (0, 0)"))
        .await;
    let error = store.check().await.unwrap_err();
    assert!(error.message().contains("Run the migrations"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_can_be_run_by_many_at_once_and_again_and_by_hand() {
    let servers = Servers::running();
    let place = Arc::new(servers.place());
    let mut migrating = tokio::task::JoinSet::new();
    for number in 0..8 {
        let store = place.open(if number % 2 == 0 { Way::Direct } else { Way::Bouncer });
        migrating.spawn(async move { store.migrate().await });
    }
    for migrated in migrating.join_all().await {
        migrated.unwrap();
    }
    let store = place.open(Way::Direct);
    write(&store, "me", b"token", None).await;
    store.migrate().await.unwrap();

    let by_hand = place.builder(Way::Direct).migrations().unwrap();
    servers.client("app").await.batch_execute(&by_hand).await.unwrap();
    assert_eq!(read(&store, "me").await.unwrap(), b"token");
    assert_eq!(
        place
            .meddle(&format!("SELECT FROM {}.migrations", place.schema))
            .await
            .len(),
        1
    );

    // On an empty place the same text is all that it takes.
    let other = servers.place();
    let by_hand = other.builder(Way::Direct).migrations().unwrap();
    servers.client("app").await.batch_execute(&by_hand).await.unwrap();
    other
        .builder(Way::Direct)
        .unsealed()
        .connect()
        .await
        .unwrap()
        .probe()
        .await
        .unwrap();
}

#[tokio::test]
async fn two_stores_share_a_schema_under_prefixes() {
    let place = Servers::running().place();
    let prefixed = |prefix: &str| {
        place
            .builder(Way::Direct)
            .table_prefix(prefix)
            .unsealed()
            .build()
            .unwrap()
    };
    let (one, other) = (prefixed("one_"), prefixed("other_"));
    one.migrate().await.unwrap();
    other.migrate().await.unwrap();
    write(&one, "me", b"token", None).await;
    assert_eq!(read(&other, "me").await, None);
    assert_eq!(one.check().await.map_err(|error| error.code()), Ok(()));
}

/// A role with these rights and no others, and a store that it opens.
async fn as_role(place: &Place, rights: &[&str]) -> PostgresStore {
    let boss = place.servers.client("boss").await;
    let role = format!("r_{}", place.schema);
    boss.batch_execute(&format!("CREATE ROLE {role} LOGIN PASSWORD 'canary-1234'"))
        .await
        .unwrap();
    for right in rights {
        let right = right.replace('%', &place.schema);
        boss.batch_execute(&format!("GRANT {right} TO {role}")).await.unwrap();
    }
    let address = place.servers.address_of(&role, "canary-1234", Way::Direct);
    PostgresStore::builder(&address)
        .schema(&*place.schema)
        .unsealed()
        .build()
        .unwrap()
}

#[tokio::test]
async fn the_rights_that_the_page_on_stores_names_suffice_and_fewer_are_denied() {
    const RIGHTS: [&str; 4] = [
        "USAGE ON SCHEMA %",
        "SELECT, INSERT, UPDATE, DELETE ON %.records",
        "SELECT ON %.migrations",
        "USAGE ON SEQUENCE %.numbers",
    ];
    let page = include_str!("../../docs/stores.md");
    for right in RIGHTS {
        assert!(page.contains(&right.replace('%', "shutterkey")), "{right}");
    }
    let servers = Servers::running();
    let place = servers.ready().await;
    let store = as_role(&place, &RIGHTS).await;
    store.migrate().await.unwrap();
    store.probe().await.unwrap();
    let version = write(&store, "me", b"token", None).await;
    assert!(store.lease(&key("me"), LONG, NOW).await.unwrap().is_some());
    store.delete(&key("me"), version).await.unwrap();

    for missing in RIGHTS {
        let place = servers.ready().await;
        let rights: Vec<_> = RIGHTS.into_iter().filter(|right| *right != missing).collect();
        let error = as_role(&place, &rights).await.probe().await.unwrap_err();
        assert_eq!(error.code(), ErrorCode::StoreDenied, "without {missing}: {error}");
    }
    let error = as_role(&servers.place(), &[]).await.migrate().await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreDenied, "{error}");
}

#[tokio::test]
async fn a_server_that_takes_no_writes_is_read_only_and_is_read() {
    let servers = Servers::running();
    let place = servers.ready().await;
    write(&place.open(Way::Direct), "me", b"token", None).await;
    let address = servers.address("app", Way::Direct) + "?options=-c%20default_transaction_read_only%3Don";
    let store = PostgresStore::builder(&address)
        .schema(&*place.schema)
        .sealed(keys())
        .connect()
        .await
        .unwrap();
    assert_eq!(read(&store, "me").await.unwrap(), b"token");
    for error in [
        store.probe().await.unwrap_err(),
        store
            .save(&key("new"), record(b"x"), None, None, NOW)
            .await
            .unwrap_err(),
        store
            .save(&key("me"), record(b"x"), Some(1), None, NOW)
            .await
            .unwrap_err(),
        store.lease(&key("me"), LONG, NOW).await.unwrap_err(),
        store.delete(&key("me"), 1).await.unwrap_err(),
        store.claim_due("", NOW, 1, LONG, NOW).await.unwrap_err(),
    ] {
        assert_eq!(error.code(), ErrorCode::StoreReadOnly, "{error}");
    }
}

#[tokio::test]
async fn a_disk_that_is_full_is_its_own_error_and_leaves_the_old_record() {
    let place = Servers::running().ready().await;
    let store = place.open(Way::Direct);
    let version = write(&store, "me", b"token", None).await;
    // The server's own error, from where a full disk raises it: in the middle of a write.
    let schema = &place.schema;
    place
        .meddle(&format!(
            "CREATE FUNCTION {schema}.full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING \
             ERRCODE = 'disk_full', MESSAGE = 'could not extend file: No space left on device'; END $$"
        ))
        .await;
    place
        .meddle(&format!(
            "CREATE TRIGGER full_disk BEFORE UPDATE ON RECORDS FOR EACH ROW EXECUTE FUNCTION {schema}.full()"
        ))
        .await;
    let error = store
        .save(&key("me"), record(b"x"), Some(version), None, NOW)
        .await
        .unwrap_err();
    assert_eq!(
        (error.code(), error.retry()),
        (ErrorCode::StoreFull, Retry::Backoff),
        "{error}"
    );
    assert_eq!(read(&store, "me").await.unwrap(), b"token");
}

#[tokio::test]
async fn a_statement_that_waits_too_long_is_given_up_and_stands_in_nobodys_way() {
    let servers = Servers::running();
    for way in [Way::Direct, Way::Bouncer] {
        let place = servers.ready().await;
        let limit = Duration::from_secs(2);
        let store = place
            .builder(way)
            .unsealed()
            .pool_size(1)
            .deadline(limit)
            .build()
            .unwrap();
        let version = write(&store, "me", b"token", None).await;
        let mut other = servers.client("app").await;
        let lock = other.transaction().await.unwrap();
        lock.execute(&format!("UPDATE {}.records SET due_at = 1", place.schema), &[])
            .await
            .unwrap();
        let began = Instant::now();
        let error = store
            .save(&key("me"), record(b"late"), Some(version), None, NOW)
            .await
            .unwrap_err();
        assert_eq!(
            (error.code(), error.retry()),
            (ErrorCode::StoreUnavailable, Retry::Backoff),
            "{error}"
        );
        assert!(
            error.message().contains("2000 ms") && began.elapsed() < LONG / 4,
            "{error}"
        );
        // The one connection of the pool was given up with it; another one serves whoever comes next.
        assert_eq!(read(&store, "me").await.unwrap(), b"token", "{way:?}");
        write(&store, "other", b"x", None).await;
        lock.rollback().await.unwrap();
        // What was given up may be done by now, or never; either way the next write replaces what is there.
        loop {
            let stored = store.load(&key("me"), NOW).await.unwrap().unwrap();
            assert!([&b"token"[..], b"late"].contains(&&stored.record.bytes[..]));
            let newer = store
                .save(&key("me"), record(b"newer"), Some(stored.version), None, NOW)
                .await;
            if newer.unwrap() != Written::Conflict {
                break;
            }
        }
        assert_eq!(read(&store, "me").await.unwrap(), b"newer", "{way:?}");
    }
}

#[tokio::test]
async fn a_pool_that_is_in_use_makes_callers_wait_and_then_tells_them() {
    let servers = Servers::running();
    let place = servers.ready().await;
    let store = place
        .builder(Way::Direct)
        .unsealed()
        .pool_size(1)
        .deadline(Duration::from_secs(2))
        .build()
        .unwrap();
    write(&store, "me", b"token", None).await;
    let mut other = servers.client("app").await;
    let lock = other.transaction().await.unwrap();
    lock.execute(&format!("LOCK TABLE {}.records", place.schema), &[])
        .await
        .unwrap();
    let (one, two) = (store.clone(), store.clone());
    let first = tokio::spawn(async move { one.load(&key("me"), NOW).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let second = tokio::spawn(async move { two.load(&key("me"), NOW).await });
    for error in [first.await.unwrap().unwrap_err(), second.await.unwrap().unwrap_err()] {
        assert_eq!(error.code(), ErrorCode::StoreUnavailable, "{error}");
    }
    lock.rollback().await.unwrap();
    // Nothing was lost of the pool: it serves more calls than it has connections.
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let store = store.clone();
        callers.spawn(async move { read(&store, "me").await });
    }
    for answer in callers.join_all().await {
        assert_eq!(answer.unwrap(), b"token");
    }
    let connected = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'shutterkey' AND query LIKE '%{}%'",
        place.schema
    );
    let connections: i64 = servers
        .client("boss")
        .await
        .query_one(&*connected, &[])
        .await
        .unwrap()
        .get(0);
    assert!(connections <= 1, "{connections} connections of a pool of one");
}

#[tokio::test]
async fn a_caller_who_goes_away_in_the_middle_leaves_a_store_that_works() {
    let servers = Servers::running();
    let place = servers.ready().await;
    let store = place.builder(Way::Bouncer).unsealed().pool_size(1).build().unwrap();
    write(&store, "me", b"token", None).await;
    let mut other = servers.client("app").await;
    let lock = other.transaction().await.unwrap();
    lock.execute(&format!("LOCK TABLE {}.records", place.schema), &[])
        .await
        .unwrap();
    let name = key("me");
    let gone = tokio::time::timeout(Duration::from_millis(100), store.load(&name, NOW)).await;
    assert!(gone.is_err(), "it waits for the lock");
    lock.rollback().await.unwrap();
    assert_eq!(read(&store, "me").await.unwrap(), b"token");
}

#[tokio::test]
async fn a_store_is_told_whether_to_seal() {
    let servers = Servers::running();
    let error = servers.place().builder(Way::Direct).build().unwrap_err();
    assert_eq!(error.code(), ErrorCode::ConfigSealKey);
    let tls = PostgresStore::builder(&servers.address("app", Way::Direct)).tls(TlsMode::VerifyFull);
    let bad = tls.root_certificates(b"not PEM").unsealed().build().unwrap_err();
    assert_eq!(bad.code(), ErrorCode::ConfigInvalid);
}
