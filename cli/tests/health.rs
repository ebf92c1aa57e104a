//! `inspect`, `doctor`, `accounts` and `errors` as processes.

mod common;

use common::Home;

const LOGIN: [&str; 3] = ["login", "--sandbox", "--auto-approve"];

#[test]
fn what_is_piped_in_is_explained_on_stdout_without_colour_and_without_the_secret() {
    let home = Home::new();
    let token = format!("IGAA{}ZD", "canary01".repeat(15));
    let ended = home.run_with(&["inspect"], &[], &token).with_code(0);
    assert!(ended.stdout.starts_with("A token of Instagram Login\n"), "{ended:?}");
    assert!(ended.stdout.contains("shutterkey import"), "{ended:?}");
    let said = ended.stdout + &ended.stderr;
    assert!(!said.contains('\u{1b}') && !said.contains("canary"), "{said}");
}

#[test]
fn nothing_in_the_input_is_an_error_of_the_input() {
    let ended = Home::new().run_with(&["inspect"], &[], " \n").with_code(2);
    assert!(ended.stderr.contains("command.input"), "{ended:?}");
    let much = "a".repeat(300 << 10);
    Home::new().run_with(&["inspect"], &[], &much).with_code(2);
}

#[test]
fn a_broken_configuration_keeps_nothing_from_being_explained() {
    let home = Home::new();
    home.write(&home.here().join("shutterkey.toml"), "client_id = ");
    let ended = home.run_with(&["inspect"], &[], "Invalid platform app").with_code(0);
    assert!(ended.stdout.contains("Instagram app ID"), "{ended:?}");
}

#[test]
fn online_a_token_of_the_kept_world_lives_until_its_end_and_says_whose_it_is() {
    let home = Home::new();
    home.run(&LOGIN).with_code(0);
    let token = home.run(&["token"]).stdout;
    let lives = home
        .run_with(&["inspect", "--online", "--json"], &[], &token)
        .with_code(0)
        .json();
    assert_eq!(lives["online"]["lives"], true);
    assert_eq!(lives["online"]["username"], "studio.sandbox");
    home.advance_world(61 * 86_400);
    let dead = home.run_with(&["inspect", "--online"], &[], &token).with_code(16);
    assert!(dead.stdout.contains("It does not work"), "{dead:?}");
    assert!(!dead.stderr.contains("error:"), "the result has said it: {dead:?}");
    let object = home
        .run_with(&["inspect", "--online", "--json"], &[], &token)
        .with_code(16)
        .json();
    assert_eq!(object["online"]["error"]["code"], "token.expired");
}

#[test]
fn online_a_token_of_the_old_platform_is_asked_about_in_the_kept_world() {
    let home = Home::new();
    home.run(&[&LOGIN[..], &["--provider", "legacy", "--account", "old"]].concat())
        .with_code(0);
    let token = home.run(&["token", "--account", "old"]).stdout;
    let ended = home.run_with(&["inspect", "--online"], &[], &token).with_code(0);
    assert!(ended.stdout.contains("in a sandbox, answers to it"), "{ended:?}");
}

#[test]
fn online_is_for_tokens_and_asks_nobody_about_anything_else() {
    let ended = Home::new()
        .run_with(&["inspect", "--online"], &[], "Invalid platform app")
        .with_code(0);
    assert!(ended.stderr.contains("Nothing was asked"), "{ended:?}");
}

#[test]
fn doctor_is_well_where_nothing_is_configured_and_makes_no_store() {
    let home = Home::new();
    let ended = home.run(&["doctor"]).with_code(0);
    assert!(ended.stdout.contains("Nothing is wrong"), "{ended:?}");
    assert!(!home.data().exists(), "doctor only looks");
}

#[test]
fn doctor_ends_with_21_when_there_is_a_problem_and_says_what_to_do() {
    let home = Home::new();
    home.write(
        &home.here().join("shutterkey.toml"),
        "client_id = \"123456789012345\"\nredirect_uri = \"http://localhost/\"\n",
    );
    let ended = home.run(&["doctor"]).with_code(21);
    assert!(
        ended.stdout.contains("[config.redirect_uri]") && ended.stdout.contains("1 problem"),
        "{ended:?}"
    );
    assert!(!ended.stderr.contains("error:"), "{ended:?}");
}

