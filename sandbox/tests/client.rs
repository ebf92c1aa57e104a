//! The core's client and keeper against the sandbox: whole lives of tokens, on a clock that is moved.

use std::sync::Arc;

use shutterkey::keeper::{EventKind, ImportToken};
use shutterkey::{
    AccountState, AuthorizeOptions, Client, ClientConfig, ErrorCode, HttpResponse, HttpTransport, Keeper, MemoryStore,
    PendingAuthorization, Provider, ResponseType, ScopeSet, TokenKind, UserId, Validity,
};
use shutterkey_sandbox::{AppCredentials, AppSpec, Approval, Ended, Fault, Product, Profile, Sandbox};

const DAY: i64 = 86_400;

struct Stage {
    sandbox: Sandbox,
    app: AppCredentials,
    keeper: Keeper,
}

/// A sandbox of this profile, an app registered there, and a keeper for it that follows the sandbox's clock.
async fn stage(product: Product, profile: Profile, response_type: ResponseType) -> Stage {
    let sandbox = Sandbox::builder().profile(profile).start().await.unwrap();
    let redirect = if product == Product::Instagram {
        "https://localhost/"
    } else {
        "http://127.0.0.1:4711/callback"
    };
    let app = sandbox
        .app(&AppSpec::new(product).redirect_uri(redirect).allow_implicit(true))
        .unwrap();
    let provider = Provider::in_sandbox(product.as_str(), sandbox.base_url(), None).unwrap();
    let mut config = ClientConfig::builder(provider, &*app.client_id)
        .redirect_uri(redirect)
        .response_type(response_type);
    if product == Product::Instagram {
        config = config.scopes(["instagram_business_basic", "instagram_business_content_publish"]);
    }
    if let Some(secret) = &app.client_secret {
        config = config.client_secret(secret.clone());
    }
    let client =
        Client::over(config.build().unwrap(), Arc::new(HttpTransport::new())).with_clock(Arc::new(sandbox.clock()));
    let keeper = Keeper::new(client, Arc::new(MemoryStore::new()));
    Stage { sandbox, app, keeper }
}

impl Stage {
    async fn instagram(profile: Profile) -> Self {
        stage(Product::Instagram, profile, ResponseType::Code).await
    }

    async fn log_in(&self) -> shutterkey::Connection {
        let (pending, redirect) = self.answered(AuthorizeOptions::new(), &Approval::by("studio")).await;
        self.keeper.complete(&pending, &redirect, Some("me")).await.unwrap()
    }

    /// A login that somebody answered at the platform: what is pending, and where the browser was sent.
    async fn answered(&self, options: AuthorizeOptions, approval: &Approval) -> (PendingAuthorization, String) {
        let login = self.keeper.authorize(options).unwrap();
        let redirect = self.sandbox.approve(&login.url, approval).await.unwrap();
        (login.pending, redirect)
    }

    fn refreshes(&self) -> usize {
        self.sandbox.calls().matching("refresh_access_token").len()
    }
}

#[tokio::test]
async fn a_login_ends_with_a_long_lived_token_and_the_exact_account_in_both_answer_shapes() {
    for profile in [Profile::Production, Profile::Documented] {
        let stage = Stage::instagram(profile).await;
        let connection = stage.log_in().await;
        let person = stage.sandbox.person("studio").unwrap();
        assert_eq!(connection.account.user_id.as_str(), person.user_id.to_string());
        assert!(connection.account.user_id.as_str().len() == 17);
        assert_ne!(
            connection.account.app_scoped_id.unwrap().as_str(),
            connection.account.user_id.as_str()
        );
        assert_eq!(connection.token.kind(), TokenKind::Long);
        assert!(connection.missing_scopes.is_empty());
        let Validity::Live { until: Some(until) } = connection.token.validity(stage.keeper.client().now()) else {
            panic!("the token is not live");
        };
        let days = until.since(stage.keeper.client().now()) / DAY;
        assert!((59..=60).contains(&days), "{days} days");
        assert_eq!(
            stage.keeper.token("me").await.unwrap().reveal(),
            connection.token.reveal()
        );
    }
}

