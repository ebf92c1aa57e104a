//! The first thing that anybody runs: the whole journey without an app, an account or a network.

mod common;

use common::Home;

const LOGIN: [&str; 3] = ["login", "--sandbox", "--auto-approve"];

#[test]
fn a_fresh_home_gets_a_token_that_token_whoami_and_accounts_know() {
    let home = Home::new();
    let login = home.run(&LOGIN).with_code(0);
    assert!(login.stdout.starts_with("Logged in as studio.sandbox"), "{login:?}");
    assert!(login.stdout.contains("shutterkey token"), "{login:?}");

    let token = home.run(&["token"]).with_code(0);
    assert!(token.stdout.starts_with("IGAASANDBOX"), "{token:?}");
    assert_eq!(token.stdout.lines().count(), 1);
    assert!(token.stderr.contains("sandbox account"), "{token:?}");
    let shown = login.stdout + &login.stderr;
    let masked = format!(
        "{}…{}",
        &token.stdout[..4],
        token.stdout.trim_end().rsplit_at_last_four()
    );
    assert!(
        shown.contains(&masked) && !shown.contains(token.stdout.trim_end()),
        "{shown}"
    );

    let whoami = home.run(&["whoami"]).with_code(0);
    assert!(whoami.stdout.contains("studio.sandbox"), "{whoami:?}");
    let accounts = home.run(&["accounts"]).with_code(0);
    assert!(
        accounts.stdout.contains("me       studio.sandbox  instagram (sandbox)"),
        "{accounts:?}"
    );
    assert!(accounts.stdout.contains("live"), "{accounts:?}");
}

#[test]
fn programs_get_the_same_as_json_with_ids_as_strings() {
    let home = Home::new();
    let login = home
        .run(&["login", "--sandbox", "--auto-approve", "--json"])
        .with_code(0)
        .json();
    let id = login["account"]["user_id"].as_str().unwrap().to_owned();
    assert!(id.parse::<u64>().unwrap() > 1 << 53, "{id}");
    assert_eq!(login["token"]["kind"], "long");
    assert_eq!(login["token"]["missing_scopes"], serde_json::json!([]));
    assert_eq!(login["account"]["sandbox"], true);
    assert!(login["token"].get("value").is_none());

    let token = home.run(&["token", "--json"]).with_code(0).json();
    assert!(token["token"]["value"].as_str().unwrap().starts_with("IGAASANDBOX"));
    assert_eq!(token["account"]["user_id"], id.as_str());
    let whoami = home.run(&["whoami", "--json"]).with_code(0).json();
    assert_eq!(whoami["account"]["user_id"], id.as_str());
    assert_eq!(whoami["asked_provider"], true);
    let accounts = home.run(&["accounts", "--json"]).with_code(0).json();
    assert_eq!(accounts["accounts"][0]["state"]["is"], "live");
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1);
}

#[test]
fn a_second_login_goes_on_in_the_kept_world_with_the_same_app_and_account() {
    let home = Home::new();
    let first = home
        .run(&["login", "--sandbox", "--auto-approve", "--json"])
        .with_code(0)
        .json();
    let second = home
        .run(&["login", "--sandbox", "--auto-approve", "--json"])
        .with_code(0)
        .json();
    assert_eq!(first["account"]["app_id"], second["account"]["app_id"]);
    assert_ne!(first["token"]["masked"], second["token"]["masked"]);
    let accounts = home.run(&["accounts", "--json"]).json();
    assert_eq!(accounts["accounts"].as_array().unwrap().len(), 1);
    home.run(&["whoami"]).with_code(0);
}

#[test]
fn the_old_platform_and_a_standard_server_work_beside_it_also_with_a_token_in_the_fragment() {
    let home = Home::new();
    let implicit = ["--provider", "legacy", "--response-type", "token", "--account", "old"];
    home.run(&[&LOGIN[..], &implicit].concat()).with_code(0);
    home.run(&[&LOGIN[..], &["--provider", "standard", "--account", "std"]].concat())
        .with_code(0);
    for name in ["old", "std"] {
        home.run(&["whoami", "--account", name]).with_code(0);
    }
    home.run(&["token"]).with_code(17);
}

#[test]
fn every_platform_can_be_tried_without_an_app() {
    let home = Home::new();
    for provider in ["instagram", "facebook", "threads", "legacy", "standard"] {
        let arguments = ["--provider", provider, "--account", provider];
        home.run(&[&LOGIN[..], &arguments].concat()).with_code(0);
        home.run(&["whoami", "--account", provider]).with_code(0);
        home.run(&["token", "--account", provider]).with_code(0);
    }
}

#[test]
fn a_token_that_is_due_is_refreshed_in_the_kept_world_before_it_is_printed() {
    let home = Home::new();
    home.run(&LOGIN).with_code(0);
    let before = home.run(&["token"]).stdout;
    home.advance_world(40 * 86_400);
    let after = home.run(&["token"]).with_code(0);
    assert_ne!(before, after.stdout);
    assert!(after.stderr.contains("has been refreshed"), "{after:?}");
    // The world knows the new token in the next run too.
    assert_eq!(home.run(&["token"]).stdout, after.stdout);
    home.run(&["whoami"]).with_code(0);
}

#[test]
fn an_account_whose_token_has_expired_needs_a_login_and_says_so() {
    let home = Home::new();
    home.run(&LOGIN).with_code(0);
    home.advance_world(61 * 86_400);
    let accounts = home.run(&["accounts"]).with_code(0);
    assert!(accounts.stdout.contains("needs login (token.expired)"), "{accounts:?}");
    let token = home.run(&["token"]).with_code(17);
    assert!(
        token.stdout.is_empty() && token.stderr.contains("account.needs_login"),
        "{token:?}"
    );
}

#[test]
fn an_account_is_found_by_user_name_and_by_id_too() {
    let home = Home::new();
    let login = home.run(&["login", "--sandbox", "--auto-approve", "--json"]).json();
    home.run(&["whoami", "--account", "studio.sandbox"]).with_code(0);
    home.run(&["whoami", "--account", login["account"]["user_id"].as_str().unwrap()])
        .with_code(0);
}

#[cfg(unix)]
#[test]
fn the_kept_world_is_its_owners_alone() {
    use std::os::unix::fs::MetadataExt;
    let home = Home::new();
    home.run(&LOGIN).with_code(0);
    assert_eq!(std::fs::metadata(home.world()).unwrap().mode() & 0o777, 0o600);
}

trait LastFour {
    fn rsplit_at_last_four(&self) -> &str;
}

impl LastFour for str {
    fn rsplit_at_last_four(&self) -> &str {
        &self[self.len() - 4..]
    }
}