#[cfg(unix)]
#[test]
fn doctor_sees_a_secret_file_that_others_can_read_and_that_git_has() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.write(
        &home.here().join("shutterkey.toml"),
        "client_id = \"123456789012345\"\nclient_secret_file = \"secret\"\nredirect_uri = \"https://localhost/\"\n",
    );
    let secret = home.here().join("secret");
    home.write(&secret, "0123456789abcdef0123456789abcdef\n");
    let mode = |mode| std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o644);
    let open = home.run(&["doctor"]).with_code(21);
    assert!(open.stdout.contains("chmod 600 secret"), "{open:?}");
    assert!(!open.stdout.contains("0123456789abcdef"), "{open:?}");
    mode(0o600);
    home.run(&["doctor"]).with_code(0);
    std::fs::create_dir(home.here().join(".git")).unwrap();
    let not_ignored = home.run(&["doctor"]).with_code(0);
    assert!(
        not_ignored.stdout.contains("config.secret_not_ignored"),
        "{not_ignored:?}"
    );
    home.write(&home.here().join(".gitignore"), "secret\n");
    let ignored = home.run(&["doctor"]).with_code(0);
    assert!(!ignored.stdout.contains("config.secret_not_ignored"), "{ignored:?}");
}

#[cfg(unix)]
#[test]
fn doctor_knows_the_index_that_git_itself_writes() {
    let home = Home::new();
    let git = |arguments: &[&str]| {
        std::process::Command::new("git")
            .args(arguments)
            .current_dir(home.here())
            .env("HOME", home.here())
            .output()
    };
    home.write(
        &home.here().join("shutterkey.toml"),
        "client_id = \"123456789012345\"\nclient_secret_file = \"app/secret\"\nredirect_uri = \"https://localhost/\"\n",
    );
    let secret = home.here().join("app/secret");
    home.write(&secret, "0123456789abcdef0123456789abcdef\n");
    std::fs::set_permissions(&secret, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    for arguments in [&["init", "-q"][..], &["add", "app/secret"]] {
        let output = git(arguments).expect("git is needed for this test");
        assert!(output.status.success(), "{output:?}");
    }
    let ended = home.run(&["doctor", "--json"]).with_code(21);
    assert!(ended.stdout.contains("config.secret_in_git"), "{ended:?}");
}

#[cfg(unix)]
#[test]
fn doctor_sees_a_store_that_others_can_read() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let store = home.here().join("open");
    std::fs::create_dir(&store).unwrap();
    std::fs::set_permissions(&store, std::fs::Permissions::from_mode(0o755)).unwrap();
    let ended = home.run(&["doctor", "--store", store.to_str().unwrap()]).with_code(21);
    assert!(
        ended.stdout.contains("[store.refused]") && ended.stdout.contains("chmod 700"),
        "{ended:?}"
    );
}

#[cfg(unix)]
#[test]
fn doctor_starts_no_secret_command() {
    let home = Home::new();
    let trace = home.here().join("trace");
    let variables = [
        ("SHUTTERKEY_CLIENT_SECRET_COMMAND", format!("touch {}", trace.display())),
        ("SHUTTERKEY_CLIENT_ID", "123456789012345".to_owned()),
        ("SHUTTERKEY_REDIRECT_URI", "https://localhost/".to_owned()),
    ];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let ended = home.run_with(&["doctor", "--json"], &variables, "").with_code(0);
    assert!(ended.stdout.contains("config.secret_command"), "{ended:?}");
    home.run_with(&["inspect"], &variables, "Invalid platform app")
        .with_code(0);
    assert!(!trace.exists(), "nothing was started");
}

#[cfg(unix)]
#[test]
fn doctor_compares_the_clock_with_the_providers_when_it_is_asked_to() {
    let platform = common::Platform::instagram();
    let home = Home::new();
    let sandbox = [("SHUTTERKEY_SANDBOX_URL", platform.sandbox.base_url())];
    let ended = home.run_with(&["doctor", "--online"], &sandbox, "").with_code(0);
    assert!(ended.stdout.contains("the clock of this machine is right"), "{ended:?}");
    assert!(ended.stderr.contains("for the time"), "{ended:?}");
}

#[test]
fn accounts_draw_the_life_of_each_token_in_ascii_where_it_is_piped() {
    let home = Home::new();
    home.run(&LOGIN).with_code(0);
    let young = home
        .run_with(&["accounts"], &[("LANG", "en_GB.UTF-8")], "")
        .with_code(0);
    assert!(young.stdout.contains(" O.") && young.stdout.is_ascii(), "{young:?}");
    home.advance_world(20 * 86_400);
    let later = home.run(&["accounts"]).with_code(0);
    assert!(later.stdout.contains("======O"), "{later:?}");
    assert!(later.stdout.contains("R planned refresh"), "{later:?}");
    home.advance_world(50 * 86_400);
    let dead = home.run(&["accounts"]).with_code(0);
    assert!(dead.stdout.contains("===================x"), "{dead:?}");
}

