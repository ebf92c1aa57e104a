//! Today's Instagram Login: consent, codes, one hour, twenty-four hours, sixty days.

mod common;

use common::{Browser, encode, get, parameter, post};
use serde_json::{Value, json};
use shutterkey::Clock;
use shutterkey_sandbox::{
    AccountType, AppCredentials, AppSpec, Approval, Fault, Product, Profile, Sandbox, SandboxError,
};

const CALLBACK: &str = "https://localhost/";
const DAY: i64 = 86_400;
const ALL: &str = "instagram_business_basic,instagram_business_content_publish,instagram_business_manage_comments";

async fn start(profile: Profile) -> (Sandbox, AppCredentials) {
    let sandbox = Sandbox::builder().profile(profile).start().await.unwrap();
    sandbox.clock().freeze();
    let app = sandbox
        .app(&AppSpec::new(Product::Instagram).redirect_uri(CALLBACK))
        .unwrap();
    (sandbox, app)
}

fn authorize(app: &AppCredentials, changes: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("client_id", app.client_id.as_str()),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", ALL),
        ("state", "s1"),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value));
    }
    format!("{}?{}", app.authorize_url, encode(&pairs))
}

async fn refused(sandbox: &Sandbox, url: &str, person: &str) -> String {
    match sandbox.approve(url, &Approval::by(person)).await {
        Err(SandboxError::Approval { message, .. }) => message,
        other => panic!("{other:?}"),
    }
}

async fn code(sandbox: &Sandbox, app: &AppCredentials, approval: &Approval) -> String {
    let redirect = sandbox.approve(&authorize(app, &[]), approval).await.unwrap();
    parameter(&redirect, "code").unwrap()
}

fn fields<'a>(app: &'a AppCredentials, code: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("client_id", &app.client_id),
        ("client_secret", app.client_secret.as_ref().unwrap().reveal()),
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
        ("code", code),
    ]
}

async fn short(sandbox: &Sandbox, app: &AppCredentials) -> String {
    let value = code(sandbox, app, &Approval::by("studio")).await;
    let answer = post(sandbox, "/instagram/oauth/access_token", &fields(app, &value))
        .await
        .json();
    let flat = if answer["data"].is_array() {
        &answer["data"][0]
    } else {
        &answer
    };
    flat["access_token"].as_str().unwrap().to_owned()
}

async fn extend(sandbox: &Sandbox, app: &AppCredentials, token: &str) -> common::Answer {
    let secret = app.client_secret.as_ref().unwrap().reveal();
    let query = [
        ("grant_type", "ig_exchange_token"),
        ("client_secret", secret),
        ("access_token", token),
    ];
    get(sandbox, &format!("/instagram/access_token?{}", encode(&query))).await
}

async fn refresh(sandbox: &Sandbox, token: &str) -> common::Answer {
    get(
        sandbox,
        &format!("/instagram/refresh_access_token?grant_type=ig_refresh_token&access_token={token}"),
    )
    .await
}

async fn me(sandbox: &Sandbox, token: &str) -> common::Answer {
    get(
        sandbox,
        &format!("/instagram/v26.0/me?fields=user_id,username&access_token={token}"),
    )
    .await
}

#[tokio::test]
async fn consent_ends_at_the_redirect_uri_with_code_state_and_the_fragment_marker() {
    let (sandbox, app) = start(Profile::Production).await;
    let redirect = sandbox
        .approve(&authorize(&app, &[]), &Approval::by("studio"))
        .await
        .unwrap();
    assert!(redirect.starts_with("https://localhost/?code=AQ"), "{redirect}");
    assert!(redirect.ends_with("&state=s1#_"), "{redirect}");
    let denied = sandbox
        .approve(&authorize(&app, &[]), &Approval::denied_by("studio"))
        .await
        .unwrap();
    assert_eq!(
        denied,
        "https://localhost/?error=access_denied&error_reason=user_denied\
         &error_description=The+user+denied+your+request&state=s1"
    );
}

