//! Tokens of Facebook Login: exchange, long-lived exchange, debug_token, permissions, Pages and linked accounts.

mod common;

use common::facebook::*;
use common::{encode, get, parameter, send};
use serde_json::{Value, json};
use shutterkey::meta::appsecret_proof;
use shutterkey_sandbox::{AppSpec, Approval, Ended, PageSpec, Product, Profile, Sandbox};

async fn extend(sandbox: &Sandbox, app: &shutterkey_sandbox::AppCredentials, token: &str) -> common::Answer {
    let fields = [
        ("grant_type", "fb_exchange_token"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.client_secret.as_ref().unwrap().reveal()),
        ("fb_exchange_token", token),
    ];
    get(sandbox, &format!("/facebook/oauth/access_token?{}", encode(&fields))).await
}

#[tokio::test]
async fn a_code_works_once_and_is_refused_with_a_challenge_afterwards() {
    let (sandbox, app) = start().await;
    let redirect = sandbox
        .approve(&dialog(&app, &[]), &Approval::by("studio"))
        .await
        .unwrap();
    let code = parameter(&redirect, "code").unwrap();
    let first = exchange(&sandbox, &app, &code).await.json();
    assert_eq!(
        (first["token_type"].as_str(), first["expires_in"].as_i64()),
        (Some("bearer"), Some(5_400))
    );
    let second = exchange(&sandbox, &app, &code).await;
    assert_eq!(second.status, 400);
    assert_eq!(
        second.header("www-authenticate"),
        Some("OAuth \"Facebook Platform\" \"invalid_code\" \"This authorization code has been used.\"")
    );
    assert_eq!(second.json()["error"]["code"], 100);
}

#[tokio::test]
async fn a_short_token_becomes_a_long_one_and_a_long_one_keeps_its_end() {
    let (sandbox, app) = start().await;
    let short = token(&sandbox, &app, &Approval::by("studio")).await;
    let long = extend(&sandbox, &app, &short).await.json();
    assert_eq!(long["expires_in"], 5_184_000);
    sandbox.clock().advance(86_400);
    let again = extend(&sandbox, &app, long["access_token"].as_str().unwrap())
        .await
        .json();
    assert_eq!(again["access_token"], long["access_token"]);
    assert!(
        (5_097_000..=5_097_600).contains(&again["expires_in"].as_i64().unwrap()),
        "{again}"
    );
    let dead = extend(&sandbox, &app, &short).await.json();
    assert_eq!(
        (&dead["error"]["code"], &dead["error"]["error_subcode"]),
        (&json!(190), &json!(463))
    );
}

#[tokio::test]
async fn the_documented_profile_gives_sixty_days_at_once_and_renews_on_exchange() {
    let sandbox = Sandbox::builder().profile(Profile::Documented).start().await.unwrap();
    let app = sandbox
        .app(&AppSpec::new(Product::Facebook).redirect_uri(CALLBACK))
        .unwrap();
    let long = token(&sandbox, &app, &Approval::by("studio")).await;
    sandbox.clock().advance(86_400);
    let again = extend(&sandbox, &app, &long).await.json();
    assert_ne!(again["access_token"].as_str().unwrap(), long);
    assert_eq!(again["expires_in"], 5_184_000);
    assert!(debug(&sandbox, &app, &long).await["app_id"].is_u64());
}

#[tokio::test]
async fn debug_token_tells_app_person_scopes_and_targets() {
    let (sandbox, app) = start().await;
    let short = token(&sandbox, &app, &Approval::by("studio")).await;
    let data = debug(&sandbox, &app, &short).await;
    let person = sandbox.person("studio").unwrap();
    assert_eq!(data["app_id"], json!(app.client_id));
    assert_eq!(
        (data["type"].as_str(), data["is_valid"].as_bool()),
        (Some("USER"), Some(true))
    );
    let page = sandbox
        .pages()
        .into_iter()
        .find(|page| page.owner == person.username)
        .unwrap();
    let granular = data["granular_scopes"].as_array().unwrap();
    assert!(
        granular.contains(&json!({"scope": "pages_show_list", "target_ids": [page.id]})),
        "{granular:?}"
    );
    assert!(
        granular.contains(&json!({"scope": "instagram_basic", "target_ids": [person.user_id]})),
        "{granular:?}"
    );
}

