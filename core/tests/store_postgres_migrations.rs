//! The tables: made, made again, made by many at once, by hand, and of other releases; and the rights that using them takes.

mod postgres_support;

use std::sync::Arc;

use postgres_support::{LONG, NOW, Place, Servers, Way, key, keys, read, write};
use shutterkey::store::Store;
use shutterkey::{ErrorCode, PostgresStore};

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
