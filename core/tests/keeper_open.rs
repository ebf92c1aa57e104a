//! A keeper made without arguments, and a program that ends while a refresh runs.
#![cfg(all(feature = "config-file", feature = "file-store"))]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use shutterkey::config::profile::{Folders, Profile, Sources};
use shutterkey::keeper::ImportToken;
use shutterkey::operation::SendError;
use shutterkey::protocol::request::{HttpRequest, HttpResponse};
use shutterkey::store::BoxFuture;
use shutterkey::{Client, Keeper, ManualClock, MemoryStore, Store, Timestamp, Transport};
use tokio::sync::Semaphore;

const NOW: i64 = 1_790_000_000;
const USER: &str = "17841400000000001";

/// Knows one person, and refreshes when it is told to.
#[derive(Debug)]
struct Provider {
    answers: Semaphore,
    refreshed: AtomicUsize,
}

impl Transport for Provider {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        Box::pin(async move {
            let body = if request.url().contains("/me") {
                format!(r#"{{"id":"{USER}","user_id":"{USER}"}}"#)
            } else {
                self.answers.acquire().await.unwrap().forget();
                self.refreshed.fetch_add(1, Ordering::SeqCst);
                r#"{"access_token":"IGAArefreshed0000000000001","token_type":"bearer","expires_in":5184000}"#.to_owned()
            };
            Ok(HttpResponse::new(200, Vec::new(), body.into_bytes()))
        })
    }
}

fn profile(variables: &[(&str, &str)]) -> Profile {
    let environment = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let folders = Folders {
        config: "/nowhere".into(),
        data: "/nowhere".into(),
    };
    let sources = Sources {
        environment,
        ..Sources::default()
    };
    Profile::resolve(&sources, &folders).unwrap()
}

async fn keeper(profile: &Profile, store: &Arc<MemoryStore>) -> (Keeper, Arc<Provider>, ManualClock) {
    let config = Keeper::profile_config(profile, &**store, "default")
        .await
        .unwrap()
        .build()
        .unwrap();
    let provider = Arc::new(Provider {
        answers: Semaphore::new(0),
        refreshed: AtomicUsize::new(0),
    });
    let clock = ManualClock::new(Timestamp::from_seconds(NOW));
    let client = Client::over(config, Arc::clone(&provider) as Arc<dyn Transport>).with_clock(Arc::new(clock.clone()));
    (
        Keeper::new(client, Arc::clone(store) as Arc<dyn Store>),
        provider,
        clock,
    )
}

async fn import(keeper: &Keeper, token: &str) {
    keeper.import_token(ImportToken::new(token).alias("me")).await.unwrap();
}

#[tokio::test]
async fn without_a_client_id_the_app_is_the_one_that_has_accounts_in_the_store() {
    let store = Arc::new(MemoryStore::new());
    let (logged_in, ..) = keeper(&profile(&[("SHUTTERKEY_CLIENT_ID", "990602627938098")]), &store).await;
    import(&logged_in, "IGAAfirst00000000000000001").await;
    let (later, ..) = keeper(&profile(&[]), &store).await;
    assert_eq!(later.client().config().client_id(), "990602627938098");
    assert_eq!(later.token("me").await.unwrap().reveal(), "IGAAfirst00000000000000001");
}

#[tokio::test]
async fn an_empty_store_and_no_client_id_is_the_app_of_imported_tokens() {
    let store = Arc::new(MemoryStore::new());
    let (first, ..) = keeper(&profile(&[]), &store).await;
    import(&first, "IGAAfirst00000000000000001").await;
    let (later, ..) = keeper(&profile(&[]), &store).await;
    assert_eq!(later.token("me").await.unwrap().reveal(), "IGAAfirst00000000000000001");
}

#[tokio::test]
async fn accounts_of_two_apps_and_no_client_id_is_a_question_back() {
    let store = Arc::new(MemoryStore::new());
    for app in ["990602627938098", "990602627938099"] {
        let (one, ..) = keeper(&profile(&[("SHUTTERKEY_CLIENT_ID", app)]), &store).await;
        import(&one, "IGAAfirst00000000000000001").await;
    }
    let error = Keeper::profile_config(&profile(&[]), &*store, "default")
        .await
        .err()
        .unwrap();
    assert_eq!(error.code().as_str(), "config.missing");
    assert!(error.message().contains("990602627938098"), "{error}");
}

#[tokio::test]
async fn settling_waits_for_the_refresh_that_runs_beside_the_answer() {
    let store = Arc::new(MemoryStore::new());
    let (keeper, provider, clock) = keeper(&profile(&[]), &store).await;
    import(&keeper, "IGAAfirst00000000000000001").await;
    keeper.settle().await;
    provider.answers.add_permits(1);
    keeper.refresh("me").await.unwrap();

    clock.advance(50 * 86_400);
    let live = keeper.token("me").await.unwrap();
    let mut settled = Box::pin(keeper.settle());
    assert!(matches!(futures_poll(&mut settled).await, std::task::Poll::Pending));
    provider.answers.add_permits(1);
    settled.await;
    assert_eq!(provider.refreshed.load(Ordering::SeqCst), 2);
    assert_eq!(live.reveal(), "IGAArefreshed0000000000001");
}

/// Polls a future once.
async fn futures_poll<F: Future + Unpin>(future: &mut F) -> std::task::Poll<F::Output> {
    std::future::poll_fn(|context| std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(context))).await
}
