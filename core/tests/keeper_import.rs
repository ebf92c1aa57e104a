//! Taking in a fleet: no call to the provider, nothing lost when it is done twice, and refreshes that do not come at once.

use std::sync::Arc;
use std::time::Duration;

use shutterkey::keeper::{ImportOptions, ImportReport};
use shutterkey::store::{BoxFuture, Store, list_all};
use shutterkey::{
    Client, ClientConfig, ErrorCode, HttpRequest, HttpResponse, InstagramAppId, Keeper, ManualClock, MemoryStore,
    Result, SendError, Timestamp, Transport,
};

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);
const DAY: i64 = 86_400;

/// Nobody is to be asked.
#[derive(Debug)]
struct Nobody;

impl Transport for Nobody {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        panic!("the provider was asked: {request:?}");
    }
}

struct Stage {
    keeper: Keeper,
    store: Arc<dyn Store>,
    clock: ManualClock,
}

impl Stage {
    fn new() -> Self {
        let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
        let clock = ManualClock::new(NOW);
        let config = ClientConfig::instagram(&InstagramAppId::parse("990602627938098").unwrap())
            .redirect_uri("https://app.example.com/callback");
        let client = Client::over(config.build().unwrap(), Arc::new(Nobody)).with_clock(Arc::new(clock.clone()));
        Self {
            keeper: Keeper::new(client, Arc::clone(&store)),
            store,
            clock,
        }
    }

    async fn import(&self, lines: &[&str], options: ImportOptions) -> ImportReport {
        let lines: Vec<_> = lines.iter().map(|line| Ok((*line).to_owned())).collect();
        self.keeper.import_many(lines, &options).await.unwrap()
    }
}

fn line(number: usize) -> String {
    format!(
        r#"{{"user_id":"1784140000000{number:04}","access_token":"IGAAcanary{number}","issued_at":{},"expires_at":{}}}"#,
        NOW.plus(-40 * DAY).seconds(),
        NOW.plus(20 * DAY).seconds()
    )
}

#[tokio::test]
async fn a_fleet_is_taken_in_without_a_call_and_its_refreshes_are_spread_over_a_day() {
    let stage = Stage::new();
    let lines: Vec<String> = (0..500).map(line).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let report = stage.import(&lines, ImportOptions::new()).await;
    assert_eq!((report.lines, report.added, report.refused), (500, 500, 0));
    let mut due: Vec<i64> = list_all(&*stage.store, "")
        .await
        .unwrap()
        .iter()
        .filter_map(|listed| listed.due_at)
        .map(|due| due.since(NOW))
        .collect();
    due.sort_unstable();
    assert_eq!(due.len(), 500);
    assert!(due[0] >= 0 && due[499] < DAY, "{} to {}", due[0], due[499]);
    // In each of six quarters of the day there are some: they do not come at once.
    for part in 0..6 {
        let within = |due: &&i64| (part * DAY / 6..(part + 1) * DAY / 6).contains(*due);
        assert!(due.iter().filter(within).count() > 30, "part {part}");
    }
    // A live token is answered meanwhile, and nobody is asked.
    assert_eq!(
        stage.keeper.token("17841400000000007").await.unwrap().reveal(),
        "IGAAcanary7"
    );
}

