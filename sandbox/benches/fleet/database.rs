//! A schema of its own in the database that the runner started.

use std::time::Duration;

use serde_json::Value;
use shutterkey::SealKeys;
use shutterkey::store::PostgresStore;
use shutterkey::store::postgres::tokio_postgres::{Client, NoTls, connect};

/// Names the file that says where the servers are.
const SETTING: &str = "SHUTTERKEY_TEST_POSTGRES";

pub(crate) struct Database {
    servers: Value,
    schema: String,
}

impl Database {
    pub(crate) fn named(schema: &str) -> Self {
        let file = std::env::var(SETTING).expect("run tests/bench_fleet.py, which starts a database");
        let text = std::fs::read_to_string(file).expect("where the servers are");
        Self {
            servers: serde_json::from_str(&text).expect("JSON"),
            schema: schema.to_owned(),
        }
    }

    /// One with tables.
    pub(crate) async fn ready(accounts: u64) -> Self {
        let database = Self::named(&format!("fleet_{accounts}"));
        database.store(1).migrate().await.expect("tables");
        database
    }

    pub(crate) fn schema(&self) -> &str {
        &self.schema
    }

    /// A sealed store of so many connections.
    pub(crate) fn store(&self, connections: usize) -> PostgresStore {
        let keys = SealKeys::parse("k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8").expect("a key");
        let builder = PostgresStore::builder(&self.address("app"))
            .schema(self.schema())
            .pool_size(connections);
        builder.sealed(keys).build().expect("a store")
    }

    /// Accounts beside the due ones that are not due: as large as theirs, and never read.
    pub(crate) async fn fill(&self, accounts: u64) {
        let records = self.records();
        self.run(&format!(
            "WITH sample AS (SELECT regexp_replace(key, '[^/]*$', '') AS place, bytes, due_at FROM {records} WHERE due_at IS NOT NULL LIMIT 1) \
             INSERT INTO {records} (key, version, bytes, due_at) \
             SELECT place || '27' || number, 1, bytes, due_at + 30 * 86400 + number % 2000000 \
             FROM sample, generate_series(1, {accounts}) AS number"
        ))
        .await;
    }

    /// How many accounts are due now.
    pub(crate) async fn due(&self) -> i64 {
        let statement = format!(
            "SELECT count(*) FROM {} WHERE due_at <= extract(epoch FROM now())",
            self.records()
        );
        let rows = self.client("app").await.query(&*statement, &[]).await.expect("a count");
        rows.first().map_or(-1, |row| row.get(0))
    }

    /// How long the server has worked on statements.
    pub(crate) async fn active_time(&self) -> Duration {
        // What a connection did is told when it ends or rests for a moment.
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        let statement = "SELECT active_time FROM pg_stat_database WHERE datname = current_database()";
        let rows = self
            .client("app")
            .await
            .query(statement, &[])
            .await
            .expect("statistics");
        Duration::from_secs_f64(rows.first().map_or(0.0, |row| row.get::<_, f64>(0)) / 1_000.0)
    }

    pub(crate) async fn remove(self) {
        self.run(&format!("DROP SCHEMA {} CASCADE", self.schema)).await;
    }

    async fn run(&self, statement: &str) {
        self.client("app")
            .await
            .batch_execute(statement)
            .await
            .expect("a statement");
    }

    async fn client(&self, user: &str) -> Client {
        let address = self.address(user) + "?sslmode=disable";
        let (client, connection) = connect(&address, NoTls).await.expect("a connection");
        tokio::spawn(connection);
        client
    }

    fn records(&self) -> String {
        format!("{}.records", self.schema)
    }

    fn address(&self, user: &str) -> String {
        let text = |name: &str| self.servers[name].as_str().expect("a text");
        format!(
            "postgres://{user}:{}@localhost:{}/{}",
            text(user),
            self.servers["port"],
            text("database")
        )
    }
}
