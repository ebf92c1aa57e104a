//! The control API over HTTP: every call there is, from people to reset, as `curl` would make them.

mod common;

use common::{Answer, parameter, send};
use serde_json::{Value, json};
use shutterkey_sandbox::Sandbox;

async fn call(sandbox: &Sandbox, method: &str, word: &str, body: Value) -> Answer {
    let token = sandbox.control_token().reveal().to_owned();
    let headers = [
        ("X-Shutterkey-Control", token.as_str()),
        ("Content-Type", "application/json"),
    ];
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    send(sandbox, method, &format!("/control{word}"), &headers, &body).await
}

async fn ok(sandbox: &Sandbox, method: &str, word: &str, body: Value) -> Value {
    let answer = call(sandbox, method, word, body).await;
    assert_eq!(answer.status, 200, "{word}: {}", answer.body);
    answer.json()
}

#[tokio::test]
async fn every_listed_call_works_and_every_call_is_listed() {
    let sandbox = Sandbox::start().await.unwrap();
    let index = ok(&sandbox, "GET", "", Value::Null).await;
    let mut left: Vec<String> = index["calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| {
            format!(
                "{} {}",
                call["method"].as_str().unwrap(),
                call["path"].as_str().unwrap()
            )
        })
        .collect();
    let app = json!({"product": "facebook", "redirect_uris": ["https://localhost/"], "testers": ["ada"]});
    let app = ok(&sandbox, "POST", "/app", app).await;
    let url = format!(
        "{}?client_id={}&redirect_uri=https://localhost/",
        app["authorize_url"].as_str().unwrap(),
        app["client_id"].as_str().unwrap()
    );
    let calls = [
        (
            "POST",
            "/person",
            json!({"username": "ada", "account_type": "Personal"}),
        ),
        ("GET", "/people", Value::Null),
        (
            "POST",
            "/page",
            json!({"name": "Ada's Page", "owner": "ada", "instagram": "studio"}),
        ),
        ("GET", "/pages", Value::Null),
        ("POST", "/remove_pages", json!({"person": "ada"})),
        ("GET", "/apps?product=facebook", Value::Null),
        (
            "POST",
            "/app",
            json!({"product": "standard", "redirect_uris": ["https://localhost/"]}),
        ),
        ("POST", "/seed", json!({"people": {"grace": {"page": false}}})),
        ("GET", "/seed", Value::Null),
        ("POST", "/approve", json!({"url": url, "person": "ada"})),
        (
            "POST",
            "/mint_token",
            json!({"product": "instagram", "person": "studio", "age_seconds": 90_000}),
        ),
        ("POST", "/invalidate", json!({"person": "studio", "why": "checkpoint"})),
        ("POST", "/clear_checkpoint", json!({"person": "studio"})),
        ("POST", "/expire", json!({"person": "studio", "product": "instagram"})),
        ("GET", "/clock", Value::Null),
        ("POST", "/clock/advance", json!({"seconds": 60})),
        ("POST", "/clock/set", json!({"now": 1_800_000_000})),
        ("POST", "/clock/freeze", json!({"now": 1_800_000_100})),
        ("POST", "/clock/unfreeze", Value::Null),
        (
            "POST",
            "/fault",
            json!({"endpoint": "/me", "kind": "throttle", "code": 17}),
        ),
        ("GET", "/faults", Value::Null),
        ("POST", "/clear_faults", Value::Null),
        ("POST", "/usage", json!({"account": "ada", "call_count": 95})),
        ("GET", "/usages", Value::Null),
        ("POST", "/clear_usages", Value::Null),
        (
            "GET",
            "/calls?endpoint=consent&account=ada&status=302&since=0",
            Value::Null,
        ),
        ("GET", "/behaviour", Value::Null),
        (
            "POST",
            "/behaviour",
            json!({"profile": "documented", "full_stops": true}),
        ),
        ("GET", "/world", Value::Null),
        (
            "POST",
            "/deliver_deauthorize",
            json!({"product": "facebook", "client_id": app["client_id"], "person": "ada"}),
        ),
        (
            "POST",
            "/deliver_deletion",
            json!({"product": "facebook", "client_id": app["client_id"], "person": "ada"}),
        ),
        (
            "POST",
            "/subscribe_webhook",
            json!({"product": "facebook", "client_id": app["client_id"], "callback_url": "http://127.0.0.1:1/", "verify_token": "x"}),
        ),
        ("GET", "/deliveries", Value::Null),
        ("POST", "/reset", Value::Null),
    ];
    let mut answers = Vec::new();
    for (method, word, body) in calls {
        let answer = ok(&sandbox, method, word, body).await;
        let path = word.split('?').next().unwrap();
        left.retain(|listed| *listed != format!("{method} /control{path}"));
        answers.push((word, answer));
    }
    // It needs a webhook that answers: tests/callbacks.rs.
    left.retain(|listed| listed != "POST /control/deliver_webhook");
    assert_eq!(left, Vec::<String>::new(), "listed and not tried");
    let of = |word: &str| &answers.iter().find(|(known, _)| *known == word).unwrap().1;
    assert_eq!(of("/person")["username"], "ada.sandbox");
    assert_eq!(of("/pages").as_array().unwrap().len(), 4);
    assert_eq!(of("/apps?product=facebook")[0]["client_id"], app["client_id"]);
    assert!(parameter(of("/approve")["redirect_url"].as_str().unwrap(), "code").is_some());
    for word in ["/invalidate", "/clear_checkpoint", "/expire"] {
        assert_eq!(*of(word), json!({"tokens": 1}), "{word}");
    }
    assert_eq!(*of("/clock/freeze"), json!({"now": 1_800_000_100, "frozen": true}));
    assert_eq!(of("/faults")[0]["kind"], "throttle");
    assert_eq!(
        *of("/usages"),
        json!([{"account": "ada", "call_count": 95, "total_cputime": 0, "total_time": 0}])
    );
    let journal = of("/calls?endpoint=consent&account=ada&status=302&since=0")
        .as_array()
        .unwrap();
    assert_eq!(journal.len(), 1, "{journal:?}");
    assert_eq!(
        of("/behaviour")["wrapped_answers"],
        false,
        "the first is the one that reads"
    );
    assert!(sandbox.calls().is_empty() && sandbox.apps(shutterkey_sandbox::Product::Facebook).is_empty());
}

