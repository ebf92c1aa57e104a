//! Today's Instagram Login up to the first token: dashboard, consent, code.

mod common;

use common::instagram::*;
use common::{Browser, post};
use serde_json::{Value, json};
use shutterkey_sandbox::{AccountType, AppSpec, Approval, Product, Profile, Sandbox};

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