#[tokio::test]
async fn debug_token_says_why_a_token_is_dead_and_nothing_of_another_apps() {
    let (sandbox, app) = start().await;
    let short = token(&sandbox, &app, &Approval::by("studio")).await;
    let other = sandbox
        .app(&AppSpec::new(Product::Facebook).redirect_uri(CALLBACK))
        .unwrap();
    let foreign = debug(&sandbox, &other, &short).await;
    assert_eq!(
        (foreign["is_valid"].as_bool(), foreign.get("app_id")),
        (Some(false), None)
    );
    assert_eq!(
        sandbox
            .invalidate("studio", Some(Product::Facebook), Ended::PasswordChanged)
            .unwrap(),
        1
    );
    let data = debug(&sandbox, &app, &short).await;
    assert_eq!(data["is_valid"], false);
    assert_eq!(
        (&data["error"]["code"], &data["error"]["subcode"]),
        (&json!(190), &json!(460))
    );
    let nothing = debug(&sandbox, &app, "EAAnothing").await;
    assert_eq!(nothing["error"]["code"], 190);
    // A person without a role on the app cannot ask, a developer can.
    let mine = token(&sandbox, &app, &Approval::by("maker")).await;
    let refused = graph(&sandbox, "debug_token", &mine, &[("input_token", &mine)]).await;
    assert_eq!(refused.status, 400);
}

#[tokio::test]
async fn an_app_gets_its_own_token_and_may_ask_with_it() {
    let (sandbox, app) = start().await;
    let secret = app.client_secret.as_ref().unwrap().reveal();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", secret),
    ];
    let answer = get(&sandbox, &format!("/facebook/oauth/access_token?{}", encode(&fields)))
        .await
        .json();
    let own = answer["access_token"].as_str().unwrap();
    assert!(own.starts_with(&format!("{}|", app.client_id)) && !own.contains(secret));
    let short = token(&sandbox, &app, &Approval::by("studio")).await;
    let data = graph(&sandbox, "debug_token", own, &[("input_token", &short)])
        .await
        .json();
    assert_eq!(data["data"]["is_valid"], true);
}

