//! The usage headers of answers that succeed: whose numbers, for how long, and that a throttled call is something else.

mod common;

use serde_json::{Value, json};
use shutterkey_sandbox::{
    AppSpec, Behaviour, Fault, FaultKind, MintedToken, Product, Sandbox, SandboxError, Scenario, Usage,
};

const APP: &str = "x-app-usage";
const USE_CASE: &str = "x-business-use-case-usage";

async fn told(sandbox: &Sandbox, path: &str, token: &MintedToken) -> (u16, Option<Value>, Option<Value>) {
    let mark = if path.contains('?') { '&' } else { '?' };
    let answer = common::get(
        sandbox,
        &format!("{path}{mark}access_token={}", token.access_token.reveal()),
    )
    .await;
    let header = |name: &str| answer.header(name).map(|text| serde_json::from_str(text).unwrap());
    (answer.status, header(APP), header(USE_CASE))
}

#[tokio::test]
async fn an_apps_numbers_and_an_accounts_have_a_header_each_in_metas_shapes() {
    let sandbox = Sandbox::start().await.unwrap();
    for (product, kind, refreshes) in [
        (Product::Instagram, "instagram", true),
        (Product::Facebook, "instagram", false),
        (Product::Threads, "threads", true),
    ] {
        let token = sandbox.mint_token(product, "studio", 2 * 86_400).unwrap();
        let me = format!("/{}/me", product.as_str());
        assert_eq!(told(&sandbox, &me, &token).await, (200, None, None), "nothing was set");
        sandbox
            .usage(
                Usage::new()
                    .product(product)
                    .call_count(28)
                    .total_time(25)
                    .total_cputime(24),
            )
            .unwrap();
        let account = Usage::new()
            .product(product)
            .account("studio")
            .call_count(95)
            .total_time(20)
            .total_cputime(19);
        sandbox.usage(account.estimated_time_to_regain_access(7)).unwrap();
        let app = json!({"call_count": 28, "total_time": 25, "total_cputime": 24});
        let (status, of_app, of_account) = told(&sandbox, &me, &token).await;
        assert_eq!((status, of_app), (200, Some(app.clone())));
        let numbers = json!([{"type": kind, "call_count": 95, "total_cputime": 19, "total_time": 20, "estimated_time_to_regain_access": 7}]);
        let id = match product {
            Product::Facebook => sandbox.person("studio").unwrap().user_id,
            _ => token.user_id.clone(),
        };
        assert_eq!(of_account, Some(json!({id: numbers})));
        if refreshes {
            let grant = if product == Product::Threads { "th" } else { "ig" };
            let refresh = format!(
                "/{}/refresh_access_token?grant_type={grant}_refresh_token",
                product.as_str()
            );
            assert_eq!(told(&sandbox, &refresh, &token).await.1, Some(app));
        }
    }
}

#[tokio::test]
async fn numbers_are_for_whom_they_were_set_until_their_time_or_newer_ones() {
    let sandbox = Sandbox::start().await.unwrap();
    let app = || {
        sandbox
            .app(&AppSpec::new(Product::Instagram).redirect_uri("https://localhost/"))
            .unwrap()
    };
    let (one, two) = (app(), app());
    let studio = sandbox.mint_token_for(&one, "studio", 0).unwrap();
    let bakery = sandbox.mint_token_for(&two, "bakery", 0).unwrap();
    let count = |header: Option<Value>| header.map(|value| value["call_count"].as_u64().unwrap());

    sandbox
        .usage(Usage::new().client_id(&one.client_id).call_count(50))
        .unwrap();
    sandbox
        .usage(Usage::new().account("studio").call_count(90).for_seconds(60))
        .unwrap();
    let (_, of_app, of_account) = told(&sandbox, "/instagram/me", &studio).await;
    assert!(of_account.is_some());
    assert_eq!(count(of_app), Some(50));
    assert_eq!(told(&sandbox, "/instagram/me", &bakery).await, (200, None, None));

    // The newest that fit, and one about the same in place of the older one.
    sandbox.usage(Usage::new().call_count(10)).unwrap();
    assert_eq!(count(told(&sandbox, "/instagram/me", &studio).await.1), Some(10));
    sandbox
        .usage(Usage::new().client_id(&one.client_id).call_count(60))
        .unwrap();
    assert_eq!(count(told(&sandbox, "/instagram/me", &studio).await.1), Some(60));
    assert_eq!(count(told(&sandbox, "/instagram/me", &bakery).await.1), Some(10));
    assert_eq!(sandbox.usages().len(), 3);

    sandbox.clock().advance(61);
    assert_eq!(
        told(&sandbox, "/instagram/me", &studio).await.2,
        None,
        "an hour is over"
    );
    sandbox.clear_usages();
    assert_eq!(told(&sandbox, "/instagram/me", &studio).await, (200, None, None));
    sandbox.usage(Usage::new().call_count(10)).unwrap();
    sandbox.reset();
    assert!(sandbox.usages().is_empty());
}

