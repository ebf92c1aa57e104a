//! `logout`: what happens here and at the provider, and that both are told.

mod common;

use common::{Home, Platform};
use shutterkey_sandbox::Product;

#[test]
fn a_product_without_such_a_call_is_forgotten_here_and_the_token_lives_on() {
    let (platform, home) = (Platform::instagram(), Home::new());
    platform.log_in(&home, &[]);
    let token = home.run_with(&["token"], &platform.variables(), "").stdout;
    let ended = home.run_with(&["logout"], &platform.variables(), "").with_code(0);
    assert!(ended.stdout.contains("Logged out studio.sandbox"), "{ended:?}");
    assert!(ended.stdout.contains("offers no call that ends a token"), "{ended:?}");
    assert!(!format!("{ended:?}").contains(token.trim()));
    home.run(&["token"]).with_code(17);
    assert_eq!(
        home.run(&["accounts", "--json"]).json()["accounts"],
        serde_json::json!([])
    );
}

#[test]
fn facebook_takes_the_permissions_away() {
    let (platform, home) = (
        Platform::of(Product::Facebook, "facebook", "http://localhost:18918/callback"),
        Home::new(),
    );
    platform.log_in(&home, &[]);
    let object = home
        .run_with(&["logout", "--json"], &platform.variables(), "")
        .with_code(0)
        .json();
    assert_eq!(object["accounts"][0]["provider"]["is"], "revoked", "{object}");
    assert_eq!(object["accounts"][0]["removed"], true);
    let deleted = |call: &shutterkey_sandbox::Call| call.method == "DELETE" && call.endpoint.ends_with("permissions");
    let calls = platform.sandbox.calls();
    assert!(calls.as_slice().iter().any(deleted), "{calls:?}");
}

#[test]
fn a_standard_server_revokes_and_nobody_is_told_where_the_grant_is_kept() {
    for (keeps, is) in [(false, "revoked"), (true, "not_asked")] {
        let (platform, home) = (
            Platform::of(Product::Standard, "standard", "http://127.0.0.1:18919/callback"),
            Home::new(),
        );
        platform.log_in(&home, &["--account", "std"]);
        let calls = platform.sandbox.calls().len();
        let arguments = ["logout", "--account", "std", "--json", "--keep-grant"];
        let arguments = if keeps { &arguments[..] } else { &arguments[..4] };
        let object = home.run_with(arguments, &platform.variables(), "").with_code(0).json();
        assert_eq!(object["accounts"][0]["provider"]["is"], is, "{object}");
        assert_eq!(platform.sandbox.calls().len() > calls, !keeps);
        home.run(&["token", "--account", "std"]).with_code(17);
    }
}

#[test]
fn a_server_that_is_configured_no_more_can_be_forgotten_here() {
    let (platform, home) = (
        Platform::of(Product::Standard, "standard", "http://127.0.0.1:18920/callback"),
        Home::new(),
    );
    platform.log_in(&home, &[]);
    let refused = home.run(&["logout"]).with_code(10);
    assert!(refused.stderr.contains("--keep-grant"), "{refused:?}");
    assert_eq!(
        home.run(&["accounts", "--json"]).json()["accounts"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    home.run(&["logout", "--keep-grant"]).with_code(0);
    home.run(&["logout"]).with_code(17);
}

#[test]
fn neither_the_account_nor_its_names_stay_in_its_folder() {
    let home = Home::new();
    home.run(&["login", "--sandbox", "--auto-approve", "--account", "canary-name"])
        .with_code(0);
    home.run(&["logout", "--account", "canary-name"]).with_code(0);
    let mut folders = vec![home.data().join("sandbox/accounts")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let text = std::fs::read(entry.path()).unwrap();
            let text = String::from_utf8_lossy(&text);
            assert!(
                !text.contains("canary-name") && !text.contains("studio.sandbox") && !text.contains("IGAASANDBOX"),
                "{}: {text}",
                entry.path().display()
            );
        }
    }
}

#[test]
fn all_needs_a_word_where_nobody_can_be_asked() {
    let home = Home::new();
    for name in ["one", "two"] {
        let provider = if name == "one" { "instagram" } else { "legacy" };
        let arguments = [
            "login",
            "--sandbox",
            "--auto-approve",
            "--account",
            name,
            "--provider",
            provider,
        ];
        home.run(&arguments).with_code(0);
    }
    let refused = home.run(&["logout", "--all"]).with_code(2);
    assert!(
        refused.stderr.contains("all 2 accounts") && refused.stderr.contains("--yes"),
        "{refused:?}"
    );
    assert_eq!(
        home.run(&["accounts", "--json"]).json()["accounts"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let done = home.run(&["logout", "--all", "--yes", "--json"]).with_code(0).json();
    assert_eq!(done["accounts"].as_array().unwrap().len(), 2);
    assert_eq!(
        home.run(&["accounts", "--json"]).json()["accounts"],
        serde_json::json!([])
    );
    home.run(&["logout", "--all"]).with_code(0);
    home.run(&["logout"]).with_code(17);
}

#[cfg(unix)]
#[test]
fn on_a_terminal_all_is_asked_for_and_anything_but_yes_keeps_them() {
    use common::pty::Terminal;
    let home = Home::new();
    home.run(&["login", "--sandbox", "--auto-approve"]).with_code(0);
    for (answer, code, left) in [("", 130, 1), ("yes", 0, 0)] {
        let mut terminal = Terminal::start(&home, 80, &["logout", "--all"], &[]);
        terminal.answer("[y/N] > ", answer);
        assert_eq!(terminal.end().0, code, "{answer}");
        assert_eq!(
            home.run(&["accounts", "--json"]).json()["accounts"]
                .as_array()
                .unwrap()
                .len(),
            left
        );
    }
}

#[test]
fn all_tells_what_was_removed_when_one_cannot_be_asked_for() {
    let (platform, home) = (
        Platform::of(Product::Standard, "standard", "http://127.0.0.1:18921/callback"),
        Home::new(),
    );
    platform.log_in(&home, &[]);
    home.run(&["login", "--sandbox", "--auto-approve", "--account", "one"])
        .with_code(0);
    let ended = home.run(&["logout", "--all", "--yes", "--json"]).with_code(10).json();
    assert_eq!(ended["accounts"].as_array().unwrap().len(), 1, "{ended}");
    assert_eq!(ended["failed"][0]["code"], "config.missing", "{ended}");
    let left = home.run(&["accounts", "--json"]).json();
    assert_eq!(left["accounts"].as_array().unwrap().len(), 1, "{left}");
}
