//! A thousand callers of one keeper at once: one refresh, and an answer for everybody.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use shutterkey::keeper::EventKind;
use shutterkey::store::BoxFuture;
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, ErrorCode, HttpRequest, HttpResponse, InstagramAppId, Keeper, ManualClock,
    MemoryStore, Provider, Result, SendError, SendFailure, Timestamp, Token, Transport,
};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const CALLERS: usize = 1_000;
const DAY: i64 = 86_400;
/// Longer than anything here takes, on any machine.
const LONG: Duration = Duration::from_secs(30);
const USER: &str = "17841400000000001";
const REDIRECT: &str = "https://app.example.com/callback";

/// A token endpoint that answers refreshes only when it is let to, and takes each refresh token once.
#[derive(Debug)]
struct Server {
    refreshes: AtomicUsize,
    /// A permit for each refresh that may be answered.
    answers: Semaphore,
    refuses: bool,
    /// No refresh arrives.
    unreachable: bool,
}

impl Server {
    fn new(refuses: bool) -> Arc<Self> {
        Arc::new(Self {
            refreshes: AtomicUsize::new(0),
            answers: Semaphore::new(0),
            refuses,
            unreachable: false,
        })
    }

    fn unreachable() -> Arc<Self> {
        Arc::new(Self {
            refreshes: AtomicUsize::new(0),
            answers: Semaphore::new(0),
            refuses: false,
            unreachable: true,
        })
    }

    fn refreshes(&self) -> usize {
        self.refreshes.load(Ordering::SeqCst)
    }

    async fn refresh(&self, presented: &str) -> (u16, String) {
        let before = self.refreshes.fetch_add(1, Ordering::SeqCst);
        self.answers.acquire().await.unwrap().forget();
        let spent = presented.starts_with("rotating-") && presented != format!("rotating-{before}");
        if self.refuses || spent {
            return (400, r#"{"error":"invalid_grant"}"#.to_owned());
        }
        let number = before + 1;
        let body = match presented.starts_with("rotating-") {
            true => standard(number),
            false => instagram(number, 60 * DAY),
        };
        (200, body)
    }

    async fn answer(&self, request: &HttpRequest) -> (u16, String) {
        let address = request.url();
        let form = request.body().unwrap_or_default();
        if address.contains("/me") {
            (
                200,
                format!(r#"{{"id":"{USER}","user_id":"{USER}","username":"sandbox.studio"}}"#),
            )
        } else if let Some(presented) = parameter(form, "refresh_token") {
            self.refresh(presented).await
        } else if address.contains("/refresh_access_token") {
            self.refresh(parameter(address, "access_token").unwrap()).await
        } else if address.contains("login.example.com") {
            (200, standard(0))
        } else {
            (200, instagram(0, 60 * DAY))
        }
    }
}

impl Transport for Server {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        Box::pin(async move {
            let is_refresh = request.body().is_some_and(|form| form.contains("refresh_token="));
            if self.unreachable && is_refresh {
                self.refreshes.fetch_add(1, Ordering::SeqCst);
                return Err(SendFailure::Tls.into());
            }
            let (status, body) = self.answer(request).await;
            Ok(HttpResponse::new(status, Vec::new(), body.into_bytes()))
        })
    }
}

/// The value of a parameter in a query or a form.
fn parameter<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = text.split(['?', '&']).filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value)
}

fn standard(number: usize) -> String {
    format!(
        r#"{{"access_token":"access-{number}","token_type":"Bearer","expires_in":3600,"refresh_token":"rotating-{number}"}}"#
    )
}

