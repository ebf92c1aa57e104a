//! What keeps the sandbox from being driven, or used to deceive.

mod common;

use std::time::{Duration, Instant};

use common::{Browser, encode, get, port, raw, send};
use serde_json::json;
use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox, SandboxError};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const PAGES: [&str; 6] = [
    "/",
    "/people/",
    "/people/pick",
    "/legacy/developer/",
    "/nowhere",
    "/style.css",
];

async fn with_host(sandbox: &Sandbox, hosts: &[&str]) -> u16 {
    let lines: String = hosts.iter().map(|host| format!("Host: {host}\r\n")).collect();
    raw(
        port(sandbox),
        &format!("GET / HTTP/1.1\r\n{lines}Connection: close\r\n\r\n"),
    )
    .await
    .status
}

#[tokio::test]
async fn only_the_own_names_are_answered() {
    let sandbox = Sandbox::start().await.unwrap();
    let own = |name: &str| format!("{name}:{}", port(&sandbox));
    for name in ["127.0.0.1", "localhost", "[::1]"] {
        assert_eq!(with_host(&sandbox, &[&own(name)]).await, 200, "{name}");
    }
    for host in [
        "evil.example",
        "127.0.0.1",
        "localhost:1",
        &own("evil.example"),
        &own("127.0.0.1.evil.example"),
    ] {
        assert_eq!(with_host(&sandbox, &[host]).await, 400, "{host}");
    }
    assert_eq!(with_host(&sandbox, &[]).await, 400);
    assert_eq!(with_host(&sandbox, &[&own("localhost"), "evil.example"]).await, 400);
}

#[tokio::test]
async fn every_answer_has_the_guarding_headers_and_none_opens_cors() {
    let sandbox = Sandbox::start().await.unwrap();
    for path in PAGES
        .iter()
        .chain(&["/instagram/me", "/control/calls", "/standard/token"])
    {
        let answer = send(&sandbox, "GET", path, &[("Origin", "https://evil.example")], "").await;
        assert!(!answer.head.to_ascii_lowercase().contains("access-control-"), "{path}");
        assert_eq!(answer.header("x-robots-tag"), Some("noindex, nofollow"), "{path}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self';"),
            "{path}: {policy}"
        );
    }
    let preflight = [
        ("Origin", "https://evil.example"),
        ("Access-Control-Request-Method", "POST"),
    ];
    let answer = send(&sandbox, "OPTIONS", "/control/reset", &preflight, "").await;
    assert!(!answer.head.to_ascii_lowercase().contains("access-control-"));
}

#[tokio::test]
async fn no_page_asks_for_a_password_and_every_page_says_what_it_is() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    for path in PAGES.iter().take(5).chain(&[
        "/legacy/developer/register/",
        "/instagram/dashboard/",
        "/standard/clients/",
    ]) {
        let page = browser.get(path).await.body;
        assert!(
            !page.contains("type=\"password\"") && !page.contains("<script"),
            "{path}"
        );
        assert!(
            page.contains("This is a sandbox on your own machine.") && page.contains("noindex"),
            "{path}"
        );
        assert_eq!(page.matches("<h1").count(), 1, "{path}");
    }
}

#[tokio::test]
async fn a_form_without_token_or_from_another_origin_changes_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    let csrf = browser.get("/people/").await.hidden("csrf");
    let cookie = browser.cookie_line();
    let own = sandbox.base_url().to_owned();
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let right = [("csrf", csrf.as_str()), ("username", "ada")];
    let wrong = [("csrf", "0"), ("username", "ada")];
    let before = sandbox.people().len();
    for (headers, fields) in [
        (vec![kind, ("Cookie", &cookie), ("Origin", &own)], &wrong[..]),
        (vec![kind, ("Cookie", &cookie), ("Origin", &own)], &right[1..]),
        (
            vec![kind, ("Cookie", &cookie), ("Origin", "https://evil.example")],
            &right[..],
        ),
        (vec![kind, ("Cookie", &cookie), ("Origin", "null")], &right[..]),
        (vec![kind, ("Cookie", &cookie)], &right[..]),
        (
            vec![
                kind,
                ("Cookie", &cookie),
                ("Origin", &own),
                ("Sec-Fetch-Site", "cross-site"),
            ],
            &right[..],
        ),
        (vec![kind, ("Origin", &own)], &right[..]),
    ] {
        let answer = send(&sandbox, "POST", "/people", &headers, &encode(fields)).await;
        assert_eq!(answer.status, 403, "{headers:?} {fields:?}");
    }
    assert_eq!(sandbox.people().len(), before);
    let fine = [kind, ("Cookie", cookie.as_str()), ("Origin", own.as_str())];
    assert_eq!(
        send(&sandbox, "POST", "/people", &fine, &encode(&right)).await.status,
        303
    );
    assert_eq!(sandbox.people().len(), before + 1);
}

