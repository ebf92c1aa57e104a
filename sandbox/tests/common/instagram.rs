//! Steps of a login at the `instagram` product.
#![allow(dead_code, reason = "each test file uses its own part")]

use shutterkey_sandbox::{AppCredentials, AppSpec, Approval, Product, Profile, Sandbox, SandboxError};

use super::{Answer, encode, get, parameter, post};

pub(crate) const CALLBACK: &str = "https://localhost/";
pub(crate) const DAY: i64 = 86_400;
pub(crate) const ALL: &str =
    "instagram_business_basic,instagram_business_content_publish,instagram_business_manage_comments";

pub(crate) async fn start(profile: Profile) -> (Sandbox, AppCredentials) {
    let sandbox = Sandbox::builder().profile(profile).start().await.unwrap();
    sandbox.clock().freeze();
    let app = sandbox
        .app(&AppSpec::new(Product::Instagram).redirect_uri(CALLBACK))
        .unwrap();
    (sandbox, app)
}

pub(crate) fn authorize(app: &AppCredentials, changes: &[(&str, &str)]) -> String {
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

pub(crate) async fn refused(sandbox: &Sandbox, url: &str, person: &str) -> String {
    match sandbox.approve(url, &Approval::by(person)).await {
        Err(SandboxError::Approval { message, .. }) => message,
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn code(sandbox: &Sandbox, app: &AppCredentials, approval: &Approval) -> String {
    let redirect = sandbox.approve(&authorize(app, &[]), approval).await.unwrap();
    parameter(&redirect, "code").unwrap()
}

pub(crate) fn fields<'a>(app: &'a AppCredentials, code: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("client_id", &app.client_id),
        ("client_secret", app.client_secret.as_ref().unwrap().reveal()),
        ("grant_type", "authorization_code"),
        ("redirect_uri", CALLBACK),
        ("code", code),
    ]
}

pub(crate) async fn short(sandbox: &Sandbox, app: &AppCredentials) -> String {
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

pub(crate) async fn extend(sandbox: &Sandbox, app: &AppCredentials, token: &str) -> Answer {
    let secret = app.client_secret.as_ref().unwrap().reveal();
    let query = [
        ("grant_type", "ig_exchange_token"),
        ("client_secret", secret),
        ("access_token", token),
    ];
    get(sandbox, &format!("/instagram/access_token?{}", encode(&query))).await
}

pub(crate) async fn refresh(sandbox: &Sandbox, token: &str) -> Answer {
    get(
        sandbox,
        &format!("/instagram/refresh_access_token?grant_type=ig_refresh_token&access_token={token}"),
    )
    .await
}

pub(crate) async fn me(sandbox: &Sandbox, token: &str) -> Answer {
    get(
        sandbox,
        &format!("/instagram/v26.0/me?fields=user_id,username&access_token={token}"),
    )
    .await
}
