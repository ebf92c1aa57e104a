//! What the platform sends to an app by itself, taken by a server on this machine and verified with the core's own rules.

mod common;

use common::Browser;
use serde_json::{Value, json};
use shutterkey::meta::{verify_signed_request, verify_webhook, webhook_challenge};
use shutterkey::{Clock, Secret};
use shutterkey_sandbox::{AppCredentials, AppSpec, Ended, Product, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// A request that the app got: request line and headers, and the body.
struct Got {
    head: String,
    body: String,
}

impl Got {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut named = lines.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        named.next().map(|(_, value)| value)
    }

    fn query(&self) -> &str {
        let target = self.head.split(' ').nth(1).unwrap();
        target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// A server that answers by `answer` and hands on what it got.
async fn app_server(answer: fn(&Got) -> (u16, String)) -> (String, mpsc::UnboundedReceiver<Got>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let (sender, receiver) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = Vec::new();
            let got = loop {
                let mut piece = [0; 4096];
                let read = stream.read(&mut piece).await.unwrap();
                bytes.extend_from_slice(&piece[..read]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let got = Got {
                    head: head.to_owned(),
                    body: body.to_owned(),
                };
                let length: usize = got.header("content-length").map_or(0, |value| value.parse().unwrap());
                if got.body.len() >= length {
                    break got;
                }
            };
            let (status, body) = answer(&got);
            let response = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            let _ = stream.write_all(response.as_bytes()).await;
            let _ = sender.send(got);
        }
    });
    (base, receiver)
}

fn secret(app: &AppCredentials) -> Secret {
    app.client_secret.clone().unwrap()
}

async fn word(sandbox: &Sandbox, word: &str, body: Value) -> Value {
    let token = sandbox.control_token().reveal().to_owned();
    let headers = [("X-Shutterkey-Control", token.as_str())];
    let answer = common::send(
        sandbox,
        "POST",
        &format!("/control/{word}"),
        &headers,
        &body.to_string(),
    )
    .await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()
}