#[tokio::test]
async fn production_answers_flat_with_an_integer_id_above_2_to_53_and_an_array() {
    let (sandbox, app) = start(Profile::Production).await;
    let value = code(
        &sandbox,
        &app,
        &Approval::by("studio").untick("instagram_business_content_publish"),
    )
    .await;
    let answer = post(&sandbox, "/instagram/oauth/access_token", &fields(&app, &value)).await;
    let body = answer.json();
    let person = sandbox.person("studio").unwrap();
    assert!(body["access_token"].as_str().unwrap().starts_with("IGAASANDBOX"));
    assert_eq!(body["user_id"], json!(person.user_id.parse::<u64>().unwrap()));
    assert!(
        answer.body.contains(&format!("\"user_id\":{}", person.user_id)),
        "an integer in the text itself"
    );
    assert_eq!(
        body["permissions"],
        json!(["instagram_business_basic", "instagram_business_manage_comments"])
    );
    assert_eq!(body.as_object().unwrap().len(), 3);
}

#[tokio::test]
async fn the_documented_profile_wraps_strings_into_data() {
    let (sandbox, app) = start(Profile::Documented).await;
    let value = code(&sandbox, &app, &Approval::by("studio")).await;
    let body = post(&sandbox, "/instagram/oauth/access_token", &fields(&app, &value))
        .await
        .json();
    assert_eq!(body["data"].as_array().unwrap().len(), 1);
    assert_eq!(body["data"][0]["permissions"], json!(ALL));
    let user_id = body["data"][0]["user_id"].as_str().unwrap();
    assert_ne!(
        user_id,
        sandbox.person("studio").unwrap().user_id,
        "the documentation calls it app-scoped"
    );
    let token = body["data"][0]["access_token"].as_str().unwrap();
    let me = me(&sandbox, token).await.json();
    let person = sandbox.person("studio").unwrap();
    assert_eq!(
        me,
        json!({"data": [{"user_id": person.user_id, "username": "studio.sandbox"}]})
    );
}

#[tokio::test]
async fn the_base_permission_cannot_be_unticked() {
    let (sandbox, app) = start(Profile::Production).await;
    let approval = Approval::by("studio")
        .untick("instagram_business_basic")
        .untick("instagram_business_content_publish")
        .untick("instagram_business_manage_comments");
    let value = code(&sandbox, &app, &approval).await;
    let body = post(&sandbox, "/instagram/oauth/access_token", &fields(&app, &value))
        .await
        .json();
    assert_eq!(body["permissions"], json!(["instagram_business_basic"]));
}

#[tokio::test]
async fn authorize_errors_are_shown_and_never_redirected() {
    let (sandbox, app) = start(Profile::Production).await;
    let meta = app.meta_app_id.clone().unwrap();
    for (changes, words) in [
        (vec![("client_id", meta.as_str())], "Invalid platform app"),
        (vec![("client_id", "x")], "Invalid Client ID"),
        (vec![("redirect_uri", "https://localhost")], "Invalid redirect_uri"),
        (vec![("redirect_uri", "https://localhost//")], "Invalid redirect_uri"),
        (vec![("redirect_uri", "https://localhost/?x=1")], "Invalid redirect_uri"),
        (vec![("redirect_uri", "http://localhost/")], "Invalid redirect_uri"),
        (vec![("scope", "user_profile")], "Invalid scope: user_profile"),
        (vec![("scope", "")], "Invalid scope: []"),
    ] {
        let message = refused(&sandbox, &authorize(&app, &changes), "studio").await;
        assert!(
            message.contains(&format!("Request parameters are invalid: {words}")),
            "{changes:?}: {message}"
        );
    }
    let (sandbox, app) = start(Profile::Documented).await;
    let message = refused(&sandbox, &authorize(&app, &[("client_id", "x")]), "studio").await;
    let body: Value = serde_json::from_str(&message).unwrap();
    assert_eq!(
        body,
        json!({"error_type": "OAuthException", "code": 400, "error_message": "Invalid Client ID"})
    );
}

