//! Tokens of today's Instagram Login: one hour, twenty-four hours, sixty days.

mod common;

use common::instagram::*;
use common::{Browser, get, post, send};
use shutterkey::Clock;
use shutterkey_sandbox::{Fault, Product, Profile};

#[tokio::test]
async fn a_token_of_basic_display_is_told_that_the_verb_is_wrong() {
    let (sandbox, _) = start(Profile::Production).await;
    for path in ["me", "refresh_access_token"] {
        let fields = [("grant_type", "ig_refresh_token"), ("access_token", "IGQVJold")];
        let answer = common::get(&sandbox, &format!("/instagram/{path}?{}", common::encode(&fields))).await;
        let error = &answer.json()["error"];
        assert_eq!((answer.status, error["code"].as_u64()), (400, Some(100)), "{error}");
        assert_eq!(error["message"], "Unsupported request - method type: get");
        assert_eq!(error["type"], "IGApiException");
    }
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
async fn a_head_request_refreshes_nothing() {
    let (sandbox, _) = start(Profile::Production).await;
    let token = sandbox.mint_token(Product::Instagram, "studio", DAY).unwrap();
    let before = sandbox.save_world().unwrap().matches("IGAASANDBOX").count();
    let path = format!(
        "/instagram/refresh_access_token?grant_type=ig_refresh_token&access_token={}",
        token.access_token.reveal()
    );
    assert_eq!(send(&sandbox, "HEAD", &path, &[], "").await.status, 400);
    assert_eq!(sandbox.save_world().unwrap().matches("IGAASANDBOX").count(), before);
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
