//! `keep`: every account that is due is refreshed, none that is not, and how a run ends says how it went.

mod common;

use common::fleet::Fleet;
use common::{Ended, Home, Platform};
use serde_json::Value;
use shutterkey_sandbox::{Ended as Why, Fault, FaultKind, Product};

const DAY: i64 = 86_400;

fn only(ended: &Ended, kind: &str) -> Vec<Value> {
    let lines = Fleet::lines(ended).into_iter();
    lines.filter(|line| line["event"] == kind).collect()
}

#[test]
fn what_is_due_is_refreshed_once_and_what_is_not_due_is_left_alone() {
    let fleet = Fleet::of(&["ada", "grace", "hedy"]);
    let first = fleet.keep(&["--once", "--json"]).with_code(0);
    let refreshed = only(&first, "refreshed");
    let mut names: Vec<&str> = refreshed
        .iter()
        .filter_map(|line| line["account"]["name"].as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["ada", "grace", "hedy"], "{first:?}");
    let summary = Fleet::summary(&first);
    assert_eq!(
        (&summary["refreshed"], &summary["accounts"]["all"]),
        (&3.into(), &3.into())
    );
    assert!(
        summary["accounts"]["next_due"]
            .as_str()
            .is_some_and(|at| at.ends_with('Z'))
    );
    assert_eq!(fleet.refreshes(), 3);

    let again = fleet.keep(&["--once", "--json"]).with_code(0);
    assert_eq!(Fleet::summary(&again)["refreshed"], 0);
    assert_eq!(fleet.refreshes(), 3, "nothing was due");
    for name in names {
        let token = fleet.token(name);
        assert!(!fleet.minted.contains(&token), "{name} has a new token");
        fleet.holds_no_secret(&first, &[&token]);
    }
}

#[test]
fn people_read_lines_and_a_summary_and_quiet_says_nothing_when_all_is_well() {
    let fleet = Fleet::of(&["ada"]);
    let loud = fleet.keep(&["--once"]).with_code(0);
    assert!(
        loud.stdout.contains("  ada (instagram ") && loud.stdout.contains("refreshed"),
        "{loud:?}"
    );
    assert!(loud.stderr.contains("Keeping the accounts in "), "{loud:?}");
    fleet.holds_no_secret(&loud, &[&fleet.token("ada")]);
    let fleet = Fleet::of(&["ada"]);
    let quiet = fleet.keep(&["--once", "--quiet"]).with_code(0);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("", ""));
    assert_eq!(fleet.refreshes(), 1);
}

#[test]
fn the_accounts_of_the_command_s_own_sandbox_are_kept_by_its_clock() {
    let home = Home::new();
    home.run(&["login", "--sandbox", "--auto-approve"]).with_code(0);
    let before = home.run(&["token"]).with_code(0).stdout;
    let early = home.run(&["keep", "--sandbox", "--once", "--json"]).with_code(0);
    assert_eq!(Fleet::summary(&early)["refreshed"], 0);
    home.advance_world(40 * DAY);
    let due = home.run(&["keep", "--sandbox", "--once", "--json"]).with_code(0);
    assert_eq!(Fleet::summary(&due)["refreshed"], 1);
    assert_ne!(home.run(&["token"]).with_code(0).stdout, before);
    // The world remembers what it gave out.
    home.run(&["whoami"]).with_code(0);
}

#[test]
fn an_account_that_needs_a_login_gives_17_also_in_the_runs_that_find_nothing_due() {
    let fleet = Fleet::of(&["ada", "grace"]);
    let sandbox = &fleet.platform.sandbox;
    sandbox
        .invalidate("grace", Some(Product::Instagram), Why::PasswordChanged)
        .unwrap();
    let ended = fleet.keep(&["--once", "--json", "--quiet"]).with_code(17);
    let line = &only(&ended, "needs_login")[0];
    assert_eq!(line["account"]["name"], "grace");
    assert_eq!(line["error"]["code"], "account.needs_login");
    assert_eq!(Fleet::summary(&ended)["refreshed"], 1, "the other one is refreshed");
    let again = fleet.keep(&["--once", "--json"]).with_code(17);
    assert!(only(&again, "needs_login").is_empty(), "told once");
    assert_eq!(Fleet::summary(&again)["accounts"]["needs_login"], 1);
    let said = fleet.keep(&["--once", "--quiet"]).with_code(17);
    assert!(said.stdout.contains("1 need a login"), "{said:?}");
}

