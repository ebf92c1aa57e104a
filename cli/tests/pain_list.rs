//! The 25 mistakes that people make most (docs/cli.md, "Common mistakes"): each is explained by the command, or made
//! impossible by the core.

mod common;

use std::path::Path;

use common::{Ended, Home};
use serde_json::Value;
use shutterkey::explain::{Context, explain};
use shutterkey::record::RecordBytes;
use shutterkey::store::Written;
use shutterkey::{
    AuthorizeOptions, ClientConfig, Entropy, FileStore, InstagramAppId, Store, Timestamp, build_authorization_request,
};

const APP: &str = "client_id = \"123456789012345\"\nredirect_uri = \"https://app.example/callback\"\n";

/// What `inspect` finds in a text, for people and for programs.
fn inspect(home: &Home, text: &str) -> Value {
    let people = home.run_with(&["inspect"], &[], text).with_code(0);
    let object = home.run_with(&["inspect", "--json"], &[], text).with_code(0).json();
    for finding in object["findings"].as_array().unwrap() {
        let first = finding["says"].as_str().unwrap().split(' ').next().unwrap();
        assert!(people.stdout.contains(first), "{people:?}");
    }
    object
}

#[track_caller]
fn finding<'a>(object: &'a Value, list: &str, code: &str, pain: u64) -> &'a Value {
    let found = object[list]
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["code"] == code);
    let found = found.unwrap_or_else(|| panic!("no {code}: {object:#}"));
    assert_eq!(found["pain"], pain, "{found:#}");
    assert!(found["advice"].as_str().unwrap().len() > 10, "{found:#}");
    found
}

#[track_caller]
fn inspects(text: &str, code: &str, pain: u64) -> Value {
    let object = inspect(&Home::new(), text);
    finding(&object, "findings", code, pain).clone()
}

fn doctor(home: &Home, profile: &str) -> Ended {
    home.write(&home.here().join("shutterkey.toml"), profile);
    home.run(&["doctor", "--json"])
}

#[track_caller]
fn doctor_finds(profile: &str, code: &str, pain: u64) -> Value {
    let object = doctor(&Home::new(), profile).with_code(21).json();
    finding(&object, "checks", code, pain).clone()
}

#[test]
fn pain_01_an_unregistered_redirect_uri_is_given_to_the_letter_with_its_near_variant() {
    let home = Home::new();
    home.write(&home.here().join("shutterkey.toml"), APP);
    let object = inspect(
        &home,
        "Invalid Request: Request parameters are invalid: Invalid redirect_uri",
    );
    let found = finding(&object, "findings", "provider.redirect_uri_not_registered", 1);
    let says = found["says"].as_str().unwrap();
    assert!(
        says.contains(
            "exactly https://app.example/callback (often registered by mistake: https://app.example/callback/)"
        )
    );
    for uri in [
        "https://app.example//callback",
        "https://{host}/callback",
        "@web/callback",
        "https://app.example/ callback",
    ] {
        doctor_finds(
            &APP.replace("https://app.example/callback", uri),
            "config.redirect_uri",
            1,
        );
    }
}

#[test]
fn pain_02_a_redirect_uri_that_differs_in_the_exchange_is_explained_and_one_with_parameters_warned_of() {
    inspects(
        "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request",
        "provider.redirect_uri_differs",
        2,
    );
    let object = doctor(&Home::new(), &APP.replace("/callback", "/callback?redirect_state=x"))
        .with_code(0)
        .json();
    finding(&object, "checks", "redirect_uri.query", 2);
}

#[test]
fn pain_03_the_app_id_of_another_product_is_explained_with_the_right_page_of_the_dashboard() {
    let found = inspects("Invalid platform app", "provider.invalid_platform_app", 3);
    assert!(
        found["advice"]
            .as_str()
            .unwrap()
            .contains("API setup with Instagram login")
    );
    doctor_finds(&APP.replace("123456789012345", "YOUR_APP_ID"), "config.client_id", 3);
}

#[test]
fn pain_04_a_missing_tester_role_is_explained_with_the_invitation_and_where_to_accept_it() {
    let found = inspects("Insufficient developer role", "provider.insufficient_developer_role", 4);
    assert!(found["advice"].as_str().unwrap().contains("Tester invites"));
}

