//! `refresh`: now, when due, and from a pipe.

mod common;

use common::{Home, Platform};
use shutterkey_sandbox::{Ended, Product};

const LOGIN: [&str; 3] = ["login", "--sandbox", "--auto-approve"];
const DAY: i64 = 86_400;

#[test]
fn a_token_that_is_old_enough_is_renewed_although_it_is_not_due() {
    let home = Home::new();
    home.run(&LOGIN).with_code(0);
    home.advance_world(2 * DAY);
    let before = home.run(&["token"]).with_code(0).stdout;
    let not_due = home.run(&["refresh", "--if-due", "--json"]).with_code(0).json();
    assert_eq!(not_due["refreshed"], false);
    let renewed = home.run(&["refresh", "--json"]).with_code(0).json();
    assert_eq!(renewed["refreshed"], true);
    assert_eq!(renewed["account"]["username"], "studio.sandbox");
    assert!(renewed["next_refresh"].is_string() && renewed["token"].get("value").is_none());
    let after = home.run(&["token"]).with_code(0).stdout;
    assert_ne!(before, after);
    home.run(&["whoami"]).with_code(0);
}

#[test]
fn one_that_is_due_is_renewed_if_due() {
    let home = Home::new();
    home.run(&LOGIN).with_code(0);
    home.advance_world(40 * DAY);
    let ended = home.run(&["refresh", "--if-due"]).with_code(0);
    assert!(ended.stdout.contains("Refreshed studio.sandbox"), "{ended:?}");
}

#[test]
fn a_token_below_a_day_is_left_as_it_is_and_the_moment_is_named() {
    let home = Home::new();
    home.run(&LOGIN).with_code(0);
    let before = home.run(&["token"]).stdout;
    let error = home.run(&["refresh", "--json"]).with_code(16).json()["error"].clone();
    assert_eq!(error["code"], "token.too_young");
    assert_eq!(error["retry"], "after");
    assert!(error["retry_detail"].as_str().unwrap().ends_with('Z'), "{error}");
    assert_eq!(home.run(&["token"]).stdout, before);
}

#[test]
fn an_expired_token_needs_a_login() {
    let home = Home::new();
    home.run(&LOGIN).with_code(0);
    home.advance_world(61 * DAY);
    let ended = home.run(&["refresh"]).with_code(16);
    assert!(
        ended.stderr.contains("token.expired") && ended.stderr.contains("shutterkey login"),
        "{ended:?}"
    );
}

#[test]
fn a_product_without_a_refresh_says_what_to_do_instead() {
    let (platform, home) = (
        Platform::of(Product::Facebook, "facebook", "http://localhost:18917/callback"),
        Home::new(),
    );
    platform.log_in(&home, &[]);
    let ended = home.run_with(&["refresh"], &platform.variables(), "").with_code(16);
    assert!(ended.stderr.contains("token.not_refreshable"), "{ended:?}");
    assert!(
        ended.stderr.contains("log in again before the token's 60 days"),
        "{ended:?}"
    );
}

/// An account whose token is old enough to be renewed by hand.
fn imported(platform: &Platform, home: &Home) -> String {
    let minted = platform
        .sandbox
        .mint_token(Product::Instagram, "studio", 2 * DAY)
        .unwrap();
    let token = minted.access_token.reveal().to_owned();
    home.run_with(&["import"], &platform.variables(), &token).with_code(0);
    token
}

#[test]
fn a_token_that_the_person_ended_needs_a_login_and_the_account_says_so_from_then_on() {
    let (platform, home) = (Platform::instagram(), Home::new());
    imported(&platform, &home);
    let ended = Ended::PasswordChanged;
    platform
        .sandbox
        .invalidate("studio", Some(Product::Instagram), ended)
        .unwrap();
    let refused = home
        .run_with(&["refresh", "--json"], &platform.variables(), "")
        .with_code(17);
    assert_eq!(refused.json()["error"]["code"], "account.needs_login");
    let state = home.run(&["accounts", "--json"]).json()["accounts"][0]["state"].clone();
    assert_eq!(state["is"], "needs_login", "{state}");
}