fn instagram(number: usize, life: i64) -> String {
    format!(r#"{{"access_token":"access-{number}","expires_in":{life},"permissions":"instagram_business_basic"}}"#)
}

struct Stage {
    keeper: Keeper,
    clock: ManualClock,
    server: Arc<Server>,
}

impl Stage {
    /// A server with rotating refresh tokens and tokens of an hour.
    async fn standard(server: Arc<Server>) -> Self {
        let provider = Provider::standard()
            .authorize_endpoint("https://login.example.com/authorize")
            .token_endpoint("https://login.example.com/token")
            .identity_endpoint("https://login.example.com/me", "id")
            .build()
            .unwrap();
        Self::logged_in(
            ClientConfig::builder(provider, "client")
                .redirect_uri(REDIRECT)
                .build()
                .unwrap(),
            server,
        )
        .await
    }

    /// Instagram and its tokens of sixty days.
    async fn instagram(server: Arc<Server>) -> Self {
        let app_id = InstagramAppId::parse("990602627938098").unwrap();
        let config = ClientConfig::instagram(&app_id)
            .client_secret("canary-secret")
            .redirect_uri(REDIRECT);
        Self::logged_in(config.build().unwrap(), server).await
    }

    async fn logged_in(config: ClientConfig, server: Arc<Server>) -> Self {
        let clock = ManualClock::new(Timestamp::from_seconds(1_795_470_000));
        let client =
            Client::over(config, Arc::clone(&server) as Arc<dyn Transport>).with_clock(Arc::new(clock.clone()));
        let keeper = Keeper::new(client, Arc::new(MemoryStore::new()));
        let login = keeper.authorize(AuthorizeOptions::new()).unwrap();
        let state = parameter(&login.url, "state").unwrap();
        let answer = format!("{REDIRECT}?code=canary-code&state={state}");
        keeper.complete(&login.pending, &answer, Some("me")).await.unwrap();
        Self { keeper, clock, server }
    }

    /// Starts a thousand tasks that each want a token, and returns once every one of them has asked.
    async fn storm(&self, name: impl Fn(usize) -> &'static str) -> JoinSet<Result<Token>> {
        let asked = Arc::new(Semaphore::new(0));
        let mut callers = JoinSet::new();
        for number in 0..CALLERS {
            let (keeper, name, asked) = (self.keeper.clone(), name(number), Arc::clone(&asked));
            callers.spawn(async move {
                let mut call = pin!(keeper.token(name));
                let first = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
                asked.add_permits(1);
                match first {
                    Poll::Ready(token) => token,
                    Poll::Pending => call.await,
                }
            });
        }
        let everybody = u32::try_from(CALLERS).unwrap();
        asked.acquire_many(everybody).await.unwrap().forget();
        callers
    }
}

async fn tokens(callers: JoinSet<Result<Token>>) -> Vec<String> {
    let answers = callers.join_all().await;
    answers
        .into_iter()
        .map(|answer| answer.unwrap().reveal().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_with_an_expired_token_make_one_refresh_and_all_get_its_token() {
    let stage = Stage::standard(Server::new(false)).await;
    stage.clock.advance(3_601);
    let callers = stage.storm(|_| "me").await;
    stage.server.answers.add_permits(CALLERS);
    assert_eq!(tokens(callers).await, vec!["access-1"; CALLERS]);
    assert_eq!(stage.server.refreshes(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn callers_under_different_names_of_one_account_share_its_refresh() {
    let stage = Stage::standard(Server::new(false)).await;
    stage.clock.advance(3_601);
    let callers = stage.storm(|number| if number % 2 == 0 { "me" } else { USER }).await;
    stage.server.answers.add_permits(CALLERS);
    assert_eq!(tokens(callers).await, vec!["access-1"; CALLERS]);
    assert_eq!(stage.server.refreshes(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_of_an_urgent_instagram_token_wait_for_one_refresh() {
    let stage = Stage::instagram(Server::new(false)).await;
    stage.clock.advance(60 * DAY - 60);
    let callers = stage.storm(|_| "me").await;
    stage.server.answers.add_permits(CALLERS);
    assert_eq!(tokens(callers).await, vec!["access-1"; CALLERS]);
    assert_eq!(stage.server.refreshes(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_of_a_due_token_get_the_live_one_while_one_refresh_runs_beside_them() {
    let stage = Stage::instagram(Server::new(false)).await;
    stage.clock.advance(31 * DAY);
    let events = stage.keeper.events();

    // The refresh is not answered yet, and nobody waits for it.
    let callers = stage.storm(|_| "me").await;
    assert_eq!(tokens(callers).await, vec!["access-0"; CALLERS]);

    stage.server.answers.add_permits(CALLERS);
    assert_eq!(events.next().await.kind, EventKind::Refreshed);
    assert_eq!(stage.keeper.token("me").await.unwrap().reveal(), "access-1");
    assert_eq!(stage.server.refreshes(), 1);
}

/// Stops whoever wakes it until it is told to go on.
struct Doorstep {
    reached: Semaphore,
    go_on: Mutex<mpsc::Receiver<()>>,
}

impl Wake for Doorstep {
    fn wake(self: Arc<Self>) {
        self.reached.add_permits(1);
        let _ = self.go_on.lock().unwrap().recv();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_hears_of_a_refresh_and_finds_the_token_due_again_starts_another() {
    let stage = Stage::instagram(Server::new(false)).await;
    stage.clock.advance(31 * DAY);
    stage.server.answers.add_permits(CALLERS);

    // The task of the refresh stands still where it tells of it.
    let (let_go, go_on) = mpsc::channel();
    let doorstep = Arc::new(Doorstep {
        reached: Semaphore::new(0),
        go_on: Mutex::new(go_on),
    });
    let waker = Waker::from(Arc::clone(&doorstep));
    let events = stage.keeper.events();
    let mut ready = pin!(events.ready());
    assert!(ready.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    assert_eq!(stage.keeper.token("me").await.unwrap().reveal(), "access-0");
    doorstep.reached.acquire().await.unwrap().forget();
    assert_eq!(events.try_next().unwrap().kind, EventKind::Refreshed);

    stage.clock.advance(31 * DAY);
    assert_eq!(stage.keeper.token("me").await.unwrap().reveal(), "access-1");
    let second = tokio::time::timeout(LONG, events.next()).await;
    drop(let_go);
    assert_eq!(second.expect("another refresh").kind, EventKind::Refreshed);
    assert_eq!(stage.server.refreshes(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_of_a_refused_refresh_make_one_request_and_all_learn_that_a_login_is_needed() {
    let stage = Stage::standard(Server::new(true)).await;
    stage.clock.advance(3_601);
    let callers = stage.storm(|_| "me").await;
    stage.server.answers.add_permits(CALLERS);
    for answer in callers.join_all().await {
        assert_eq!(answer.unwrap_err().code(), ErrorCode::AccountNeedsLogin);
    }
    assert_eq!(stage.server.refreshes(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_callers_of_a_refresh_that_fails_at_once_make_one_request() {
    for _ in 0..20 {
        let stage = Stage::standard(Server::unreachable()).await;
        stage.clock.advance(3_601);
        let mut callers = JoinSet::new();
        for _ in 0..CALLERS {
            let keeper = stage.keeper.clone();
            callers.spawn(async move { keeper.token("me").await });
        }
        for answer in callers.join_all().await {
            assert_eq!(answer.unwrap_err().code(), ErrorCode::Tls);
        }
        assert_eq!(stage.server.refreshes(), 1);
    }
}
