//! A keeper whose disk is full on the thirty-first day of sixty: callers get the live token, an event says why, and nothing
//! that the provider gave is lost.
//!
//! A limit on the size of files fails every write as a full disk does, can be lifted again, and takes no special rights. It
//! holds for the whole process, so a test here starts its own binary again, with itself as the one test to run.
#![cfg(all(feature = "file-store", unix))]

mod store_common;

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use shutterkey::keeper::{EventKind, FleetOptions, ImportToken};
use shutterkey::store::BoxFuture;
use shutterkey::{
    Client, ClientConfig, ErrorCode, Expiry, HttpRequest, HttpResponse, InstagramAppId, Keeper, ManualClock, Result,
    SendError, Timestamp, Transport,
};
use store_common::{files, open, place};

const DAY: i64 = 86_400;
const NOW: Timestamp = Timestamp::from_seconds(1_795_470_000);
const USER: &str = "17841400000000001";
const PLAYS: &str = "DISK_TEST_PLAYS";

/// Whether this is the process that was started to play; otherwise it is started, and has to end well.
fn plays(test: &str) -> bool {
    if std::env::var_os(PLAYS).is_some() {
        return true;
    }
    // A write beyond the limit would end the process by a signal; ignored, it is an error like any other.
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"trap "" XFSZ; exec "$0" "$@""#]);
    shell.arg(std::env::current_exe().unwrap());
    shell.args([test, "--exact", "--nocapture", "--test-threads=1"]);
    let played = shell.env(PLAYS, "1").output().unwrap();
    let words = String::from_utf8_lossy(&played.stdout);
    assert!(
        played.status.success() && words.contains("1 passed"),
        "{words}{}",
        String::from_utf8_lossy(&played.stderr)
    );
    false
}

fn fill_disk() {
    let maximum = getrlimit(Resource::Fsize).maximum;
    let current = Some(0);
    setrlimit(Resource::Fsize, Rlimit { current, maximum }).unwrap();
}

fn make_room() {
    let maximum = getrlimit(Resource::Fsize).maximum;
    let current = maximum;
    setrlimit(Resource::Fsize, Rlimit { current, maximum }).unwrap();
}

#[derive(Debug, Default)]
struct Platform {
    refreshes: AtomicUsize,
    fills_disk: AtomicBool,
}

impl Transport for Platform {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        let mut body = format!(r#"{{"user_id":"{USER}","username":"ada"}}"#);
        if request.url().contains("refresh_access_token") {
            let number = 1 + self.refreshes.fetch_add(1, Ordering::SeqCst);
            if self.fills_disk.load(Ordering::SeqCst) {
                fill_disk();
            }
            body = format!(r#"{{"access_token":"IGAAcanary-{number}","token_type":"bearer","expires_in":5184000}}"#);
        }
        Box::pin(async move { Ok(HttpResponse::new(200, Vec::new(), body.into_bytes())) })
    }
}

struct Stage {
    platform: Arc<Platform>,
    clock: ManualClock,
    folder: std::path::PathBuf,
}

impl Stage {
    /// An account whose token has thirty-one days behind it.
    async fn due(folder: &Path) -> (Self, Keeper) {
        let stage = Self {
            platform: Arc::default(),
            clock: ManualClock::new(NOW),
            folder: folder.to_owned(),
        };
        let keeper = stage.keeper().await;
        let mut import = ImportToken::new("IGAAcanary-0");
        import.expiry = Some(Expiry::At(NOW.plus(60 * DAY)));
        keeper.import_token(import).await.unwrap();
        stage.clock.advance(31 * DAY);
        (stage, keeper)
    }

    /// One more keeper, as another process would have one.
    async fn keeper(&self) -> Keeper {
        let config = ClientConfig::instagram(&InstagramAppId::parse("990602627938098").unwrap())
            .client_secret("canary-secret")
            .redirect_uri("https://app.example.com/callback");
        let transport = Arc::clone(&self.platform) as Arc<dyn Transport>;
        let client = Client::over(config.build().unwrap(), transport).with_clock(Arc::new(self.clock.clone()));
        Keeper::new(client, Arc::new(open(&self.folder).await))
    }