async fn accounts(sandbox: &Sandbox, token: &str) -> Vec<Value> {
    let fields = "id,name,access_token,instagram_business_account{id,username}";
    let answer = graph(sandbox, "me/accounts", token, &[("fields", fields)]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json()["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn pages_lead_to_the_linked_instagram_account() {
    let (sandbox, app) = start().await;
    let short = token(&sandbox, &app, &Approval::by("studio")).await;
    let found = accounts(&sandbox, &short).await;
    let person = sandbox.person("studio").unwrap();
    assert_eq!(found.len(), 1);
    let account = json!({"id": person.user_id, "username": "studio.sandbox"});
    assert_eq!(found[0]["instagram_business_account"], account);
    let page_token = found[0]["access_token"].as_str().unwrap();
    let data = debug(&sandbox, &app, page_token).await;
    assert_eq!(
        (data["type"].as_str(), &data["profile_id"]),
        (Some("PAGE"), &found[0]["id"])
    );
    let me = graph(&sandbox, "me", page_token, &[]).await.json();
    assert_eq!(me["name"], "Sandbox Studio Page");
    let named = graph(&sandbox, &person.user_id, page_token, &[("fields", "username")])
        .await
        .json();
    assert_eq!(named, json!({"id": person.user_id, "username": "studio.sandbox"}));
}

#[tokio::test]
async fn nothing_is_found_without_the_permission_the_selection_the_portfolio_or_the_link() {
    let (sandbox, app) = start().await;
    let page = sandbox.pages()[0].id.clone();
    let none = [
        (
            "no permission to list Pages",
            Approval::by("studio").untick("pages_show_list"),
        ),
        ("no Page selected", Approval::by("studio").untick(&page)),
        (
            "a portfolio's Page",
            Approval::by("maker").untick("business_management"),
        ),
        ("no Page at all", Approval::by("visitor")),
    ];
    for (why, approval) in none {
        let found = accounts(&sandbox, &token(&sandbox, &app, &approval).await).await;
        assert_eq!(found, Vec::<Value>::new(), "{why}");
    }
    for (why, approval) in [
        ("no account linked", Approval::by("bakery")),
        (
            "no permission to see it",
            Approval::by("maker").untick("instagram_basic"),
        ),
    ] {
        // A fresh app each: what was declined before is not asked again.
        let app = sandbox
            .app(&AppSpec::new(Product::Facebook).redirect_uri(CALLBACK))
            .unwrap();
        let found = accounts(&sandbox, &token(&sandbox, &app, &approval).await).await;
        assert_eq!(found.len(), 1, "{why}");
        assert_eq!(found[0].get("instagram_business_account"), None, "{why}");
    }
}

#[tokio::test]
async fn many_pages_come_in_pieces() {
    let (sandbox, app) = start().await;
    for number in 0..5 {
        let spec = PageSpec {
            name: format!("Page {number}"),
            owner: "studio".to_owned(),
            ..PageSpec::default()
        };
        sandbox.page(&spec).unwrap();
    }
    let short = token(&sandbox, &app, &Approval::by("studio")).await;
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let more = [("fields", "name"), ("limit", "4"), ("after", after.as_str())];
        let answer = graph(&sandbox, "me/accounts", &short, &more).await.json();
        names.extend(
            answer["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|page| page["name"].clone()),
        );
        if answer["paging"].get("next").is_none() {
            break;
        }
        answer["paging"]["cursors"]["after"]
            .as_str()
            .unwrap()
            .clone_into(&mut after);
    }
    assert_eq!(names.len(), 6, "{names:?}");
}

#[tokio::test]
async fn permissions_are_listed_and_revoked_one_by_one_or_all() {
    let (sandbox, app) = start().await;
    let short = token(&sandbox, &app, &Approval::by("studio").untick("business_management")).await;
    let listed = graph(&sandbox, "me/permissions", &short, &[]).await.json();
    let rows = listed["data"].as_array().unwrap();
    assert!(
        rows.contains(&json!({"permission": "business_management", "status": "declined"})),
        "{rows:?}"
    );
    let delete = async |path: &str| {
        let path = format!("/facebook/v26.0/{path}?{}", encode(&[("access_token", &short)]));
        send(&sandbox, "DELETE", &path, &[], "").await
    };
    assert_eq!(delete("me/permissions/nonsense").await.json()["error"]["code"], 3_962);
    assert_eq!(
        delete("me/permissions/instagram_basic").await.json(),
        json!({"success": true})
    );
    assert!(
        !debug(&sandbox, &app, &short).await["scopes"]
            .to_string()
            .contains("instagram_basic")
    );
    assert_eq!(delete("me/permissions").await.json(), json!({"success": true}));
    let gone = graph(&sandbox, "me", &short, &[]).await.json();
    assert_eq!(
        (&gone["error"]["code"], &gone["error"]["error_subcode"]),
        (&json!(190), &json!(458))
    );
}

#[tokio::test]
async fn with_require_app_secret_every_call_needs_the_proof_of_its_own_token() {
    let sandbox = Sandbox::start().await.unwrap();
    let spec = AppSpec::new(Product::Facebook)
        .redirect_uri(CALLBACK)
        .require_app_secret(true);
    let app = sandbox.app(&spec).unwrap();
    let short = token(&sandbox, &app, &Approval::by("studio")).await;
    let proof = appsecret_proof(app.client_secret.as_ref().unwrap(), &short);
    let message = |answer: common::Answer| answer.json()["error"]["message"].to_string();
    assert!(message(graph(&sandbox, "me", &short, &[]).await).contains("require an appsecret_proof"));
    assert!(
        message(graph(&sandbox, "me", &short, &[("appsecret_proof", "00")]).await).contains("Invalid appsecret_proof")
    );
    assert_eq!(
        graph(&sandbox, "me", &short, &[("appsecret_proof", &proof)])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_checkpoint_stops_tokens_until_the_person_clears_it() {
    let (sandbox, app) = start().await;
    let short = token(&sandbox, &app, &Approval::by("studio")).await;
    sandbox.invalidate("studio", None, Ended::Checkpoint).unwrap();
    let stopped = graph(&sandbox, "me", &short, &[]).await.json();
    assert_eq!(stopped["error"]["error_subcode"], 459);
    assert_eq!(sandbox.clear_checkpoint("studio").unwrap(), 1);
    assert_eq!(graph(&sandbox, "me", &short, &[]).await.status, 200);
    sandbox.expire("studio", None).unwrap();
    assert_eq!(
        graph(&sandbox, "me", &short, &[]).await.json()["error"]["error_subcode"],
        463
    );
}

#[tokio::test]
async fn a_page_has_a_new_token_after_its_old_one_died_or_its_permissions_changed() {
    let (sandbox, app) = start().await;
    let page_token = async || {
        let short = token(&sandbox, &app, &Approval::by("studio")).await;
        let long = extend(&sandbox, &app, &short).await.json();
        let pages = accounts(&sandbox, long["access_token"].as_str().unwrap()).await;
        pages[0]["access_token"].as_str().unwrap().to_owned()
    };
    let first = page_token().await;
    assert_eq!(page_token().await, first, "while it lives it is the same");
    for why in [Ended::PasswordChanged, Ended::AppRemoved, Ended::PasswordChanged] {
        let dead = page_token().await;
        sandbox.invalidate("studio", None, why).unwrap();
        assert_eq!(graph(&sandbox, "me", &dead, &[]).await.status, 400);
        let living = page_token().await;
        assert_ne!(living, dead);
        assert_eq!(graph(&sandbox, "me", &living, &[]).await.status, 200);
        assert_eq!(graph(&sandbox, "me", &dead, &[]).await.status, 400);
    }
}

#[tokio::test]
async fn an_app_that_was_removed_on_demand_has_no_code_and_no_permission_left() {
    let (sandbox, app) = start().await;
    token(&sandbox, &app, &Approval::by("studio")).await;
    let redirect = sandbox
        .approve(&dialog(&app, &[]), &Approval::by("studio"))
        .await
        .unwrap();
    sandbox.invalidate("studio", None, Ended::AppRemoved).unwrap();
    let late = exchange(&sandbox, &app, &parameter(&redirect, "code").unwrap()).await;
    assert_eq!(late.status, 400, "{}", late.body);
    let minted = sandbox.mint_token_for(&app, "bakery", 0).unwrap();
    let others = graph(&sandbox, "me/permissions", minted.access_token.reveal(), &[]).await;
    assert_eq!(others.status, 200, "the permissions of others stay");
    let saved = sandbox.save_world().unwrap();
    let world: Value = serde_json::from_str(&saved).unwrap();
    let grants = world["social"]["grants"].to_string();
    assert!(!grants.contains("studio"), "{grants}");
}

#[tokio::test]
async fn a_head_request_spends_no_code() {
    let (sandbox, app) = start().await;
    let redirect = sandbox
        .approve(&dialog(&app, &[]), &Approval::by("studio"))
        .await
        .unwrap();
    let code = parameter(&redirect, "code").unwrap();
    let fields = [
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.client_secret.as_ref().unwrap().reveal()),
        ("redirect_uri", CALLBACK),
        ("code", code.as_str()),
    ];
    let path = format!("/facebook/oauth/access_token?{}", encode(&fields));
    assert_eq!(send(&sandbox, "HEAD", &path, &[], "").await.status, 400);
    assert_eq!(exchange(&sandbox, &app, &code).await.status, 200);
}

#[tokio::test]
async fn a_redirect_uri_with_a_query_has_one_question_mark_before_the_fragment() {
    let sandbox = Sandbox::start().await.unwrap();
    let callback = "https://localhost/fb?x=1";
    let app = sandbox
        .app(&AppSpec::new(Product::Facebook).redirect_uri(callback))
        .unwrap();
    let url = dialog(&app, &[("redirect_uri", callback), ("response_type", "token")]);
    let redirect = sandbox.approve(&url, &Approval::by("studio")).await.unwrap();
    assert!(
        redirect.starts_with("https://localhost/fb?x=1#access_token="),
        "{redirect}"
    );
}

#[tokio::test]
async fn a_configuration_takes_known_permissions_alone() {
    let sandbox = Sandbox::start().await.unwrap();
    let spec = |permission: &str| {
        AppSpec::new(Product::Facebook).redirect_uri(CALLBACK).configuration(
            "c",
            false,
            &["pages_show_list", permission],
        )
    };
    sandbox.app(&spec("instagram_basic")).unwrap();
    let refused = sandbox.app(&spec("instagram_bsic")).unwrap_err().to_string();
    assert!(refused.contains("instagram_bsic"), "{refused}");
}