#[test]
fn a_platform_that_cannot_be_reached_fails_a_refresh_by_hand_and_leaves_the_token() {
    let (platform, home) = (Platform::instagram(), Home::new());
    let token = imported(&platform, &home);
    let variables: Vec<(String, String)> = platform
        .variables()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    drop(platform);
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (&**name, &**value)).collect();
    let failed = home.run_with(&["refresh"], &variables, "").with_code(14);
    assert!(failed.stderr.contains("lives on as it was"), "{failed:?}");
    assert_eq!(
        home.run_with(&["token"], &variables, "").with_code(0).stdout.trim(),
        token
    );
    // In a job that only looks whether it is due, a passing fault is a warning.
    home.run_with(&["refresh", "--if-due"], &variables, "").with_code(0);
}

#[test]
fn a_token_from_a_pipe_is_renewed_alone_on_stdout_and_nothing_is_kept() {
    for (product, name, begins) in [
        (Product::Instagram, "instagram", "IGAASANDBOX"),
        (Product::Threads, "threads", "THAASANDBOX"),
    ] {
        let (platform, home) = (Platform::of(product, name, "https://localhost/"), Home::new());
        let minted = platform.sandbox.mint_token(product, "studio", 2 * DAY).unwrap();
        let old = minted.access_token.reveal();
        let sandbox = [("SHUTTERKEY_SANDBOX_URL", platform.sandbox.base_url())];
        let arguments = ["refresh", "--stdin", "--provider", name];
        let ended = home.run_with(&arguments, &sandbox, &format!(" '{old}'\n")).with_code(0);
        assert!(ended.stdout.starts_with(begins), "{ended:?}");
        assert_eq!(ended.stdout.lines().count(), 1);
        assert_ne!(ended.stdout.trim(), old);
        assert!(!ended.stderr.contains(begins), "{ended:?}");
        let next = ended.stdout.trim().to_owned();
        assert!(!home.data().exists() && std::fs::read_dir(home.here()).unwrap().count() == 0);
        let object = home.run_with(&[&arguments[..], &["--json"]].concat(), &sandbox, old);
        // What became of the old one is the platform's choice; either way the answer is one object.
        let object = object.json();
        assert!(
            object["token"]["value"].is_string() || object["error"]["code"].is_string(),
            "{object}"
        );
        assert!(!next.is_empty());
    }
}

#[test]
fn a_pipe_that_has_no_token_or_another_products_is_refused_before_anybody_is_asked() {
    let (platform, home) = (Platform::instagram(), Home::new());
    let sandbox = [("SHUTTERKEY_SANDBOX_URL", platform.sandbox.base_url())];
    let before = platform.sandbox.calls().len();
    for (arguments, input, code, says) in [
        (&[][..], "", 2, "no token in the input"),
        (&[], "THAASANDBOXcanary", 16, "token of Threads"),
        (&[], "IGQVJcanary0123456789", 13, "basic_display_ended"),
        (&["--provider", "standard"], "canary", 16, "token.not_refreshable"),
        (&["--provider", "facebook"], "EAASANDBOXcanary", 16, "log in again"),
    ] {
        let ended = home.run_with(&[&["refresh", "--stdin"], arguments].concat(), &sandbox, input);
        assert_eq!(ended.code, code, "{ended:?}");
        assert!(ended.stderr.contains(says), "{says}: {ended:?}");
        assert!(ended.stdout.is_empty() && !ended.stderr.contains("canary"), "{ended:?}");
    }
    assert_eq!(platform.sandbox.calls().len(), before);
    home.run(&["refresh", "--stdin", "--account", "me"]).with_code(2);
    home.run(&["refresh", "IGAAcanary0123456789abcdef"]).with_code(2);
}

#[test]
fn a_sandbox_token_is_not_sent_to_the_real_provider() {
    let (platform, home) = (Platform::instagram(), Home::new());
    let minted = platform
        .sandbox
        .mint_token(Product::Instagram, "studio", 2 * DAY)
        .unwrap();
    let ended = home
        .run_with(&["refresh", "--stdin"], &[], minted.access_token.reveal())
        .with_code(16);
    assert!(ended.stderr.contains("token.sandbox"), "{ended:?}");
}
