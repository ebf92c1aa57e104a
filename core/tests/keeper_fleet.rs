//! Many accounts over one store: each is refreshed by one of those who keep them, and none before it is due.

use std::collections::HashMap;
use std::future::pending;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shutterkey::keeper::{FleetOptions, ImportToken, RestReason};
use shutterkey::store::{BoxFuture, Store, list_all};
use shutterkey::{
    Client, ClientConfig, HttpRequest, HttpResponse, InstagramAppId, Keeper, ManualClock, MemoryStore, Provider,
    Result, SendError, Timestamp, Transport,
};

const DAY: i64 = 86_400;
const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// Instagram: it says whose a token is by the token itself, and gives new ones.
#[derive(Debug, Default)]
struct Server {
    /// How often each account was refreshed.
    refreshes: Mutex<HashMap<String, usize>>,
    /// The Graph API's code with which refreshes are refused; 0: they are not.
    refuses: AtomicU32,
    /// `X-App-Usage` beside each answer.
    usage: AtomicU32,
}

impl Server {
    fn refreshes(&self) -> Vec<usize> {
        self.refreshes.lock().unwrap().values().copied().collect()
    }
}

impl Transport for Server {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        // IGAAcanary-<user id>-<generation>
        let token = request
            .url()
            .split("access_token=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap();
        let id = token.split('-').nth(1).unwrap();
        let (mut status, mut body) = (200, format!(r#"{{"user_id":"{id}","username":"ada"}}"#));
        if request.url().contains("refresh_access_token") {
            *self.refreshes.lock().unwrap().entry(id.to_owned()).or_default() += 1;
            let code = self.refuses.load(Ordering::Relaxed);
            if code == 0 {
                body = format!(r#"{{"access_token":"IGAAcanary-{id}-1","token_type":"bearer","expires_in":5184000}}"#);
            } else {
                (status, body) = (
                    400,
                    format!(r#"{{"error":{{"message":"no","type":"OAuthException","code":{code}}}}}"#),
                );
            }
        }
        let usage = self.usage.load(Ordering::Relaxed);
        let headers = vec![("x-app-usage".to_owned(), format!(r#"{{"call_count":{usage}}}"#))];
        Box::pin(async move { Ok(HttpResponse::new(status, headers, body.into_bytes())) })
    }
}

struct Stage {
    server: Arc<Server>,
    store: Arc<dyn Store>,
    clock: ManualClock,
}

impl Stage {
    fn new() -> Self {
        Self {
            server: Arc::default(),
            store: Arc::new(MemoryStore::new()),
            clock: ManualClock::new(NOW),
        }
    }

    fn keeper(&self, app: &str) -> Keeper {
        let config = ClientConfig::instagram(&InstagramAppId::parse(app).unwrap())
            .client_secret("canary-secret")
            .redirect_uri("https://app.example.com/callback");
        let transport = Arc::clone(&self.server) as Arc<dyn Transport>;
        let client = Client::over(config.build().unwrap(), transport).with_clock(Arc::new(self.clock.clone()));
        Keeper::new(client, Arc::clone(&self.store))
    }

    /// Accounts of an app with tokens of sixty days.
    async fn accounts(&self, app: &str, count: usize) {
        let keeper = self.keeper(app);
        for number in 0..count {
            let mut import = ImportToken::new(format!("IGAAcanary-1784140000000{number:04}-0"));
            import.expiry = Some(shutterkey::Expiry::At(self.clock_now().plus(60 * DAY)));
            keeper.import_token(import).await.unwrap();
        }
    }

    fn clock_now(&self) -> Timestamp {
        use shutterkey::Clock;
        self.clock.now()
    }

    async fn due(&self) -> usize {
        let all = list_all(&*self.store, "").await.unwrap();
        let now = self.clock_now();
        all.iter()
            .filter(|listed| listed.due_at.is_some_and(|due| due <= now))
            .count()
    }
}

const APP: &str = "990602627938098";

fn fast() -> FleetOptions {
    FleetOptions::new().per_second(10_000.0).once()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_who_keep_one_store_refresh_each_due_account_once_and_no_other() {
    let stage = Stage::new();
    stage.accounts(APP, 200).await;
    stage.clock.advance(20 * DAY);
    let keeper = stage.keeper(APP);
    let early = keeper.run(fast(), pending()).await.unwrap();
    assert_eq!(early.accounts(), 0, "nothing is due after twenty days");

    stage.clock.advance(11 * DAY);
    assert_eq!(stage.due().await, 200);
    let keepers: Vec<_> = (0..4).map(|_| stage.keeper(APP)).collect();
    let (one, two, three, four) = tokio::join!(
        keepers[0].run(fast(), pending()),
        keepers[1].run(fast(), pending()),
        keepers[2].run(fast(), pending()),
        keepers[3].run(fast(), pending())
    );
    let counts = [one, two, three, four].map(Result::unwrap);
    assert_eq!(counts.iter().map(|counts| counts.refreshed).sum::<u64>(), 200);
    assert_eq!(stage.server.refreshes(), vec![1; 200]);
    assert_eq!(stage.due().await, 0);
}

#[tokio::test]
async fn what_belongs_to_another_app_is_not_touched() {
    let stage = Stage::new();
    stage.accounts(APP, 3).await;
    stage.accounts("990602627938099", 2).await;
    stage.clock.advance(31 * DAY);
    let counts = stage.keeper(APP).run(fast(), pending()).await.unwrap();
    assert_eq!((counts.refreshed, counts.accounts()), (3, 3));
    assert_eq!(stage.due().await, 2);
}

#[tokio::test]
async fn a_refresh_that_fails_is_put_off_and_tried_again_later() {
    let stage = Stage::new();
    stage.accounts(APP, 5).await;
    stage.clock.advance(31 * DAY);
    stage.server.refuses.store(80_002, Ordering::Relaxed);
    let counts = stage.keeper(APP).run(fast(), pending()).await.unwrap();
    assert_eq!(counts.failed, 5);
    assert_eq!(stage.due().await, 0, "nobody finds them at once");

    // Of 29 days that are left a sixty-fourth, at most six hours, and a spread.
    stage.clock.advance(7 * 3_600);
    assert_eq!(stage.due().await, 5);
    stage.server.refuses.store(0, Ordering::Relaxed);
    let counts = stage.keeper(APP).run(fast(), pending()).await.unwrap();
    assert_eq!(counts.refreshed, 5);
}

#[tokio::test]
async fn a_refusal_of_the_app_stops_the_fleet_and_what_was_claimed_is_given_back() {
    let stage = Stage::new();
    stage.accounts(APP, 20).await;
    stage.clock.advance(31 * DAY);
    stage.server.refuses.store(4, Ordering::Relaxed);
    let keeper = stage.keeper(APP);
    let options = FleetOptions::new().per_second(200.0).at_once(1);
    let progress = options.progress();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(async move {
        let stopped = async {
            let _ = stopped.await;
        };
        keeper.run(options, stopped).await
    });
    while progress.counts().failed == 0 {
        tokio::task::yield_now().await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let asked = progress.counts().accounts();
    assert!(asked <= 2, "{asked} were asked for although the app is refused");
    // Somebody else could take them.
    let left = stage.store.claim_due(
        "",
        stage.clock_now().plus(1),
        100,
        Duration::from_secs(1),
        stage.clock_now(),
    );
    assert_eq!(left.await.unwrap().len() as u64, 20 - asked);
    drop(stop);
    running.await.unwrap().unwrap();
}

#[tokio::test]
async fn the_claims_of_one_who_was_killed_end_by_themselves() {
    let stage = Stage::new();
    stage.accounts(APP, 4).await;
    stage.clock.advance(31 * DAY);
    let ttl = Duration::from_secs(300);
    let claimed = stage
        .store
        .claim_due("", stage.clock_now().plus(1), 100, ttl, stage.clock_now());
    assert_eq!(claimed.await.unwrap().len(), 4);
    let keeper = stage.keeper(APP);
    assert_eq!(keeper.run(fast(), pending()).await.unwrap().accounts(), 0);
    stage.clock.advance(301);
    assert_eq!(keeper.run(fast(), pending()).await.unwrap().refreshed, 4);
}

#[tokio::test]
async fn when_it_is_to_stop_what_is_under_way_is_finished() {
    let stage = Stage::new();
    stage.accounts(APP, 50).await;
    stage.clock.advance(31 * DAY);
    let keeper = stage.keeper(APP);
    let options = FleetOptions::new().per_second(50.0);
    let counts = keeper
        .run(options, tokio::time::sleep(Duration::from_millis(200)))
        .await
        .unwrap();
    assert!((1..50).contains(&counts.refreshed), "{counts:?}");
    assert_eq!(stage.server.refreshes().len() as u64, counts.refreshed);
    assert_eq!(stage.due().await as u64, 50 - counts.refreshed);
    let rest = keeper.run(fast(), pending()).await.unwrap();
    assert_eq!(rest.refreshed, 50 - counts.refreshed, "the rest was given back");
}

#[tokio::test]
async fn what_is_to_be_done_after_a_refresh_is_done_with_the_new_token_and_waited_for() {
    let stage = Stage::new();
    stage.accounts(APP, 3).await;
    stage.clock.advance(31 * DAY);
    let seen: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let into = Arc::clone(&seen);
    let options = fast().then(move |record| {
        let into = Arc::clone(&into);
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let pair = (record.key().user_id.to_string(), record.token.reveal().to_owned());
            into.lock().unwrap().push(pair);
        })
    });
    let keeper = stage.keeper(APP);
    assert_eq!(keeper.run(options, pending()).await.unwrap().refreshed, 3);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|(id, token)| *token == format!("IGAAcanary-{id}-1")));
}

#[tokio::test]
async fn a_run_that_ends_when_nothing_is_due_does_not_wait_for_a_long_rest() {
    let stage = Stage::new();
    stage.accounts(APP, 20).await;
    stage.clock.advance(31 * DAY);
    // 98 % of the app's limit: a rest of five minutes.
    stage.server.usage.store(98, Ordering::Relaxed);
    let options = fast().at_once(1);
    let progress = options.progress();
    let counts = stage.keeper(APP).run(options, pending()).await.unwrap();
    assert!((1..=2).contains(&counts.refreshed), "{counts:?}");
    let rest = progress.state().rest.unwrap();
    assert_eq!(
        (rest.until, rest.why),
        (stage.clock_now().plus(300), RestReason::LimitNear)
    );
    assert_eq!(stage.due().await as u64, 20 - counts.refreshed);
}

#[tokio::test]
async fn records_of_the_same_app_at_another_server_are_left_alone_and_do_not_come_again_and_again() {
    let stage = Stage::new();
    let provider = Provider::in_sandbox("instagram", "http://localhost:8910", None).unwrap();
    let config = ClientConfig::builder(provider, APP).redirect_uri("https://app.example.com/callback");
    let transport = Arc::clone(&stage.server) as Arc<dyn Transport>;
    let client = Client::over(config.build().unwrap(), transport).with_clock(Arc::new(stage.clock.clone()));
    let sandbox = Keeper::new(client, Arc::clone(&stage.store));
    let import = ImportToken::new("IGAASANDBOXcanary-17841400000000001-0".to_owned());
    sandbox.import_token(import).await.unwrap();
    let counts = stage.keeper(APP).run(fast(), pending()).await.unwrap();
    assert_eq!((counts.foreign, counts.accounts()), (1, 0));
    assert!(stage.server.refreshes().is_empty());
}

#[tokio::test]
async fn a_census_tells_how_many_accounts_stand_how() {
    let stage = Stage::new();
    stage.accounts(APP, 4).await;
    let keeper = stage.keeper(APP);
    let census = keeper.census().await.unwrap();
    assert_eq!((census.accounts, census.at_risk, census.needs_login), (4, 0, 0));
    assert!(census.next_due.is_some_and(|due| due > stage.clock_now()));

    stage.clock.advance(50 * DAY);
    assert_eq!(keeper.census().await.unwrap().at_risk, 4);
    stage.server.refuses.store(190, Ordering::Relaxed);
    keeper.run(fast(), pending()).await.unwrap();
    stage.clock.advance(20 * DAY);
    assert_eq!(keeper.census().await.unwrap().needs_login, 4);
}

#[tokio::test]
async fn the_lease_of_a_record_that_could_not_be_written_is_left_to_end_by_itself() {
    use shutterkey::operation::{Answer, KeepClaimedRequest, Step, keep_claimed};

    let stage = Stage::new();
    stage.accounts(APP, 1).await;
    stage.clock.advance(31 * DAY);
    let now = stage.clock_now();
    let claim = stage.store.claim_due("", now.plus(1), 1, Duration::from_secs(300), now);
    let claimed = claim.await.unwrap().remove(0);
    let mut operation = keep_claimed(KeepClaimedRequest {
        config: stage.keeper(APP).client().config().clone(),
        namespace: "default".to_owned(),
        lease: claimed.lease,
        stored: claimed.record.unwrap(),
    });
    let mut step = operation.begin(now).unwrap();
    let kept = loop {
        let answer = match step {
            Step::Done(kept) => break kept,
            Step::Send(request) => Answer::Response(stage.server.send(&request).await.unwrap()),
            Step::Save(_) => Answer::StoreFailed(shutterkey::Error::new(shutterkey::ErrorCode::StoreFull)),
            Step::Wait(_) => Answer::Waited,
            other => panic!("it asked for {other:?}"),
        };
        step = operation.step(answer, now).unwrap();
    };
    assert!(kept.refreshed);
    assert_eq!(kept.problem.unwrap().code(), shutterkey::ErrorCode::StoreFull);
    assert_eq!(stage.server.refreshes(), vec![1]);
}