#[tokio::test]
async fn an_unticked_permission_is_reported_as_missing_and_a_required_one_refuses_the_login() {
    let stage = Stage::instagram(Profile::Production).await;
    let untick = Approval::by("studio").untick("instagram_business_content_publish");

    let (pending, redirect) = stage.answered(AuthorizeOptions::new(), &untick).await;
    let connection = stage.keeper.complete(&pending, &redirect, None).await.unwrap();
    assert_eq!(
        connection.missing_scopes.join(' '),
        "instagram_business_content_publish"
    );

    let required = ScopeSet::new(["instagram_business_content_publish"]).unwrap();
    let (pending, redirect) = stage
        .answered(AuthorizeOptions::new().required_scopes(required), &untick)
        .await;
    let error = stage.keeper.complete(&pending, &redirect, None).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::DeniedScope);
}

#[tokio::test]
async fn a_cancelled_login_says_so_and_exchanges_nothing() {
    let stage = Stage::instagram(Profile::Production).await;
    let (pending, redirect) = stage
        .answered(AuthorizeOptions::new(), &Approval::denied_by("studio"))
        .await;
    let error = stage.keeper.complete(&pending, &redirect, None).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::DeniedByUser);
    assert_eq!(stage.sandbox.calls().matching("access_token").len(), 0);
}

#[tokio::test]
async fn a_callback_that_is_loaded_again_is_refused_and_its_code_is_not_sent_again() {
    let stage = Stage::instagram(Profile::Production).await;
    let (pending, redirect) = stage.answered(AuthorizeOptions::new(), &Approval::by("studio")).await;
    let (one, other) = tokio::join!(
        stage.keeper.complete(&pending, &redirect, None),
        stage.keeper.complete(&pending, &redirect, None)
    );
    assert_eq!(
        one.unwrap().key,
        other.unwrap().key,
        "callbacks at once get the same result"
    );
    let later = stage.keeper.complete(&pending, &redirect, None).await.unwrap_err();
    assert_eq!(later.code(), ErrorCode::RedirectStateUsed);
    assert_eq!(stage.sandbox.calls().matching("oauth/access_token").len(), 1);
}

