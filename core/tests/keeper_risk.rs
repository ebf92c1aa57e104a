//! An account whose token nears its end is told of while there is time, once, whoever of those who share the store looks.

use std::sync::Arc;

use shutterkey::keeper::EventKind;
use shutterkey::store::{BoxFuture, Store};
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, ErrorCode, HttpRequest, HttpResponse, Keeper, ManualClock, MemoryStore,
    Provider, Result, SendError, Timestamp, Transport,
};

const DAY: i64 = 86_400;
const REDIRECT: &str = "https://app.example.com/callback";

/// Gives tokens of sixty days without a refresh token.
#[derive(Debug)]
struct Server;

impl Transport for Server {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        let body = if request.url().ends_with("/token") {
            r#"{"access_token":"canary-access","token_type":"Bearer","expires_in":5184000}"#
        } else {
            r#"{"id":"user-1"}"#
        };
        Box::pin(async move { Ok(HttpResponse::new(200, Vec::new(), body.as_bytes().to_vec())) })
    }
}

fn keeper(store: &Arc<dyn Store>, clock: &ManualClock) -> Keeper {
    let provider = Provider::standard()
        .authorize_endpoint("https://login.example.com/authorize")
        .token_endpoint("https://login.example.com/token")
        .identity_endpoint("https://login.example.com/me", "id")
        .build()
        .unwrap();
    let config = ClientConfig::builder(provider, "client").redirect_uri(REDIRECT);
    let client = Client::over(config.build().unwrap(), Arc::new(Server)).with_clock(Arc::new(clock.clone()));
    Keeper::new(client, Arc::clone(store))
}

#[tokio::test]
async fn a_token_that_cannot_be_refreshed_is_at_risk_two_weeks_before_its_end_and_needs_a_login_at_it() {
    let clock = ManualClock::new(Timestamp::from_seconds(1_800_000_000));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let (one, other) = (keeper(&store, &clock), keeper(&store, &clock));
    let login = one.authorize(AuthorizeOptions::new()).unwrap();
    let state = login.url.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let answer = format!("{REDIRECT}?code=canary-code&state={state}");
    one.complete(&login.pending, &answer, Some("me")).await.unwrap();
    let end = end_of(&one).await;

    clock.set(end.plus(-14 * DAY - 1));
    one.token("me").await.unwrap();
    one.settle().await;
    assert!(one.events().try_next().is_none(), "it is not at risk yet");

    clock.set(end.plus(-14 * DAY));
    one.token("me").await.unwrap();
    one.settle().await;
    let event = one.events().try_next().expect("it is at risk");
    assert_eq!((event.kind, event.until), (EventKind::AtRisk, Some(end)));
    assert!(event.error.is_none());

    clock.advance(DAY);
    for keeper in [&one, &other] {
        keeper.token("me").await.unwrap();
        keeper.settle().await;
        assert!(keeper.events().try_next().is_none(), "it was told of");
    }
    let due = store.list("", None, None, 10).await.unwrap();
    assert!(
        due.iter().any(|listed| listed.due_at == Some(end)),
        "its end is looked at: {due:?}"
    );

    clock.set(end);
    let error = other.token("me").await.unwrap_err();
    assert_eq!(
        (error.code(), error.reason()),
        (ErrorCode::AccountNeedsLogin, Some("token.expired"))
    );
    assert_eq!(other.events().try_next().unwrap().kind, EventKind::NeedsLogin);
    let due = store.list("", Some(Timestamp::MAX), None, 10).await.unwrap();
    assert!(due.is_empty(), "nothing is left to be looked at: {due:?}");
}

async fn end_of(keeper: &Keeper) -> Timestamp {
    keeper.account("me").await.unwrap().ends_at().unwrap()
}