    fn refreshes(&self) -> usize {
        self.platform.refreshes.load(Ordering::SeqCst)
    }
}

/// The token that is answered, and what is told of when everything beside it has ended.
async fn token(keeper: &Keeper) -> (String, Vec<(EventKind, Option<ErrorCode>)>) {
    let token = keeper.token(USER).await.unwrap();
    keeper.settle().await;
    let events = keeper.events();
    let told = std::iter::from_fn(|| events.try_next())
        .map(|event| (event.kind, event.error.map(|error| error.code())))
        .collect();
    (token.reveal().to_owned(), told)
}

#[tokio::test]
async fn on_a_disk_that_is_full_the_live_token_is_answered_and_an_event_says_why_and_nothing_is_asked_of_the_provider()
{
    if !plays(
        "on_a_disk_that_is_full_the_live_token_is_answered_and_an_event_says_why_and_nothing_is_asked_of_the_provider",
    ) {
        return;
    }
    let (_parent, folder) = place();
    let (stage, keeper) = Stage::due(&folder).await;
    fill_disk();
    let (answered, told) = token(&keeper).await;
    assert_eq!(answered, "IGAAcanary-0");
    assert_eq!(told, [(EventKind::RefreshFailed, Some(ErrorCode::StoreFull))]);
    assert_eq!(stage.refreshes(), 0, "without a lease nobody may refresh");
    // Also to whoever starts now, and near the end of the token's life.
    assert_eq!(token(&stage.keeper().await).await.0, "IGAAcanary-0");
    stage.clock.set(NOW.plus(60 * DAY - 60));
    assert_eq!(token(&stage.keeper().await).await.0, "IGAAcanary-0");
    assert_eq!(files(&folder, ".tmp").len(), 0, "half a file was left");

    stage.clock.set(NOW.plus(32 * DAY));
    make_room();
    token(&keeper).await;
    assert_eq!(token(&keeper).await.0, "IGAAcanary-1");
    assert_eq!(token(&stage.keeper().await).await.0, "IGAAcanary-1");
    assert_eq!(stage.refreshes(), 1);
}

#[tokio::test]
async fn a_refreshed_token_that_the_full_disk_does_not_take_is_answered_and_stored_once_there_is_room() {
    if !plays("a_refreshed_token_that_the_full_disk_does_not_take_is_answered_and_stored_once_there_is_room") {
        return;
    }
    let (_parent, folder) = place();
    let (stage, keeper) = Stage::due(&folder).await;
    stage.platform.fills_disk.store(true, Ordering::SeqCst);
    let (_, told) = token(&keeper).await;
    assert!(
        told.contains(&(EventKind::Unsaved, Some(ErrorCode::StoreFull))),
        "{told:?}"
    );
    assert_eq!(token(&keeper).await.0, "IGAAcanary-1");
    // What is stored is the old record, whole.
    let stored = store_common::account_token(&folder).await;
    assert_eq!(stored, "IGAAcanary-0");

    stage.platform.fills_disk.store(false, Ordering::SeqCst);
    make_room();
    // Its lease could not be given back either, and ends by itself.
    stage.clock.advance(3_600);
    token(&keeper).await;
    assert_eq!(token(&keeper).await.0, "IGAAcanary-1");
    assert_eq!(store_common::account_token(&folder).await, "IGAAcanary-1");
    assert_eq!(stage.refreshes(), 1, "nothing was asked for twice");
}

#[tokio::test]
async fn a_fleet_that_claims_what_could_not_be_stored_stores_it_and_refreshes_nothing() {
    if !plays("a_fleet_that_claims_what_could_not_be_stored_stores_it_and_refreshes_nothing") {
        return;
    }
    let (_parent, folder) = place();
    let (stage, keeper) = Stage::due(&folder).await;
    stage.platform.fills_disk.store(true, Ordering::SeqCst);
    token(&keeper).await;
    assert_eq!(store_common::account_token(&folder).await, "IGAAcanary-0");

    stage.platform.fills_disk.store(false, Ordering::SeqCst);
    make_room();
    // Its lease could not be given back either, and ends by itself.
    stage.clock.advance(3_600);
    let options = FleetOptions::new().once();
    let counts = keeper.run(options, std::future::pending()).await.unwrap();
    assert_eq!((counts.unchanged, counts.accounts()), (1, 1));
    assert_eq!(store_common::account_token(&folder).await, "IGAAcanary-1");
    assert_eq!(stage.refreshes(), 1, "what it would be refreshed with is spent");
}

#[tokio::test]
async fn a_fleet_goes_on_storing_a_refreshed_token_until_there_is_room() {
    if !plays("a_fleet_goes_on_storing_a_refreshed_token_until_there_is_room") {
        return;
    }
    let (_parent, folder) = place();
    let (stage, keeper) = Stage::due(&folder).await;
    stage.platform.fills_disk.store(true, Ordering::SeqCst);
    // One who has never asked for the account, so that it is not in memory.
    let fleet = Arc::new(stage.keeper().await);
    drop(keeper);
    let options = FleetOptions::new();
    let progress = options.progress();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn({
        let fleet = Arc::clone(&fleet);
        async move { fleet.run(options, async { drop(stopped.await) }).await }
    });
    loop {
        let told = fleet.events().next().await;
        if told.kind == EventKind::Unsaved {
            assert_eq!(told.error.unwrap().code(), ErrorCode::StoreFull);
            break;
        }
    }
    assert_eq!(store_common::account_token(&folder).await, "IGAAcanary-0");
    assert_eq!(progress.counts().accounts(), 0, "it is still under way");

    make_room();
    while store_common::account_token(&folder).await != "IGAAcanary-1" {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    stop.send(()).unwrap();
    let counts = running.await.unwrap().unwrap();
    assert_eq!((counts.refreshed, counts.lost), (1, 0));
    assert_eq!(stage.refreshes(), 1, "nothing was asked for twice");
}

#[tokio::test]
async fn a_fleet_that_is_to_end_tries_once_more_to_store_a_refreshed_token_and_says_that_it_is_lost() {
    if !plays("a_fleet_that_is_to_end_tries_once_more_to_store_a_refreshed_token_and_says_that_it_is_lost") {
        return;
    }
    let (_parent, folder) = place();
    let (stage, keeper) = Stage::due(&folder).await;
    stage.platform.fills_disk.store(true, Ordering::SeqCst);
    let (given, mut taken) = tokio::sync::mpsc::unbounded_channel();
    let options = FleetOptions::new().then(move |record| {
        given.send(record.token.reveal().to_owned()).unwrap();
        Box::pin(async {})
    });
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn(async move { keeper.run(options, async { drop(stopped.await) }).await });
    // Whatever is done with a new token is not kept waiting for the store.
    assert_eq!(taken.recv().await.unwrap(), "IGAAcanary-1");
    stop.send(()).unwrap();
    let counts = running.await.unwrap().unwrap();
    assert_eq!((counts.refreshed, counts.lost), (0, 1));
}