#[tokio::test]
async fn what_has_little_time_left_is_due_within_half_of_it() {
    let stage = Stage::new();
    let end = NOW.plus(2 * 3_600).seconds();
    let line = format!(r#"{{"user_id":17841400000000001,"access_token":"IGAAcanary","expires_at":{end}}}"#);
    stage.import(&[&line], ImportOptions::new()).await;
    let [listed] = &*list_all(&*stage.store, "").await.unwrap() else {
        panic!()
    };
    assert!(listed.due_at.unwrap() < NOW.plus(3_600), "{:?}", listed.due_at);
}

#[tokio::test]
async fn doing_it_again_changes_nothing_and_a_name_finds_its_account() {
    let stage = Stage::new();
    let named = r#"{"user_id":"17841400000000001","access_token":"IGAAcanary","name":"studio","username":"ada","app_scoped_id":"24000000000000001"}"#;
    let report = stage.import(&[named, "", "  "], ImportOptions::new()).await;
    assert_eq!((report.lines, report.added), (1, 1));
    let before = list_all(&*stage.store, "").await.unwrap();
    let report = stage.import(&[named], ImportOptions::new()).await;
    assert_eq!((report.unchanged, report.added), (1, 0));
    assert_eq!(list_all(&*stage.store, "").await.unwrap(), before);
    let account = stage.keeper.account("studio").await.unwrap();
    assert_eq!(account.account.username.as_deref(), Some("ada"));
}

#[tokio::test]
async fn a_newer_token_takes_the_place_of_an_older_one_and_never_the_reverse() {
    let stage = Stage::new();
    let at = |token: &str, issued: i64| {
        format!(r#"{{"user_id":"17841400000000001","access_token":"{token}","issued_at":{issued}}}"#)
    };
    let old = at("IGAAcanaryold", NOW.plus(-9 * DAY).seconds());
    let new = at("IGAAcanarynew", NOW.plus(-3 * DAY).seconds());
    assert_eq!(stage.import(&[&old], ImportOptions::new()).await.added, 1);
    let dry = stage.import(&[&new], ImportOptions::new().dry_run()).await;
    assert_eq!(dry.replaced, 1);
    assert_eq!(
        stage.keeper.token("17841400000000001").await.unwrap().reveal(),
        "IGAAcanaryold"
    );
    assert_eq!(stage.import(&[&new], ImportOptions::new()).await.replaced, 1);
    assert_eq!(stage.import(&[&old], ImportOptions::new()).await.kept, 1);
    assert_eq!(
        stage.keeper.token("17841400000000001").await.unwrap().reveal(),
        "IGAAcanarynew"
    );
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let stage = Stage::new();
    let report = stage
        .import(&[&line(1), &line(2)], ImportOptions::new().dry_run())
        .await;
    assert_eq!(report.added, 2);
    assert!(list_all(&*stage.store, "").await.unwrap().is_empty());
}

#[tokio::test]
async fn a_line_that_is_wrong_is_told_by_its_number_without_its_token_and_the_others_are_taken() {
    let stage = Stage::new();
    let (first, last) = (line(1), line(2));
    let wrong = [
        ("not JSON IGAAcanary", "column"),
        (r#"{"user_id":"17841400000000001"}"#, "missing field `access_token`"),
        (r#"{"access_token":"IGAAcanary"}"#, "missing field `user_id`"),
        (
            r#"{"user_id":"1","access_token":"IGAAcanary","expiry":1}"#,
            "unknown field `expiry`",
        ),
        (r#"{"user_id":1.5,"access_token":"IGAAcanary"}"#, "column"),
        (r#"{"user_id":"1","access_token":["IGAAcanary"]}"#, "column"),
        (
            r#"{"user_id":"1","user_id":"2","access_token":"IGAAcanary"}"#,
            "duplicate field `user_id`",
        ),
        (
            r#"{"user_id":"1","access_token":"IGAAcanary","expires_at":"IGAAcanary"}"#,
            "column",
        ),
    ];
    for (wrong, words) in wrong {
        let report = stage
            .import(&[&first, wrong, &last], ImportOptions::new().dry_run())
            .await;
        assert_eq!((report.lines, report.added, report.refused), (3, 2, 1), "{wrong}");
        let [(number, error)] = &*report.refusals else { panic!() };
        assert_eq!((*number, error.code()), (2, ErrorCode::AccountImportLine), "{wrong}");
        assert!(error.to_string().contains(words), "{wrong}: {error}");
        assert!(!format!("{error} {error:?}").contains("IGAAcanary"), "{error:?}");
    }
    let others = [
        (
            r#"{"user_id":"1","access_token":"two words"}"#,
            ErrorCode::TokenMalformed,
        ),
        (
            r#"{"user_id":"1","access_token":"THAAcanary"}"#,
            ErrorCode::TokenInvalid,
        ),
        (
            r#"{"user_id":"1","access_token":"IGAASANDBOXcanary"}"#,
            ErrorCode::TokenSandbox,
        ),
        (
            r#"{"user_id":"1","access_token":"IGAAcanary","name":""}"#,
            ErrorCode::AccountName,
        ),
        (r#"{"user_id":"","access_token":"IGAAcanary"}"#, ErrorCode::AccountName),
    ];
    for (wrong, code) in others {
        let report = stage.import(&[wrong], ImportOptions::new().dry_run()).await;
        assert_eq!(report.refusals[0].1.code(), code, "{wrong}");
    }
}

#[tokio::test]
async fn with_no_time_to_spread_over_what_is_due_stays_due() {
    let stage = Stage::new();
    stage
        .import(&[&line(1)], ImportOptions::new().spread(Duration::ZERO))
        .await;
    let [listed] = &*list_all(&*stage.store, "").await.unwrap() else {
        panic!()
    };
    assert!(listed.due_at.unwrap() <= NOW);
    stage.clock.advance(1);
}
