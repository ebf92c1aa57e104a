//! `keep` that is asked to end, and the program that it hands tokens to.
#![cfg(unix)]

mod common;

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use common::Running;
use common::fleet::Fleet;
use shutterkey_sandbox::{Fault, FaultKind};

fn signal(running: &Running, name: &str) {
    let id = running.child.id().to_string();
    assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
}

/// Waits until it is so.
fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A fleet of two, whose refreshes take so long, and `keep` in the midst of the first one.
fn in_the_midst(delay_ms: u64) -> (Fleet, Running) {
    let fleet = Fleet::of(&["ada", "grace"]);
    let slow = FaultKind::Slow {
        delay_ms,
        dribble: false,
    };
    fleet.platform.sandbox.fault(Fault::of("refresh_access_token", slow));
    let running = fleet.start(&["--json", "--at-once", "1"]);
    wait_for("a refresh begins", || fleet.platform.sandbox.faults().is_empty());
    (fleet, running)
}

#[test]
fn sigterm_finishes_the_refresh_that_is_under_way_and_stores_its_token() {
    let (fleet, running) = in_the_midst(1_500);
    signal(&running, "-TERM");
    let ended = running.end().with_code(0);
    assert_eq!(Fleet::summary(&ended)["refreshed"], 1, "{ended:?}");
    assert_eq!(fleet.refreshes(), 1, "the next one was not begun");
    // The rest was given back: another run finds it at once.
    let rest = fleet.keep(&["--once", "--json"]).with_code(0);
    assert_eq!(Fleet::summary(&rest)["refreshed"], 1);
    for name in ["ada", "grace"] {
        let token = fleet.token(name);
        assert!(!fleet.minted.contains(&token), "{name} has a new token");
        fleet.holds_no_secret(&ended, &[&token]);
    }
}

#[test]
fn a_second_signal_ends_at_once() {
    let (_fleet, running) = in_the_midst(20_000);
    let began = Instant::now();
    signal(&running, "-INT");
    std::thread::sleep(Duration::from_millis(300));
    signal(&running, "-INT");
    running.end().with_code(130);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[test]
fn one_that_waits_for_work_ends_at_once_and_well() {
    let fleet = Fleet::of(&["ada"]);
    let mut running = fleet.start(&["--json", "--poll", "1h"]);
    running.prints_until_part("\"started\"");
    running.prints_until_part("\"refreshed\"");
    let began = Instant::now();
    signal(&running, "-TERM");
    running.end().with_code(0);
    assert!(began.elapsed() < Duration::from_secs(10));
}

fn script(fleet: &Fleet, text: &str) -> String {
    let path = fleet.home.here().join("hook.sh");
    fleet.home.write(&path, text);
    format!("sh {}", path.display())
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_program_is_handed_each_new_token_on_its_input_and_told_whose_it_is() {
    let fleet = Fleet::of(&["ada"]);
    let command = script(&fleet, "cat > token\nenv > environment\necho printed\necho told >&2\n");
    let ended = fleet.keep(&["--once", "--json", "--on-refresh", &command]).with_code(0);
    let token = fleet.token("ada");
    assert_eq!(read(&fleet.home.here().join("token")), token, "without a line break");
    let environment = read(&fleet.home.here().join("environment"));
    for line in [
        "SHUTTERKEY_ACCOUNT_NAME=ada",
        "SHUTTERKEY_ACCOUNT_USERNAME=ada.sandbox",
        "SHUTTERKEY_ACCOUNT_PROVIDER=instagram",
    ] {
        assert!(environment.lines().any(|found| found == line), "{environment}");
    }
    assert!(environment.contains("SHUTTERKEY_ACCOUNT_ID=178414"), "{environment}");
    assert!(environment.contains("SHUTTERKEY_TOKEN_EXPIRES_AT=20"), "{environment}");
    assert!(!environment.contains(&token) && !environment.contains("SHUTTERKEY_CLIENT_SECRET"));
    assert!(
        ended.stderr.contains("told") && !ended.stdout.contains("printed"),
        "{ended:?}"
    );
    assert_eq!(Fleet::summary(&ended)["hooks"]["done"], 1);
    fleet.holds_no_secret(&ended, &[&token]);
}

#[test]
fn a_program_that_fails_is_told_of_and_the_token_is_kept_all_the_same() {
    for (command, says) in [
        ("false", "exit code 1"),
        ("/nowhere/program", "cannot be started"),
        ("sh -c kill${IFS}-9${IFS}$$", "ended by a signal"),
    ] {
        let fleet = Fleet::of(&["ada"]);
        let ended = fleet.keep(&["--once", "--json", "--on-refresh", command]).with_code(23);
        let lines = Fleet::lines(&ended);
        let told = lines.iter().find(|line| line["event"] == "hook_failed").unwrap();
        assert_eq!(
            (&told["account"]["name"], &told["error"]["code"]),
            (&"ada".into(), &"command.hook".into())
        );
        assert!(told["error"]["message"].as_str().unwrap().contains(says), "{told}");
        assert_eq!(Fleet::summary(&ended)["refreshed"], 1);
        let token = fleet.token("ada");
        assert!(!fleet.minted.contains(&token));
        fleet.holds_no_secret(&ended, &[&token]);
    }
}

#[test]
fn a_program_that_does_not_end_is_ended_with_what_it_started() {
    let fleet = Fleet::of(&["ada"]);
    // The one that it starts would write the file.
    let command = script(&fleet, "(sleep 4; echo late > late) &\nsleep 100\n");
    let began = Instant::now();
    let arguments = ["--once", "--json", "--on-refresh", &command, "--hook-timeout", "1s"];
    let ended = fleet.keep(&arguments).with_code(23);
    assert!(began.elapsed() < Duration::from_secs(30) && ended.stdout.contains("did not end in 1 seconds"));
    std::thread::sleep(Duration::from_secs(5));
    assert!(!fleet.home.here().join("late").exists());
}

#[test]
fn a_program_that_does_not_read_its_input_is_fine() {
    let fleet = Fleet::of(&["ada", "grace"]);
    fleet.keep(&["--once", "--on-refresh", "true"]).with_code(0);
}

#[test]
fn where_nobody_hears_it_any_more_it_ends_as_if_it_were_asked_to() {
    let fleet = Fleet::of(&["ada"]);
    let fault = FaultKind::Slow {
        delay_ms: 1_000,
        dribble: false,
    };
    fleet.platform.sandbox.fault(Fault::of("refresh_access_token", fault));
    let mut child = fleet
        .home
        .command(&["keep", "--json"])
        .envs(fleet.platform.variables())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    wait_for("a refresh begins", || fleet.platform.sandbox.faults().is_empty());
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    let token = fleet.token("ada");
    assert!(
        !fleet.minted.contains(&token) && fleet.refreshes() == 1,
        "the token was stored"
    );
}