#[tokio::test]
async fn another_account_than_the_expected_one_is_refused_and_nothing_is_stored() {
    let stage = Stage::instagram(Profile::Production).await;
    let expected = UserId::parse("17841499999999999").unwrap();
    let (pending, redirect) = stage
        .answered(
            AuthorizeOptions::new().expect_account(expected),
            &Approval::by("studio"),
        )
        .await;
    let error = stage
        .keeper
        .complete(&pending, &redirect, Some("me"))
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::AccountMismatch);
    assert!(stage.keeper.accounts().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_login_that_fails_after_its_code_was_spent_is_finished_by_resume() {
    for (endpoint, times) in [("/instagram/access_token", 3), ("/me", 3)] {
        let stage = Stage::instagram(Profile::Production).await;
        let (pending, redirect) = stage.answered(AuthorizeOptions::new(), &Approval::by("studio")).await;
        stage
            .sandbox
            .fault(Fault::new(endpoint, 503, "the sandbox is out of order").times(times));
        let error = stage
            .keeper
            .complete(&pending, &redirect, Some("me"))
            .await
            .unwrap_err();
        assert_eq!(error.code(), ErrorCode::Unavailable, "{endpoint}");
        let connection = stage
            .keeper
            .resume(error.resumable().expect("resumable"))
            .await
            .unwrap();
        assert_eq!(connection.token.kind(), TokenKind::Long);
        assert_eq!(
            stage.keeper.token("me").await.unwrap().reveal(),
            connection.token.reveal()
        );
        assert_eq!(
            stage.sandbox.calls().matching("oauth/access_token").len(),
            1,
            "one code, one exchange"
        );
    }
}

#[tokio::test]
async fn the_same_callback_goes_on_where_an_earlier_attempt_stopped() {
    let stage = Stage::instagram(Profile::Production).await;
    let (pending, redirect) = stage.answered(AuthorizeOptions::new(), &Approval::by("studio")).await;
    stage.sandbox.fault(Fault::new("/me", 500, "").times(3));
    stage
        .keeper
        .complete(&pending, &redirect, Some("me"))
        .await
        .unwrap_err();
    // The person reloads the page: what was received was saved, so the login goes on from there.
    stage.keeper.complete(&pending, &redirect, Some("me")).await.unwrap();
    assert_eq!(stage.sandbox.calls().matching("oauth/access_token").len(), 1);
}

#[tokio::test]
async fn a_token_is_refreshed_at_half_of_its_life_and_goes_on_for_a_year() {
    let stage = Stage::instagram(Profile::Production).await;
    let first = stage.log_in().await.token;
    let events = stage.keeper.events();
    stage.sandbox.clock().advance(20 * DAY);
    stage.keeper.token("me").await.unwrap();
    assert_eq!(stage.refreshes(), 0, "a third of the life is too early");
    for month in 0..12 {
        stage.sandbox.clock().advance(30 * DAY);
        let token = stage.keeper.token("me").await.unwrap();
        assert_ne!(
            token.validity(stage.keeper.client().now()),
            Validity::Expired,
            "month {month}"
        );
        let event = events.next().await;
        assert_eq!(event.kind, EventKind::Refreshed, "month {month}: {event:?}");
    }
    assert_eq!(stage.refreshes(), 12);
    assert_ne!(stage.keeper.token("me").await.unwrap().reveal(), first.reveal());
}

#[tokio::test]
async fn a_token_below_a_day_is_not_refreshed_and_one_above_sixty_days_needs_a_login() {
    let stage = Stage::instagram(Profile::Production).await;
    stage.log_in().await;
    stage.sandbox.clock().advance(DAY - 60);
    assert_eq!(
        stage.keeper.refresh("me").await.unwrap_err().code(),
        ErrorCode::TokenTooYoung
    );
    assert_eq!(stage.refreshes(), 0, "the rule is known here; nobody was asked");
    stage.sandbox.clock().advance(61);
    stage.keeper.refresh("me").await.unwrap();
    assert_eq!(stage.refreshes(), 1);

    stage.sandbox.clock().advance(61 * DAY);
    let error = stage.keeper.token("me").await.unwrap_err();
    assert_eq!(
        (error.code(), error.reason()),
        (ErrorCode::AccountNeedsLogin, Some("token.expired"))
    );
    assert_eq!(stage.refreshes(), 1, "an expired token is not sent anywhere");
}

#[tokio::test]
async fn an_outage_in_the_middle_of_a_life_is_an_event_and_not_an_error() {
    let stage = Stage::instagram(Profile::Production).await;
    let first = stage.log_in().await.token;
    let events = stage.keeper.events();
    stage.sandbox.clock().advance(31 * DAY);
    stage
        .sandbox
        .fault(Fault::new("refresh_access_token", 500, "").times(100));
    let token = stage.keeper.token("me").await.unwrap();
    assert_eq!(token.reveal(), first.reveal());
    let event = events.next().await;
    assert_eq!(event.kind, EventKind::RefreshFailed);
    assert_eq!(event.error.unwrap().code(), ErrorCode::Unavailable);
    let after = stage.refreshes();
    stage.keeper.token("me").await.unwrap();
    assert_eq!(
        stage.refreshes(),
        after,
        "no hammering while the provider is out of order"
    );
}

#[tokio::test]
async fn a_reported_password_change_is_remembered_and_a_new_login_clears_it() {
    let stage = Stage::instagram(Profile::Production).await;
    stage.log_in().await;
    stage.keeper.token("me").await.unwrap();
    let events = stage.keeper.events();
    let body = br#"{"error":{"message":"The session has been invalidated because the user changed their password.",
        "type":"OAuthException","code":190,"error_subcode":460,"fbtrace_id":"A1"}}"#;
    let answer = HttpResponse::new(400, vec![], body.to_vec());
    let error = stage.keeper.report("me", answer.clone()).await.unwrap_err();
    assert_eq!(
        (error.code(), error.reason()),
        (ErrorCode::AccountNeedsLogin, Some("token.invalidated"))
    );
    assert_eq!(events.next().await.kind, EventKind::NeedsLogin);
    let error = stage.keeper.token("me").await.unwrap_err();
    assert_eq!(error.reason(), Some("token.invalidated"));
    assert_eq!(stage.refreshes(), 0, "a refresh cannot help");
    let record = stage.keeper.account("me").await.unwrap();
    assert!(matches!(
        record.state(stage.keeper.client().now()),
        AccountState::NeedsLogin { .. }
    ));

    stage.log_in().await;
    stage.keeper.token("me").await.unwrap();
}

