//! Facebook Login for Business up to the first token: the dialog, its answers, its errors.

mod common;

use common::facebook::*;
use common::{Browser, parameter};
use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox, SandboxError};

async fn refused(sandbox: &Sandbox, url: &str, person: &str) -> String {
    match sandbox.approve(url, &Approval::by(person)).await {
        Err(SandboxError::Approval { message, .. }) => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_code_comes_in_the_query_with_facebooks_own_marker() {
    let (sandbox, app) = start().await;
    let redirect = sandbox
        .approve(&dialog(&app, &[]), &Approval::by("studio"))
        .await
        .unwrap();
    assert!(redirect.starts_with("https://localhost/fb?code=AQ"), "{redirect}");
    assert!(redirect.ends_with("&state=s1#_=_"), "{redirect}");
}

#[tokio::test]
async fn cancelling_tells_reason_and_code_200() {
    let (sandbox, app) = start().await;
    let denied = sandbox
        .approve(
            &dialog(&app, &[("response_type", "token")]),
            &Approval::denied_by("studio"),
        )
        .await
        .unwrap();
    assert_eq!(
        denied,
        "https://localhost/fb?error_reason=user_denied&error=access_denied&error_code=200\
         &error_description=Permissions+error.&state=s1#_=_"
    );
}

#[tokio::test]
async fn a_token_comes_in_the_fragment_behind_a_lone_question_mark() {
    let (sandbox, app) = start().await;
    let url = dialog(&app, &[("response_type", "token granted_scopes")]);
    let approval = Approval::by("studio").untick("business_management");
    let redirect = sandbox.approve(&url, &approval).await.unwrap();
    assert!(
        redirect.starts_with("https://localhost/fb?#access_token=EAASANDBOX"),
        "{redirect}"
    );
    assert_eq!(parameter(&redirect, "expires_in").as_deref(), Some("5400"));
    let access: i64 = parameter(&redirect, "data_access_expiration_time")
        .unwrap()
        .parse()
        .unwrap();
    let days = (access - shutterkey::Clock::now(&sandbox.clock()).seconds()) / 86_400;
    assert!((89..=90).contains(&days), "{days}");
    let granted = parameter(&redirect, "granted_scopes").unwrap();
    assert!(
        granted.contains("instagram_basic") && granted.contains("public_profile"),
        "{granted}"
    );
    assert_eq!(
        parameter(&redirect, "denied_scopes").as_deref(),
        Some("business_management")
    );
    assert_eq!(parameter(&redirect, "long_lived_token"), None);
    assert_eq!(parameter(&redirect, "code"), None);
}

#[tokio::test]
async fn onboarding_adds_a_long_lived_token_and_both_kinds_can_come_together() {
    let (sandbox, app) = start().await;
    let extras = r#"{"setup":{"channel":"IG_API_ONBOARDING"}}"#;
    let url = dialog(&app, &[("response_type", "code token"), ("extras", extras)]);
    let redirect = sandbox.approve(&url, &Approval::by("studio")).await.unwrap();
    let long = parameter(&redirect, "long_lived_token").unwrap();
    let data = debug(&sandbox, &app, &long).await;
    let life = data["expires_at"].as_i64().unwrap() - data["issued_at"].as_i64().unwrap();
    assert_eq!(life, 60 * 86_400);
    let code = parameter(&redirect, "code").unwrap();
    assert_eq!(exchange(&sandbox, &app, &code).await.status, 200);
}

#[tokio::test]
async fn dialog_errors_are_shown_and_never_redirected() {
    let (sandbox, app) = start().await;
    for (changes, words) in [
        (vec![("client_id", "1")], "Invalid App ID"),
        (vec![("redirect_uri", "https://localhost/fb/")], "URL blocked"),
        (vec![("redirect_uri", "http://localhost/fb")], "URL blocked"),
        (
            vec![("scope", "instagram_business_basic")],
            "Invalid Scopes: instagram_business_basic",
        ),
        (vec![("scope", "user_profile")], "Invalid Scopes: user_profile"),
        (vec![("response_type", "id_token")], "Invalid response_type"),
        (vec![("config_id", "1")], "Invalid config_id"),
    ] {
        let message = refused(&sandbox, &dialog(&app, &changes), "studio").await;
        assert!(message.contains(words), "{changes:?}: {message}");
    }
}

#[tokio::test]
async fn in_development_http_localhost_works_unlisted_and_strangers_are_refused() {
    let (sandbox, _) = start().await;
    let spec = AppSpec::new(Product::Facebook)
        .redirect_uri(CALLBACK)
        .owner("studio")
        .tester("maker")
        .development(true);
    let app = sandbox.app(&spec).unwrap();
    let local = dialog(&app, &[("redirect_uri", "http://localhost:8000/cb")]);
    for person in ["studio", "maker"] {
        assert!(sandbox.approve(&local, &Approval::by(person)).await.is_ok(), "{person}");
    }
    assert!(refused(&sandbox, &local, "bakery").await.contains("App not active"));
}

#[tokio::test]
async fn what_was_declined_is_asked_again_with_rerequest_alone() {
    let (sandbox, app) = start().await;
    let first = Approval::by("studio").untick("instagram_basic");
    sandbox.approve(&dialog(&app, &[]), &first).await.unwrap();
    let granted = |redirect: String| parameter(&redirect, "granted_scopes").unwrap();
    let again = dialog(&app, &[("response_type", "token granted_scopes")]);
    let quiet = granted(sandbox.approve(&again, &Approval::by("studio")).await.unwrap());
    assert!(!quiet.contains("instagram_basic"), "{quiet}");
    let asked = dialog(
        &app,
        &[("response_type", "token granted_scopes"), ("auth_type", "rerequest")],
    );
    let loud = granted(sandbox.approve(&asked, &Approval::by("studio")).await.unwrap());
    assert!(loud.contains("instagram_basic"), "{loud}");
}

#[tokio::test]
async fn a_configuration_is_granted_whole_and_a_system_users_token_has_no_end() {
    let sandbox = Sandbox::start().await.unwrap();
    let spec = AppSpec::new(Product::Facebook)
        .redirect_uri(CALLBACK)
        .configuration("Shop", false, &["instagram_basic", "pages_show_list"])
        .configuration("Machine", true, &["instagram_basic", "pages_show_list"]);
    let app = sandbox.app(&spec).unwrap();
    let [shop, machine] = app.config_ids.as_slice() else {
        panic!()
    };

    let url = dialog(
        &app,
        &[
            ("scope", ""),
            ("config_id", shop),
            ("response_type", "token granted_scopes"),
        ],
    );
    let approval = Approval::by("studio").untick("instagram_basic");
    let redirect = sandbox.approve(&url, &approval).await.unwrap();
    assert!(
        parameter(&redirect, "granted_scopes")
            .unwrap()
            .contains("instagram_basic")
    );

    let implicit = dialog(
        &app,
        &[("scope", ""), ("config_id", machine), ("response_type", "token")],
    );
    assert!(
        refused(&sandbox, &implicit, "studio")
            .await
            .contains("code grant alone")
    );
    let both = dialog(&app, &[("config_id", machine)]);
    assert!(
        refused(&sandbox, &both, "studio")
            .await
            .contains("cannot be combined with scope")
    );
    let url = dialog(&app, &[("scope", ""), ("config_id", machine)]);
    let redirect = sandbox.approve(&url, &Approval::by("studio")).await.unwrap();
    let answer = exchange(&sandbox, &app, &parameter(&redirect, "code").unwrap())
        .await
        .json();
    assert_eq!(answer.get("expires_in"), None);
    let token = answer["access_token"].as_str().unwrap();
    let data = debug(&sandbox, &app, token).await;
    assert_eq!(
        (data["type"].as_str(), data["expires_at"].as_i64()),
        (Some("SYSTEM_USER"), Some(0))
    );
    assert_eq!(data["data_access_expires_at"], 0);
    let me = graph(&sandbox, "me", token, &[("fields", "client_business_id")])
        .await
        .json();
    assert_eq!(me["client_business_id"].as_str().unwrap().len(), 15);
}

#[tokio::test]
async fn the_dashboard_makes_an_app_with_a_configuration_and_the_proof_switch() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    let create = "/facebook/dashboard/create/";
    let setup = browser.submit(create, create, &[("name", "Photo wall")]).await;
    let setup = setup.location().to_owned();
    let saved = [("redirect_uris", CALLBACK), ("require_proof", "yes")];
    assert_eq!(browser.submit(&setup, &setup, &saved).await.status, 303);
    let configurations = setup.replace("/setup/", "/configurations");
    let empty = browser.submit(&setup, &configurations, &[("name", "")]).await;
    assert!(
        empty.status == 422 && empty.body.contains("Choose at least one permission."),
        "{}",
        empty.body
    );
    let fields = [
        ("name", "Shop"),
        ("token_type", "user"),
        ("permission", "instagram_basic"),
    ];
    assert_eq!(browser.submit(&setup, &configurations, &fields).await.status, 303);
    let page = browser.get(&setup).await.body;
    assert!(page.contains("config_id") && page.contains("Shop") && page.contains("Require App Secret"));
    assert_eq!(sandbox.apps(Product::Facebook)[0].config_ids.len(), 1);
}
