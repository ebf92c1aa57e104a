//! Many callers of one account over a store that processes share, asked by JSON lines; the storms are in `../run.py`.
//!
//! Tokens stay inside: an answer has their digests, and how often each came.
#![allow(
    clippy::unwrap_used,
    reason = "a driver of tests that ends badly is a test that fails"
)]

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use shutterkey::keeper::ImportToken;
use shutterkey::{
    Client, ClientConfig, Expiry, FileStore, Keeper, PostgresStore, Provider, SealKeys, Store, Timestamp, Token,
};
use tokio::task::JoinSet;

/// A keeper over the store, the account's name, and how many callers it has.
struct Driver {
    keeper: Keeper,
    account: String,
    callers: u64,
}

impl Driver {
    async fn open(asked: &Value) -> Self {
        let text = |name: &str| asked[name].as_str().unwrap();
        let provider = Provider::in_sandbox("instagram", text("sandbox"), None).unwrap();
        let config = ClientConfig::builder(provider, text("client_id")).redirect_uri("https://localhost/");
        let store: Arc<dyn Store> = match asked["folder"].as_str() {
            Some(folder) => Arc::new(FileStore::open(folder).await.unwrap()),
            None => {
                let keys = SealKeys::parse(text("seal_keys")).unwrap();
                Arc::new(PostgresStore::builder(text("address")).sealed(keys).build().unwrap())
            }
        };
        Self {
            keeper: Keeper::new(Client::new(config.build().unwrap()), store),
            account: text("account").to_owned(),
            callers: asked["callers"].as_u64().unwrap(),
        }
    }

    async fn import(&self, asked: &Value) {
        let mut import = ImportToken::new(asked["token"].as_str().unwrap()).alias(&*self.account);
        let end = Timestamp::from_seconds(asked["expires_at"].as_i64().unwrap());
        import.expiry = Some(Expiry::At(end));
        self.keeper.import_token(import).await.unwrap();
    }

    async fn storm(&self) -> BTreeMap<String, usize> {
        let mut callers = JoinSet::new();
        for _ in 0..self.callers {
            let (keeper, account) = (self.keeper.clone(), self.account.clone());
            callers.spawn(async move { keeper.token(&account).await });
        }
        let mut found = BTreeMap::new();
        for token in callers.join_all().await {
            *found.entry(digest(&token.unwrap())).or_default() += 1;
        }
        found
    }
}

fn digest(token: &Token) -> String {
    let bytes = Sha256::digest(token.reveal());
    bytes.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::main]
async fn main() {
    let mut opened = None;
    for line in std::io::stdin().lines() {
        let asked: Value = serde_json::from_str(&line.unwrap()).unwrap();
        let answer = match (asked["op"].as_str().unwrap(), &opened) {
            ("open", _) => {
                opened = Some(Driver::open(&asked).await);
                json!({})
            }
            ("import", Some(driver)) => {
                driver.import(&asked).await;
                json!({})
            }
            ("storm", Some(driver)) => json!(driver.storm().await),
            (other, _) => panic!("{other} cannot be done now"),
        };
        writeln!(std::io::stdout().lock(), "{answer}").unwrap();
    }
}
