//! TLS to the database: what each `sslmode` takes and refuses, with the server's own certificate and others.

mod postgres_support;

use postgres_support::{Servers, Way};
use shutterkey::store::postgres::{PostgresStoreBuilder, TlsMode};
use shutterkey::{Error, ErrorCode, PostgresStore, Result, Retry};

/// The server by this name, with these options.
fn at(servers: &Servers, host: &str, options: &str) -> PostgresStoreBuilder {
    let address = servers.address("app", Way::Direct);
    PostgresStore::builder(&(address.replace("@localhost:", &format!("@{host}:")) + options))
}

fn encoded_root(servers: &Servers) -> String {
    servers.text("root").replace('/', "%2F")
}

/// Whether the connection is encrypted, as the server sees it; it has no tables, which is said over the connection.
async fn reaches(builder: PostgresStoreBuilder) -> Result<()> {
    let error = builder.schema("no_such_schema").unsealed().connect().await.unwrap_err();
    match error.code() {
        ErrorCode::StoreSchema => Ok(()),
        _ => Err(error),
    }
}

fn assert_not_secured(refused: Result<()>, why: &str) {
    let error: Error = refused.expect_err("the server is not to be trusted");
    assert_eq!(
        (error.code(), error.retry()),
        (ErrorCode::StoreUnavailable, Retry::FixConfig),
        "{error}"
    );
    assert!(
        error.message().contains("secure") && error.message().contains(why),
        "{error}"
    );
}

#[tokio::test]
async fn a_certificate_is_checked_against_the_roots_that_were_given_and_for_the_name() {
    let servers = Servers::running();
    let root = format!("&sslrootcert={}", encoded_root(&servers));
    let full = format!("?sslmode=verify-full{root}");
    reaches(at(&servers, "localhost", &full)).await.unwrap();
    // It is for localhost, and says nothing of the address.
    assert_not_secured(reaches(at(&servers, "127.0.0.1", &full)).await, "certificate");
    reaches(at(&servers, "127.0.0.1", &format!("?sslmode=verify-ca{root}")))
        .await
        .unwrap();
    let pem = std::fs::read(servers.text("root")).unwrap();
    reaches(
        at(&servers, "localhost", "")
            .tls(TlsMode::VerifyFull)
            .root_certificates(&pem),
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_certificate_of_an_authority_that_is_not_trusted_is_refused() {
    let servers = Servers::running();
    // The system's roots, and another private one.
    assert_not_secured(
        reaches(at(&servers, "localhost", "?sslmode=verify-full")).await,
        "certificate",
    );
    assert_not_secured(
        reaches(at(&servers, "localhost", "?sslmode=verify-ca&sslrootcert=system")).await,
        "certificate",
    );
    let other = rcgen::generate_simple_self_signed(["localhost".to_owned()])
        .unwrap()
        .cert
        .pem();
    for mode in [TlsMode::Require, TlsMode::VerifyCa, TlsMode::VerifyFull] {
        let builder = at(&servers, "localhost", "")
            .tls(mode)
            .root_certificates(other.as_bytes());
        assert_not_secured(reaches(builder).await, "certificate");
    }
}

#[tokio::test]
async fn require_encrypts_and_checks_no_certificate_unless_there_is_a_root() {
    let servers = Servers::running();
    reaches(at(&servers, "127.0.0.1", "?sslmode=require")).await.unwrap();
    let place = servers.ready().await;
    let store = at(&servers, "127.0.0.1", "?sslmode=require")
        .schema(&*place.schema)
        .unsealed()
        .build()
        .unwrap();
    store.check().await.unwrap();
    let encrypted = "SELECT bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE query LIKE $1";
    let like = format!("%{}%", place.schema);
    let boss = servers.client("boss").await;
    assert_eq!(
        boss.query_one(encrypted, &[&like])
            .await
            .unwrap()
            .get::<_, Option<bool>>(0),
        Some(true)
    );
}

#[tokio::test]
async fn the_password_is_proven_for_this_session_where_that_is_required() {
    let servers = Servers::running();
    reaches(at(&servers, "localhost", "?sslmode=require&channel_binding=require"))
        .await
        .unwrap();
    // Without TLS there is nothing to bind it to.
    let error = reaches(at(&servers, "localhost", "?sslmode=disable&channel_binding=require"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::StoreDenied, "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_refused_by_every_mode_but_disable() {
    let servers = Servers::running();
    // PgBouncer of the suite has no certificate.
    let bouncer = servers.address("app", Way::Bouncer);
    for mode in ["require", "verify-ca", "verify-full"] {
        let builder = PostgresStore::builder(&format!("{bouncer}?sslmode={mode}"));
        assert_not_secured(reaches(builder).await, "TLS");
    }
    reaches(PostgresStore::builder(&format!("{bouncer}?sslmode=disable")))
        .await
        .unwrap();
}