#[tokio::test]
async fn limits_and_missing_permissions_do_not_touch_the_token() {
    let stage = Stage::instagram(Profile::Production).await;
    stage.log_in().await;
    for (body, code) in [
        (
            r#"{"error":{"message":"limit","type":"OAuthException","code":4}}"#,
            ErrorCode::ThrottledApp,
        ),
        (
            r#"{"error":{"message":"limit","type":"OAuthException","code":80002}}"#,
            ErrorCode::ThrottledUser,
        ),
        (
            r#"{"error":{"message":"no","type":"OAuthException","code":10}}"#,
            ErrorCode::PermissionMissing,
        ),
    ] {
        let answer = HttpResponse::new(400, vec![], body.as_bytes().to_vec());
        assert_eq!(stage.keeper.report("me", answer).await.unwrap_err().code(), code);
        stage.keeper.token("me").await.unwrap();
    }
}

#[tokio::test]
async fn a_checkpoint_that_the_person_clears_brings_the_same_token_back() {
    let stage = Stage::instagram(Profile::Production).await;
    let token = stage.log_in().await.token;
    let checkpoint = br#"{"error":{"message":"checkpoint","type":"OAuthException","code":190,"error_subcode":459}}"#;
    let error = stage
        .keeper
        .report("me", HttpResponse::new(400, vec![], checkpoint.to_vec()))
        .await
        .unwrap_err();
    assert_eq!(error.code(), ErrorCode::AccountCheckpoint);
    assert_eq!(
        stage.keeper.token("me").await.unwrap_err().code(),
        ErrorCode::AccountCheckpoint
    );
    stage
        .keeper
        .report("me", HttpResponse::new(200, vec![], b"{\"id\":\"1\"}".to_vec()))
        .await
        .unwrap();
    assert_eq!(stage.keeper.token("me").await.unwrap().reveal(), token.reveal());
}

/// What became of the account, in order, of what nobody has heard yet.
async fn told(keeper: &Keeper) -> Vec<EventKind> {
    keeper.settle().await;
    let events = keeper.events();
    std::iter::from_fn(|| events.try_next())
        .map(|event| event.kind)
        .collect()
}

