//! Commands that print a text: the first screen, completions, the relay page.

mod common;

use common::Home;

#[test]
fn the_command_alone_says_what_it_is_and_how_to_begin() {
    let home = Home::new();
    let ended = home.run(&[]).with_code(0);
    for said in [
        "keeps it alive",
        "shutterkey login --sandbox",
        "shutterkey init",
        "shutterkey import",
        "--help",
    ] {
        assert!(ended.stdout.contains(said), "{ended:?}");
    }
    assert_eq!(
        home.run(&["--json"]).with_code(0).json()["begin"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn every_shell_gets_a_script_with_every_command() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.run(&["completions", shell]).with_code(0).stdout;
        for command in ["init", "login", "refresh", "logout", "completions", "--keep-grant"] {
            let found = script.contains(command) || script.contains(command.trim_start_matches('-'));
            assert!(found, "{shell}: {command}");
        }
    }
    home.run(&["completions", "csh"]).with_code(2);
}

#[cfg(unix)]
#[test]
fn bash_takes_the_script_and_completes_commands_and_flags_with_it() {
    let home = Home::new();
    let script = home.here().join("shutterkey.bash");
    home.write(&script, &home.run(&["completions", "bash"]).stdout);
    let program = r#"
        set -eu
        source "$1"
        complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _shutterkey shutterkey "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"; echo "${COMPREPLY[*]}"; }
        complete_line shutterkey ref
        complete_line shutterkey logout --ke
        complete_line shutterkey login --provider th
    "#;
    let checked = std::process::Command::new("bash")
        .arg("-n")
        .arg(&script)
        .output()
        .unwrap();
    assert!(checked.status.success(), "{checked:?}");
    let output = std::process::Command::new("bash")
        .args(["-c", program, "bash"])
        .arg(&script)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(printed, "refresh\n--keep-grant\nthreads\n");
}

#[test]
fn the_relay_page_leads_to_the_port_or_the_app_that_was_named() {
    let home = Home::new();
    let page = home.run(&["relay", "--port", "9000"]).with_code(0).stdout;
    assert!(
        page.starts_with("<!doctype html>") && page.contains("http://127.0.0.1:9000\""),
        "{page}"
    );
    let app = home
        .run(&["relay", "--app", "com.example.app:/callback"])
        .with_code(0)
        .stdout;
    assert!(app.contains("data-app=\"com.example.app:/callback\""), "{app}");
    home.run(&["relay", "--app", "https://app.example/"]).with_code(10);
    home.run(&["relay", "--port", "0"]).with_code(2);
}

#[cfg(unix)]
mod on_a_terminal {
    use super::common::pty::Terminal;
    use super::*;

    #[test]
    fn what_is_waited_for_turns_and_is_taken_away_again() {
        let home = Home::new();
        let terminal = Terminal::start(&home, 80, &["login", "--sandbox", "--auto-approve"], &[]);
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        let (_, after) = shown.split_once("exchanging it for a token …").unwrap();
        assert!(
            after.contains("\r\u{1b}[2K") && after.contains("Logged in as"),
            "{shown:?}"
        );
        for quiet in [&["--quiet"][..], &["--json"]] {
            let arguments = [&["login", "--sandbox", "--auto-approve"], quiet].concat();
            let (_, shown) = Terminal::start(&home, 80, &arguments, &[]).end();
            assert!(!shown.contains("\u{1b}[2K"), "{shown:?}");
        }
        let dumb = [("TERM", "dumb")];
        let (_, shown) = Terminal::start(&home, 80, &["login", "--sandbox", "--auto-approve"], &dumb).end();
        assert!(!shown.contains("\u{1b}[2K"), "{shown:?}");
    }

    #[test]
    fn colour_is_for_terminals_and_for_those_who_force_it() {
        let home = Home::new();
        let green = "\u{1b}[32m";
        let login = ["login", "--sandbox", "--auto-approve"];
        assert!(Terminal::start(&home, 80, &login, &[]).end().1.contains(green));
        let none = Terminal::start(&home, 80, &login, &[("NO_COLOR", "1")]).end().1;
        assert!(!none.contains(green) && !none.contains("\u{1b}[1m"), "{none:?}");
        let piped = home.run_with(&login, &[("CLICOLOR_FORCE", "1")], "").with_code(0);
        assert!(piped.stdout.contains(green), "{piped:?}");
    }

    #[test]
    fn no_line_of_a_screen_but_an_address_is_wider_than_the_terminal() {
        let home = Home::new();
        home.run(&["login", "--sandbox", "--auto-approve"]).with_code(0);
        for arguments in [
            &[][..],
            &["refresh"],
            &["accounts"],
            &["accounts", "--check", "10w"],
            &["doctor"],
            &["errors"],
            &["errors", "provider.invalid_platform_app"],
            &["logout"],
            &["init", "--yes"],
            &["token", "--account", "nobody"],
        ] {
            let (_, shown) = Terminal::start(&home, 40, arguments, &[("NO_COLOR", "1")]).end();
            for line in shown
                .lines()
                .filter(|line| !line.contains("/shutterkey") && !line.contains('\u{1b}'))
            {
                assert!(line.trim_end().chars().count() <= 40, "{arguments:?}: {line:?}");
            }
        }
    }
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_build_without_a_database_says_so_and_keeps_nothing_in_a_folder_of_that_name() {
    let home = Home::new();
    let settings = [
        ("SHUTTERKEY_STORE", "postgres"),
        ("SHUTTERKEY_DATABASE_URL", "postgres://app:canary@localhost/app"),
    ];
    for arguments in [&["accounts"][..], &["keep", "--once"], &["store", "migrate"]] {
        let ended = home.run_with(arguments, &settings, "").with_code(10);
        assert!(
            ended.stderr.contains("config.unsupported") && !ended.stderr.contains("canary"),
            "{ended:?}"
        );
    }
    assert!(!home.here().join("postgres").exists());
}

#[cfg(not(feature = "keychain"))]
#[test]
fn a_build_without_a_keychain_says_how_to_get_one_and_keeps_nothing_in_a_folder_of_that_name() {
    let home = Home::new();
    let settings = [("SHUTTERKEY_STORE", "keychain")];
    for arguments in [
        &["login", "--sandbox", "--auto-approve"][..],
        &["accounts"],
        &["keep", "--once"],
    ] {
        let ended = home.run_with(arguments, &settings, "").with_code(10);
        assert!(
            ended.stderr.contains("config.unsupported") && ended.stderr.contains("--features keychain"),
            "{ended:?}"
        );
    }
    let doctor = home.run_with(&["doctor"], &settings, "").with_code(21);
    assert!(doctor.stdout.contains("--features keychain"), "{doctor:?}");
    assert!(!home.here().join("keychain").exists() && !home.data().join("accounts").exists());
    home.run_with(
        &["login", "--sandbox", "--auto-approve"],
        &[("SHUTTERKEY_STORE", "./keychain")],
        "",
    )
    .with_code(0);
    assert!(home.here().join("keychain").exists());
}
