//! The core's client and keeper against Facebook Login and Threads: whole logins, and what becomes of their tokens.

use std::sync::Arc;

use shutterkey::keeper::ImportToken;
use shutterkey::{
    AccountState, AuthorizeOptions, Client, ClientConfig, Connection, ErrorCode, HttpTransport, Keeper, MemoryStore,
    MissingAccounts, Provider, ResponseType, TokenKind,
};
use shutterkey_sandbox::{AppCredentials, AppSpec, Approval, Ended, Product, Profile, Sandbox};

const DAY: i64 = 86_400;
const CALLBACK: &str = "https://localhost/";

struct Stage {
    sandbox: Sandbox,
    app: AppCredentials,
    keeper: Keeper,
}

impl Stage {
    async fn new(product: Product, profile: Profile, response_type: ResponseType, scopes: &[&str]) -> Self {
        let sandbox = Sandbox::builder().profile(profile).start().await.unwrap();
        let app = sandbox.app(&AppSpec::new(product).redirect_uri(CALLBACK)).unwrap();
        let provider = Provider::in_sandbox(product.as_str(), sandbox.base_url(), None).unwrap();
        let config = ClientConfig::builder(provider, &*app.client_id)
            .redirect_uri(CALLBACK)
            .response_type(response_type)
            .scopes(scopes.iter().copied())
            .client_secret(app.client_secret.clone().unwrap())
            .build()
            .unwrap();
        let client = Client::over(config, Arc::new(HttpTransport::new())).with_clock(Arc::new(sandbox.clock()));
        let keeper = Keeper::new(client, Arc::new(MemoryStore::new()));
        Self { sandbox, app, keeper }
    }

    async fn log_in(&self, approval: &Approval) -> shutterkey::Result<Connection> {
        let login = self.keeper.authorize(AuthorizeOptions::new())?;
        let redirect = self.sandbox.approve(&login.url, approval).await.unwrap();
        self.keeper.complete(&login.pending, &redirect, Some("me")).await
    }
}

const FACEBOOK: [&str; 2] = ["instagram_basic", "pages_show_list"];

#[tokio::test]
async fn a_facebook_login_ends_with_a_long_token_by_code_and_by_fragment_in_both_profiles() {
    for profile in [Profile::Production, Profile::Documented] {
        for response_type in [ResponseType::Code, ResponseType::Token] {
            let stage = Stage::new(Product::Facebook, profile, response_type, &FACEBOOK).await;
            let connection = stage.log_in(&Approval::by("studio")).await.unwrap();
            assert_eq!(
                connection.token.kind(),
                TokenKind::Long,
                "{profile:?} {response_type:?}"
            );
            assert_eq!(connection.account.name.as_deref(), Some("Sandbox Studio"));
            let now = stage.keeper.client().now();
            let until = connection.token.expiry();
            let shutterkey::Expiry::At(at) = until else {
                panic!("{until:?}")
            };
            assert!(
                (59..=60).contains(&(at.since(now) / DAY)),
                "{profile:?} {response_type:?}"
            );
            let token = stage.keeper.token("me").await.unwrap();
            assert_eq!(token.reveal(), connection.token.reveal());
        }
    }
}

#[tokio::test]
async fn a_facebook_token_has_no_refresh_so_a_login_is_named_in_time_and_none_is_tried() {
    let stage = Stage::new(Product::Facebook, Profile::Production, ResponseType::Code, &FACEBOOK).await;
    stage.log_in(&Approval::by("studio")).await.unwrap();
    let state = stage
        .keeper
        .account("me")
        .await
        .unwrap()
        .state(stage.keeper.client().now());
    assert!(matches!(state, AccountState::LoginNeededBy(_)), "{state:?}");
    let before = stage.sandbox.calls().len();
    stage.sandbox.clock().advance(59 * DAY);
    assert!(stage.keeper.token("me").await.is_ok());
    stage.sandbox.clock().advance(2 * DAY);
    let error = stage.keeper.token("me").await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::AccountNeedsLogin);
    assert_eq!(stage.sandbox.calls().len(), before, "nothing was asked of the provider");
}