#[test]
fn pain_05_a_token_that_nobody_refreshed_is_warned_of_in_time_and_named_when_it_is_dead() {
    let home = Home::new();
    home.run(&["login", "--sandbox", "--auto-approve"]).with_code(0);
    let well = home.run(&["accounts", "--check", "10d"]).with_code(0);
    assert!(well.stdout.is_empty(), "{well:?}");
    home.advance_world(55 * 86_400);
    let soon = home.run(&["accounts", "--check", "10d"]).with_code(22);
    assert!(soon.stdout.contains("me on instagram: ends in 5 days"), "{soon:?}");
    let overdue = home.run(&["doctor", "--json"]).with_code(0).json();
    finding(&overdue, "checks", "token.refresh_overdue", 5);
    home.advance_world(6 * 86_400);
    let dead = home.run(&["doctor", "--json"]).with_code(21).json();
    finding(&dead, "checks", "account.needs_login", 5);
}

#[test]
fn pain_06_a_changed_password_is_told_apart_from_expiry() {
    let error = r#"{"error":{"message":"Error validating access token: The session has been invalidated because the user changed their password","type":"OAuthException","code":190,"error_subcode":460}}"#;
    let found = inspects(error, "token.invalidated", 6);
    assert!(found["advice"].as_str().unwrap().contains("refreshing cannot help"));
    let meant = Home::new().run(&["errors", "190/460"]).with_code(0);
    assert!(meant.stdout.starts_with("token.invalidated"), "{meant:?}");
}

#[test]
fn pain_07_what_is_left_of_basic_display_is_recognised_by_token_words_and_scope() {
    inspects(&format!("IGQV{}", "JYc1".repeat(40)), "provider.basic_display_ended", 7);
    inspects(
        "Unsupported request - method type: get",
        "provider.basic_display_ended",
        7,
    );
    inspects("Invalid scope: user_profile", "provider.basic_display_ended", 7);
    doctor_finds(
        &format!("{APP}scopes = [\"instagram_business_basic\", \"user_media\"]\n"),
        "config.scope_retired",
        7,
    );
}

#[test]
fn pain_08_a_code_that_was_used_twice_is_explained() {
    for words in [
        "Matching code was not found or was already used",
        "This authorization code has been used.",
    ] {
        let found = inspects(words, "provider.code_used", 8);
        assert!(found["advice"].as_str().unwrap().contains("loaded twice"));
    }
}

#[test]
fn pain_09_the_mark_behind_a_code_and_codes_decoded_twice_are_recognised() {
    for mark in ["#_", "#_=_"] {
        inspects(
            &format!("https://localhost/?code=AQBx0123456789abcdef&state=x{mark}"),
            "redirect.fragment_mark",
            9,
        );
        inspects(&format!("AQBx0123456789abcdef{mark}"), "redirect.fragment_mark", 9);
    }
    inspects(
        "https://localhost/?code=AQBx%2523_&state=x",
        "redirect.encoded_twice",
        9,
    );
    inspects("https://localhost/?code=AQB+x&state=x", "redirect.decoded_twice", 9);
}

#[test]
fn pain_10_both_shapes_are_read_and_every_digit_of_an_id_is_kept() {
    let flat = r#"{"access_token":"IGAAx","user_id":17841400000000001,"permissions":["instagram_business_basic"]}"#;
    let wrapped =
        r#"{"data":[{"access_token":"IGAAx","user_id":"17841400000000001","permissions":"instagram_business_basic"}]}"#;
    for text in [flat, wrapped] {
        let object = inspect(&Home::new(), text);
        finding(&object, "findings", "answer.two_shapes", 10);
        let facts = object["facts"].as_array().unwrap();
        assert!(
            facts.iter().any(|fact| fact["value"] == "17841400000000001"),
            "{object:#}"
        );
    }
    inspects(flat, "id.above_2_53", 10);
    let home = Home::new();
    home.run(&["login", "--sandbox", "--auto-approve"]).with_code(0);
    assert!(home.run(&["accounts", "--json"]).json()["accounts"][0]["account"]["user_id"].is_string());
}