#[tokio::test]
async fn a_keeper_that_meets_a_checkpoint_says_when_it_is_over() {
    // Of a token that is due, a refresh tells; of one that is too young for it, the question whose it is.
    for (age, last) in [
        (40 * DAY, [EventKind::Refreshed, EventKind::Recovered].as_slice()),
        (DAY / 2, [EventKind::Recovered].as_slice()),
    ] {
        let stage = Stage::instagram(Profile::Production).await;
        stage.log_in().await;
        stage.sandbox.clock().advance(age);
        stage.sandbox.invalidate("studio", None, Ended::Checkpoint).unwrap();
        let checkpoint =
            br#"{"error":{"message":"checkpoint","type":"OAuthException","code":190,"error_subcode":459}}"#;
        let answer = HttpResponse::new(400, vec![], checkpoint.to_vec());
        let blocked = stage.keeper.report("me", answer).await.unwrap_err();
        assert_eq!(blocked.code(), ErrorCode::AccountCheckpoint);
        told(&stage.keeper).await;

        stage.sandbox.clear_checkpoint("studio").unwrap();
        stage.sandbox.clock().advance(3_600);
        stage.keeper.token("me").await.unwrap();
        assert_eq!(told(&stage.keeper).await, last, "{age}");
    }
}

#[tokio::test]
async fn an_imported_token_of_unknown_age_is_kept_alive() {
    let stage = Stage::instagram(Profile::Production).await;
    // Two days old: the first use refreshes it, and so its expiry is known.
    let minted = stage.sandbox.mint_token_for(&stage.app, "studio", 2 * DAY).unwrap();
    let import = ImportToken::new(minted.access_token.clone()).alias("me");
    let connection = stage.keeper.import_token(import).await.unwrap();
    assert_eq!(
        connection.account.user_id.as_str(),
        stage.sandbox.person("studio").unwrap().user_id.to_string()
    );
    let events = stage.keeper.events();
    stage.keeper.token("me").await.unwrap();
    assert_eq!(events.next().await.kind, EventKind::Refreshed);
    let token = stage.keeper.token("me").await.unwrap();
    assert!(matches!(
        token.validity(stage.keeper.client().now()),
        Validity::Live { until: Some(_) }
    ));
}

#[tokio::test]
async fn an_imported_token_that_is_too_young_is_left_alone_for_a_day() {
    let stage = Stage::instagram(Profile::Production).await;
    let minted = stage.sandbox.mint_token_for(&stage.app, "studio", 60).unwrap();
    stage
        .keeper
        .import_token(ImportToken::new(minted.access_token.clone()).alias("me"))
        .await
        .unwrap();
    let events = stage.keeper.events();
    assert_eq!(
        stage.keeper.token("me").await.unwrap().reveal(),
        minted.access_token.reveal()
    );
    assert_eq!(events.next().await.kind, EventKind::RefreshFailed);
    let asked = stage.refreshes();
    stage.sandbox.clock().advance(3_600);
    assert_eq!(
        stage.keeper.token("me").await.unwrap().reveal(),
        minted.access_token.reveal()
    );
    assert_eq!(
        stage.refreshes(),
        asked,
        "a refusal for youth is not repeated within the day"
    );
    stage.sandbox.clock().advance(DAY);
    stage.keeper.token("me").await.unwrap();
    assert_eq!(events.next().await.kind, EventKind::Refreshed);
}

#[tokio::test]
async fn the_old_platform_logs_in_by_code_and_by_fragment() {
    for response_type in [ResponseType::Code, ResponseType::Token] {
        let stage = stage(Product::Legacy, Profile::Production, response_type).await;
        let connection = stage.log_in().await;
        assert_eq!(connection.token.kind(), TokenKind::Permanent);
        let parts: Vec<_> = connection.token.reveal().split('.').collect();
        assert_eq!(parts[0], connection.account.user_id.as_str());
        assert_eq!(parts[1], &stage.app.client_id[..7]);
        stage.sandbox.clock().advance(1_000 * DAY);
        assert_eq!(
            stage.keeper.token("me").await.unwrap().reveal(),
            connection.token.reveal()
        );
    }
}