#[test]
fn a_refresh_that_failed_gives_23_and_is_not_tried_again_at_once() {
    let fleet = Fleet::of(&["ada", "grace"]);
    let fault = Fault::of("refresh_access_token", FaultKind::Throttle { code: 17, minutes: 5 });
    fleet.platform.sandbox.fault(fault.account("ada").lasting());
    let ended = fleet.keep(&["--once", "--json"]).with_code(23);
    assert_eq!(only(&ended, "refresh_failed").len(), 1, "{ended:?}");
    assert_eq!(Fleet::summary(&ended)["failed"], 1);
    let calls = fleet.refreshes();
    fleet.keep(&["--once", "--json"]).with_code(0);
    assert_eq!(fleet.refreshes(), calls, "it is left alone for a while");
    assert_eq!(fleet.token("ada"), fleet.minted[0], "its old token lives");
}

#[test]
fn a_platform_that_refuses_the_app_ends_a_run_and_leaves_the_rest_due() {
    let fleet = Fleet::of(&["ada", "grace", "hedy"]);
    let fault = Fault::of("refresh_access_token", FaultKind::Throttle { code: 4, minutes: 5 });
    fleet.platform.sandbox.fault(fault.lasting());
    // Usage headers that say 100 % make it rest for longer than a run waits.
    let ended = fleet.keep(&["--once", "--json", "--at-once", "1"]);
    let summary = Fleet::summary(&ended);
    assert_eq!(ended.code, 23, "{ended:?}");
    assert!(
        summary["resting_why"].is_string() && !only(&ended, "resting").is_empty(),
        "{summary}"
    );
    assert!(fleet.refreshes() < 3, "it stopped asking");
    fleet.platform.sandbox.clear_faults();
}

#[test]
fn a_store_that_cannot_be_read_gives_18_and_no_accounts_are_no_failure() {
    let platform = Platform::instagram();
    let home = Home::new();
    let none = home.run_with(&["keep", "--once", "--json"], &platform.variables(), "");
    assert_eq!(Fleet::summary(&none.with_code(0))["accounts"]["all"], 0);
    let broken = home.here().join("file");
    home.write(&broken, "not a folder");
    let arguments = ["keep", "--once", "--json", "--store", broken.to_str().unwrap()];
    let ended = home.run_with(&arguments, &platform.variables(), "").with_code(18);
    let error = &Fleet::lines(&ended)[0]["error"];
    assert!(error["code"].as_str().unwrap().starts_with("store."), "{error}");
}

#[test]
fn two_that_keep_one_store_refresh_each_account_once() {
    let fleet = Fleet::of(&["ada", "grace", "hedy", "joan", "mary", "rosa"]);
    let start = || {
        let arguments = ["keep", "--once", "--json", "--rate", "20"];
        fleet.home.start(&arguments, &fleet.platform.variables())
    };
    let (one, other) = (start(), start());
    let ended = [one.end().with_code(0), other.end().with_code(0)];
    let refreshed: u64 = ended
        .iter()
        .map(|ended| Fleet::summary(ended)["refreshed"].as_u64().unwrap())
        .sum();
    assert_eq!((refreshed, fleet.refreshes()), (6, 6));
}

#[test]
fn options_that_make_no_sense_are_refused() {
    let home = Home::new();
    for arguments in [
        &["--rate", "0"][..],
        &["--at-once", "0"],
        &["--poll", "1"],
        &["--once", "--poll", "5s"],
        &["--metrics", "example.com:80"],
        &["--hook-timeout", "5s"],
        &["--on-refresh", " "],
    ] {
        home.run(&[&["keep"], arguments].concat()).with_code(2);
    }
}
