//! The platform of the 2010s, as a client of that time met it.

mod common;

use common::{Browser, encode, get, parameter, post, send};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use shutterkey_sandbox::{AppCredentials, AppSpec, Approval, Product, Sandbox, SandboxError};

const CALLBACK: &str = "http://localhost";

async fn with_app(spec: AppSpec) -> (Sandbox, AppCredentials) {
    let sandbox = Sandbox::start().await.unwrap();
    let app = sandbox.app(&spec).unwrap();
    (sandbox, app)
}

fn implicit() -> AppSpec {
    AppSpec::new(Product::Legacy)
        .redirect_uri(CALLBACK)
        .allow_implicit(true)
}

fn authorize(app: &AppCredentials, more: &[(&str, &str)]) -> String {
    let mut pairs = vec![("client_id", app.client_id.as_str()), ("redirect_uri", CALLBACK)];
    pairs.extend_from_slice(more);
    format!("{}?{}", app.authorize_url, encode(&pairs))
}

fn path(url: &str) -> &str {
    &url[url.find("/legacy").unwrap()..]
}

async fn token(sandbox: &Sandbox, app: &AppCredentials, scope: &str) -> String {
    let url = authorize(app, &[("response_type", "token"), ("scope", scope)]);
    let redirect = sandbox.approve(&url, &Approval::by("studio")).await.unwrap();
    parameter(&redirect, "access_token").unwrap()
}

async fn code(sandbox: &Sandbox, app: &AppCredentials) -> String {
    let redirect = sandbox
        .approve(&authorize(app, &[("response_type", "code")]), &Approval::by("studio"))
        .await
        .unwrap();
    parameter(&redirect, "code").unwrap()
}

fn exchange_fields<'a>(app: &'a AppCredentials, code: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("client_id", &app.client_id),
        ("client_secret", app.client_secret.as_ref().unwrap().reveal()),
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
        ("code", code),
    ]
}

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