#[tokio::test]
async fn logging_out_of_facebook_ends_the_token_at_the_provider() {
    let stage = Stage::new(Product::Facebook, Profile::Production, ResponseType::Code, &FACEBOOK).await;
    let connection = stage.log_in(&Approval::by("studio")).await.unwrap();
    stage.keeper.logout("me").await.unwrap();
    let error = stage.keeper.client().identify(&connection.token).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::TokenRevoked, "{error}");
    assert_eq!(error.provider().and_then(|said| said.subcode), Some(458));
}

#[tokio::test]
async fn what_a_person_unticked_at_facebook_is_missing() {
    let stage = Stage::new(Product::Facebook, Profile::Production, ResponseType::Token, &FACEBOOK).await;
    let approval = Approval::by("studio").untick("pages_show_list");
    let connection = stage.log_in(&approval).await.unwrap();
    // Without `granted_scopes` in the answer nothing is known to be missing; `debug_token` would tell.
    assert!(connection.missing_scopes.is_empty());
}

#[tokio::test]
async fn a_threads_token_is_kept_alive_like_instagrams_and_its_id_is_exact() {
    let stage = Stage::new(
        Product::Threads,
        Profile::Production,
        ResponseType::Code,
        &["threads_basic", "threads_content_publish"],
    )
    .await;
    let connection = stage.log_in(&Approval::by("studio")).await.unwrap();
    let minted = stage.sandbox.mint_token_for(&stage.app, "studio", 0).unwrap();
    assert_eq!(connection.account.user_id.as_str(), minted.user_id);
    assert_eq!(connection.token.kind(), TokenKind::Long);
    // So near to the end that the caller waits for the refresh.
    stage.sandbox.clock().advance(60 * DAY - 60);
    let token = stage.keeper.token("me").await.unwrap();
    assert_eq!(stage.sandbox.calls().matching("refresh_access_token").len(), 1);
    assert_ne!(token.reveal(), connection.token.reveal());
}

#[tokio::test]
async fn a_threads_checkpoint_blocks_and_a_changed_password_needs_a_login() {
    let stage = Stage::new(
        Product::Threads,
        Profile::Production,
        ResponseType::Code,
        &["threads_basic"],
    )
    .await;
    let connection = stage.log_in(&Approval::by("studio")).await.unwrap();
    let client = stage.keeper.client();
    stage.sandbox.invalidate("studio", None, Ended::Checkpoint).unwrap();
    let stopped = client.identify(&connection.token).await.unwrap_err();
    assert_eq!(stopped.code(), ErrorCode::AccountCheckpoint, "{stopped}");
    stage.sandbox.clear_checkpoint("studio").unwrap();
    assert!(client.identify(&connection.token).await.is_ok());
    stage
        .sandbox
        .invalidate("studio", None, Ended::PasswordChanged)
        .unwrap();
    let dead = client.identify(&connection.token).await.unwrap_err();
    assert_eq!(dead.code(), ErrorCode::TokenInvalidated, "{dead}");
}

async fn found(scopes: &[&str], approval: &Approval) -> shutterkey::InstagramAccounts {
    let stage = Stage::new(Product::Facebook, Profile::Production, ResponseType::Code, scopes).await;
    stage.log_in(approval).await.unwrap();
    stage.keeper.instagram_accounts("me").await.unwrap()
}

