//! A platform that several processes ask: tokens of an hour with rotating refresh tokens, each of which it takes once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use shutterkey::store::BoxFuture;
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, HttpRequest, HttpResponse, Keeper, ManualClock, PostgresStore, Provider,
    SendError, Timestamp, Transport,
};

const REDIRECT: &str = "https://app.example.com/callback";

/// When the login is.
pub(crate) const LOGIN: Timestamp = Timestamp::from_seconds(1_795_470_000);

/// What processes share is a folder: a file for every refresh token that was presented.
#[derive(Debug)]
pub(crate) struct Platform {
    folder: PathBuf,
    /// How long a refresh takes.
    takes: Duration,
}

impl Platform {
    pub(crate) fn new(folder: &Path, takes: Duration) -> Arc<Self> {
        Arc::new(Self {
            folder: folder.to_owned(),
            takes,
        })
    }

    pub(crate) fn refreshes(folder: &Path) -> usize {
        std::fs::read_dir(folder).unwrap().count()
    }

    async fn answer(&self, request: &HttpRequest) -> (u16, String) {
        let form = request.body().unwrap_or_default();
        if request.url().contains("/me") {
            return (200, r#"{"id":"17841400000000001"}"#.to_owned());
        }
        let Some((_, presented)) = form.split_once("refresh_token=rotating-") else {
            return (200, tokens(0));
        };
        let number: usize = presented.split('&').next().unwrap().parse().unwrap();
        // Made by one of all processes.
        if File::create_new(self.folder.join(number.to_string())).is_err() {
            let again = self.folder.join(format!("{number} again by {}", std::process::id()));
            File::create(again).unwrap();
            return (400, r#"{"error":"invalid_grant"}"#.to_owned());
        }
        println!("SAYS refreshing");
        tokio::time::sleep(self.takes).await;
        (200, tokens(number + 1))
    }
}

fn tokens(number: usize) -> String {
    format!(
        r#"{{"access_token":"access-{number}","token_type":"Bearer","expires_in":3600,"refresh_token":"rotating-{number}"}}"#
    )
}

impl Transport for Platform {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        Box::pin(async move {
            let (status, body) = self.answer(request).await;
            Ok(HttpResponse::new(status, Vec::new(), body.into_bytes()))
        })
    }
}

/// A keeper whose clock shows this time after the login.
pub(crate) fn keeper(platform: Arc<Platform>, store: PostgresStore, after_login: i64) -> (Keeper, ManualClock) {
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
    let clock = ManualClock::new(LOGIN.plus(after_login));
    let client = Client::over(config, platform).with_clock(Arc::new(clock.clone()));
    (Keeper::new(client, Arc::new(store)), clock)
}

/// Logs in under the name `me`.
pub(crate) async fn log_in(keeper: &Keeper) {
    let login = keeper.authorize(AuthorizeOptions::new()).unwrap();
    let (_, state) = login.url.split_once("state=").unwrap();
    let state = state.split('&').next().unwrap();
    let answer = format!("{REDIRECT}?code=canary-code&state={state}");
    keeper.complete(&login.pending, &answer, Some("me")).await.unwrap();
}