#[tokio::test]
async fn what_does_not_work_says_why_in_one_sentence() {
    let sandbox = Sandbox::start().await.unwrap();
    for (method, word, body, words) in [
        ("POST", "/person", json!({"username": "A B"}), "is no sandbox username"),
        ("POST", "/person", json!({"name": "ada"}), "unknown field `name`"),
        (
            "POST",
            "/expire",
            json!({"person": "nobody"}),
            "there is no person \"nobody\"",
        ),
        (
            "POST",
            "/app",
            json!({"product": "facebook", "configurations": [{"name": "a", "permission": []}]}),
            "at configurations[0].permission: unknown field `permission`",
        ),
        (
            "POST",
            "/behaviour",
            json!({"colour": 1}),
            "there is no switch \"colour\": profile, ",
        ),
        (
            "POST",
            "/fault",
            json!({"kind": "earthquake"}),
            "there is no kind \"earthquake\"",
        ),
        (
            "POST",
            "/fault",
            json!({"kind": "throttle", "code": 5}),
            "5 is no throttle code",
        ),
        (
            "POST",
            "/fault",
            json!({"endpoint": "/me"}),
            "needs a status from 200 to 599",
        ),
        (
            "POST",
            "/usage",
            json!({"product": "legacy"}),
            "legacy has no usage headers: instagram, facebook, threads",
        ),
        (
            "POST",
            "/usage",
            json!({"estimated_time_to_regain_access": 5}),
            "is told of an account alone",
        ),
        ("GET", "/calls?colour=red", Value::Null, "not told apart by \"colour\""),
        ("POST", "/clock/advance", json!({}), "missing field `seconds`"),
        (
            "POST",
            "/invalidate",
            json!({"person": "studio", "why": "x"}),
            "unknown variant `x`",
        ),
    ] {
        let answer = call(&sandbox, method, word, body).await;
        assert_eq!(answer.status, 422, "{word}");
        let said = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(said.contains(words), "{word}: {said}");
    }
    assert_eq!(call(&sandbox, "POST", "/nothing", json!({})).await.status, 404);
}

#[tokio::test]
async fn the_journal_names_parameters_and_shows_harmless_values_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let minted = ok(
        &sandbox,
        "POST",
        "/mint_token",
        json!({"product": "instagram", "person": "studio"}),
    )
    .await;
    let token = minted["access_token"].as_str().unwrap();
    common::get(&sandbox, &format!("/instagram/me?fields=username&access_token={token}")).await;
    let journal = ok(&sandbox, "GET", "/calls", Value::Null).await;
    assert_eq!(journal[0]["number"], 1);
    assert_eq!(
        journal[0]["asked"],
        json!([["fields", "username"], ["access_token", null]])
    );
    assert!(!journal.to_string().contains(token));
}

#[tokio::test]
async fn other_languages_packages_have_every_call_by_one_function() {
    let sandbox = Sandbox::start().await.unwrap();
    let page = sandbox.control("page", r#"{"name": "A", "owner": "studio"}"#).unwrap();
    assert!(page.contains("\"owner\":\"studio.sandbox\""), "{page}");
    assert!(sandbox.control("behaviour", "").unwrap().contains("wrapped_answers"));
    let changed = sandbox.control("behaviour", r#"{"full_stops": true}"#).unwrap();
    assert!(changed.contains("\"full_stops\":true"));
    let error = sandbox.control("nothing", "").unwrap_err();
    assert_eq!(error.to_string(), "there is no call \"nothing\"");
}

/// The same with the real program, where it is installed.
#[tokio::test(flavor = "multi_thread")]
async fn curl_drives_it() {
    let sandbox = Sandbox::start().await.unwrap();
    let curl = |word: &str, body: &str| {
        let header = format!("X-Shutterkey-Control: {}", sandbox.control_token().reveal());
        let url = format!("{}/control/{word}", sandbox.base_url());
        let output = std::process::Command::new("curl")
            .args(["-sS", "-H", &header, "--json", body, &url])
            .output();
        output.map(|output| String::from_utf8(output.stdout).unwrap())
    };
    match curl("clock/set", "{\"now\": 1800000000}") {
        Ok(answer) => assert!(answer.starts_with("{\"frozen\":false,\"now\":18000000"), "{answer}"),
        Err(missing) => println!("curl was not run: {missing}"),
    }
}
