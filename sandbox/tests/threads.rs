//! Threads: the journey of Instagram Login with other names, app tokens and debug_token beside.

mod common;

use common::{encode, get, parameter, post};
use serde_json::json;
use shutterkey_sandbox::{AccountType, AppCredentials, AppSpec, Approval, Product, Sandbox, SandboxError};

const CALLBACK: &str = "https://localhost/";

async fn start() -> (Sandbox, AppCredentials) {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.clock().freeze();
    let app = sandbox
        .app(&AppSpec::new(Product::Threads).redirect_uri(CALLBACK))
        .unwrap();
    (sandbox, app)
}

fn authorize(app: &AppCredentials, client_id: &str, scope: &str) -> String {
    let fields = [
        ("client_id", client_id),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", scope),
    ];
    format!("{}?{}", app.authorize_url, encode(&fields))
}

fn secret(app: &AppCredentials) -> &str {
    app.client_secret.as_ref().unwrap().reveal()
}

async fn short(sandbox: &Sandbox, app: &AppCredentials, person: &str) -> serde_json::Value {
    let url = authorize(app, &app.client_id, "threads_basic,threads_delete");
    let redirect = sandbox.approve(&url, &Approval::by(person)).await.unwrap();
    assert!(redirect.ends_with("#_"), "{redirect}");
    let code = parameter(&redirect, "code").unwrap();
    let fields = [
        ("client_id", app.client_id.as_str()),
        ("client_secret", secret(app)),
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
        ("code", &code),
    ];
    post(sandbox, "/threads/oauth/access_token", &fields).await.json()
}

async fn long(sandbox: &Sandbox, app: &AppCredentials) -> String {
    let token = short(sandbox, app, "studio").await;
    let fields = [
        ("grant_type", "th_exchange_token"),
        ("client_secret", secret(app)),
        ("access_token", token["access_token"].as_str().unwrap()),
    ];
    let answer = get(sandbox, &format!("/threads/access_token?{}", encode(&fields)))
        .await
        .json();
    assert_eq!(answer["expires_in"], 5_184_000);
    answer["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_code_exchange_is_flat_with_an_integer_id_above_2_to_53() {
    let (sandbox, app) = start().await;
    let body = short(&sandbox, &app, "studio").await;
    assert!(body["access_token"].as_str().unwrap().starts_with("THAASANDBOX"));
    assert!(body["user_id"].as_u64().unwrap() > 1 << 53);
    assert_eq!(body.as_object().unwrap().len(), 2);
    let token = body["access_token"].as_str().unwrap();
    let path = format!(
        "/threads/v1.0/me?{}",
        encode(&[("fields", "id,username"), ("access_token", token)])
    );
    let me = get(&sandbox, &path).await.json();
    assert_eq!(
        me,
        json!({"id": body["user_id"].to_string(), "username": "studio.sandbox"})
    );
}

#[tokio::test]
async fn personal_accounts_are_welcome_and_the_meta_app_id_is_not() {
    let (sandbox, app) = start().await;
    sandbox.person_of("private", AccountType::Personal).unwrap();
    assert!(short(&sandbox, &app, "private").await["access_token"].is_string());
    let meta = app.meta_app_id.clone().unwrap();
    for (client_id, scope, words) in [
        (meta.as_str(), "threads_basic", "Invalid platform app"),
        (&app.client_id, "threads_delete", "Invalid scope: threads_delete"),
        (
            &app.client_id,
            "instagram_business_basic",
            "Invalid scope: instagram_business_basic",
        ),
    ] {
        match sandbox
            .approve(&authorize(&app, client_id, scope), &Approval::by("studio"))
            .await
        {
            Err(SandboxError::Approval { message, .. }) => assert!(message.contains(words), "{message}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_refresh_works_from_a_day_on_and_errors_have_threads_own_type() {
    let (sandbox, app) = start().await;
    let token = long(&sandbox, &app).await;
    let refresh = |token: &str| {
        format!(
            "/threads/refresh_access_token?{}",
            encode(&[("grant_type", "th_refresh_token"), ("access_token", token)])
        )
    };
    assert_eq!(get(&sandbox, &refresh(&token)).await.json()["error"]["code"], 190);
    sandbox.clock().advance(86_400);
    assert_eq!(get(&sandbox, &refresh(&token)).await.json()["expires_in"], 5_184_000);
    let posted = post(&sandbox, "/threads/refresh_access_token", &[]).await.json();
    assert_eq!(posted["error"]["type"], "THApiException");
}

#[tokio::test]
async fn debug_token_takes_the_app_token_in_both_of_its_forms_and_names_no_app_id() {
    let (sandbox, app) = start().await;
    let token = long(&sandbox, &app).await;
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", secret(&app)),
    ];
    let own = get(&sandbox, &format!("/threads/oauth/access_token?{}", encode(&fields)))
        .await
        .json();
    let own = own["access_token"].as_str().unwrap().to_owned();
    assert!(own.starts_with(&format!("TH|{}|", app.client_id)));
    for asker in [own, format!("TH|{}|{}", app.client_id, secret(&app))] {
        let fields = [("access_token", asker.as_str()), ("input_token", &token)];
        let answer = get(&sandbox, &format!("/threads/v1.0/debug_token?{}", encode(&fields)))
            .await
            .json();
        let data = &answer["data"];
        assert_eq!(
            (data["type"].as_str(), data["is_valid"].as_bool()),
            (Some("USER"), Some(true))
        );
        assert_eq!(data["scopes"], json!(["threads_basic", "threads_delete"]));
        assert_eq!(data.get("app_id"), None);
    }
    let calls = sandbox.calls().matching("debug_token").about("studio");
    assert_eq!(calls.len(), 2);
    assert!(
        calls
            .as_slice()
            .iter()
            .all(|call| call.client_id.as_ref() == Some(&app.client_id))
    );
    let fields = [("access_token", "TH|1|x"), ("input_token", token.as_str())];
    let refused = get(&sandbox, &format!("/threads/v1.0/debug_token?{}", encode(&fields))).await;
    assert_eq!(refused.status, 400);
}
