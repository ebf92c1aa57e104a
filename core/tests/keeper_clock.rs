//! A clock that runs ahead for a while and is set back: what was done meanwhile takes no account away.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use shutterkey::keeper::{EventKind, FleetOptions, ImportToken};
use shutterkey::store::{BoxFuture, Store};
use shutterkey::{
    AccountState, Client, ClientConfig, ErrorCode, Expiry, HttpRequest, HttpResponse, InstagramAppId, Keeper,
    ManualClock, MemoryStore, Result, SendError, SendFailure, Timestamp, Transport,
};

const DAY: i64 = 86_400;
const NOW: Timestamp = Timestamp::from_seconds(1_795_470_000);
const USER: &str = "17841400000000001";

/// Instagram, whose clock is right.
#[derive(Debug, Default)]
struct Platform {
    refreshes: AtomicUsize,
    /// Whether it says that the token has ended.
    ended: AtomicBool,
    /// Whether nobody reaches it.
    away: AtomicBool,
}

impl Transport for Platform {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        if self.away.load(Ordering::SeqCst) {
            return Box::pin(async { Err(SendFailure::Tls.into()) });
        }
        let (mut status, mut body) = (200, format!(r#"{{"user_id":"{USER}","username":"ada"}}"#));
        if self.ended.load(Ordering::SeqCst) {
            status = 400;
            body =
                r#"{"error":{"message":"Session has expired","type":"OAuthException","code":190,"error_subcode":463}}"#
                    .to_owned();
        } else if request.url().contains("refresh_access_token") {
            let number = 1 + self.refreshes.fetch_add(1, Ordering::SeqCst);
            body = format!(r#"{{"access_token":"IGAAcanary-{number}","token_type":"bearer","expires_in":5184000}}"#);
        }
        Box::pin(async move { Ok(HttpResponse::new(status, Vec::new(), body.into_bytes())) })
    }
}

struct Stage {
    platform: Arc<Platform>,
    clock: ManualClock,
    store: Arc<dyn Store>,
}

impl Stage {
    /// An account with a token of sixty days, and a keeper that has it in memory.
    async fn new() -> (Self, Keeper) {
        let stage = Self {
            platform: Arc::default(),
            clock: ManualClock::new(NOW),
            store: Arc::new(MemoryStore::new()),
        };
        let keeper = stage.keeper();
        let mut import = ImportToken::new("IGAAcanary-0");
        import.expiry = Some(Expiry::At(NOW.plus(60 * DAY)));
        keeper.import_token(import).await.unwrap();
        (stage, keeper)
    }

    fn keeper(&self) -> Keeper {
        let config = ClientConfig::instagram(&InstagramAppId::parse("990602627938098").unwrap())
            .redirect_uri("https://app.example.com/callback");
        let transport = Arc::clone(&self.platform) as Arc<dyn Transport>;
        let client = Client::over(config.build().unwrap(), transport).with_clock(Arc::new(self.clock.clone()));
        Keeper::new(client, Arc::clone(&self.store))
    }
}

async fn told(keeper: &Keeper) -> Vec<(EventKind, Option<ErrorCode>)> {
    keeper.settle().await;
    let events = keeper.events();
    std::iter::from_fn(|| events.try_next())
        .map(|event| (event.kind, event.error.map(|error| error.code())))
        .collect()
}

#[tokio::test]
async fn a_token_that_had_ended_by_a_clock_that_ran_ahead_lives_again_when_it_is_set_right() {
    let (stage, keeper) = Stage::new().await;
    stage.clock.advance(3_650 * DAY);
    let ended = keeper.token(USER).await.unwrap_err();
    assert_eq!(
        (ended.code(), ended.reason()),
        (ErrorCode::AccountNeedsLogin, Some("token.expired"))
    );
    told(&keeper).await;

    stage.clock.set(NOW.plus(DAY));
    // The keeper that gave it up, and one that reads what was written.
    for keeper in [keeper, stage.keeper()] {
        assert_eq!(keeper.token(USER).await.unwrap().reveal(), "IGAAcanary-0");
        assert_eq!(
            keeper.account(USER).await.unwrap().state(NOW.plus(DAY)),
            AccountState::Live
        );
        keeper.settle().await;
    }
    // It is written down, so that whoever looks for what is due finds it in time.
    let listed = stage.store.list("", None, None, 10).await.unwrap();
    assert!(listed.iter().any(|listed| listed.due_at.is_some()), "{listed:?}");
    stage.clock.set(NOW.plus(35 * DAY));
    let keeper = stage.keeper();
    keeper.run(FleetOptions::new().once(), pending()).await.unwrap();
    assert_eq!(keeper.token(USER).await.unwrap().reveal(), "IGAAcanary-1");
}

#[tokio::test]
async fn that_it_lives_again_is_told() {
    let (stage, keeper) = Stage::new().await;
    stage.clock.advance(61 * DAY);
    keeper.token(USER).await.unwrap_err();
    told(&keeper).await;
    stage.clock.set(NOW.plus(DAY));
    keeper.token(USER).await.unwrap();
    assert_eq!(told(&keeper).await, [(EventKind::Recovered, None)]);
    keeper.token(USER).await.unwrap();
    assert_eq!(told(&keeper).await, []);
}

#[tokio::test]
async fn what_the_platform_says_has_ended_stays_so_whatever_the_clock_says() {
    let (stage, keeper) = Stage::new().await;
    stage.clock.advance(31 * DAY);
    stage.platform.ended.store(true, Ordering::SeqCst);
    keeper.refresh(USER).await.unwrap_err();
    stage.clock.set(NOW.plus(DAY));
    let error = stage.keeper().token(USER).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::AccountNeedsLogin);
}

#[tokio::test]
async fn a_pause_after_a_failure_does_not_outlast_the_clock_that_it_was_read_from() {
    let (stage, keeper) = Stage::new().await;
    stage.clock.advance(45 * DAY);
    stage.platform.away.store(true, Ordering::SeqCst);
    keeper.token(USER).await.unwrap();
    assert_eq!(told(&keeper).await.len(), 1);
    stage.platform.away.store(false, Ordering::SeqCst);
    stage.clock.set(NOW.plus(40 * DAY));
    keeper.token(USER).await.unwrap();
    keeper.settle().await;
    assert_eq!(keeper.token(USER).await.unwrap().reveal(), "IGAAcanary-1");
}

#[tokio::test]
async fn a_fleet_whose_clock_runs_years_ahead_gives_up_no_account_that_the_platform_still_takes() {
    let (stage, _) = Stage::new().await;
    let keeper = stage.keeper();
    stage.clock.advance(3_650 * DAY);
    for away in [false, true] {
        stage.platform.away.store(away, Ordering::SeqCst);
        let counts = keeper.run(FleetOptions::new().once(), pending()).await.unwrap();
        assert_eq!((counts.needs_login, counts.accounts()), (0, 1));
        let (kind, code) = told(&keeper).await.remove(0);
        assert_eq!(kind, EventKind::RefreshFailed);
        let wanted = if away { ErrorCode::Tls } else { ErrorCode::TokenExpired };
        assert_eq!(code, Some(wanted));
        // It is left alone for as long as a claim lasts.
        stage.clock.advance(301);
    }
    stage.clock.set(NOW.plus(35 * DAY));
    stage.platform.away.store(false, Ordering::SeqCst);
    assert_eq!(
        keeper
            .run(FleetOptions::new().once(), pending())
            .await
            .unwrap()
            .refreshed,
        1
    );
}

#[tokio::test]
async fn a_fleet_that_was_away_for_long_asks_once_about_an_end_and_gives_it_up() {
    let (stage, _) = Stage::new().await;
    let keeper = stage.keeper();
    stage.clock.advance(90 * DAY);
    stage.platform.ended.store(true, Ordering::SeqCst);
    let counts = keeper.run(FleetOptions::new().once(), pending()).await.unwrap();
    assert_eq!(counts.needs_login, 1);
    stage.clock.advance(30 * DAY);
    let counts = keeper.run(FleetOptions::new().once(), pending()).await.unwrap();
    assert_eq!(counts.accounts(), 0);
}
