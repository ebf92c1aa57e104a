//! Both flows of the platform of the 2010s, as a client of that time met them.

mod common;

use common::legacy::*;
use common::{encode, get, parameter, post, send};
use serde_json::json;
use shutterkey_sandbox::{AppSpec, Approval, Product};

#[tokio::test]
async fn every_authorize_error_is_bare_json_with_its_status() {
    let (sandbox, app) = with_app(AppSpec::new(Product::Legacy).redirect_uri(CALLBACK)).await;
    let id = app.client_id.as_str();
    let missing = "You must include a valid client_id, response_type, and redirect_uri parameters";
    for (query, status, kind, message) in [
        (vec![("client_id", id)], 400, "OAuthException", missing),
        (
            vec![
                ("client_id", id),
                ("redirect_uri", CALLBACK),
                ("response_type", "id_token"),
            ],
            400,
            "OAuthException",
            missing,
        ),
        (
            vec![
                ("client_id", "0"),
                ("redirect_uri", CALLBACK),
                ("response_type", "code"),
            ],
            400,
            "OAuthException",
            "Invalid Client ID",
        ),
        (
            vec![
                ("client_id", id),
                ("redirect_uri", "http://localhost/other"),
                ("response_type", "code"),
            ],
            400,
            "OAuthException",
            "Redirect URI does not match registered redirect URI",
        ),
        (
            vec![
                ("client_id", id),
                ("redirect_uri", CALLBACK),
                ("response_type", "code"),
                ("scope", "basicstate=csrfstate"),
            ],
            400,
            "OAuthException",
            "Invalid scope field(s): basicstate=csrfstate",
        ),
        (
            vec![
                ("client_id", id),
                ("redirect_uri", CALLBACK),
                ("response_type", "token"),
            ],
            403,
            "OAuthForbiddenException",
            "Implicit authentication is disabled",
        ),
    ] {
        let answer = get(&sandbox, &format!("/legacy/oauth/authorize/?{}", encode(&query))).await;
        assert_eq!(answer.status, status, "{query:?}");
        assert_eq!(
            answer.json(),
            json!({"code": status, "error_type": kind, "error_message": message})
        );
        assert_eq!(answer.header("location"), None);
    }
}

#[tokio::test]
async fn the_implicit_flow_puts_the_token_and_the_state_into_the_fragment() {
    let (sandbox, app) = with_app(implicit()).await;
    let url = authorize(&app, &[("response_type", "token"), ("state", "a b&c")]);
    let redirect = sandbox.approve(&url, &Approval::by("studio")).await.unwrap();
    assert!(redirect.starts_with("http://localhost/#access_token="), "{redirect}");
    assert_eq!(parameter(&redirect, "state").as_deref(), Some("a b&c"));
    let value = parameter(&redirect, "access_token").unwrap();
    let parts: Vec<&str> = value.split('.').collect();
    assert_eq!(parts[0], sandbox.person("studio").unwrap().legacy_id);
    assert_eq!(parts[1], &app.client_id[..7]);
    assert!(parts[2].len() == 32 && parts[2].bytes().all(|b| b.is_ascii_hexdigit()));
    assert!(!redirect.contains("expires_in"));
}

#[tokio::test]
async fn a_second_consent_gives_the_same_token_with_wider_scopes() {
    let (sandbox, app) = with_app(implicit()).await;
    let other = sandbox.person("bakery").unwrap().legacy_id;
    let first = token(&sandbox, &app, "basic").await;
    let before = get(&sandbox, &format!("/legacy/v1/users/{other}/?access_token={first}")).await;
    assert_eq!(before.json()["meta"]["error_type"], "OAuthPermissionsException");
    let second = token(&sandbox, &app, "public_content").await;
    assert_eq!(first, second);
    let after = get(&sandbox, &format!("/legacy/v1/users/{other}/?access_token={first}")).await;
    assert_eq!(
        (after.status, after.json()["data"]["username"].as_str()),
        (200, Some("bakery.sandbox"))
    );
}

#[tokio::test]
async fn cancelling_answers_in_the_query_in_both_flows() {
    let (sandbox, app) = with_app(implicit()).await;
    for kind in ["code", "token"] {
        let url = authorize(&app, &[("response_type", kind)]);
        let redirect = sandbox.approve(&url, &Approval::denied_by("studio")).await.unwrap();
        assert_eq!(
            redirect,
            "http://localhost/?error=access_denied&error_reason=user_denied\
             &error_description=The+user+denied+your+request"
        );
    }
}

#[tokio::test]
async fn a_code_is_exchanged_once_in_either_encoding() {
    let (sandbox, app) = with_app(implicit()).await;
    let value = code(&sandbox, &app).await;
    let fields = exchange_fields(&app, &value);
    let answer = post(&sandbox, "/legacy/oauth/access_token", &fields).await;
    let person = sandbox.person("studio").unwrap();
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["user"]["id"], person.legacy_id);
    assert_eq!(answer.json()["user"]["username"], "studio.sandbox");
    assert_eq!(answer.json().get("expires_in"), None);
    let again = post(&sandbox, "/legacy/oauth/access_token", &fields).await;
    let used = json!({"code": 400, "error_type": "OAuthException",
        "error_message": "Matching code was not found or was already used."});
    assert_eq!((again.status, again.json()), (400, used));

    let value = code(&sandbox, &app).await;
    let body: String = exchange_fields(&app, &value)
        .iter()
        .map(|(name, value)| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
        .collect();
    let kind = [("Content-Type", "multipart/form-data; boundary=b")];
    let multipart = send(
        &sandbox,
        "POST",
        "/legacy/oauth/access_token",
        &kind,
        &format!("{body}--b--\r\n"),
    )
    .await;
    assert_eq!(multipart.json()["access_token"], answer.json()["access_token"]);
}

#[tokio::test]
async fn a_code_needs_its_own_redirect_uri_and_secret_and_ends_after_an_hour() {
    let (sandbox, app) = with_app(implicit()).await;
    let value = code(&sandbox, &app).await;
    for (name, wrong) in [
        ("redirect_uri", "http://localhost/"),
        ("client_secret", "0"),
        ("client_id", "0"),
        ("code", "0"),
    ] {
        let fields: Vec<_> = exchange_fields(&app, &value)
            .into_iter()
            .map(|(key, value)| (key, if key == name { wrong } else { value }))
            .collect();
        assert_eq!(
            post(&sandbox, "/legacy/oauth/access_token", &fields).await.status,
            400,
            "{name}"
        );
    }
    sandbox.clock().freeze();
    let late = code(&sandbox, &app).await;
    sandbox.clock().advance(3_600);
    assert_eq!(
        post(&sandbox, "/legacy/oauth/access_token", &exchange_fields(&app, &late))
            .await
            .status,
        400
    );
    sandbox.clock().advance(-1);
    assert_eq!(
        post(&sandbox, "/legacy/oauth/access_token", &exchange_fields(&app, &late))
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn an_anonymous_browser_is_asked_who_it_is_and_comes_back() {
    let (sandbox, app) = with_app(implicit()).await;
    let url = authorize(&app, &[("response_type", "token")]);
    let answer = get(&sandbox, path(&url)).await;
    assert_eq!(answer.status, 302);
    assert!(
        answer
            .location()
            .starts_with("/people/pick?next=%2Flegacy%2Foauth%2Fconsent%3F"),
        "{}",
        answer.location()
    );
}
