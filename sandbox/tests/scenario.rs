//! Scenarios: the example's login, all or nothing, and words that name the place of a mistake.

mod common;

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use shutterkey::{
    AuthorizeOptions, Client, ClientConfig, Clock, HttpTransport, Keeper, MemoryStore, Provider, TokenKind,
};
use shutterkey_sandbox::{AppCredentials, Approval, Behaviour, Product, Sandbox, SandboxError, Scenario};

fn example() -> Scenario {
    Scenario::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/sandbox/scenario.toml")).unwrap()
}

fn keeper(sandbox: &Sandbox, app: &AppCredentials, scopes: &[&str]) -> Keeper {
    let provider = Provider::in_sandbox(app.product.as_str(), sandbox.base_url(), None).unwrap();
    let config = ClientConfig::builder(provider, &*app.client_id)
        .redirect_uri(&app.redirect_uris[0])
        .client_secret(app.client_secret.clone().unwrap())
        .scopes(scopes.iter().copied())
        .build()
        .unwrap();
    let client = Client::over(config, Arc::new(HttpTransport::new())).with_clock(Arc::new(sandbox.clock()));
    Keeper::new(client, Arc::new(MemoryStore::new()))
}

fn refusal(result: Result<impl std::fmt::Debug, SandboxError>) -> (String, String) {
    match result.unwrap_err() {
        SandboxError::Scenario { place, problem } => (place, problem),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn the_example_is_there_as_it_says_and_people_log_in_there() {
    let sandbox = Sandbox::builder().scenario(example()).start().await.unwrap();
    let made = sandbox.seeded();
    assert_eq!(sandbox.clock().now().to_string(), "2026-03-01T09:00:00Z");
    assert!(sandbox.clock().is_frozen() && sandbox.behaviour().error_subcodes);
    assert_eq!(made.people["grace"].full_name, "Grace of the Sandbox");

    let instagram = keeper(&sandbox, &made.apps["shop"], &["instagram_business_basic"]);
    let login = instagram.authorize(AuthorizeOptions::new()).unwrap();
    let redirect = sandbox.approve(&login.url, &Approval::by("ada")).await.unwrap();
    let connection = instagram
        .complete(&login.pending, &redirect, Some("ada"))
        .await
        .unwrap();
    assert_eq!(connection.account.user_id.as_str(), made.people["ada"].user_id);
    // In development it admits nobody without a role.
    let login = instagram.authorize(AuthorizeOptions::new()).unwrap();
    let refused = sandbox.approve(&login.url, &Approval::by("bakery")).await.unwrap_err();
    assert!(refused.to_string().contains("Insufficient developer role"), "{refused}");

    // The token of fifty days can be refreshed; the fault hits the first time.
    let due = made.tokens["due"].access_token.reveal().to_owned();
    let refresh = format!("/instagram/refresh_access_token?grant_type=ig_refresh_token&access_token={due}");
    assert_eq!(common::get(&sandbox, &refresh).await.status, 500);
    assert_eq!(common::get(&sandbox, &refresh).await.json()["expires_in"], 5_184_000);
    let expired = made.tokens["expired"].access_token.reveal().to_owned();
    let answer = common::get(&sandbox, &format!("/instagram/me?access_token={expired}")).await;
    assert_eq!(answer.json()["error"]["error_subcode"], 463);

    let facebook = keeper(&sandbox, &made.apps["pages"], &["instagram_basic", "pages_show_list"]);
    let login = facebook.authorize(AuthorizeOptions::new()).unwrap();
    let redirect = sandbox.approve(&login.url, &Approval::by("grace")).await.unwrap();
    let connection = facebook
        .complete(&login.pending, &redirect, Some("grace"))
        .await
        .unwrap();
    assert_eq!(connection.token.kind(), TokenKind::Long);
    let path = format!(
        "/facebook/me/accounts?fields=id&access_token={}",
        connection.token.reveal()
    );
    let pages = common::get(&sandbox, &path).await.json();
    assert_eq!(pages["data"], json!([{"id": made.pages["bookshop"].id}]));
    let configuration = &made.apps["pages"].config_ids;
    assert_eq!(configuration.len(), 1);
}

#[tokio::test]
async fn the_same_scenario_makes_the_same_in_worlds_of_one_seed_and_another_in_another() {
    let mut made = Vec::new();
    for seed in [7, 7, 8] {
        let sandbox = Sandbox::builder().seed(seed).start().await.unwrap();
        sandbox.seed(&example()).unwrap();
        let answer = sandbox.control("seed", "").unwrap();
        made.push(answer.replace(sandbox.base_url(), "http://here"));
    }
    assert_eq!(made[0], made[1]);
    assert_ne!(made[0], made[2]);
}

/// What there is to change, as one text.
fn everything(sandbox: &Sandbox) -> String {
    let faults = sandbox.control("faults", "").unwrap();
    format!("{} {faults} {:?}", sandbox.save_world().unwrap(), sandbox.seeded())
}

#[tokio::test]
async fn a_scenario_with_one_mistake_changes_nothing() {
    let sandbox = Sandbox::start().await.unwrap();
    let before = everything(&sandbox);
    let mut scenario = example();
    // The last thing that is looked at.
    scenario.faults[0].client_id = Some("shopp".to_owned());
    let (place, problem) = refusal(sandbox.seed(&scenario));
    assert_eq!(place, "faults[0].client_id");
    assert_eq!(
        problem,
        "there is no app \"shopp\" in this scenario: it has pages, shop"
    );
    assert_eq!(everything(&sandbox), before);
    assert!(!sandbox.clock().is_frozen());
    sandbox.seed(&example()).unwrap();
    assert_ne!(everything(&sandbox), before);
    // A reset leaves the switches as they are.
    sandbox.reset();
    sandbox.set_behaviour(Behaviour::default());
    assert_eq!(everything(&sandbox), before);
}

#[tokio::test]
async fn a_mistake_is_told_by_its_place_and_by_what_is_allowed_there() {
    let sandbox = Sandbox::start().await.unwrap();
    let app = "[apps.shop]\nproduct = \"instagram\"\nredirect_uris = [\"https://localhost/\"]\n";
    let shop = |more: &str| format!("{app}{more}");
    for (text, place, words) in [
        (
            "peeple = {}",
            "peeple",
            "expected one of `clock`, `behaviour`, `people`, `apps`",
        ),
        (
            "[apps.shop]\nproduct = \"instagramm\"",
            "apps.shop.product",
            "expected one of `legacy`, `instagram`",
        ),
        (
            "[apps.shop]\nredirect_uris = []",
            "apps.shop",
            "missing field `product`",
        ),
        ("[apps.shop]\nproduct = \"legacy\"", "apps.shop", "the app was refused"),
        (
            &shop("redirect_url = \"x\""),
            "apps.shop.redirect_url",
            "expected one of `product`, `name`, `redirect_uris`",
        ),
        (
            &shop("owner = \"nobody\""),
            "apps.shop.owner",
            "or take one of studio.sandbox, bakery.sandbox",
        ),
        (
            &shop("testers = [\"ada\", \"x\"]\n[people.ada]"),
            "apps.shop.testers",
            "there is no person \"x\"",
        ),
        (
            &shop("configurations = [{name = \"a\"}]"),
            "apps.shop.configurations[0]",
            "missing field `permissions`",
        ),
        (
            &shop("[tokens.old]\napp = \"shop\"\nperson = \"studi\""),
            "tokens.old.person",
            "there is no person \"studi\"",
        ),
        (
            &shop("[tokens.old]\napp = \"shopp\"\nperson = \"studio\""),
            "tokens.old.app",
            "it has shop",
        ),
        (
            "[tokens.old]\napp = \"shop\"\nperson = \"studio\"",
            "tokens.old.app",
            "it has none",
        ),
        (
            &shop("[tokens.old]\napp = \"shop\"\nperson = \"studio\"\nage_seconds = -1"),
            "tokens.old.age_seconds",
            "invalid value: integer `-1`",
        ),
        ("people.Ada = {}", "people.Ada", "use 1 to 22 of a-z"),
        (
            "people.ada.account_type = \"business\"",
            "people.ada.account_type",
            "expected one of `Business`",
        ),
        (
            "people.studio.account_type = \"Personal\"",
            "people.studio.account_type",
            "it is \"Business\"; leave it out",
        ),
        (
            "people.studio.full_name = \"X\"",
            "people.studio.full_name",
            "it is \"Sandbox Studio\"; leave it out",
        ),
        (
            "pages.a = {name = \"A\", owner = \"nobody\"}",
            "pages.a.owner",
            "there is no person \"nobody\"",
        ),
        (
            "pages.a = {name = \"A\", owner = \"studio\", instagram = \"nobody\"}",
            "pages.a.instagram",
            "there is no person \"nobody\"",
        ),
        (
            "clock.now = \"tomorrow\"",
            "clock.now",
            "seconds since 1970, or a date and a time with an offset",
        ),
        ("clock.now = 2026-03-01", "clock.now", "such as 2026-03-01T09:00:00Z"),
        ("clock.frozen = 1", "clock.frozen", "expected a boolean"),
        (
            "behaviour.colour = true",
            "behaviour",
            "there is no switch \"colour\": profile, error_subcodes",
        ),
        (
            "behaviour.full_stops = 3",
            "behaviour",
            "full_stops: invalid type: integer `3`, expected a boolean",
        ),
        (
            "behaviour.profile = \"x\"",
            "behaviour",
            "profile: unknown variant `x`, expected `production` or `documented`",
        ),
        (
            "faults = [{kind = \"lost\"}, {kind = \"lots\"}]",
            "faults[1]",
            "there is no kind \"lots\": status, throttle",
        ),
        (
            "faults = [{kind = \"lost\", account = \"x\"}]",
            "faults[0].account",
            "there is no person \"x\"",
        ),
        ("a = 1\nb = = 2", "line 2", ""),
    ] {
        let seeded = Scenario::from_toml(text).and_then(|scenario| sandbox.seed(&scenario));
        let (said, problem) = refusal(seeded);
        assert_eq!(said, place, "{text}: {problem}");
        assert!(problem.contains(words), "{text}: {problem}");
    }
    for (text, place, words) in [
        (
            r#"{"people": {"ada": {}, "ada": {}}}"#,
            "people",
            "the name \"ada\" is there twice",
        ),
        (r#"{"people": {}} {}"#, "the end", "trailing characters"),
        ("3", "the top", "invalid type: integer `3`"),
        (
            r#"{"apps": {"shop": {"product": "instagram", "nam": 1}}}"#,
            "apps.shop.nam",
            "expected one of `product`",
        ),
    ] {
        let (said, problem) = refusal(Scenario::from_json(text));
        assert_eq!(said, place, "{text}: {problem}");
        assert!(problem.contains(words), "{text}: {problem}");
    }
    let (place, problem) = refusal(Scenario::read("nowhere/scenario.toml"));
    assert_eq!(place, "nowhere/scenario.toml");
    assert!(problem.starts_with("the file cannot be read"), "{problem}");
}

#[tokio::test]
async fn the_same_goes_over_http_and_is_remembered_by_name_until_a_reset() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = sandbox.control_token().reveal().to_owned();
    let headers = [("X-Shutterkey-Control", token.as_str())];
    let call = async |method: &str, body: &Value| {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        common::send(&sandbox, method, "/control/seed", &headers, &body).await
    };
    let scenario = json!({
        "clock": {"now": 1_800_000_000, "frozen": true},
        "apps": {"shop": {"product": "standard", "redirect_uris": ["https://localhost/"]}},
        "tokens": {"old": {"app": "shop", "person": "studio", "age_seconds": 60}},
    });
    let made = call("POST", &scenario).await;
    assert_eq!(made.status, 200, "{}", made.body);
    let made = made.json();
    assert_eq!(made["tokens"]["old"]["client_id"], made["apps"]["shop"]["client_id"]);
    assert_eq!(made["tokens"]["old"]["issued_at"], 1_799_999_940);
    assert!(made["tokens"]["old"]["refresh_token"].is_string() && made["apps"]["shop"]["client_secret"].is_string());
    let more = json!({"people": {"ada.sandbox": {}}, "apps": {"blog": {"product": "legacy", "redirect_uris": ["http://localhost/"]}}});
    assert_eq!(call("POST", &more).await.status, 200);
    let all = call("GET", &Value::Null).await.json();
    assert_eq!(all["apps"]["shop"], made["apps"]["shop"]);
    assert_eq!(all["people"]["ada.sandbox"]["username"], "ada.sandbox");
    assert_eq!(all["apps"].as_object().unwrap().len(), 2);
    let wrong = call("POST", &json!({"tokens": {"old": {"app": "blog", "person": "studio"}}})).await;
    assert_eq!(wrong.status, 422);
    let said = wrong.json()["error"].as_str().unwrap().to_owned();
    assert_eq!(
        said,
        "the scenario is refused at tokens.old.app: there is no app \"blog\" in this scenario: it has none"
    );
    sandbox.reset();
    assert_eq!(call("GET", &Value::Null).await.json()["apps"], json!({}));
    assert!(sandbox.apps(Product::Legacy).is_empty());
}

#[tokio::test]
async fn a_sandbox_does_not_start_with_a_scenario_that_is_wrong() {
    let scenario = Scenario::from_toml("people.Ada = {}").unwrap();
    let (place, _) = refusal(Sandbox::builder().scenario(scenario).start().await);
    assert_eq!(place, "people.Ada");
}

#[tokio::test]
async fn the_guides_own_scenario_is_made() {
    let guide = include_str!("../../docs/sandbox.md");
    let (_, rest) = guide.split_once("```toml\n").unwrap();
    let scenario = Scenario::from_toml(rest.split("```").next().unwrap()).unwrap();
    let made = Sandbox::start().await.unwrap().seed(&scenario).unwrap();
    assert_eq!(made.tokens["due"].username, "ada.sandbox");
    assert_eq!(guide.matches("```toml").count(), 1, "another one is run by nobody");
}
