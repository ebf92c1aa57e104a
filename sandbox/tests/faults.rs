//! Faults: what a client sees, whom they hit, how long they last, and what the journal says of them.

mod common;

use common::{Answer, encode, get, post, send};
use serde_json::{Value, json};
use shutterkey_sandbox::{AppSpec, Fault, FaultKind, Malformed, Product, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

async fn me(sandbox: &Sandbox, token: &str) -> Answer {
    get(
        sandbox,
        &format!(
            "/instagram/me?{}",
            encode(&[("fields", "username"), ("access_token", token)])
        ),
    )
    .await
}

fn token(sandbox: &Sandbox, person: &str) -> String {
    let minted = sandbox.mint_token(Product::Instagram, person, 2 * 86_400).unwrap();
    minted.access_token.reveal().to_owned()
}

#[tokio::test]
async fn a_throttled_call_has_the_code_the_status_and_the_usage_header() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = token(&sandbox, "studio");
    for (code, status, header) in [
        (4, 403, "x-app-usage"),
        (17, 400, "x-app-usage"),
        (32, 400, "x-app-usage"),
        (613, 400, "x-app-usage"),
        (80_002, 400, "x-business-use-case-usage"),
    ] {
        sandbox.fault(Fault::of("/me", FaultKind::Throttle { code, minutes: 19 }));
        let answer = me(&sandbox, &token).await;
        assert_eq!((answer.status, &answer.json()["error"]["code"]), (status, &json!(code)));
        let usage: Value = serde_json::from_str(answer.header(header).unwrap()).unwrap();
        assert!(usage.to_string().contains("\"call_count\":100"), "{usage}");
        if code >= 80_000 {
            assert!(
                usage.to_string().contains("\"estimated_time_to_regain_access\":19"),
                "{usage}"
            );
        }
    }
    assert_eq!(me(&sandbox, &token).await.status, 200, "each was for one call");
    sandbox.fault(Fault::of("/legacy/", FaultKind::Throttle { code: 4, minutes: 1 }));
    let old = get(&sandbox, "/legacy/v1/users/self").await;
    assert_eq!(old.status, 429);
    assert_eq!(old.json()["meta"]["error_type"], "OAuthRateLimitException");
}

#[tokio::test]
async fn an_outage_says_that_it_passes_or_is_a_proxys_page() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = token(&sandbox, "studio");
    for code in [1, 2] {
        sandbox.fault(Fault::of("/me", FaultKind::Outage { code }));
        let answer = me(&sandbox, &token).await;
        let error = &answer.json()["error"];
        assert_eq!(
            (answer.status, &error["code"], &error["is_transient"]),
            (500, &json!(code), &json!(true))
        );
    }
    sandbox.fault(Fault::of("/me", FaultKind::Outage { code: 0 }));
    let page = me(&sandbox, &token).await;
    assert!(page.status == 502 && page.body.contains("Bad Gateway"));
}

/// What arrives before the connection closes.
async fn received(sandbox: &Sandbox, path: &str) -> Vec<u8> {
    let port = common::port(sandbox);
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    bytes
}

#[tokio::test]
async fn a_lost_answer_was_acted_on_and_a_reset_call_was_not() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = token(&sandbox, "studio");
    let fields = [("grant_type", "ig_refresh_token"), ("access_token", token.as_str())];
    let path = format!("/instagram/refresh_access_token?{}", encode(&fields));
    let tokens = || sandbox.control("world", "").unwrap().matches("IGAASANDBOX").count();
    let before = tokens();
    sandbox.fault(Fault::of("refresh", FaultKind::Reset));
    assert_eq!(received(&sandbox, &path).await, b"");
    assert_eq!(tokens(), before);
    sandbox.fault(Fault::of("refresh", FaultKind::Lost));
    assert_eq!(received(&sandbox, &path).await, b"");
    assert_eq!(tokens(), before + 1, "the new token was made, and nobody has it");
    let calls = sandbox.calls();
    let faults: Vec<_> = calls.as_slice().iter().map(|call| call.fault.as_deref()).collect();
    assert_eq!(faults, [Some("reset"), Some("lost")]);
}

#[tokio::test]
async fn a_truncated_answer_breaks_off_below_its_own_length() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = token(&sandbox, "studio");
    let path = format!(
        "/instagram/me?{}",
        encode(&[("fields", "username"), ("access_token", &token)])
    );
    let whole = get(&sandbox, &path).await.body;
    sandbox.fault(Fault::of("/me", FaultKind::Truncated));
    let text = String::from_utf8(received(&sandbox, &path).await).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    assert!(
        head.to_lowercase()
            .contains(&format!("content-length: {}", whole.len())),
        "{head}"
    );
    assert_eq!(body, &whole[..whole.len() / 2]);
}

#[tokio::test]
async fn a_slow_answer_is_the_real_one_and_arrives_whole_also_in_drops() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = token(&sandbox, "studio");
    for dribble in [false, true] {
        let began = std::time::Instant::now();
        sandbox.fault(Fault::of("/me", FaultKind::Slow { delay_ms: 120, dribble }));
        let answer = me(&sandbox, &token).await;
        assert_eq!(
            (answer.status, &answer.json()["username"]),
            (200, &json!("studio.sandbox"))
        );
        assert!(began.elapsed().as_millis() >= 60, "{:?}", began.elapsed());
    }
}