#[tokio::test]
async fn h11_no_page_of_another_site_drives_the_control_room() {
    let sandbox = Sandbox::start().await.unwrap();
    sandbox.clock().freeze();
    let before = shutterkey::Clock::now(&sandbox.clock());
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    let csrf = browser.get("/control-room/").await.hidden("csrf");
    let (cookie, own) = (browser.cookie_line(), sandbox.base_url().to_owned());
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let fields = [("csrf", csrf.as_str()), ("action", "clock"), ("seconds", "86400")];
    for (path, origin, fields) in [
        ("/control-room/", "https://evil.example", &fields[..]),
        ("/control-room/", "null", &fields[..]),
        ("/control-room/", own.as_str(), &fields[1..]),
        ("/control-room/reset/", "https://evil.example", &fields[..1]),
        ("/facebook/consent", "https://evil.example", &fields[..1]),
        ("/threads/accounts/manage_access/", "https://evil.example", &fields[..1]),
    ] {
        let headers = [kind, ("Cookie", cookie.as_str()), ("Origin", origin)];
        let answer = send(&sandbox, "POST", path, &headers, &encode(fields)).await;
        assert_eq!(answer.status, 403, "{path} {origin}");
    }
    assert_eq!(shutterkey::Clock::now(&sandbox.clock()), before);
    let headers = [kind, ("Cookie", cookie.as_str()), ("Origin", own.as_str())];
    let fine = send(&sandbox, "POST", "/control-room/", &headers, &encode(&fields)).await;
    assert_eq!(fine.status, 303);
    assert_eq!(shutterkey::Clock::now(&sandbox.clock()), before.plus(86_400));
}

#[tokio::test]
async fn the_control_api_needs_its_token_and_is_closed_to_web_pages() {
    let sandbox = Sandbox::start().await.unwrap();
    assert_eq!(get(&sandbox, "/control/calls").await.status, 401);
    let wrong = [("X-Shutterkey-Control", "0")];
    assert_eq!(send(&sandbox, "POST", "/control/reset", &wrong, "").await.status, 401);
    let token = sandbox.control_token().reveal();
    let page = [("X-Shutterkey-Control", token), ("Origin", sandbox.base_url())];
    assert_eq!(send(&sandbox, "GET", "/control/calls", &page, "").await.status, 403);
    let right = [("X-Shutterkey-Control", token)];
    assert_eq!(send(&sandbox, "GET", "/control/calls", &right, "").await.status, 200);
    assert_ne!(
        token,
        Sandbox::start().await.unwrap().control_token().reveal(),
        "a new one in every run"
    );
}

#[tokio::test]
async fn the_control_api_has_the_words_of_the_library() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = sandbox.control_token().reveal().to_owned();
    let ask = async |method: &str, path: &str, body: serde_json::Value| {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        send(
            &sandbox,
            method,
            &format!("/control/{path}"),
            &[("X-Shutterkey-Control", &token)],
            &body,
        )
        .await
    };
    let person = ask("POST", "person", json!({"username": "ada"})).await.json();
    assert_eq!(person["username"], "ada.sandbox");
    let app = json!({"product": "legacy", "redirect_uris": ["http://localhost"], "allow_implicit": true});
    let app = ask("POST", "app", app).await.json();
    let url = format!(
        "{}?client_id={}&redirect_uri=http://localhost&response_type=token",
        app["authorize_url"].as_str().unwrap(),
        app["client_id"].as_str().unwrap()
    );
    let walked = ask("POST", "approve", json!({"url": url, "person": "ada"}))
        .await
        .json();
    assert!(
        walked["redirect_url"]
            .as_str()
            .unwrap()
            .starts_with("http://localhost/#access_token="),
        "{walked}"
    );
    let denied = ask("POST", "approve", json!({"url": url, "deny": true})).await.json();
    assert!(denied["redirect_url"].as_str().unwrap().contains("error=access_denied"));
    ask("POST", "clock/freeze", json!(null)).await;
    let now = ask("GET", "clock", json!(null)).await.json()["now"].as_i64().unwrap();
    let later = ask("POST", "clock/advance", json!({"seconds": 3600})).await.json();
    assert_eq!(later, json!({"now": now + 3_600, "frozen": true}));
    let minted = ask(
        "POST",
        "mint_token",
        json!({"product": "instagram", "person": "ada", "age_seconds": 60}),
    )
    .await;
    assert_eq!(minted.json()["issued_at"], now + 3_540);
    assert_eq!(
        ask("POST", "behaviour", json!({"wrapped_answers": true})).await.json()["wrapped_answers"],
        true
    );
    let documented = ask(
        "POST",
        "behaviour",
        json!({"profile": "documented", "full_stops": true}),
    )
    .await
    .json();
    assert_eq!(
        (documented["integer_ids"].as_bool(), documented["full_stops"].as_bool()),
        (Some(false), Some(true))
    );
    assert_eq!(ask("POST", "behaviour", json!({"nonsense": true})).await.status, 422);
    assert!(
        !ask("GET", "calls", json!(null))
            .await
            .json()
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(ask("POST", "person", json!({"username": "A B"})).await.status, 422);
    ask("POST", "reset", json!(null)).await;
    assert_eq!(ask("GET", "calls", json!(null)).await.json(), json!([]));
    assert_eq!(sandbox.people().len(), 4);
}

