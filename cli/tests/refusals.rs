//! What cannot work is explained, with an exit code of its own.

mod common;

use common::Home;

#[test]
fn an_unknown_account_is_named_with_its_own_exit_code() {
    let home = Home::new();
    for command in ["token", "whoami"] {
        let ended = home.run(&[command, "--account", "nobody"]).with_code(17);
        assert!(ended.stdout.is_empty());
        assert!(
            ended.stderr.contains("nobody") && ended.stderr.contains("account.not_found"),
            "{ended:?}"
        );
    }
    // Looking does not make folders.
    assert!(!home.data().exists());
}

#[test]
fn errors_for_programs_are_one_json_object_on_stdout() {
    let home = Home::new();
    let error = home.run(&["token", "--json"]).with_code(17).json()["error"].clone();
    assert_eq!(error["code"], "account.not_found");
    assert_eq!(error["family"], "account");
    assert_eq!(error["retry"], "login");
    assert!(error["message"].is_string() && error["hint"].as_str().unwrap().contains("shutterkey login"));
    let usage = home.run(&["token", "--no-such-flag", "--json"]).with_code(2).json();
    assert_eq!(usage["error"]["code"], "command.usage");
}

#[test]
fn a_login_without_configuration_says_what_is_missing_and_how_to_begin_without_it() {
    let home = Home::new();
    let id = home.run(&["login"]).with_code(10);
    assert!(
        id.stderr.contains("client id is missing") && id.stderr.contains("login --sandbox"),
        "{id:?}"
    );
    let redirect = home.run(&["login", "--client-id", "1234567890"]).with_code(10);
    assert!(redirect.stderr.contains("--redirect-uri"), "{redirect:?}");
    let secret = home
        .run(&[
            "login",
            "--client-id",
            "1234567890",
            "--redirect-uri",
            "https://localhost/",
        ])
        .with_code(10);
    assert!(secret.stderr.contains("config.secret_missing"), "{secret:?}");
}

#[test]
fn a_secret_in_the_profile_file_is_refused_and_not_repeated() {
    let home = Home::new();
    home.write(
        &home.here().join("shutterkey.toml"),
        "client_secret = \"canary-5d41\"\n",
    );
    let ended = home.run(&["login"]).with_code(10);
    assert!(ended.stderr.contains("config.secret_in_file"), "{ended:?}");
    assert!(!format!("{ended:?}").contains("canary"));
    // The sandbox needs no configuration, so a broken one is not in its way.
    home.run(&["login", "--sandbox", "--auto-approve"]).with_code(0);
}

#[test]
fn a_profile_file_that_is_named_has_to_be_there() {
    let home = Home::new();
    let ended = home.run(&["login", "--config", "nowhere.toml"]).with_code(10);
    assert!(ended.stderr.contains("nowhere.toml"), "{ended:?}");
}

#[test]
fn a_sandbox_token_is_not_imported_for_the_real_provider() {
    let home = Home::new();
    home.run(&["login", "--sandbox", "--auto-approve"]).with_code(0);
    let token = home.run(&["token"]).stdout;
    let ended = home.run_with(&["import"], &[], &token).with_code(16);
    assert!(
        ended.stderr.contains("token.sandbox") && ended.stderr.contains("hint:"),
        "{ended:?}"
    );
    assert!(!format!("{ended:?}").contains(token.trim()));
}

#[test]
fn an_import_without_a_token_says_so() {
    let ended = Home::new().run(&["import"]).with_code(2);
    assert!(ended.stderr.contains("no token in the input"), "{ended:?}");
}

#[test]
fn a_token_of_the_ended_basic_display_api_is_recognised_before_anybody_is_asked() {
    let ended = Home::new()
        .run_with(&["import"], &[], "IGQVJcanary0123456789\n")
        .with_code(13);
    assert!(ended.stderr.contains("provider.basic_display_ended"), "{ended:?}");
}

#[test]
fn a_token_on_the_command_line_is_refused_without_being_repeated() {
    let home = Home::new();
    for arguments in [
        &["import", "IGAAcanary0123456789abcdef"][..],
        &["import", "--json", "IGAAcanary0123456789abcdef"],
        &["login", "--client-secret=canary0123456789abcdef"],
    ] {
        let ended = home.run(arguments).with_code(2);
        assert!(!format!("{ended:?}").contains("canary"), "{ended:?}");
        assert!(format!("{ended:?}").contains("command line"), "{ended:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_store_that_others_can_read_is_refused_before_anybody_is_sent_to_log_in() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let store = home.here().join("open");
    std::fs::create_dir(&store).unwrap();
    std::fs::set_permissions(&store, std::fs::Permissions::from_mode(0o755)).unwrap();
    let ended = home
        .run(&[
            "login",
            "--sandbox",
            "--auto-approve",
            "--store",
            store.to_str().unwrap(),
        ])
        .with_code(18);
    assert!(ended.stderr.contains("store.refused"), "{ended:?}");
    assert!(!ended.stderr.contains("Approving"), "{ended:?}");
}

#[test]
fn a_world_that_cannot_be_read_is_named_and_left_alone() {
    let home = Home::new();
    home.write(&home.world(), "{");
    let ended = home.run(&["login", "--sandbox", "--auto-approve"]).with_code(20);
    assert!(ended.stderr.contains("command.sandbox"), "{ended:?}");
    assert_eq!(std::fs::read_to_string(home.world()).unwrap(), "{");
}