#[test]
fn pain_11_the_two_ids_of_an_account_are_told_apart() {
    inspects(
        r#"{"user_id":"17841400000000001","id":"990001","username":"studio"}"#,
        "id.two_ids",
        11,
    );
    inspects(r#"{"id":"990001","username":"studio"}"#, "id.user_id_missing", 11);
}

#[test]
fn pain_12_scopes_of_other_products_and_years_are_refused_with_their_successor() {
    let scopes = |name: &str| format!("{APP}scopes = [\"instagram_business_basic\", \"{name}\"]\n");
    let foreign = doctor_finds(&scopes("instagram_manage_comments"), "config.scope_foreign", 12);
    assert!(
        foreign["says"]
            .as_str()
            .unwrap()
            .contains("instagram_business_manage_comments")
    );
    let retired = doctor_finds(&scopes("business_content_publish"), "config.scope_retired", 12);
    assert!(
        retired["says"]
            .as_str()
            .unwrap()
            .contains("instagram_business_content_publish")
    );
}

#[test]
fn pain_13_http_on_localhost_is_refused_with_the_ways_that_work() {
    let found = doctor_finds(
        &APP.replace("https://app.example/callback", "http://localhost:3000/"),
        "config.redirect_uri",
        13,
    );
    assert!(found["says"].as_str().unwrap().contains("https://localhost/"));
    assert!(found["says"].as_str().unwrap().contains("tunnel"));
}

#[test]
fn pain_14_a_wrong_verb_is_explained() {
    let error = r#"{"error":{"message":"Unsupported request - method type: get","type":"IGApiException","code":100}}"#;
    inspects(error, "provider.wrong_method", 14);
    inspects(
        "https://api.instagram.com/oauth/access_token?client_id=1&code=AQBx",
        "provider.wrong_method",
        14,
    );
}

#[test]
fn pain_15_an_empty_list_of_pages_comes_with_its_reasons() {
    let found = inspects(r#"{"data":[]}"#, "pages.empty", 15);
    assert!(found["says"].as_str().unwrap().contains("business_management"));
    inspects(r#"{"data":[{"id":"1","name":"Shop"}]}"#, "pages.not_linked", 15);
}

#[test]
fn pain_16_an_authorize_url_that_the_instagram_app_may_take_over_is_pointed_out() {
    let url = "https://www.instagram.com/oauth/authorize?client_id=123456789012345&redirect_uri=https%3A%2F%2Fapp.example%2F&response_type=code&scope=instagram_business_basic&state=dGhpcyBpcyAxNiBieXRlcw";
    let found = inspects(url, "authorize.force_reauth", 16);
    assert!(found["advice"].as_str().unwrap().contains("system browser"));
    let object = inspect(&Home::new(), &format!("{url}&force_reauth=true"));
    assert!(
        object["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|found| found["code"] != "authorize.force_reauth")
    );
}

#[test]
fn pain_17_an_apps_own_scheme_is_refused_before_anybody_is_sent_anywhere() {
    doctor_finds(
        &APP.replace("https://app.example/callback", "myapp://callback"),
        "config.redirect_uri",
        17,
    );
    let home = Home::new();
    let login = [
        "login",
        "--client-id",
        "123456789012345",
        "--redirect-uri",
        "myapp://callback",
    ];
    let ended = home.run(&login).with_code(10);
    assert!(ended.stderr.contains("app link"), "{ended:?}");
}

#[test]
fn pain_18_that_a_dashboard_token_needs_no_exchange_is_said() {
    let found = inspects(&format!("IGAA{}", "x1Zd".repeat(40)), "token.age_unknown", 18);
    assert!(found["advice"].as_str().unwrap().contains("shutterkey import"));
}

#[test]
fn pain_19_no_refresh_is_tried_before_24_hours_or_after_the_end() {
    let home = Home::new();
    home.run(&["login", "--sandbox", "--auto-approve"]).with_code(0);
    let life = || home.run(&["accounts", "--json"]).json()["accounts"][0]["life"].clone();
    let young = life();
    assert_eq!(young["refreshable"], "later");
    assert!(
        (86_000..=86_400).contains(&young["refreshable_in"].as_i64().unwrap()),
        "{young}"
    );
    home.advance_world(2 * 86_400);
    assert_eq!(life()["refreshable"], "now");
    home.advance_world(60 * 86_400);
    assert_eq!(life()["refreshable"], "expired");
    let explained = home.run(&["errors", "token.too_young"]).with_code(0);
    assert!(explained.stdout.contains("24 hours"), "{explained:?}");
}

#[test]
fn pain_20_weak_and_mangled_states_are_found_and_the_cores_own_is_neither() {
    let url = |state: &str| {
        format!(
            "https://www.instagram.com/oauth/authorize?client_id=123456789012345&redirect_uri=https%3A%2F%2Fapp.example%2F&response_type=code&scope=instagram_business_basic{state}"
        )
    };
    inspects(&url(""), "state.missing", 20);
    inspects(&url("&state=12345"), "state.weak", 20);
    inspects(&url("&state=c29tZXRoaW5nIGxvbmcgZW5vdWdo%3D%3D"), "state.mangled", 20);
    inspects("Bad signature", "state.mangled", 20);
    let config = ClientConfig::instagram(&InstagramAppId::parse("123456789012345").unwrap())
        .redirect_uri("https://app.example/")
        .build()
        .unwrap();
    let now = Timestamp::from_seconds(1_795_737_600);
    for _ in 0..50 {
        let login =
            build_authorization_request(&config, AuthorizeOptions::new(), now, Entropy::from_os().unwrap()).unwrap();
        let explained = explain(&login.url, &Context::new(now));
        assert!(
            explained.findings.iter().all(|found| !found.code.starts_with("state.")),
            "{explained:#?}"
        );
    }
}

#[test]
fn pain_21_secrets_in_arguments_addresses_and_files_are_refused_and_never_repeated() {
    let home = Home::new();
    let token = format!("IGAA{}", "canary01".repeat(10));
    let argued = home.run(&["inspect", &token]).with_code(2);
    let said = argued.stdout + &argued.stderr;
    assert!(said.contains("pbpaste |") && !said.contains("canary"), "{said}");
    let call = format!(
        "https://graph.instagram.com/access_token?grant_type=ig_exchange_token&client_secret=canary0123&access_token={token}"
    );
    let object = inspect(&home, &call);
    finding(&object, "findings", "api.secret_in_address", 21);
    assert!(!object.to_string().contains("canary"), "{object:#}");
    let found = doctor_finds(
        &format!("{APP}client_secret = \"canary0123\"\n"),
        "config.secret_in_file",
        21,
    );
    assert!(!found.to_string().contains("canary"), "{found:#}");
}

#[test]
fn pain_22_who_writes_over_what_another_has_written_is_turned_away() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let second = runtime.block_on(async {
        let key = shutterkey::record::StoreKey::login("default", "studio");
        let now = Timestamp::from_seconds(1_795_737_600);
        let record = |text: &str| RecordBytes {
            bytes: text.as_bytes().to_vec().into(),
            due_at: None,
            forget_at: None,
        };
        let open = |path: &Path| FileStore::open(path.join("accounts"));
        let (one, other) = (open(folder.path()).await.unwrap(), open(folder.path()).await.unwrap());
        let first = one.save(&key, record("one"), None, None, now).await.unwrap();
        assert!(matches!(first, Written::Version(_)), "{first:?}");
        // The other process has not seen it, and believes that nothing is there.
        other.save(&key, record("other"), None, None, now).await.unwrap()
    });
    assert!(matches!(second, Written::Conflict), "{second:?}");
}

#[test]
fn pain_23_what_the_person_did_not_grant_is_named() {
    let fragment = "https://app.example/#access_token=EAAx0123456789&granted_scopes=instagram_basic&denied_scopes=pages_show_list&state=x";
    let found = inspects(fragment, "denied.scope", 23);
    assert!(found["says"].as_str().unwrap().contains("pages_show_list"));
}

#[test]
fn pain_24_tokens_and_errors_of_the_old_platform_are_recognised() {
    inspects(
        "1234567890.1677ed0.0123456789abcdef0123456789abcdef",
        "token.platform_ended",
        24,
    );
    inspects("Implicit authentication is disabled", "provider.implicit_disabled", 24);
    inspects(
        "Redirect URI does not match registered redirect URI",
        "provider.redirect_uri_not_registered",
        24,
    );
    let error = r#"{"meta":{"error_type":"OAuthAccessTokenException","code":400,"error_message":"The access_token provided is invalid."}}"#;
    inspects(error, "token.invalid", 24);
}

#[test]
fn pain_25_a_limit_is_told_apart_from_a_refusal_and_its_headers_are_read() {
    let answer = "HTTP/1.1 403 Forbidden\nX-Business-Use-Case-Usage: {\"1784\":[{\"type\":\"instagram\",\"call_count\":100,\"estimated_time_to_regain_access\":19}]}\n\n{\"error\":{\"message\":\"(#80002) limit\",\"type\":\"OAuthException\",\"code\":80002}}";
    let object = inspect(&Home::new(), answer);
    finding(&object, "findings", "throttled.user", 25);
    finding(&object, "findings", "throttled.looks_like_refusal", 25);
    assert!(
        object.to_string().contains("access returns in 19 minutes"),
        "{object:#}"
    );
}

#[test]
fn the_page_lists_all_25() {
    let page = include_str!("../../docs/cli.md");
    let (_, list) = page.split_once("## Common mistakes").unwrap();
    let rows: Vec<&str> = list
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains(". |"))
        .collect();
    assert_eq!(rows.len(), 25);
    for (index, row) in rows.iter().enumerate() {
        assert!(row.starts_with(&format!("| {} |", index + 1)), "{row}");
    }
}