#[tokio::test]
async fn only_people_with_a_role_and_a_professional_account_get_through() {
    let (sandbox, _) = start(Profile::Production).await;
    let spec = AppSpec::new(Product::Instagram)
        .redirect_uri(CALLBACK)
        .owner("studio")
        .development(true);
    let app = sandbox.app(&spec).unwrap();
    assert!(
        refused(&sandbox, &authorize(&app, &[]), "bakery")
            .await
            .contains("Insufficient developer role")
    );
    let roles = format!("/instagram/dashboard/{}/roles/", app.client_id);
    let mut studio = Browser::as_person(&sandbox, "studio.sandbox").await;
    studio
        .submit(&roles, &roles, &[("action", "invite"), ("person", "bakery.sandbox")])
        .await;
    assert!(
        refused(&sandbox, &authorize(&app, &[]), "bakery")
            .await
            .contains("Insufficient developer role")
    );
    let access = "/instagram/accounts/manage_access/";
    let mut bakery = Browser::as_person(&sandbox, "bakery.sandbox").await;
    bakery
        .submit(access, access, &[("action", "accept"), ("app", &app.client_id)])
        .await;
    assert!(
        sandbox
            .approve(&authorize(&app, &[]), &Approval::by("bakery"))
            .await
            .is_ok()
    );
    sandbox.person_of("private", AccountType::Personal).unwrap();
    assert!(
        refused(&sandbox, &authorize(&app, &[]), "private")
            .await
            .contains("professional accounts only")
    );
}

#[tokio::test]
async fn force_reauth_asks_who_it_is_in_a_browser_that_knows() {
    let (sandbox, app) = start(Profile::Production).await;
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    let url = authorize(&app, &[]);
    let path = &url[sandbox.base_url().len()..];
    assert_eq!(browser.get(path).await.status, 200);
    let again = browser.get(&format!("{path}&force_reauth=true")).await;
    assert!(again.status == 302 && again.location().starts_with("/people/pick?next="));
}

#[tokio::test]
async fn a_code_works_once_within_an_hour_with_the_same_redirect_uri() {
    let (sandbox, app) = start(Profile::Production).await;
    let path = "/instagram/oauth/access_token";
    let message = |answer: &common::Answer| answer.json()["error_message"].as_str().unwrap().to_owned();
    let value = code(&sandbox, &app, &Approval::by("studio")).await;
    let mut wrong = fields(&app, &value);
    wrong[3].1 = "https://localhost";
    let answer = post(&sandbox, path, &wrong).await;
    assert!(answer.status == 400 && message(&answer).starts_with("Error validating verification code."));
    wrong[3].1 = CALLBACK;
    wrong[0].1 = app.meta_app_id.as_deref().unwrap();
    assert_eq!(message(&post(&sandbox, path, &wrong).await), "Invalid platform app");

    assert_eq!(post(&sandbox, path, &fields(&app, &value)).await.status, 200);
    let used = post(&sandbox, path, &fields(&app, &value)).await;
    let words = "Matching code was not found or was already used";
    assert_eq!(
        used.json(),
        json!({"error_type": "OAuthException", "code": 400, "error_message": words})
    );

    let late = code(&sandbox, &app, &Approval::by("studio")).await;
    sandbox.clock().advance(3_600);
    assert_eq!(
        message(&post(&sandbox, path, &fields(&app, &late)).await),
        "This authorization code has expired"
    );
    sandbox.clock().advance(-1);
    assert_eq!(post(&sandbox, path, &fields(&app, &late)).await.status, 200);
}

#[tokio::test]
async fn another_apps_code_is_unknown() {
    let (sandbox, app) = start(Profile::Production).await;
    let other = sandbox
        .app(&AppSpec::new(Product::Instagram).redirect_uri(CALLBACK))
        .unwrap();
    let value = code(&sandbox, &app, &Approval::by("studio")).await;
    let answer = post(&sandbox, "/instagram/oauth/access_token", &fields(&other, &value)).await;
    assert!(
        answer.json()["error_message"]
            .as_str()
            .unwrap()
            .starts_with("Matching code was not found")
    );
}

#[tokio::test]
async fn the_wrong_verb_is_named_in_a_graph_error() {
    let (sandbox, _) = start(Profile::Production).await;
    for (answer, verb) in [
        (get(&sandbox, "/instagram/oauth/access_token").await, "get"),
        (post(&sandbox, "/instagram/access_token", &[]).await, "post"),
        (
            post(&sandbox, "/instagram/v26.0/refresh_access_token", &[]).await,
            "post",
        ),
    ] {
        let error = answer.json()["error"].clone();
        assert_eq!(answer.status, 400);
        assert_eq!(error["message"], format!("Unsupported request - method type: {verb}"));
        assert_eq!(
            (error["type"].as_str(), error["code"].as_u64()),
            (Some("IGApiException"), Some(100))
        );
        assert!(error["fbtrace_id"].as_str().unwrap().starts_with('A'));
    }
}

