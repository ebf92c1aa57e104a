//! Keepers in several processes over one file store, and the platform that all of them ask.
#![allow(dead_code)] // Each test binary uses its part of it.

pub(crate) mod child;
pub(crate) mod platform;

use std::path::Path;
use std::sync::Arc;

use shutterkey::record::{AccountRecord, StoreKey};
use shutterkey::store::{FileStore, Store};
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, HttpTransport, Keeper, ManualClock, Provider, Timestamp, Transport,
};

const REDIRECT: &str = "https://app.example.com/callback";

/// When the first login is.
pub(crate) const LOGIN: Timestamp = Timestamp::from_seconds(1_795_470_000);

/// Longer than the life of an access token.
pub(crate) const EXPIRED: i64 = 3_601;

fn provider(port: u16) -> Provider {
    let at = |path: &str| format!("http://127.0.0.1:{port}/{path}");
    Provider::standard()
        .authorize_endpoint(at("authorize"))
        .token_endpoint(at("token"))
        .identity_endpoint(at("me"), "id")
        .build()
        .unwrap()
}

/// A keeper of the platform at `port`, with the built-in HTTP and a clock that stands at `now`.
pub(crate) async fn keeper(port: u16, folder: &Path, now: Timestamp) -> (Keeper, ManualClock) {
    let config = ClientConfig::builder(provider(port), "client")
        .redirect_uri(REDIRECT)
        .build()
        .unwrap();
    let clock = ManualClock::new(now);
    let http: Arc<dyn Transport> = Arc::new(HttpTransport::builder().no_proxy().build().unwrap());
    let client = Client::over(config, http).with_clock(Arc::new(clock.clone()));
    let store = FileStore::open(folder).await.unwrap();
    (Keeper::new(client, Arc::new(store)), clock)
}

/// Logs in as the person whose code this is, who is known by the same name from then on.
pub(crate) async fn log_in(keeper: &Keeper, person: &str) {
    let login = keeper.authorize(AuthorizeOptions::new()).unwrap();
    let (_, state) = login.url.split_once("state=").unwrap();
    let state = state.split('&').next().unwrap();
    let answer = format!("{REDIRECT}?code={person}&state={state}");
    keeper.complete(&login.pending, &answer, Some(person)).await.unwrap();
}

/// The version and the access token of every account in the store: each record is whole, or this panics.
pub(crate) async fn stored(port: u16, folder: &Path) -> Vec<(u64, String)> {
    let store = FileStore::open(folder).await.unwrap();
    let prefix = StoreKey::accounts_prefix("default");
    let mut stored = Vec::new();
    for listed in store.list(&prefix, None, None, 100).await.unwrap() {
        let record = store.load(&listed.key, LOGIN).await.unwrap().unwrap();
        let account = AccountRecord::decode(&provider(port), &record.record.bytes).unwrap();
        stored.push((record.version, account.token.reveal().to_owned()));
    }
    stored
}