#[test]
fn a_check_names_the_account_and_ends_with_22_also_when_none_is_kept() {
    let home = Home::new();
    let none = home.run(&["accounts", "--check", "1d", "--json"]).with_code(22).json();
    assert_eq!(none["check"]["passed"], false);
    home.run(&LOGIN).with_code(0);
    let well = home.run(&["accounts", "--check", "8w", "--json"]).with_code(0).json();
    assert_eq!(
        (&well["check"]["passed"], &well["check"]["seconds"]),
        (&true.into(), &4_838_400.into())
    );
    let short = home.run(&["accounts", "--check", "9w"]).with_code(22);
    assert_eq!(short.stdout, "me on instagram: ends in 60 days.\n");
    home.advance_world(61 * 86_400);
    let dead = home.run(&["accounts", "--check", "1s", "--json"]).with_code(22).json();
    assert_eq!(
        dead["check"]["failed"][0]["says"],
        "me on instagram: needs a login (token.expired)."
    );
    home.run(&["accounts", "--check", "ten days"]).with_code(2);
}

#[test]
fn a_code_a_family_or_a_code_of_metas_is_looked_up_and_near_names_are_offered() {
    let home = Home::new();
    let one = home.run(&["errors", "provider.invalid_platform_app"]).with_code(0);
    assert!(
        one.stdout.contains("\"invalid platform app\"") && one.stdout.contains("fix_config"),
        "{one:?}"
    );
    let family = home.run(&["errors", "throttled", "--json"]).with_code(0).json();
    let codes: Vec<&str> = family["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["throttled.app", "throttled.user"]);
    assert!(
        family["errors"][1]["provider_codes"]
            .as_array()
            .unwrap()
            .contains(&"80002".into())
    );
    for (asked, code) in [
        ("190/463", "token.expired"),
        ("80002", "throttled.user"),
        ("368", "provider.blocked"),
    ] {
        let meant = home.run(&["errors", asked, "--json"]).with_code(0).json();
        assert_eq!(meant["errors"][0]["code"], code, "{asked}");
    }
    let near = home.run(&["errors", "state_mismatch"]).with_code(2);
    assert!(near.stderr.contains("redirect.state_mismatch"), "{near:?}");
    home.run(&["errors", "nonsense"]).with_code(2);
}

#[test]
fn all_errors_are_those_of_the_catalogue() {
    let all = Home::new().run(&["errors", "--json"]).with_code(0).json();
    assert_eq!(
        all["errors"].as_array().unwrap().len(),
        shutterkey::ErrorCode::ALL.len()
    );
    let text = Home::new().run(&["errors"]).with_code(0).stdout;
    for code in shutterkey::ErrorCode::ALL {
        assert!(text.contains(code.as_str()), "{code}");
    }
}

#[cfg(unix)]
mod on_a_terminal {
    use super::common::Home;
    use super::common::pty::Terminal;

    const UTF8: [(&str, &str); 1] = [("LANG", "C.UTF-8")];

    #[test]
    fn what_is_pasted_in_several_lines_is_taken_whole_and_not_shown() {
        let home = Home::new();
        let mut terminal = Terminal::start(&home, 80, &["inspect"], &UTF8);
        terminal.shows("it is not shown");
        let answer =
            "HTTP/1.1 400 Bad Request\r\n\r\n{\"error\":{\"message\":\"canary\",\"code\":190,\"error_subcode\":463}}";
        terminal.type_in(&format!("\u{1b}[200~{answer}\u{1b}[201~\r"));
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        assert!(shown.contains("HTTP status") && shown.contains("190/463"), "{shown}");
        assert!(
            shown.contains("\u{1b}[31m") || shown.contains(";31m"),
            "problems are red: {shown:?}"
        );
        let before = shown.split("An error of the provider").next().unwrap();
        assert!(
            !before.contains("Bad Request"),
            "what was pasted is not echoed: {shown:?}"
        );
    }

    #[test]
    fn a_life_is_drawn_where_the_terminal_can_and_typed_where_it_cannot() {
        let home = Home::new();
        home.run(&super::LOGIN).with_code(0);
        let (_, drawn) = Terminal::start(&home, 120, &["accounts"], &UTF8).end();
        assert!(drawn.contains('●') && drawn.contains('◆'), "{drawn:?}");
        let (_, typed) = Terminal::start(&home, 120, &["accounts"], &[("LANG", "C")]).end();
        assert!(typed.is_ascii() && typed.contains("O."), "{typed:?}");
        let (_, narrow) = Terminal::start(&home, 60, &["accounts"], &UTF8).end();
        assert!(narrow.contains("life") && narrow.contains("user id"), "{narrow:?}");
    }
}