#[tokio::test]
async fn a_short_token_lives_one_hour_to_the_second() {
    let (sandbox, app) = start(Profile::Production).await;
    let token = short(&sandbox, &app).await;
    sandbox.clock().advance(3_599);
    assert_eq!(me(&sandbox, &token).await.status, 200);
    sandbox.clock().advance(1);
    let dead = me(&sandbox, &token).await;
    let error = &dead.json()["error"];
    assert_eq!(
        (dead.status, error["code"].as_u64(), error["type"].as_str()),
        (400, Some(190), Some("OAuthException"))
    );
    let words = error["message"].as_str().unwrap();
    assert!(
        words.starts_with("Error validating access token: Session has expired on "),
        "{words}"
    );
    assert_eq!(extend(&sandbox, &app, &token).await.status, 400);
}

#[tokio::test]
async fn a_long_token_refreshes_from_its_24th_hour_until_its_60th_day_to_the_second() {
    let (sandbox, app) = start(Profile::Production).await;
    let first = short(&sandbox, &app).await;
    let long = extend(&sandbox, &app, &first).await.json();
    assert_eq!(
        (long["token_type"].as_str(), long["expires_in"].as_i64()),
        (Some("bearer"), Some(60 * DAY))
    );
    let token = long["access_token"].as_str().unwrap();
    assert_eq!(
        refresh(&sandbox, &first).await.status,
        400,
        "a short one is not refreshed"
    );
    assert_eq!(
        extend(&sandbox, &app, token).await.json()["error"]["code"],
        452,
        "a long one is not exchanged"
    );
    sandbox.clock().advance(DAY - 1);
    assert_eq!(refresh(&sandbox, token).await.json()["error"]["code"], 190);
    sandbox.clock().advance(1);
    let second = refresh(&sandbox, token).await.json();
    assert_ne!(second["access_token"], token);
    let second = second["access_token"].as_str().unwrap().to_owned();
    sandbox.clock().advance(60 * DAY - 1);
    assert_eq!(
        me(&sandbox, token).await.status,
        400,
        "the old string ended with its own sixty days"
    );
    assert_eq!(refresh(&sandbox, &second).await.status, 200);
    sandbox.clock().advance(1);
    assert_eq!(refresh(&sandbox, &second).await.json()["error"]["code"], 190);
    assert_eq!(
        sandbox.calls().matching("refresh_access_token").with_status(200).len(),
        2
    );
}

#[tokio::test]
async fn switches_keep_the_token_string_and_change_the_code_for_a_young_one() {
    let (sandbox, _) = start(Profile::Production).await;
    let mut behaviour = sandbox.behaviour();
    behaviour.same_token_on_refresh = true;
    behaviour.too_young_code = 100;
    sandbox.set_behaviour(behaviour);
    let token = sandbox.mint_token(Product::Instagram, "studio", DAY).unwrap();
    let value = token.access_token.reveal();
    assert_eq!(refresh(&sandbox, value).await.json()["access_token"], value);
    assert_eq!(
        refresh(&sandbox, value).await.json()["error"]["code"],
        100,
        "it is young again"
    );
    sandbox.clock().advance(60 * DAY - 1);
    assert_eq!(me(&sandbox, value).await.status, 200);
}

#[tokio::test]
async fn a_minted_token_has_its_age() {
    let (sandbox, _) = start(Profile::Production).await;
    let token = sandbox.mint_token(Product::Instagram, "bakery", 59 * DAY).unwrap();
    assert_eq!(token.expires_at, Some(sandbox.clock().now().plus(DAY)));
    assert_eq!(token.user_id, sandbox.person("bakery").unwrap().user_id);
    assert_eq!(
        me(&sandbox, token.access_token.reveal()).await.json()["username"],
        "bakery.sandbox"
    );
}

