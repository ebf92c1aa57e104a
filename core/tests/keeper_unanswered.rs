//! A store that writes and whose answer does not arrive, as a database's connection that breaks: the token is stored, and
//! nobody is told otherwise.
#![cfg(feature = "client")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use shutterkey::keeper::EventKind;
use shutterkey::record::{Lease, RecordBytes, StoreKey, Stored};
use shutterkey::store::{BoxFuture, Listed, Store, Written};
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, ErrorCode, HttpRequest, HttpResponse, Keeper, ManualClock, MemoryStore,
    Provider, Result, SendError, Timestamp, Transport,
};

const REDIRECT: &str = "https://app.example.com/callback";

/// Rotating refresh tokens of an hour.
#[derive(Debug)]
struct Platform;

impl Transport for Platform {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        let form = request.body().unwrap_or_default();
        let body = if request.url().contains("/me") {
            r#"{"id":"17841400000000001"}"#
        } else if form.contains("refresh_token=rotating-0") {
            r#"{"access_token":"access-1","token_type":"Bearer","expires_in":3600,"refresh_token":"rotating-1"}"#
        } else {
            r#"{"access_token":"access-0","token_type":"Bearer","expires_in":3600,"refresh_token":"rotating-0"}"#
        };
        Box::pin(async move { Ok(HttpResponse::new(200, Vec::new(), body.as_bytes().to_vec())) })
    }
}

/// Loses the answer to the next write.
#[derive(Clone, Debug)]
struct Unanswered {
    below: MemoryStore,
    next: Arc<AtomicBool>,
}

impl Store for Unanswered {
    fn load<'a>(&'a self, key: &'a StoreKey, now: Timestamp) -> BoxFuture<'a, Result<Option<Stored>>> {
        self.below.load(key, now)
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        Box::pin(async move {
            let written = self.below.save(key, record, expected, fence, now).await?;
            match self.next.swap(false, Ordering::SeqCst) {
                true => Err(ErrorCode::StoreUnavailable.into()),
                false => Ok(written),
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        self.below.delete(key, expected)
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        self.below.lease(key, ttl, now)
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        self.below.release(lease)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        self.below.list(prefix, due_before, after, limit)
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        self.below.probe()
    }
}

#[tokio::test]
async fn a_refreshed_token_whose_write_was_not_answered_is_stored_and_no_problem_is_told() {
    let provider = Provider::standard()
        .authorize_endpoint("https://login.example.com/authorize")
        .token_endpoint("https://login.example.com/token")
        .identity_endpoint("https://login.example.com/me", "id")
        .build()
        .unwrap();
    let config = ClientConfig::builder(provider, "client")
        .redirect_uri(REDIRECT)
        .build()
        .unwrap();
    let clock = ManualClock::new(Timestamp::from_seconds(1_795_470_000));
    let store = Unanswered {
        below: MemoryStore::new(),
        next: Arc::default(),
    };
    let keeper = || {
        let client = Client::over(config.clone(), Arc::new(Platform)).with_clock(Arc::new(clock.clone()));
        Keeper::new(client, Arc::new(store.clone()))
    };
    let one = keeper();
    let login = one.authorize(AuthorizeOptions::new()).unwrap();
    let (_, state) = login.url.split_once("state=").unwrap();
    let answer = format!("{REDIRECT}?code=code&state={}", state.split('&').next().unwrap());
    one.complete(&login.pending, &answer, Some("me")).await.unwrap();

    clock.advance(3_601);
    store.next.store(true, Ordering::SeqCst);
    assert_eq!(one.token("me").await.unwrap().reveal(), "access-1");
    assert!(!store.next.load(Ordering::SeqCst), "a write was made and not answered");
    let events = one.events();
    let kinds: Vec<_> = std::iter::from_fn(|| events.try_next())
        .map(|event| (event.kind, event.error.map(|error| error.code())))
        .collect();
    assert_eq!(kinds, [(EventKind::Refreshed, None)]);
    // Another keeper reads it from the store.
    assert_eq!(keeper().token("me").await.unwrap().reveal(), "access-1");
}
