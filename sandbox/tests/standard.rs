//! The RFC 6749 server.

mod common;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use common::{Answer, encode, get, parameter, post, send};
use serde_json::Value;
use sha2::{Digest, Sha256};
use shutterkey_sandbox::{AppCredentials, AppSpec, Approval, Product, Sandbox};

const CALLBACK: &str = "http://127.0.0.1/cb";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

async fn start(spec: AppSpec) -> (Sandbox, AppCredentials) {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.clock().freeze();
    let app = sandbox.app(&spec).unwrap();
    (sandbox, app)
}

fn spec() -> AppSpec {
    AppSpec::new(Product::Standard).redirect_uri(CALLBACK)
}

fn challenge() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER))
}

fn authorize(app: &AppCredentials, changes: &[(&str, &str)]) -> String {
    let challenge = challenge();
    let mut pairs = vec![
        ("client_id", app.client_id.as_str()),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "profile photos.read"),
        ("state", "s1"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
    format!("{}?{}", app.authorize_url, encode(&pairs))
}

async fn approve(sandbox: &Sandbox, url: &str) -> String {
    sandbox.approve(url, &Approval::by("studio")).await.unwrap()
}

async fn code(sandbox: &Sandbox, app: &AppCredentials) -> String {
    parameter(&approve(sandbox, &authorize(app, &[])).await, "code").unwrap()
}

async fn token(sandbox: &Sandbox, app: &AppCredentials, changes: &[(&str, &str)]) -> Answer {
    let secret = app.client_secret.as_ref().map(|secret| secret.reveal());
    let mut pairs = vec![("client_id", app.client_id.as_str())];
    pairs.extend(secret.map(|secret| ("client_secret", secret)));
    for (name, value) in changes {
        pairs.retain(|(known, _)| known != name);
        pairs.push((name, value));
    }
    post(sandbox, "/standard/token", &pairs).await
}

async fn redeem(sandbox: &Sandbox, app: &AppCredentials, code: &str, changes: &[(&str, &str)]) -> Answer {
    let mut fields = vec![
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    token(sandbox, app, &fields).await
}

async fn refresh(sandbox: &Sandbox, app: &AppCredentials, value: &str) -> Answer {
    token(
        sandbox,
        app,
        &[("grant_type", "refresh_token"), ("refresh_token", value)],
    )
    .await
}

async fn me(sandbox: &Sandbox, value: &str) -> Answer {
    send(
        sandbox,
        "GET",
        "/standard/me",
        &[("Authorization", &format!("Bearer {value}"))],
        "",
    )
    .await
}

fn text(body: &Value, name: &str) -> String {
    body[name]
        .as_str()
        .unwrap_or_else(|| panic!("{name} in {body}"))
        .to_owned()
}

#[tokio::test]
async fn metadata_is_at_both_well_known_paths_with_the_issuer_asked_for() {
    let sandbox = Sandbox::start().await.unwrap();
    let one = get(&sandbox, "/.well-known/oauth-authorization-server/standard")
        .await
        .json();
    let two = get(&sandbox, "/standard/.well-known/oauth-authorization-server")
        .await
        .json();
    assert_eq!(one, two);
    let issuer = format!("{}/standard", sandbox.base_url());
    assert_eq!(one["issuer"], issuer);
    assert_eq!(one["token_endpoint"], format!("{issuer}/token"));
    assert_eq!(one["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    assert_eq!(one["authorization_response_iss_parameter_supported"], true);
}

#[tokio::test]
async fn a_login_with_pkce_ends_with_tokens_and_iss() {
    let (sandbox, app) = start(spec()).await;
    let redirect = approve(&sandbox, &authorize(&app, &[])).await;
    assert_eq!(
        parameter(&redirect, "iss").unwrap(),
        format!("{}/standard", sandbox.base_url())
    );
    assert_eq!(parameter(&redirect, "state").as_deref(), Some("s1"));
    let value = parameter(&redirect, "code").unwrap();
    let answer = redeem(&sandbox, &app, &value, &[]).await;
    let body = answer.json();
    assert_eq!(
        (answer.header("cache-control"), answer.header("pragma")),
        (Some("no-store"), Some("no-cache"))
    );
    assert_eq!(
        (body["token_type"].as_str(), body["expires_in"].as_i64()),
        (Some("Bearer"), Some(3_600))
    );
    assert_eq!(body["scope"], "profile photos.read");
    let access = text(&body, "access_token");
    assert!(access.starts_with("SANDBOX") && text(&body, "refresh_token").starts_with("SANDBOX"));
    assert_eq!(me(&sandbox, &access).await.json()["username"], "studio.sandbox");
    sandbox.clock().advance(3_600);
    let expired = me(&sandbox, &access).await;
    assert_eq!(expired.status, 401);
    assert!(expired.header("www-authenticate").unwrap().contains("invalid_token"));
}

#[tokio::test]
async fn a_wrong_or_missing_verifier_is_refused() {
    let (sandbox, app) = start(spec()).await;
    let value = code(&sandbox, &app).await;
    for verifier in ["", "wrong-verifier-wrong-verifier-wrong-verifier"] {
        let answer = redeem(&sandbox, &app, &value, &[("code_verifier", verifier)]).await;
        assert_eq!(
            (answer.status, answer.json()["error"].as_str()),
            (400, Some("invalid_grant")),
            "{verifier:?}"
        );
    }
    assert_eq!(redeem(&sandbox, &app, &value, &[]).await.status, 200);
}

#[tokio::test]
async fn pkce_is_demanded_and_only_s256_is_known() {
    let (sandbox, app) = start(spec()).await;
    for (changes, words) in [
        (
            vec![("code_challenge", ""), ("code_challenge_method", "")],
            "code challenge required",
        ),
        (
            vec![("code_challenge_method", "plain")],
            "transform algorithm not supported, use S256",
        ),
        (
            vec![("code_challenge_method", "")],
            "transform algorithm not supported, use S256",
        ),
    ] {
        let redirect = approve(&sandbox, &authorize(&app, &changes)).await;
        assert_eq!(
            parameter(&redirect, "error").as_deref(),
            Some("invalid_request"),
            "{redirect}"
        );
        assert_eq!(parameter(&redirect, "error_description").as_deref(), Some(words));
        assert!(parameter(&redirect, "iss").is_some() && parameter(&redirect, "state").is_some());
    }
    let (sandbox, old) = start(spec().without_pkce(true)).await;
    let url = authorize(&old, &[("code_challenge", ""), ("code_challenge_method", "")]);
    let value = parameter(&approve(&sandbox, &url).await, "code").unwrap();
    assert_eq!(
        redeem(&sandbox, &old, &value, &[]).await.json()["error"],
        "invalid_grant",
        "a verifier out of nowhere"
    );
    assert_eq!(
        redeem(&sandbox, &old, &value, &[("code_verifier", "")]).await.status,
        200
    );
}

#[tokio::test]
async fn errors_go_to_the_redirect_uri_only_when_it_is_sure() {
    let (sandbox, app) = start(spec()).await;
    for changes in [
        vec![("client_id", "nobody")],
        vec![("redirect_uri", "https://evil.example/")],
    ] {
        assert!(
            sandbox
                .approve(&authorize(&app, &changes), &Approval::by("studio"))
                .await
                .is_err()
        );
    }
    for (changes, code) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", ""), "invalid_request"),
        (("scope", "profile openid"), "invalid_scope"),
    ] {
        let redirect = approve(&sandbox, &authorize(&app, &[changes])).await;
        assert_eq!(parameter(&redirect, "error").as_deref(), Some(code));
    }
    let twice = approve(&sandbox, &format!("{}&state=s2", authorize(&app, &[]))).await;
    assert_eq!(parameter(&twice, "error").as_deref(), Some("invalid_request"));
    let denied = sandbox
        .approve(&authorize(&app, &[]), &Approval::denied_by("studio"))
        .await
        .unwrap();
    assert_eq!(parameter(&denied, "error").as_deref(), Some("access_denied"));
}

#[tokio::test]
async fn a_loopback_redirect_may_use_any_port_but_must_be_repeated() {
    let (sandbox, app) = start(spec()).await;
    let url = authorize(&app, &[("redirect_uri", "http://127.0.0.1:54321/cb")]);
    let redirect = approve(&sandbox, &url).await;
    assert!(redirect.starts_with("http://127.0.0.1:54321/cb?"), "{redirect}");
    let value = parameter(&redirect, "code").unwrap();
    assert_eq!(
        redeem(&sandbox, &app, &value, &[]).await.json()["error"],
        "invalid_grant"
    );
    let same = [("redirect_uri", "http://127.0.0.1:54321/cb")];
    assert_eq!(redeem(&sandbox, &app, &value, &same).await.status, 200);
}

#[tokio::test]
async fn a_code_used_twice_revokes_what_came_of_it() {
    let (sandbox, app) = start(spec()).await;
    let value = code(&sandbox, &app).await;
    let access = text(&redeem(&sandbox, &app, &value, &[]).await.json(), "access_token");
    assert_eq!(me(&sandbox, &access).await.status, 200);
    assert_eq!(
        redeem(&sandbox, &app, &value, &[]).await.json()["error"],
        "invalid_grant"
    );
    assert_eq!(me(&sandbox, &access).await.status, 401);
    let late = code(&sandbox, &app).await;
    sandbox.clock().advance(600);
    assert_eq!(
        redeem(&sandbox, &app, &late, &[]).await.json()["error"],
        "invalid_grant"
    );
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_reused_one_ends_the_whole_login() {
    let (sandbox, app) = start(spec()).await;
    let value = code(&sandbox, &app).await;
    let first = text(&redeem(&sandbox, &app, &value, &[]).await.json(), "refresh_token");
    let second = refresh(&sandbox, &app, &first).await.json();
    let (access, second) = (text(&second, "access_token"), text(&second, "refresh_token"));
    assert_ne!(first, second);
    assert_eq!(me(&sandbox, &access).await.status, 200);
    assert_eq!(refresh(&sandbox, &app, &first).await.json()["error"], "invalid_grant");
    assert_eq!(me(&sandbox, &access).await.status, 401);
    assert_eq!(refresh(&sandbox, &app, &second).await.json()["error"], "invalid_grant");
}

#[tokio::test]
async fn a_refresh_may_ask_for_less_and_never_for_more() {
    let (sandbox, app) = start(spec()).await;
    let value = code(&sandbox, &app).await;
    let first = text(&redeem(&sandbox, &app, &value, &[]).await.json(), "refresh_token");
    let ask = |scope| {
        [
            ("grant_type", "refresh_token"),
            ("refresh_token", first.as_str()),
            ("scope", scope),
        ]
    };
    assert_eq!(
        token(&sandbox, &app, &ask("photos.write")).await.json()["error"],
        "invalid_scope"
    );
    assert_eq!(token(&sandbox, &app, &ask("profile")).await.json()["scope"], "profile");
}

#[tokio::test]
async fn clients_authenticate_in_one_way_and_a_basic_failure_names_the_scheme() {
    let (sandbox, app) = start(spec()).await;
    let secret = app.client_secret.as_ref().unwrap().reveal();
    let value = code(&sandbox, &app).await;
    let body = encode(&[
        ("grant_type", "authorization_code"),
        ("code", &value),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]);
    let basic = |secret: &str| {
        format!(
            "Basic {}",
            BASE64_STANDARD.encode(format!("{}:{secret}", app.client_id))
        )
    };
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let wrong = send(
        &sandbox,
        "POST",
        "/standard/token",
        &[kind, ("Authorization", &basic("x"))],
        &body,
    )
    .await;
    assert_eq!(
        (wrong.status, wrong.json()["error"].as_str()),
        (401, Some("invalid_client"))
    );
    assert!(wrong.header("www-authenticate").unwrap().starts_with("Basic "));
    let both = format!("{body}&client_secret={secret}");
    let both = send(
        &sandbox,
        "POST",
        "/standard/token",
        &[kind, ("Authorization", &basic(secret))],
        &both,
    )
    .await;
    assert_eq!(both.json()["error"], "invalid_request");
    let right = send(
        &sandbox,
        "POST",
        "/standard/token",
        &[kind, ("Authorization", &basic(secret))],
        &body,
    )
    .await;
    assert_eq!(right.status, 200, "{}", right.body);
    let other = token(&sandbox, &app, &[("grant_type", "password")]).await;
    assert_eq!(other.json()["error"], "unsupported_grant_type");
    let (sandbox, public) = start(spec().public(true)).await;
    let value = code(&sandbox, &public).await;
    assert_eq!(redeem(&sandbox, &public, &value, &[]).await.status, 200);
}

#[tokio::test]
async fn revoking_a_refresh_token_ends_its_access_tokens_and_unknown_tokens_are_fine() {
    let (sandbox, app) = start(spec()).await;
    let minted = sandbox.mint_token(Product::Standard, "maker", 0).unwrap();
    assert_eq!(me(&sandbox, minted.access_token.reveal()).await.status, 200);
    let secret = app.client_secret.as_ref().unwrap().reveal();
    let revoke = |value: &str| {
        let fields = [
            ("client_id", app.client_id.as_str()),
            ("client_secret", secret),
            ("token", value),
        ];
        encode(&fields)
    };
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let unknown = send(&sandbox, "POST", "/standard/revoke", &kind, &revoke("unknown")).await;
    assert_eq!(unknown.status, 200);
    let refresh_token = minted.refresh_token.as_ref().unwrap().reveal();
    assert_eq!(
        send(&sandbox, "POST", "/standard/revoke", &kind, &revoke(refresh_token))
            .await
            .status,
        200
    );
    assert_eq!(me(&sandbox, minted.access_token.reveal()).await.status, 401);
    assert_eq!(
        refresh(&sandbox, &app, refresh_token).await.json()["error"],
        "invalid_grant"
    );
    let nobody = post(&sandbox, "/standard/revoke", &[("token", "x"), ("client_id", "nobody")]).await;
    assert_eq!(nobody.status, 401);
}