#[tokio::test]
async fn bodies_are_malformed_oversized_or_a_redirect_as_asked() {
    let sandbox = Sandbox::start().await.unwrap();
    for (form, begin) in [
        (Malformed::Text, "access_token="),
        (Malformed::Html, "<!doctype html>"),
        (Malformed::Empty, ""),
        (Malformed::Array, "[{"),
        (Malformed::ByteOrderMark, "\u{feff}{"),
    ] {
        sandbox.fault(Fault::of("/me", FaultKind::Malformed(form)));
        let answer = get(&sandbox, "/instagram/me").await;
        assert!(
            answer.status == 200 && answer.body.starts_with(begin),
            "{form:?}: {}",
            answer.body
        );
        assert!(form != Malformed::Empty || answer.body.is_empty());
    }
    sandbox.fault(Fault::of("/me", FaultKind::Oversized { mib: 2 }));
    assert!(get(&sandbox, "/instagram/me").await.body.len() > 2 << 20);
    let location = "https://elsewhere.example/".to_owned();
    sandbox.fault(Fault::of("/me", FaultKind::Redirect { location }));
    let moved = get(&sandbox, "/instagram/me").await;
    assert_eq!((moved.status, moved.location()), (302, "https://elsewhere.example/"));
}

#[tokio::test]
async fn a_fault_for_one_account_hits_nobody_else_by_token_refresh_token_or_code() {
    let sandbox = Sandbox::start().await.unwrap();
    let (studio, bakery) = (token(&sandbox, "studio"), token(&sandbox, "bakery"));
    sandbox.fault(Fault::new("", 503, "").account("studio").lasting());
    assert_eq!(me(&sandbox, &bakery).await.status, 200);
    assert_eq!(me(&sandbox, &studio).await.status, 503);
    let minted = sandbox.mint_token(Product::Standard, "studio", 0).unwrap();
    let other = sandbox.mint_token(Product::Standard, "bakery", 0).unwrap();
    for (token, status) in [(&minted, 503), (&other, 401)] {
        let refresh = token.refresh_token.as_ref().unwrap().reveal();
        let fields = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh),
            ("client_id", "x"),
        ];
        assert_eq!(post(&sandbox, "/standard/token", &fields).await.status, status);
    }
    let bearer = format!("Bearer {}", minted.access_token.reveal());
    let answer = send(&sandbox, "GET", "/standard/me", &[("Authorization", &bearer)], "").await;
    assert_eq!(answer.status, 503);
    sandbox.clear_faults();
    assert_eq!(me(&sandbox, &studio).await.status, 200);
}

#[tokio::test]
async fn a_fault_can_be_for_one_app_one_product_some_calls_or_some_time() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = token(&sandbox, "studio");
    let app = sandbox.apps(Product::Instagram)[0].clone();
    let other = sandbox
        .app(&AppSpec::new(Product::Instagram).redirect_uri("https://localhost/"))
        .unwrap();
    sandbox.fault(Fault::new("/me", 503, "").client_id(&other.client_id));
    assert_eq!(me(&sandbox, &token).await.status, 200);
    sandbox.clear_faults();
    sandbox.fault(Fault::new("/me", 503, "").client_id(&app.client_id).times(2));
    assert_eq!(me(&sandbox, &token).await.status, 503);
    assert_eq!(me(&sandbox, &token).await.status, 503);
    assert_eq!(me(&sandbox, &token).await.status, 200);
    sandbox.fault(Fault::new("/me", 503, "").product(Product::Threads).lasting());
    assert_eq!(me(&sandbox, &token).await.status, 200);
    assert_eq!(get(&sandbox, "/threads/me").await.status, 503);
    sandbox.clear_faults();
    sandbox.fault(Fault::new("/me", 503, "").for_seconds(3_600));
    sandbox.clock().advance(3_590);
    assert_eq!(me(&sandbox, &token).await.status, 503);
    assert_eq!(sandbox.faults().len(), 1);
    sandbox.clock().advance(10);
    assert_eq!(me(&sandbox, &token).await.status, 200);
    assert_eq!(sandbox.faults().len(), 0);
}

#[tokio::test]
async fn a_fault_of_no_endpoint_waits_for_a_platform_and_leaves_the_sandboxs_own_pages_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = token(&sandbox, "studio");
    sandbox.fault(Fault::new("", 500, "broken"));
    for path in ["/", "/people", "/key"] {
        assert_ne!(get(&sandbox, path).await.status, 500, "{path}");
    }
    assert_eq!(me(&sandbox, &token).await.status, 500);
    assert_eq!(me(&sandbox, &token).await.status, 200);
}

#[tokio::test]
async fn me_is_an_endpoint_of_facebook_too_with_a_version_and_without() {
    let sandbox = Sandbox::start().await.unwrap();
    let minted = sandbox.mint_token(Product::Facebook, "studio", 0).unwrap();
    let token = encode(&[("access_token", minted.access_token.reveal())]);
    for path in ["/facebook/me", "/facebook/v26.0/me", "/facebook/v26.0/me/permissions"] {
        sandbox.fault(Fault::new("/me", 503, "busy").product(Product::Facebook));
        assert_eq!(get(&sandbox, &format!("{path}?{token}")).await.status, 503, "{path}");
        assert_eq!(get(&sandbox, &format!("{path}?{token}")).await.status, 200, "{path}");
    }
    assert_eq!(sandbox.calls().matching("/me").len(), 6);
    assert_eq!(sandbox.calls().matching("/me/permissions").len(), 2);
}
