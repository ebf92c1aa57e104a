//! How often the hot paths ask the allocator. Counted, not timed: a number here is the same on every machine.
//!
//! `allocation-counter` replaces the allocator of this test binary and counts per thread.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use allocation_counter::measure;
use shutterkey::keeper::ImportToken;
use shutterkey::protocol::answer::parse_exchange_response;
use shutterkey::provider::Provider;
use shutterkey::store::BoxFuture;
use shutterkey::testing::fixed_entropy;
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, Clock, Entropy, Expiry, HttpRequest, HttpResponse, InstagramAppId, Keeper,
    ManualClock, MemoryStore, ScopeSet, SendError, Timestamp, Transport, build_authorization_request,
};

const NOW: Timestamp = Timestamp::from_seconds(1_795_470_000);

fn config() -> ClientConfig {
    let provider = Provider::standard()
        .authorize_endpoint("https://login.example.com/oauth/authorize")
        .token_endpoint("https://login.example.com/oauth/token")
        .build()
        .unwrap();
    ClientConfig::builder(provider, "990602627938098")
        .redirect_uri("https://app.example.com/auth/instagram/callback")
        .scopes(["profile", "media.read"])
        .build()
        .unwrap()
}

/// How often `work` asks for memory. It runs once before it is counted: the first call of a process may set things up.
fn allocations(mut work: impl FnMut()) -> u64 {
    work();
    measure(work).count_total
}

#[test]
fn the_counter_sees_an_allocation() {
    assert_eq!(allocations(|| drop(Box::new(1_u64))), 1);
}

#[test]
fn an_authorize_url_with_state_and_pkce_takes_at_most_four_allocations() {
    let config = config();
    let count = allocations(|| {
        let entropy = Entropy::from_os().unwrap();
        drop(build_authorization_request(&config, AuthorizeOptions::new(), NOW, entropy).unwrap());
    });
    assert!((1..=4).contains(&count), "{count} allocations");
}

#[test]
fn accepting_a_redirect_takes_at_most_two_allocations() {
    let request = build_authorization_request(&config(), AuthorizeOptions::new(), NOW, fixed_entropy([7; 64])).unwrap();
    let (_, from_state) = request.url.split_once("state=").unwrap();
    let state = &from_state[..43];
    let url = format!("https://app.example.com/auth/instagram/callback?code=AQBx0Zq7-canary&state={state}#_");
    let count = allocations(|| drop(request.pending.accept(&url, NOW, None).unwrap()));
    assert!((1..=2).contains(&count), "{count} allocations");
}

#[test]
fn reading_a_token_answer_with_three_scopes_takes_at_most_seven_allocations() {
    let body = r#"{"access_token":"IGAATest0000","user_id":17841400000000001,"permissions":"instagram_business_basic,instagram_business_manage_comments,instagram_business_manage_insights"}"#;
    let (provider, asked) = (Provider::instagram(), ScopeSet::empty());
    let response = HttpResponse::new(200, Vec::new(), body.into());
    let count = allocations(|| drop(parse_exchange_response(&provider, &asked, &response, NOW).unwrap()));
    assert!((1..=7).contains(&count), "{count} allocations");
}

/// Answers whose token it is.
#[derive(Debug)]
struct Identity;

impl Transport for Identity {
    fn send<'a>(&'a self, _: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        let body = br#"{"user_id":"17841400000000001","id":"24000000000000001","username":"sandbox.studio"}"#;
        Box::pin(async { Ok(HttpResponse::new(200, Vec::new(), body.to_vec())) })
    }
}

#[tokio::test]
async fn a_fresh_token_is_answered_without_any_allocation_and_at_once() {
    let app_id = InstagramAppId::parse("990602627938098").unwrap();
    let config = ClientConfig::instagram(&app_id)
        .redirect_uri("https://app.example.com/callback")
        .build()
        .unwrap();
    let clock = ManualClock::new(NOW);
    let client = Client::over(config, Arc::new(Identity)).with_clock(Arc::new(clock.clone()));
    let keeper = Keeper::new(client, Arc::new(MemoryStore::new()));
    let mut import = ImportToken::new("IGAATest0000").alias("me");
    import.expiry = Some(Expiry::At(clock.now().plus(60 * 86_400)));
    keeper.import_token(import).await.unwrap();
    keeper.token("me").await.unwrap();

    let count = allocations(|| {
        let call = pin!(keeper.token("me"));
        let answer = call.poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(answer, Poll::Ready(Ok(_))));
    });
    assert_eq!(count, 0);
}