/// What was delivered, once it is so much: it is written down after the app has answered.
async fn delivered(sandbox: &Sandbox, count: usize) -> Vec<shutterkey_sandbox::Delivery> {
    while sandbox.deliveries().len() < count {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    sandbox.deliveries()
}

#[tokio::test]
async fn removing_an_app_tells_it_so_with_the_app_scoped_id_signed() {
    let sandbox = Sandbox::start().await.unwrap();
    let (base, mut got) = app_server(|_| (200, String::new())).await;
    for product in [Product::Instagram, Product::Facebook, Product::Threads] {
        let spec = AppSpec::new(product)
            .redirect_uri("https://localhost/")
            .deauthorize_url(&format!("{base}/ig/deauthorize"));
        let app = sandbox.app(&spec).unwrap();
        sandbox.mint_token_for(&app, "studio", 0).unwrap();
        let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
        let page = format!("/{}/accounts/manage_access/", product.as_str());
        browser
            .submit(&page, &page, &[("action", "remove"), ("app", &app.client_id)])
            .await;
        let got = got.recv().await.unwrap();
        assert!(got.head.starts_with("POST /ig/deauthorize HTTP/1.1"), "{}", got.head);
        let signed = got.body.strip_prefix("signed_request=").unwrap();
        let verified = verify_signed_request(signed, &[secret(&app)], sandbox.clock().now()).unwrap();
        let scoped = match product {
            Product::Threads => sandbox.mint_token_for(&app, "studio", 0).unwrap().user_id,
            _ => {
                let minted = sandbox.mint_token_for(&app, "studio", 0).unwrap().access_token;
                let path = format!("/{}/me?fields=id&access_token={}", product.as_str(), minted.reveal());
                common::get(&sandbox, &path).await.json()["id"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            }
        };
        assert_eq!(verified.user_id.as_str(), scoped, "{product:?}");
    }
    let deliveries = delivered(&sandbox, 3).await;
    assert_eq!(deliveries.len(), 3);
    assert!(
        deliveries
            .iter()
            .all(|sent| sent.status == Some(200) && sent.problem.is_none())
    );
}

#[tokio::test]
async fn an_app_that_is_removed_on_demand_is_told_as_well() {
    let sandbox = Sandbox::start().await.unwrap();
    let (base, mut got) = app_server(|_| (200, String::new())).await;
    let spec = AppSpec::new(Product::Instagram)
        .redirect_uri("https://localhost/")
        .deauthorize_url(&base);
    let app = sandbox.app(&spec).unwrap();
    sandbox.mint_token_for(&app, "studio", 0).unwrap();
    sandbox.invalidate("studio", None, Ended::PasswordChanged).unwrap();
    sandbox.mint_token_for(&app, "bakery", 0).unwrap();
    sandbox.invalidate("bakery", None, Ended::AppRemoved).unwrap();
    got.recv().await.unwrap();
    assert_eq!(
        delivered(&sandbox, 1).await.len(),
        1,
        "a password that changes is told to nobody"
    );
}

#[tokio::test]
async fn a_person_who_wants_their_data_deleted_sees_the_apps_confirmation_code() {
    let sandbox = Sandbox::start().await.unwrap();
    const ANSWER: &str = r#"{"url": "https://app.example/status?id=c0de", "confirmation_code": "c0de"}"#;
    let (base, mut got) = app_server(|_| (200, ANSWER.to_owned())).await;
    let spec = AppSpec::new(Product::Instagram)
        .redirect_uri("https://localhost/")
        .deletion_url(&base);
    let app = sandbox.app(&spec).unwrap();
    sandbox.mint_token_for(&app, "studio", 0).unwrap();
    let mut browser = Browser::as_person(&sandbox, "studio.sandbox").await;
    let page = "/instagram/accounts/manage_access/";
    browser
        .submit(page, page, &[("action", "delete_data"), ("app", &app.client_id)])
        .await;
    let got = got.recv().await.unwrap();
    let signed = got.body.strip_prefix("signed_request=").unwrap();
    assert!(verify_signed_request(signed, &[secret(&app)], sandbox.clock().now()).is_ok());
    delivered(&sandbox, 1).await;
    assert!(browser.get(page).await.body.contains("c0de"));
    let asked = json!({"product": "instagram", "client_id": app.client_id, "person": "studio"});
    let delivery = word(&sandbox, "deliver_deletion", asked).await;
    assert_eq!(
        (&delivery["confirmation_code"], &delivery["status"]),
        (&json!("c0de"), &json!(200))
    );
}

#[tokio::test]
async fn a_webhook_is_subscribed_by_its_challenge_and_delivered_with_a_signature_over_the_bytes() {
    let sandbox = Sandbox::start().await.unwrap();
    let (base, mut got) = app_server(
        |got| match webhook_challenge(got.query(), &Secret::from("my-verify-token")) {
            Ok(challenge) => (200, challenge),
            Err(_) => (if got.head.starts_with("GET") { 403 } else { 200 }, String::new()),
        },
    )
    .await;
    let app = sandbox
        .app(&AppSpec::new(Product::Instagram).redirect_uri("https://localhost/"))
        .unwrap();
    let ask = |token: &str| json!({"product": "instagram", "client_id": app.client_id, "callback_url": format!("{base}/hook"), "verify_token": token});
    let refused = word(&sandbox, "subscribe_webhook", ask("wrong")).await;
    assert_eq!(refused["problem"], "the app did not answer with success");
    let fine = word(&sandbox, "subscribe_webhook", ask("my-verify-token")).await;
    assert_eq!((&fine["status"], &fine["problem"]), (&json!(200), &Value::Null));
    assert!(!fine.to_string().contains("my-verify-token"), "the log has no query");
    let body =
        json!({"product": "instagram", "client_id": app.client_id, "payload": {"object": "instagram", "x": "ü"}});
    word(&sandbox, "deliver_webhook", body).await;
    got.recv().await.unwrap();
    got.recv().await.unwrap();
    let got = got.recv().await.unwrap();
    let signature = got.header("x-hub-signature-256");
    verify_webhook(got.body.as_bytes(), signature, &[secret(&app)]).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&got.body).unwrap()["x"], "ü");
}

