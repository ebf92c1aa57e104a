//! What goes where, and how it looks to something that is no terminal.

mod common;

use common::Home;

#[test]
fn help_teaches_with_examples_and_names_every_exit_code() {
    let home = Home::new();
    let help = home.run(&["--help"]).with_code(0);
    assert!(help.stdout.contains("shutterkey login --sandbox"), "{}", help.stdout);
    for (code, meaning) in shutterkey_cli::exit::EXIT_CODES {
        assert!(help.stdout.contains(&format!("{code:>3}  {meaning}")), "{code}");
    }
    for command in ["login", "import", "token", "whoami", "accounts", "sandbox"] {
        assert!(home.run(&[command, "--help"]).with_code(0).stdout.contains("Usage:"));
    }
}

#[test]
fn the_guide_lists_the_exit_codes_of_the_code() {
    let readme = include_str!("../README.md");
    for (code, meaning) in shutterkey_cli::exit::EXIT_CODES {
        assert!(readme.contains(&format!("| {code} | {meaning} |")), "{code}: {meaning}");
    }
}

#[test]
fn version_is_the_packages() {
    let ended = Home::new().run(&["--version"]).with_code(0);
    assert_eq!(ended.stdout, format!("shutterkey {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn nothing_but_text_goes_to_a_pipe() {
    let home = Home::new();
    let runs = [
        home.run(&["login", "--sandbox", "--auto-approve"]),
        home.run(&["accounts"]),
        home.run(&["whoami"]),
        home.run(&["token", "--account", "nobody"]),
        home.run(&["login"]),
    ];
    for ended in runs {
        assert!(
            !format!("{}{}", ended.stdout, ended.stderr).contains('\u{1b}'),
            "{ended:?}"
        );
    }
}

#[test]
fn quiet_leaves_results_and_errors() {
    let home = Home::new();
    let login = home
        .run(&["login", "--sandbox", "--auto-approve", "--quiet"])
        .with_code(0);
    assert!(
        login.stderr.is_empty() && login.stdout.contains("Logged in"),
        "{login:?}"
    );
    let token = home.run(&["token", "-q"]).with_code(0);
    assert!(token.stderr.is_empty(), "{token:?}");
    assert!(home.run(&["token", "-q", "--account", "x"]).stderr.contains("error:"));
}

#[test]
fn no_secret_of_the_environment_or_of_the_store_is_in_any_output_but_tokens() {
    let home = Home::new();
    home.run(&["login", "--sandbox", "--auto-approve"]).with_code(0);
    let token = home.run(&["token"]).stdout.trim().to_owned();
    let world = std::fs::read_to_string(home.world()).unwrap();
    let world: serde_json::Value = serde_json::from_str(&world).unwrap();
    let secret = world["instagram"]["apps"][0]["app_secret"].as_str().unwrap().to_owned();
    let variables = [
        ("SHUTTERKEY_CLIENT_SECRET", "canary-secret-0a1b2c3d4e5f"),
        ("SHUTTERKEY_CLIENT_ID", "1234567890"),
        ("SHUTTERKEY_REDIRECT_URI", "https://localhost/"),
    ];
    for arguments in [
        &["accounts"][..],
        &["accounts", "--json"],
        &["whoami"],
        &["whoami", "--json"],
        &["login", "--sandbox", "--auto-approve", "--json"],
        &["login", "--no-browser"],
        &["login", "--no-browser", "--redirect-uri", "http://[canary-secret"],
        &["import"],
        &["token", "--account", "nobody", "--json"],
    ] {
        let ended = home.run_with(arguments, &variables, "canary-pasted-0a1b2c3d4e5f\n");
        let output = format!("{}{}", ended.stdout, ended.stderr);
        for leaked in ["canary-secret-0a", "canary-pasted", secret.as_str(), token.as_str()] {
            assert!(!output.contains(leaked), "{arguments:?}: {output}");
        }
    }
}

#[cfg(unix)]
#[test]
fn the_sandbox_runs_until_it_is_interrupted_and_keeps_its_world_when_asked() {
    let home = Home::new();
    let mut running = home.start(&["sandbox", "--port", "0", "--world", "kept.json", "--json"], &[]);
    let object: serde_json::Value = serde_json::from_str(&running.prints_until("}")).unwrap();
    assert!(object["url"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    let token_file = std::path::PathBuf::from(object["control_token_file"].as_str().unwrap());
    assert!(!std::fs::read_to_string(&token_file).unwrap().is_empty());
    let id = running.child.id().to_string();
    assert!(
        std::process::Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    running.end().with_code(0);
    assert!(home.here().join("kept.json").exists());
    assert!(!token_file.exists());
}

#[cfg(unix)]
#[test]
fn a_scenario_is_there_from_the_start_and_told_by_its_names() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/sandbox/scenario.toml");
    let home = Home::new();
    let mut running = home.start(&["sandbox", "--port", "0", "--scenario", example, "--json"], &[]);
    let made: serde_json::Value = serde_json::from_str(&running.prints_until("}")).unwrap();
    running.child.kill().unwrap();
    let (seeded, url) = (&made["seeded"], made["url"].as_str().unwrap());
    assert_eq!(
        seeded["tokens"]["due"]["client_id"],
        seeded["apps"]["shop"]["client_id"]
    );
    assert!(
        seeded["apps"]["shop"]["authorize_url"]
            .as_str()
            .unwrap()
            .starts_with(url)
    );

    let mut running = home.start(&["sandbox", "--port", "0", "--scenario", example], &[]);
    let client_id = seeded["apps"]["shop"]["client_id"].as_str().unwrap();
    let shown = running.prints("control/seed");
    running.child.kill().unwrap();
    assert!(shown.contains(client_id) && !shown.contains("IGAASANDBOX"), "{shown}");
}

#[test]
fn a_scenario_that_is_wrong_starts_nothing_and_names_file_place_and_what_is_allowed() {
    let home = Home::new();
    home.write(&home.here().join("wrong.toml"), "[apps.shop]\nproduct = \"instagrm\"\n");
    let ended = home
        .run(&["sandbox", "--port", "0", "--scenario", "wrong.toml"])
        .with_code(20);
    for part in [
        "wrong.toml: apps.shop.product",
        "`legacy`, `instagram`",
        "docs/sandbox.md",
    ] {
        assert!(ended.stderr.contains(part), "{ended:?}");
    }
    home.run(&["sandbox", "--scenario", "wrong.toml", "--world", "kept.json"])
        .with_code(2);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = Home::new().run(&["sandbox", "--port", &port]).with_code(20);
    assert!(
        ended.stderr.contains(&port) && ended.stderr.contains("--port"),
        "{ended:?}"
    );
}