#[tokio::test]
async fn consent_pages_allow_their_form_to_lead_to_the_redirect_uri_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let app = sandbox
        .app(&AppSpec::new(Product::Instagram).redirect_uri("https://app.example:8443/cb"))
        .unwrap();
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    let page = browser
        .get(&format!(
            "/instagram/oauth/authorize?client_id={}&redirect_uri=https://app.example:8443/cb&response_type=code\
             &scope=instagram_business_basic",
            app.client_id
        ))
        .await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self' https://app.example:8443;"),
        "{policy}"
    );
}

#[tokio::test]
async fn what_was_sent_is_escaped_and_paths_of_other_sites_are_not_followed() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    let page = browser.get("/people/pick?next=/%22%3E%3Cscript%3E").await.body;
    assert!(!page.contains("<script"), "{page}");
    for next in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/%0d%0aSet-Cookie:a=b",
        "javascript:alert(1)",
    ] {
        let csrf = browser.get("/people/pick").await.hidden("csrf");
        let fields = [("csrf", csrf.as_str()), ("next", next), ("person", "studio.sandbox")];
        let answer = browser.post("/people/pick", &fields).await;
        let location = answer.location();
        assert!(
            location.starts_with('/') && !location.starts_with("//") && !location.starts_with("/\\"),
            "{location}"
        );
        assert!(answer.header("set-cookie").unwrap().starts_with("shutterkey_"));
    }
}

#[tokio::test]
async fn names_of_the_real_platform_are_refused_for_apps() {
    let sandbox = Sandbox::start().await.unwrap();
    for product in [Product::Legacy, Product::Instagram, Product::Standard] {
        let spec = AppSpec::new(product)
            .redirect_uri("https://localhost/")
            .name("Instagram Login");
        assert!(matches!(sandbox.app(&spec), Err(SandboxError::App(_))), "{product:?}");
    }
}

#[tokio::test]
async fn the_journal_holds_endpoints_and_no_secrets() {
    let sandbox = Sandbox::start().await.unwrap();
    let app = sandbox
        .app(
            &AppSpec::new(Product::Legacy)
                .redirect_uri("http://localhost")
                .allow_implicit(true),
        )
        .unwrap();
    let url = format!(
        "{}?client_id={}&redirect_uri=http://localhost&response_type=token&state=canary-state",
        app.authorize_url, app.client_id
    );
    let redirect = sandbox.approve(&url, &Approval::by("studio")).await.unwrap();
    let token = redirect
        .split("access_token=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    get(&sandbox, &format!("/legacy/v1/users/self?access_token={token}")).await;
    get(&sandbox, "/canary-path?canary-query").await;
    let secret = app.client_secret.as_ref().unwrap().reveal();
    let fields = [
        ("client_id", app.client_id.as_str()),
        ("client_secret", secret),
        ("grant_type", "canary-grant"),
    ];
    common::post(&sandbox, "/legacy/oauth/access_token", &fields).await;
    let calls = sandbox.calls();
    let kept = serde_json::to_string(&calls).unwrap() + &format!("{calls:?}");
    for canary in ["canary", token, secret] {
        assert!(!kept.contains(canary), "{canary} in {kept}");
    }
    let api = calls.matching("/v1/users/self");
    assert_eq!(api.as_slice()[0].account.as_deref(), Some("studio.sandbox"));
    assert_eq!(api.as_slice()[0].client_id.as_deref(), Some(app.client_id.as_str()));
    assert_eq!(calls.matching("(unknown)").with_status(404).len(), 1);
}

#[tokio::test]
async fn oversized_and_broken_requests_are_refused() {
    let sandbox = Sandbox::start().await.unwrap();
    let kind = [("Content-Type", "application/x-www-form-urlencoded")];
    let body = format!("code={}", "x".repeat(70_000));
    assert_eq!(
        send(&sandbox, "POST", "/legacy/oauth/access_token", &kind, &body)
            .await
            .status,
        413
    );
    let many = "a=1&".repeat(200);
    assert_eq!(
        send(&sandbox, "POST", "/legacy/oauth/access_token", &kind, &many)
            .await
            .status,
        400
    );
    for length in ["-1", "1, 2", "x"] {
        let broken = format!("POST /people HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n");
        assert_eq!(raw(port(&sandbox), &broken).await.status, 400, "{length}");
    }
    let long = format!("GET /?{} HTTP/1.1\r\n\r\n", "x".repeat(60_000));
    assert!([0, 414, 431].contains(&raw(port(&sandbox), &long).await.status));
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_silent_connections_do_not_keep_a_request_waiting() {
    let sandbox = Sandbox::start().await.unwrap();
    let mut silent = Vec::new();
    for _ in 0..400 {
        let mut stream = TcpStream::connect(("127.0.0.1", port(&sandbox))).await.unwrap();
        // Some say nothing, some begin and stop.
        if silent.len() % 2 == 0 {
            let _ = stream.write_all(b"GET / HTTP/1.1\r\nHo").await;
        }
        silent.push(stream);
    }
    let begin = Instant::now();
    assert_eq!(get(&sandbox, "/").await.status, 200);
    assert!(begin.elapsed() < Duration::from_secs(5), "{:?}", begin.elapsed());
}
