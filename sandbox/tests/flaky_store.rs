//! A refreshed token that cannot be stored lives on in memory, and is stored as soon as that is possible.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use shutterkey::keeper::EventKind;
use shutterkey::record::{Lease, RecordBytes, StoreKey, Stored};
use shutterkey::store::{BoxFuture, Listed, Written};
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, Error, ErrorCode, Keeper, MemoryStore, Provider, Result, Store, Timestamp,
};
use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox};

/// A memory store whose writes fail while the disk is full.
#[derive(Debug, Default)]
struct FlakyStore {
    kept: MemoryStore,
    full: AtomicBool,
}

impl Store for FlakyStore {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        self.kept.load(key, now)
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        if self.full.load(Ordering::SeqCst) {
            return Box::pin(async { Err(Error::with_detail(ErrorCode::StoreUnavailable, "The disk is full.")) });
        }
        self.kept.save(key, record, expected, fence, now)
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        self.kept.delete(key, expected)
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        self.kept.lease(key, ttl, now)
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        self.kept.release(lease)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        self.kept.list(prefix, due_before, after, limit)
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        self.kept.probe()
    }
}

/// The server rotates refresh tokens and revokes the whole family when an old one is used again: what is in memory
/// is all there is.
#[tokio::test]
async fn a_rotated_refresh_token_that_could_not_be_stored_is_not_forgotten() {
    let sandbox = Sandbox::start().await.unwrap();
    let redirect = "http://127.0.0.1:4711/callback";
    let app = sandbox
        .app(&AppSpec::new(Product::Standard).redirect_uri(redirect))
        .unwrap();
    let provider = Provider::in_sandbox("standard", sandbox.base_url(), None).unwrap();
    let config = ClientConfig::builder(provider, &*app.client_id)
        .redirect_uri(redirect)
        .client_secret(app.client_secret.clone().unwrap())
        .build()
        .unwrap();
    let store = Arc::new(FlakyStore::default());
    let client = Client::new(config).with_clock(Arc::new(sandbox.clock()));
    let keeper = Keeper::new(client, store.clone());
    let login = keeper.authorize(AuthorizeOptions::new()).unwrap();
    let answer = sandbox.approve(&login.url, &Approval::by("studio")).await.unwrap();
    keeper.complete(&login.pending, &answer, Some("me")).await.unwrap();
    let events = keeper.events();

    sandbox.clock().advance(3_600);
    store.full.store(true, Ordering::SeqCst);
    let refreshed = keeper.token("me").await.unwrap();
    assert_eq!(events.next().await.kind, EventKind::Refreshed);
    assert_eq!(events.next().await.kind, EventKind::Unsaved);

    // The store is asked again and holds the old token; the disk is still full.
    sandbox.clock().advance(600);
    assert_eq!(keeper.token("me").await.unwrap().reveal(), refreshed.reveal());

    store.full.store(false, Ordering::SeqCst);
    sandbox.clock().advance(600);
    assert_eq!(keeper.token("me").await.unwrap().reveal(), refreshed.reveal());
    assert_eq!(
        keeper.account("me").await.unwrap().token.reveal(),
        refreshed.reveal(),
        "stored by now"
    );

    // And the family lives: the next refresh uses the rotated token.
    sandbox.clock().advance(3_600);
    assert_ne!(keeper.token("me").await.unwrap().reveal(), refreshed.reveal());
}