#[tokio::test]
async fn what_fails_and_what_is_no_api_carries_none_and_the_switch_turns_them_off() {
    let sandbox = Sandbox::start().await.unwrap();
    let token = sandbox.mint_token(Product::Instagram, "studio", 0).unwrap();
    sandbox.usage(Usage::new().call_count(99)).unwrap();
    let young = "/instagram/refresh_access_token?grant_type=ig_refresh_token";
    assert_eq!(
        told(&sandbox, young, &token).await,
        (400, None, None),
        "the token is too young"
    );
    let app = sandbox.apps(Product::Instagram).pop().unwrap();
    let page = format!(
        "/instagram/oauth/authorize?client_id={}&redirect_uri=https://localhost/&response_type=code&scope=instagram_business_basic",
        app.client_id
    );
    assert_eq!(common::get(&sandbox, &page).await.header(APP), None);

    // A call that is throttled fails, with a throttled call's own numbers.
    sandbox.fault(Fault::of("/me", FaultKind::Throttle { code: 4, minutes: 3 }));
    let (status, of_app, _) = told(&sandbox, "/instagram/me", &token).await;
    assert_eq!((status, of_app.unwrap()["call_count"].as_u64()), (403, Some(100)));
    let (status, of_app, _) = told(&sandbox, "/instagram/me", &token).await;
    assert_eq!((status, of_app.unwrap()["call_count"].as_u64()), (200, Some(99)));

    let mut switches = Behaviour::default();
    switches.rate_headers = false;
    sandbox.set_behaviour(switches);
    assert_eq!(told(&sandbox, "/instagram/me", &token).await, (200, None, None));
    let wrong = sandbox.usage(Usage::new().product(Product::Standard)).unwrap_err();
    assert!(matches!(wrong, SandboxError::Usage(_)), "{wrong}");
}

#[tokio::test]
async fn a_scenario_sets_numbers_by_the_names_of_its_apps() {
    let sandbox = Sandbox::start().await.unwrap();
    let text = r#"
        usages = [{client_id = "shop", call_count = 70}, {account = "studio", call_count = 80}]
        [apps.shop]
        product = "instagram"
        redirect_uris = ["https://localhost/"]
        [tokens.now]
        app = "shop"
        person = "studio"
    "#;
    let made = sandbox.seed(&Scenario::from_toml(text).unwrap()).unwrap();
    let (_, of_app, of_account) = told(&sandbox, "/instagram/me", &made.tokens["now"]).await;
    assert_eq!(of_app.unwrap()["call_count"], 70);
    assert!(of_account.is_some());
    for (usage, words) in [
        ("{account = \"x\"}", "usages[0].account: there is no person \"x\""),
        ("{client_id = \"x\"}", "usages[0].client_id: there is no app \"x\""),
        ("{product = \"legacy\"}", "usages[0]: the usage cannot be told"),
        (
            "{calls = 1}",
            "usages[0].calls: unknown field `calls`, expected one of `product`, `client_id`, `account`, `call_count`",
        ),
    ] {
        let wrong = Scenario::from_toml(&format!("usages = [{usage}]")).and_then(|scenario| sandbox.seed(&scenario));
        let said = wrong.unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
}
