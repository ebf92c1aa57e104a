//! The servers that the suite `postgres` started, and a place of its own in their database for each test.
#![allow(dead_code)] // Each test binary uses its part of it.

pub(crate) mod platform;

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use serde_json::Value;
use shutterkey::record::{RecordBytes, StoreKey};
use shutterkey::store::postgres::tokio_postgres::{self, Client, NoTls};
use shutterkey::store::postgres::{PostgresStore, PostgresStoreBuilder};
use shutterkey::store::{Store, Written};
use shutterkey::{SealKeys, Timestamp};

pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// Longer than anything here takes, on any machine.
pub(crate) const LONG: Duration = Duration::from_secs(60);

const SETTING: &str = "SHUTTERKEY_TEST_POSTGRES";

/// Where the servers are.
#[derive(Clone)]
pub(crate) struct Servers(Value);

/// How a test gets to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Direct,
    Socket,
    Bouncer,
}

impl Servers {
    /// Fails where there are none: a test that was not run must not read as passed.
    pub(crate) fn running() -> Self {
        let Some(file) = std::env::var_os(SETTING) else {
            panic!("{SETTING} is not set. These tests need servers: make test SUITES=postgres");
        };
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{SETTING}: {error}"));
        Self(serde_json::from_str(&text).unwrap())
    }

    pub(crate) fn text(&self, name: &str) -> &str {
        self.0[name]
            .as_str()
            .unwrap_or_else(|| panic!("{SETTING} lacks {name}"))
    }

    pub(crate) fn number(&self, name: &str) -> u64 {
        self.0[name]
            .as_u64()
            .unwrap_or_else(|| panic!("{SETTING} lacks {name}"))
    }

    /// The command that starts and stops the server.
    pub(crate) fn control(&self) -> Vec<String> {
        let words = self.0["control"].as_array().unwrap();
        words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    }

    pub(crate) fn address(&self, user: &str, way: Way) -> String {
        self.address_of(user, self.text(user), way)
    }

    pub(crate) fn address_of(&self, user: &str, password: &str, way: Way) -> String {
        let host = match way {
            Way::Direct => format!("localhost:{}", self.number("port")),
            Way::Bouncer => format!("localhost:{}", self.number("bouncer_port")),
            Way::Socket => format!("{}:{}", self.text("socket").replace('/', "%2F"), self.number("port")),
        };
        format!("postgres://{user}:{password}@{host}/{}", self.text("database"))
    }

    /// Somebody else's connection to the same database.
    pub(crate) async fn client(&self, user: &str) -> Client {
        let address = self.address(user, Way::Direct) + "?sslmode=disable";
        let (client, connection) = tokio_postgres::connect(&address, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// A schema that no other test has, and no tables in it.
    pub(crate) fn place(&self) -> Place {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Place {
            servers: self.clone(),
            schema: format!("t{}_{number}_{}", std::process::id(), nanoseconds()),
        }
    }

    /// The same with tables.
    pub(crate) async fn ready(&self) -> Place {
        let place = self.place();
        place.open(Way::Direct).migrate().await.unwrap();
        place
    }
}

fn nanoseconds() -> u32 {
    std::time::UNIX_EPOCH.elapsed().unwrap().subsec_nanos()
}

/// A schema.
pub(crate) struct Place {
    pub(crate) servers: Servers,
    pub(crate) schema: String,
}

impl Place {
    pub(crate) fn named(servers: &Servers, schema: &str) -> Self {
        Self {
            servers: servers.clone(),
            schema: schema.to_owned(),
        }
    }

    pub(crate) fn builder(&self, way: Way) -> PostgresStoreBuilder {
        PostgresStore::builder(&self.servers.address("app", way)).schema(&*self.schema)
    }

    /// A handle of its own, sealed.
    pub(crate) fn open(&self, way: Way) -> PostgresStore {
        self.builder(way).sealed(keys()).build().unwrap()
    }

    /// Somebody else looks into the tables or meddles with them; `RECORDS` stands for the table of records.
    pub(crate) async fn meddle(&self, statement: &str) -> Vec<tokio_postgres::Row> {
        let statement = statement.replace("RECORDS", &format!("{}.records", self.schema));
        self.servers.client("app").await.query(&*statement, &[]).await.unwrap()
    }
}

/// The same in every process.
pub(crate) fn keys() -> SealKeys {
    SealKeys::parse("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").unwrap()
}

pub(crate) fn key(name: &str) -> StoreKey {
    StoreKey::alias("tests", "standard", "app", name)
}

pub(crate) fn record(bytes: &[u8]) -> RecordBytes {
    RecordBytes {
        bytes: bytes.to_vec().into(),
        due_at: None,
        forget_at: None,
    }
}

pub(crate) async fn write(store: &dyn Store, name: &str, bytes: &[u8], expected: Option<u64>) -> u64 {
    match store
        .save(&key(name), record(bytes), expected, None, NOW)
        .await
        .unwrap()
    {
        Written::Version(version) => version,
        Written::Conflict => panic!("conflict"),
    }
}

pub(crate) async fn read(store: &dyn Store, name: &str) -> Option<Vec<u8>> {
    let stored = store.load(&key(name), NOW).await.unwrap();
    stored.map(|stored| stored.record.bytes.to_vec())
}