#[tokio::test]
async fn nothing_is_sent_beyond_this_machine_and_what_fails_says_why() {
    let sandbox = Sandbox::start().await.unwrap();
    let far = AppSpec::new(Product::Instagram)
        .redirect_uri("https://localhost/")
        .deauthorize_url("https://app.example/deauthorize");
    assert!(sandbox.app(&far).unwrap_err().to_string().contains("this machine only"));
    let app = sandbox
        .app(&AppSpec::new(Product::Instagram).redirect_uri("https://localhost/"))
        .unwrap();
    let asked = json!({"product": "instagram", "client_id": app.client_id, "person": "studio"});
    let none = word(&sandbox, "deliver_deauthorize", asked).await;
    assert_eq!(none["problem"], "the app has no address for this");
    for (url, problem) in [
        ("http://127.0.0.1:1/", "nobody listens there"),
        (
            "https://localhost:1/",
            "a sandbox speaks http to this machine: its callbacks do not reach https",
        ),
        ("http://rebound.example/", "a sandbox calls this machine only"),
        ("http://169.254.169.254/", "a sandbox calls this machine only"),
    ] {
        let ask = json!({"product": "instagram", "client_id": app.client_id, "callback_url": url, "verify_token": "x"});
        assert_eq!(
            word(&sandbox, "subscribe_webhook", ask).await["problem"],
            problem,
            "{url}"
        );
    }
    let (base, _got) = app_server(|_| (200, "{url: unquoted}".to_owned())).await;
    let app = sandbox
        .app(
            &AppSpec::new(Product::Instagram)
                .redirect_uri("https://localhost/")
                .deletion_url(&base),
        )
        .unwrap();
    let asked = json!({"product": "instagram", "client_id": app.client_id, "person": "studio"});
    let wrong = word(&sandbox, "deliver_deletion", asked).await;
    assert_eq!(
        wrong["problem"],
        "the answer must be JSON with url and confirmation_code"
    );
}

#[tokio::test]
async fn a_test_delivers_on_demand_and_a_webhook_hears_of_the_fields_that_it_is_subscribed_to() {
    let sandbox = Sandbox::start().await.unwrap();
    let (base, mut got) = app_server(|got| match webhook_challenge(got.query(), &Secret::from("verify")) {
        Ok(challenge) => (200, challenge),
        Err(_) => (
            200,
            r#"{"url": "https://app.example/", "confirmation_code": "c"}"#.to_owned(),
        ),
    })
    .await;
    let spec = AppSpec::new(Product::Threads)
        .redirect_uri("https://localhost/")
        .deauthorize_url(&base)
        .deletion_url(&base);
    let app = sandbox.app(&spec).unwrap();
    let none = sandbox.deliver_webhook(&app, None).await.unwrap_err();
    assert_eq!(
        none.to_string(),
        "the app has no webhook: subscribe_webhook comes first"
    );
    let (one, two) = (
        sandbox.deliver_deauthorize(&app, "studio").await.unwrap(),
        sandbox.deliver_deletion(&app, "studio").await.unwrap(),
    );
    assert_eq!((one.kind.as_str(), two.kind.as_str()), ("deauthorize", "data_deletion"));
    assert_eq!(two.confirmation_code.as_deref(), Some("c"));
    for _ in 0..2 {
        let signed = got.recv().await.unwrap().body;
        let signed = signed.strip_prefix("signed_request=").unwrap();
        verify_signed_request(signed, &[secret(&app)], sandbox.clock().now()).unwrap();
    }
    let unknown = sandbox.deliver_deletion(&app, "nobody").await.unwrap_err();
    assert_eq!(unknown.to_string(), "there is no person \"nobody\" in this sandbox");
    let other = sandbox
        .app(&AppSpec::new(Product::Standard).redirect_uri("https://localhost/"))
        .unwrap();
    let nobody = sandbox.deliver_deauthorize(&other, "studio").await.unwrap_err();
    assert_eq!(nobody.to_string(), "only Meta's products of today call back");

    let subscribed = sandbox
        .subscribe_webhook(&app, &base, "verify", &["mentions", "replies"])
        .await
        .unwrap();
    assert_eq!(subscribed.problem, None);
    got.recv().await.unwrap();
    sandbox.deliver_webhook(&app, None).await.unwrap();
    let sample: Value = serde_json::from_str(&got.recv().await.unwrap().body).unwrap();
    assert_eq!(sample["entry"][0]["changes"][0]["field"], "mentions");
    let change = |field: &str| json!({"object": "instagram", "entry": [{"id": "1", "changes": [{"field": field}]}]});
    let refused = sandbox
        .deliver_webhook(&app, Some(change("comments")))
        .await
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the app's webhook is not subscribed to \"comments\": mentions, replies"
    );
    assert_eq!(
        sandbox
            .deliver_webhook(&app, Some(change("replies")))
            .await
            .unwrap()
            .status,
        Some(200)
    );
    assert_eq!(sandbox.deliveries().len(), 5);

    // What takes time, by its word, without the sandbox in the future.
    let body = json!({"product": "threads", "client_id": app.client_id, "person": "studio"}).to_string();
    let later = sandbox.control_later("deliver_deauthorize", &body);
    assert!(tokio::spawn(later).await.unwrap().unwrap().contains("\"problem\":null"));
    assert!(sandbox.control_later("nothing", "").await.is_err());
    assert!(
        sandbox
            .control_later("people", "")
            .await
            .unwrap()
            .contains("studio.sandbox")
    );
}
