//! The listener's pages: headers, hashes, the fragment's way, and nothing that leaks (attack cases A23, E6).
#![cfg(feature = "login")]

mod login_support;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use login_support::{CODE, Reply, TOKEN, Waiting, waiting, waiting_at};
use sha2::{Digest, Sha256};
use shutterkey::{ErrorCode, Grant, ResponseType};

const SECRETS: [&str; 3] = [CODE, TOKEN, "canary"];

fn assert_guarded(reply: &Reply) {
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
}

fn assert_silent(reply: &Reply, state: &str) {
    let whole = reply.whole();
    for secret in SECRETS.iter().chain([&state]) {
        assert!(!whole.contains(secret), "{whole}");
    }
}

fn inner<'a>(page: &'a str, element: &str) -> &'a str {
    let (_, after) = page.split_once(&format!("<{element}>")).unwrap();
    after.split_once(&format!("</{element}>")).unwrap().0
}

fn source(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
}

#[tokio::test]
async fn every_answer_is_guarded_and_repeats_nothing_of_the_request() {
    let login = waiting().await;
    let state = login.state.clone();
    for path in [
        "/favicon.ico?canary",
        "/callback?code=canary-code-7d1f0a&state=canary",
        "/callback?canary=1&canary=2x&state=z",
        "/callback?error=canary&error_description=%3Cscript%3Ecanary%3C/script%3E&state=z",
        &format!("/callback?code=%3Ccanary%3E&state={state}&x=%00"),
        &login.redirect(),
        "/done",
    ] {
        let reply = login.get(path).await;
        assert_guarded(&reply);
        if path.contains("canary=1") {
            // The name of a parameter that occurs twice is said, and is the sender's own.
            assert!(reply.body.contains("occurs more than once"), "{}", reply.body);
            continue;
        }
        assert_silent(&reply, &state);
    }
    let wrong_host = waiting()
        .await
        .send("GET /canary HTTP/1.1\r\nHost: canary\r\n\r\n")
        .await;
    assert_guarded(&wrong_host);
    assert_silent(&wrong_host, &state);
}

#[tokio::test]
async fn a_description_full_of_markup_does_not_reach_the_page() {
    let login = waiting().await;
    let state = login.state.clone();
    let path =
        format!("/callback?error=access_denied&error_description=%3Cscript%3Ecanary%3C%2Fscript%3E&state={state}");
    assert_eq!(login.get(&path).await.status, 303);
    let page = login.get("/done").await;
    assert_silent(&page, &state);
    assert!(!page.body.contains("<script"));
    assert!(page.body.contains("<code>denied.by_user</code>"), "{}", page.body);
}

#[tokio::test]
async fn pages_are_whole_and_their_style_is_allowed_by_its_hash() {
    let login = waiting().await;
    let page = login.get("/callback?state=z").await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains(&format!("style-src {}", source(inner(&page.body, "style")))),
        "{policy}"
    );
    assert!(page.body.starts_with("<!doctype html>\n<html lang=\"en\">"));
    assert!(page.body.contains("<title>") && page.body.contains("<h1>"));
    for outside in ["http:", "https:", "//", "<link", "<img", "<script", "url(", "@import"] {
        assert!(!page.body.contains(outside), "{outside}");
    }
}

async fn implicit() -> (Waiting, Reply, String) {
    let login = waiting_at("http://127.0.0.1/callback", ResponseType::Token).await;
    let page = login.get("/callback").await;
    let (_, after) = page.body.split_once("data-post=\"").unwrap();
    let post = after.split_once('"').unwrap().0.to_owned();
    (login, page, post)
}

async fn post(login: &Waiting, path: &str, headers: &str, body: &str) -> Reply {
    login
        .send(format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            login.port,
            body.len()
        ))
        .await
}

#[tokio::test]
async fn the_fragment_page_allows_its_one_script_by_hash_and_its_own_origin_alone() {
    let (_login, page, _) = implicit().await;
    assert_eq!(page.status, 200);
    assert_guarded(&page);
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains(&format!("script-src {}", source(inner(&page.body, "script")))),
        "{policy}"
    );
    assert!(policy.contains("connect-src 'self'"), "{policy}");
    assert_eq!(page.body.matches("<script").count(), 1);
    assert!(inner(&page.body, "noscript").contains("paste it into the terminal"));
}

#[tokio::test]
async fn a_token_in_the_fragment_arrives_by_the_pages_own_post() {
    let (login, _, path) = implicit().await;
    let origin = format!(
        "Origin: http://127.0.0.1:{}\r\nSec-Fetch-Site: same-origin\r\n",
        login.port
    );
    let wrong = post(&login, &path, &origin, &format!("#access_token={TOKEN}&state=wrong")).await;
    assert_eq!(wrong.status, 400);
    assert!(wrong.body.contains("belongs to another login"), "{}", wrong.body);
    let answer = format!("#access_token={TOKEN}&token_type=bearer&state={}", login.state);
    let reply = post(&login, &path, &origin, &answer).await;
    assert_eq!((reply.status, reply.body.as_str()), (200, "/done"));
    assert_guarded(&reply);
    assert_silent(&login.get("/done").await, &login.state);
    match login.outcome.await.unwrap().unwrap() {
        Grant::Token(grant) => assert_eq!(grant.access_token().reveal(), TOKEN),
        Grant::Code(_) => panic!("a code"),
    }
}

#[tokio::test]
async fn no_other_page_can_post_a_fragment() {
    let (login, _, path) = implicit().await;
    let own = format!("Origin: http://127.0.0.1:{}\r\n", login.port);
    let answer = format!("#access_token={TOKEN}&state={}", login.state);
    for headers in [
        String::new(),
        "Origin: null\r\n".to_owned(),
        "Origin: https://elsewhere.example\r\n".to_owned(),
        format!("Origin: http://localhost:{}\r\n", login.port),
        format!("{own}{own}"),
        format!("{own}Sec-Fetch-Site: cross-site\r\n"),
    ] {
        assert_eq!(post(&login, &path, &headers, &answer).await.status, 403, "{headers}");
    }
    assert_eq!(post(&login, "/fragment/guessed", &own, &answer).await.status, 404);
    assert_eq!(post(&login, &path, &own, "access_token=x").await.status, 400);
    assert_eq!(post(&login, &path, &own, &"#".repeat(33 << 10)).await.status, 413);
    assert_eq!(post(&login, &path, &own, &answer).await.status, 200);
}

#[tokio::test]
async fn a_denial_in_the_query_of_the_implicit_flow_is_taken_at_once() {
    let login = waiting_at("http://127.0.0.1/callback", ResponseType::Token).await;
    let reply = login
        .get(&format!("/callback?error=access_denied&state={}", login.state))
        .await;
    assert_eq!(reply.status, 303);
    let error = login.outcome.await.unwrap().unwrap_err();
    assert_eq!(error.code(), ErrorCode::DeniedByUser);
}