#[tokio::test]
async fn the_walk_from_a_person_to_their_pages_ends_at_the_account_or_with_a_reason() {
    let there = found(&FACEBOOK, &Approval::by("studio")).await;
    assert_eq!(there.accounts.len(), 1);
    assert_eq!(there.accounts[0].account.username.as_deref(), Some("studio.sandbox"));
    let page = there.accounts[0].page.as_ref().unwrap();
    assert_eq!(page.name.as_deref(), Some("Sandbox Studio Page"));
    assert_eq!(page.token.as_ref().unwrap().kind(), TokenKind::Page);
    let all = ["instagram_basic", "pages_show_list", "business_management"];
    for (why, scopes, approval, reason) in [
        (
            "no account linked",
            &all[..],
            Approval::by("bakery"),
            MissingAccounts::NotLinked { pages: 1 },
        ),
        (
            "a portfolio's Page",
            &all[..2],
            Approval::by("maker"),
            MissingAccounts::PortfolioPages,
        ),
        (
            "no Page at all",
            &all[..],
            Approval::by("visitor"),
            MissingAccounts::NoPages,
        ),
        (
            "declined",
            &all[..],
            Approval::by("studio").untick("pages_show_list"),
            MissingAccounts::DeclinedPermission("pages_show_list"),
        ),
        (
            "never asked for",
            &all[1..],
            Approval::by("studio"),
            MissingAccounts::MissingPermission("instagram_basic"),
        ),
    ] {
        let nothing = found(scopes, &approval).await;
        assert!(nothing.accounts.is_empty(), "{why}");
        assert_eq!(nothing.reason, Some(reason), "{why}");
    }
}

#[tokio::test]
async fn h6_a_token_from_a_device_is_taken_for_its_own_app_alone() {
    let stage = Stage::new(Product::Facebook, Profile::Production, ResponseType::Code, &FACEBOOK).await;
    let own = stage
        .sandbox
        .mint_token_for(&stage.app, "studio", 0)
        .unwrap()
        .access_token;
    stage
        .keeper
        .import_token(ImportToken::new(own).from_device())
        .await
        .unwrap();
    let other = AppSpec::new(Product::Facebook).redirect_uri(CALLBACK);
    let other = stage.sandbox.app(&other).unwrap();
    let foreign = stage.sandbox.mint_token_for(&other, "studio", 0).unwrap().access_token;
    let error = stage
        .keeper
        .import_token(ImportToken::new(foreign).from_device())
        .await
        .unwrap_err();
    // This platform describes no other app's token at all, and says so in words of its own.
    assert_eq!(error.code(), ErrorCode::TokenWrongApp, "{error}");
    assert!(error.to_string().contains("another app"), "{error}");
    assert_eq!(stage.keeper.accounts().await.unwrap().len(), 1);
}

#[tokio::test]
async fn debug_token_is_read_as_the_platform_answers_it_in_both_profiles_and_at_threads() {
    for (product, profile) in [
        (Product::Facebook, Profile::Production),
        (Product::Facebook, Profile::Documented),
        (Product::Threads, Profile::Production),
    ] {
        let scope = if product == Product::Threads {
            "threads_basic"
        } else {
            "instagram_basic"
        };
        let stage = Stage::new(product, profile, ResponseType::Code, &[scope]).await;
        let minted = stage.sandbox.mint_token_for(&stage.app, "studio", 0).unwrap();
        let text = minted.access_token.clone();
        let connection = stage.keeper.import_token(ImportToken::new(text)).await.unwrap();
        let client = stage.keeper.client();
        let inspection = client.inspect_token(&connection.token).await.unwrap();
        assert!(inspection.is_valid, "{product:?}");
        assert_eq!(inspection.user_id.unwrap().as_str(), minted.user_id);
        let app_id = (product == Product::Facebook).then(|| stage.app.client_id.clone());
        assert_eq!(inspection.app_id, app_id, "{profile:?}");
        stage
            .sandbox
            .invalidate("studio", None, Ended::PasswordChanged)
            .unwrap();
        let inspection = client.inspect_token(&connection.token).await.unwrap();
        assert_eq!(inspection.error.unwrap().code(), ErrorCode::TokenInvalidated);
    }
}
