//! The API and the developer pages of the platform of the 2010s.

mod common;

use common::legacy::*;
use common::{Browser, get};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use shutterkey_sandbox::{Approval, Sandbox, SandboxError};

#[tokio::test]
async fn api_errors_come_inside_meta() {
    let (sandbox, app) = with_app(implicit()).await;
    for (query, kind) in [
        ("", "OAuthParameterException"),
        ("?access_token=1.2.3", "OAuthAccessTokenException"),
        ("?client_id=0", "OAuthClientException"),
        (&format!("?client_id={}", app.client_id), "OAuthException"),
    ] {
        let answer = get(&sandbox, &format!("/legacy/v1/users/self/{query}")).await;
        assert_eq!(
            (answer.status, answer.json()["meta"]["error_type"].as_str()),
            (400, Some(kind)),
            "{query}"
        );
        assert_eq!(answer.json()["meta"]["code"], 400);
    }
    let token = token(&sandbox, &app, "public_content").await;
    let nobody = get(&sandbox, &format!("/legacy/v1/users/1?access_token={token}")).await;
    assert_eq!(nobody.json()["meta"]["error_message"], "this user does not exist");
}

#[tokio::test]
async fn users_self_answers_in_the_envelope_and_counts_the_hour() {
    let (sandbox, app) = with_app(implicit().development(true).owner("studio")).await;
    sandbox.clock().freeze();
    let token = token(&sandbox, &app, "basic").await;
    let path = format!("/legacy/v1/users/self?access_token={token}");
    let answer = get(&sandbox, &path).await;
    assert_eq!(answer.json()["meta"], json!({"code": 200}));
    assert_eq!(answer.json()["data"]["full_name"], "Sandbox Studio");
    assert_eq!(
        (
            answer.header("x-ratelimit-limit"),
            answer.header("x-ratelimit-remaining")
        ),
        (Some("500"), Some("499"))
    );
    for _ in 0..499 {
        get(&sandbox, &path).await;
    }
    let over = get(&sandbox, &path).await;
    assert_eq!(
        (over.status, over.json()["meta"]["error_type"].as_str()),
        (429, Some("OAuthRateLimitException"))
    );
    sandbox.clock().advance(3_600);
    assert_eq!(get(&sandbox, &path).await.status, 200);
}

#[tokio::test]
async fn a_revoked_authorization_kills_the_token_and_the_next_consent_makes_another() {
    let (sandbox, app) = with_app(implicit()).await;
    let first = token(&sandbox, &app, "basic").await;
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    let page = "/legacy/accounts/manage_access/";
    assert!(browser.get(page).await.body.contains("Sandbox app"));
    assert_eq!(
        browser
            .submit(page, page, &[("client_id", &app.client_id)])
            .await
            .status,
        303
    );
    let answer = get(&sandbox, &format!("/legacy/v1/users/self?access_token={first}")).await;
    assert_eq!(answer.json()["meta"]["error_type"], "OAuthAccessTokenException");
    assert_ne!(token(&sandbox, &app, "basic").await, first);
}

#[tokio::test]
async fn enforced_signatures_are_checked() {
    let (sandbox, app) = with_app(implicit().enforce_signed_requests(true)).await;
    let token = token(&sandbox, &app, "basic").await;
    let path = format!("/legacy/v1/users/self?access_token={token}");
    let unsigned = get(&sandbox, &path).await;
    assert_eq!(
        (unsigned.status, unsigned.json()["meta"]["error_type"].as_str()),
        (403, Some("OAuthForbiddenException"))
    );
    assert_eq!(get(&sandbox, &format!("{path}&sig=00")).await.status, 403);
    let secret = app.client_secret.as_ref().unwrap().reveal();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("/users/self|access_token={token}").as_bytes());
    let sig: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(get(&sandbox, &format!("{path}&sig={sig}")).await.status, 200);
}

#[tokio::test]
async fn a_client_in_sandbox_mode_admits_its_owner_and_the_invited() {
    let (sandbox, app) = with_app(implicit().development(true).owner("studio")).await;
    let url = authorize(&app, &[("response_type", "token")]);
    let refused = sandbox.approve(&url, &Approval::by("bakery")).await.unwrap_err();
    let SandboxError::Approval { status, message } = refused else {
        panic!("{refused}")
    };
    assert_eq!(status, 403);
    assert!(
        message.contains("You are not a sandbox user of this client"),
        "{message}"
    );
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    let page = format!("/legacy/developer/clients/{}/sandbox/", app.client_id);
    assert_eq!(
        browser.submit(&page, &page, &[("user", "bakery.sandbox")]).await.status,
        303
    );
    assert!(sandbox.approve(&url, &Approval::by("bakery")).await.is_ok());
}

#[tokio::test]
async fn the_developers_journey_ends_with_a_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut browser = Browser::as_person(&sandbox, "maker.sandbox").await;
    let (sign_up, manage, register) = (
        "/legacy/developer/register/",
        "/legacy/developer/clients/manage/",
        "/legacy/developer/clients/register/",
    );
    assert_eq!(browser.get(manage).await.location(), sign_up);
    assert_eq!(browser.submit(sign_up, sign_up, &[("purpose", "")]).await.status, 422);
    browser
        .submit(sign_up, sign_up, &[("purpose", "A photo wall"), ("terms", "yes")])
        .await;
    assert!(browser.get(manage).await.body.contains("Register a New Client"));
    let fields = [
        ("name", "Photo wall"),
        ("description", "Shows my pictures"),
        ("website", "http://localhost"),
        ("redirect_uris", "http://localhost\nhttp://localhost:8000/cb"),
        ("human", "yes"),
    ];
    let refused = browser
        .submit(
            register,
            register,
            &[&[("name", "My Instagram")], &fields[1..]].concat(),
        )
        .await;
    assert!(
        refused.status == 422 && refused.body.contains("may not carry a name"),
        "{}",
        refused.body
    );
    assert_eq!(browser.submit(register, register, &fields).await.location(), manage);

    let page = browser.get(manage).await.body;
    let base = "/legacy/developer/clients/";
    let at = page.find("/edit/").unwrap();
    let id = page[page[..at].rfind('/').unwrap() + 1..at].to_owned();
    assert!(id.len() == 32 && page.contains("Sandbox Mode"));
    let security = format!("{base}{id}/security/");
    let shown = browser.get(&security).await.body;
    assert!(shown.contains("value=\"yes\" checked") && shown.contains("Disable implicit OAuth"));
    browser
        .submit(&security, &security, &[("redirect_uris", "http://localhost")])
        .await;
    let authorize =
        format!("/legacy/oauth/authorize/?client_id={id}&redirect_uri=http://localhost&response_type=token");
    let consent = browser.get(&authorize).await;
    assert!(consent.body.contains("Photo wall") && consent.body.contains(">Authorize<"));
    let request = consent.hidden("request");
    let fields = [("request", request.as_str()), ("decision", "authorize")];
    let redirect = browser.submit(&authorize, "/legacy/oauth/consent", &fields).await;
    assert_eq!(redirect.status, 302);
    assert!(redirect.location().starts_with("http://localhost/#access_token="));
}