#[tokio::test]
async fn the_long_lived_exchange_needs_the_right_secret() {
    let (sandbox, app) = start(Profile::Production).await;
    let token = short(&sandbox, &app).await;
    let path = format!("/instagram/access_token?grant_type=ig_exchange_token&client_secret=x&access_token={token}");
    assert_eq!(get(&sandbox, &path).await.json()["error"]["code"], 1);
    let no_secret = format!("/instagram/access_token?grant_type=ig_exchange_token&access_token={token}");
    assert_eq!(get(&sandbox, &no_secret).await.json()["error"]["code"], 1);
}

#[tokio::test]
async fn me_answers_the_fields_that_are_asked_for_and_two_different_ids() {
    let (sandbox, _) = start(Profile::Production).await;
    let token = sandbox.mint_token(Product::Instagram, "studio", 0).unwrap();
    let ask = |fields: &str| {
        format!(
            "/instagram/me?fields={fields}&access_token={}",
            token.access_token.reveal()
        )
    };
    let body = get(&sandbox, &ask("user_id,account_type,followers_count")).await.json();
    assert_eq!(body["user_id"], sandbox.person("studio").unwrap().user_id);
    assert_ne!(body["id"], body["user_id"]);
    assert_eq!(
        (body["account_type"].as_str(), body.get("username")),
        (Some("Business"), None)
    );
    let unknown = get(&sandbox, &ask("shoe_size")).await;
    assert_eq!(
        (unknown.status, unknown.json()["error"]["code"].as_u64()),
        (400, Some(100))
    );
    assert_eq!(
        get(&sandbox, "/instagram/me?access_token=x").await.json()["error"]["message"],
        "Cannot parse access token"
    );
    assert_eq!(get(&sandbox, "/instagram/me").await.json()["error"]["code"], 2500);
    assert_eq!(
        get(&sandbox, "/instagram/elsewhere/me?access_token=x").await.json()["error"]["code"],
        100
    );
}

#[tokio::test]
async fn removing_the_app_answers_190_458_from_then_on() {
    let (sandbox, app) = start(Profile::Production).await;
    let token = sandbox.mint_token(Product::Instagram, "studio", DAY).unwrap();
    let access = "/instagram/accounts/manage_access/";
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    browser
        .submit(access, access, &[("action", "remove"), ("app", &app.client_id)])
        .await;
    let error = refresh(&sandbox, token.access_token.reveal()).await.json()["error"].clone();
    assert_eq!(
        (error["code"].as_u64(), error["error_subcode"].as_u64()),
        (Some(190), Some(458))
    );
}

#[tokio::test]
async fn the_dashboard_makes_an_app_and_refuses_http_until_the_sandbox_switch_is_ticked() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    let create = "/instagram/dashboard/create/";
    assert_eq!(
        browser.submit(create, create, &[("name", "Meta Photos")]).await.status,
        422
    );
    let setup = browser
        .submit(create, create, &[("name", "Photo wall")])
        .await
        .location()
        .to_owned();
    let shown = browser.get(&setup).await.body;
    assert!(shown.contains("Instagram app secret") && shown.contains(">sandbox"));
    let http = [("redirect_uris", "http://localhost:8000/cb")];
    let refused = browser.submit(&setup, &setup, &http).await;
    assert!(
        refused.status == 422 && refused.body.contains("the real platform refuses http"),
        "{}",
        refused.body
    );
    let ticked = [http[0], ("allow_loopback_http", "yes")];
    assert_eq!(browser.submit(&setup, &setup, &ticked).await.status, 303);
    let generate = setup.replace("/setup/", "/generate_token");
    let page = browser
        .submit(&setup, &generate, &[("person", "studio.sandbox")])
        .await
        .body;
    let token = &page[page.find("IGAASANDBOX").unwrap()..];
    let token = &token[..token.find('<').unwrap()];
    assert_eq!(me(&sandbox, token).await.status, 200);
}

#[tokio::test]
async fn a_fault_answers_in_place_of_the_endpoint_as_often_as_asked() {
    let (sandbox, _) = start(Profile::Production).await;
    let token = sandbox.mint_token(Product::Instagram, "studio", DAY).unwrap();
    sandbox.fault(Fault::new("refresh_access_token", 503, "busy").times(2));
    for _ in 0..2 {
        let answer = refresh(&sandbox, token.access_token.reveal()).await;
        assert_eq!((answer.status, answer.body.as_str()), (503, "busy"));
    }
    assert_eq!(refresh(&sandbox, token.access_token.reveal()).await.status, 200);
}