#[tokio::test]
async fn a_standard_server_rotates_refresh_tokens_and_the_keeper_follows() {
    let stage = stage(Product::Standard, Profile::Production, ResponseType::Code).await;
    let first = stage.log_in().await.token;
    let mut last = first.refresh_token().unwrap().reveal().to_owned();
    for hour in 0..5 {
        stage.sandbox.clock().advance(3_600);
        let token = stage.keeper.token("me").await.unwrap();
        assert_ne!(
            token.validity(stage.keeper.client().now()),
            Validity::Expired,
            "hour {hour}"
        );
        let refresh_token = token.refresh_token().unwrap().reveal().to_owned();
        assert_ne!(refresh_token, last, "hour {hour}");
        last = refresh_token;
    }
}

#[tokio::test]
async fn a_standard_server_is_described_by_its_own_metadata() {
    let sandbox = Sandbox::start().await.unwrap();
    let issuer = format!("{}/standard", sandbox.base_url());
    let transport = HttpTransport::new();
    let provider = shutterkey::client::discover(&issuer, &transport)
        .await
        .unwrap()
        .build()
        .unwrap();
    assert_eq!(provider.data().issuer.as_deref(), Some(issuer.as_str()));
    assert!(provider.data().iss_promised);
    let other = format!("{}/standard/", sandbox.base_url());
    let error = shutterkey::client::discover(&other, &transport).await.unwrap_err();
    assert_eq!(error.code(), ErrorCode::RedirectIssuerMismatch);
}

#[tokio::test]
async fn a_logout_revokes_where_that_is_possible_and_removes_the_account_in_any_case() {
    let stage = stage(Product::Standard, Profile::Production, ResponseType::Code).await;
    stage.log_in().await;
    let out = stage.keeper.logout("me").await.unwrap();
    assert!(out.revoked);
    assert_eq!(
        stage.keeper.token("me").await.unwrap_err().code(),
        ErrorCode::AccountNotFound
    );

    let stage = Stage::instagram(Profile::Production).await;
    stage.log_in().await;
    let out = stage.keeper.logout("me").await.unwrap();
    assert_eq!(out.problem.unwrap().code(), ErrorCode::ConfigUnsupported);
    assert_eq!(
        stage.keeper.token("me").await.unwrap_err().code(),
        ErrorCode::AccountNotFound
    );
}

/// A login of this person, under the name `me`.
async fn log_in_as(stage: &Stage, keeper: &Keeper, person: &str) -> shutterkey::Connection {
    let login = keeper.authorize(AuthorizeOptions::new()).unwrap();
    let redirect = stage.sandbox.approve(&login.url, &Approval::by(person)).await.unwrap();
    keeper.complete(&login.pending, &redirect, Some("me")).await.unwrap()
}

#[tokio::test]
async fn a_name_that_was_given_to_another_account_answers_that_accounts_token_everywhere() {
    let stage = Stage::instagram(Profile::Production).await;
    let elsewhere = Keeper::new(stage.keeper.client().clone(), Arc::clone(stage.keeper.store()));
    log_in_as(&stage, &stage.keeper, "studio").await;
    stage.keeper.token("me").await.unwrap();
    let here = log_in_as(&stage, &stage.keeper, "bakery").await;
    assert_eq!(stage.keeper.token("me").await.unwrap().reveal(), here.token.reveal());

    elsewhere.token("me").await.unwrap();
    let again = log_in_as(&stage, &stage.keeper, "studio").await;
    stage.sandbox.clock().advance(60);
    assert_eq!(elsewhere.token("me").await.unwrap().reveal(), again.token.reveal());
}

#[tokio::test]
async fn an_account_is_found_by_the_id_that_callbacks_carry_until_it_logs_out() {
    let stage = Stage::instagram(Profile::Production).await;
    let connection = stage.log_in().await;
    let id = connection.account.app_scoped_id.unwrap();
    assert_eq!(stage.keeper.find_app_scoped(&id).await.unwrap(), Some(connection.key));
    stage.keeper.logout("me").await.unwrap();
    assert_eq!(stage.keeper.find_app_scoped(&id).await.unwrap(), None);
}
