//! `init`: what it asks, what it writes, and that a login reads it back.

mod common;

use common::Home;
use shutterkey::config::profile::{Folders, Profile, Sources};

const ID: &str = "990602627938098";
const SECRET: &str = "canary0123456789abcdef0123456789";

/// The profile that the folder's file makes.
fn profile(home: &Home) -> Profile {
    let folders = Folders {
        config: home.here().join("no-config"),
        data: home.here().join("no-data"),
    };
    let text = std::fs::read_to_string(home.here().join("shutterkey.toml")).unwrap();
    assert!(!text.contains("canary"), "{text}");
    // A relative path counts from the folder that the command is started in.
    let here = home.here().join(".shutterkey-secret");
    let text = text.replace("\".shutterkey-secret\"", &format!("{here:?}"));
    let read = home.here().join("read.toml");
    std::fs::write(&read, text).unwrap();
    let environment = [("SHUTTERKEY_CONFIG".to_owned(), read.display().to_string())].into();
    Profile::resolve(&Sources::from_environment(environment, &folders).unwrap(), &folders).unwrap()
}

/// Provider, app id, redirect URI, scopes, and what else has to be said.
type Case = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

#[test]
fn what_it_writes_for_each_product_is_what_a_login_reads() {
    let legacy = "0123456789abcdef0123456789abcdef";
    let cases: [Case; 5] = [
        (
            "instagram",
            ID,
            "https://localhost/",
            &["instagram_business_basic"],
            &[],
        ),
        (
            "facebook",
            ID,
            "http://localhost:8911/callback",
            &["instagram_basic", "pages_show_list", "business_management"],
            &[],
        ),
        ("threads", ID, "https://localhost/", &["threads_basic"], &[]),
        ("legacy", legacy, "http://localhost:8911/callback", &["basic"], &[]),
        (
            "standard",
            "a client",
            "http://127.0.0.1:8911/callback",
            &[],
            &[
                "--authorize-url",
                "http://127.0.0.1:9/a",
                "--token-url",
                "http://127.0.0.1:9/t",
            ],
        ),
    ];
    for (provider, id, redirect_uri, scopes, more) in cases {
        let home = Home::new();
        let arguments = [&["init", "--yes", "--provider", provider, "--client-id", id][..], more].concat();
        let ended = home.run_with(&arguments, &[], SECRET).with_code(0);
        assert!(!format!("{ended:?}").contains("canary"), "{ended:?}");
        let profile = profile(&home);
        assert_eq!(profile.provider.id(), provider);
        assert_eq!(profile.client_id.as_deref(), Some(id));
        assert_eq!(profile.redirect_uri.as_deref(), Some(redirect_uri));
        assert_eq!(profile.client_secret.as_ref().unwrap().reveal(), SECRET);
        let config = profile.client_config().unwrap().build().unwrap();
        assert_eq!(config.scopes().iter().collect::<Vec<_>>(), scopes, "{provider}");
    }
}

#[test]
fn every_setting_of_the_flags_is_in_the_file() {
    let home = Home::new();
    let object = home
        .run_with(
            &[
                "init",
                "--json",
                "--client-id",
                ID,
                "--redirect-uri",
                "https://localhost:8443/",
                "--scope",
                "instagram_business_basic,instagram_business_manage_insights",
                "--tls-cert",
                "localhost.pem",
                "--tls-key",
                "localhost-key.pem",
                "--secret",
                "env",
            ],
            &[],
            "",
        )
        .with_code(0)
        .json();
    assert_eq!(object["login_mode"], "loopback");
    assert_eq!(object["register"]["value"], "https://localhost:8443/");
    assert_eq!(object["secret"], serde_json::json!({ "from": "env", "file": null }));
    let profile = profile(&home);
    assert_eq!(profile.tls_cert.unwrap().to_str(), Some("localhost.pem"));
    assert_eq!(profile.tls_key.unwrap().to_str(), Some("localhost-key.pem"));
    assert_eq!(profile.scopes.unwrap().len(), 2);
    assert!(!home.here().join(".shutterkey-secret").exists());
}

#[test]
fn wrong_answers_are_refused_with_the_cores_own_words_and_nothing_is_written() {
    let home = Home::new();
    for (arguments, code, says) in [
        (&["--client-id", "12"][..], 10, "Instagram app ID"),
        (
            &["--client-id", ID, "--redirect-uri", "http://localhost/"],
            10,
            "refuses http",
        ),
        (&["--client-id", ID, "--scope", "basic"], 10, "instagram_business_basic"),
        (&["--client-id", ID, "--scope", "threads_basic"], 10, "Threads"),
        (&["--client-id", ID, "--secret", "command"], 2, "--secret-command"),
        (&["--client-id", ID], 2, "no app secret in the input"),
        (&[], 2, "--client-id"),
    ] {
        let ended = home.run(&[&["init", "--yes"], arguments].concat()).with_code(code);
        assert!(ended.stderr.contains(says), "{arguments:?}: {ended:?}");
        assert_eq!(std::fs::read_dir(home.here()).unwrap().count(), 0, "{arguments:?}");
    }
}

#[test]
fn a_file_that_is_there_is_left_alone_unless_it_is_said_to_write_over_it() {
    let home = Home::new();
    let file = home.here().join("shutterkey.toml");
    home.write(&file, "provider = \"threads\"\n");
    let arguments = ["init", "--yes", "--client-id", ID, "--secret", "env"];
    let ended = home.run(&arguments).with_code(2);
    assert!(ended.stderr.contains("--force"), "{ended:?}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "provider = \"threads\"\n");
    home.run(&[&arguments[..], &["--force"]].concat()).with_code(0);
    assert!(
        std::fs::read_to_string(&file)
            .unwrap()
            .contains("provider = \"instagram\"")
    );
}

#[cfg(unix)]
#[test]
fn the_secret_is_its_owners_alone_and_kept_out_of_git_once() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let home = Home::new();
    std::fs::create_dir(home.here().join(".git")).unwrap();
    home.write(&home.here().join(".gitignore"), "target");
    let arguments = ["init", "--yes", "--client-id", ID];
    home.run_with(&arguments, &[], &format!("{SECRET}\n")).with_code(0);
    let secret = home.here().join(".shutterkey-secret");
    assert_eq!(std::fs::read_to_string(&secret).unwrap(), format!("{SECRET}\n"));
    assert_eq!(std::fs::metadata(&secret).unwrap().mode() & 0o777, 0o600);
    let ignored = || std::fs::read_to_string(home.here().join(".gitignore")).unwrap();
    assert_eq!(ignored(), "target\n/.shutterkey-secret\n");
    // The secret that is there is taken, and the line is not written twice.
    let again = home.run(&[&arguments[..], &["--force"]].concat()).with_code(0);
    assert!(again.stderr.contains("is the one in"), "{again:?}");
    assert_eq!(ignored(), "target\n/.shutterkey-secret\n");
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();
    let open = home.run(&[&arguments[..], &["--force"]].concat()).with_code(18);
    assert!(open.stderr.contains("chmod 600"), "{open:?}");
}

#[test]
fn a_secret_that_is_in_git_already_is_warned_about_and_a_pattern_that_covers_it_is_enough() {
    let home = Home::new();
    let git = home.here().join(".git");
    std::fs::create_dir(&git).unwrap();
    let arguments = ["init", "--yes", "--force", "--client-id", ID];
    home.write(&home.here().join(".gitignore"), ".shutterkey-*\n");
    home.run_with(&arguments, &[], &format!("{SECRET}\n")).with_code(0);
    let ignored = || std::fs::read_to_string(home.here().join(".gitignore")).unwrap();
    assert_eq!(ignored(), ".shutterkey-*\n");
    // An index of version 2: its header, and one entry, whose flags end with the path's length.
    let name = b".shutterkey-secret";
    let mut index = b"DIRC".to_vec();
    index.resize(12 + 61, 0);
    index.push(u8::try_from(name.len()).unwrap());
    index.extend_from_slice(name);
    index.push(0);
    std::fs::write(git.join("index"), index).unwrap();
    let tracked = home.run(&arguments).with_code(0);
    assert!(tracked.stderr.contains("is in git"), "{tracked:?}");
    assert!(!tracked.stdout.contains("not in git"), "{tracked:?}");
}

#[test]
fn servers_elsewhere_and_a_command_for_the_secret_go_into_the_persons_own_file() {
    let home = Home::new();
    let arguments = [
        "init",
        "--yes",
        "--json",
        "--provider",
        "standard",
        "--client-id",
        "app",
        "--authorize-url",
        "https://as.example/authorize",
        "--token-url",
        "https://as.example/token",
        "--secret",
        "command",
        "--secret-command",
        "pass show as/secret",
    ];
    let object = home.run(&arguments).with_code(0).json();
    let own = std::path::PathBuf::from(object["config"].as_str().unwrap());
    assert!(own.ends_with("config/shutterkey/config.toml"), "{own:?}");
    let text = std::fs::read_to_string(&own).unwrap();
    assert!(
        text.contains("client_secret_command = [\"pass\", \"show\", \"as/secret\"]"),
        "{text}"
    );
    assert!(text.contains("authorize = \"https://as.example/authorize\""), "{text}");
    assert!(!home.here().join("shutterkey.toml").exists());
    // The file of a folder names no program; the variable is what is told.
    let folder = ["init", "--yes", "--client-id", ID, "--secret-command", "pass show ig"];
    let ended = home.run(&folder).with_code(0);
    assert!(
        ended
            .stdout
            .contains("export SHUTTERKEY_CLIENT_SECRET_COMMAND='pass show ig'"),
        "{ended:?}"
    );
    assert!(profile(&home).client_secret.is_none());
}

#[test]
fn what_to_enter_in_the_dashboard_is_said_to_the_letter() {
    let home = Home::new();
    let ended = home
        .run(&[
            "init",
            "--yes",
            "--client-id",
            ID,
            "--secret",
            "env",
            "--redirect-uri",
            "https://localhost/cb",
        ])
        .with_code(0);
    for said in [
        "Business login",
        "OAuth redirect URIs",
        "     https://localhost/cb\n",
        "App roles > Roles",
        "read -rs SHUTTERKEY_CLIENT_SECRET",
        "shutterkey login",
    ] {
        assert!(ended.stdout.contains(said), "{said}: {ended:?}");
    }
}

#[cfg(unix)]
mod on_a_terminal {
    use super::common::pty::Terminal;
    use super::*;

    #[test]
    fn it_asks_explains_a_wrong_answer_and_takes_the_defaults() {
        let home = Home::new();
        let mut terminal = Terminal::start(&home, 80, &["init"], &[("NO_COLOR", "1")]);
        terminal.answer("[1] > ", "nonsense");
        terminal.shows("is none of them");
        terminal.answer("[1] > ", "threads");
        terminal.answer("Threads app ID?", "");
        terminal.shows("all digits");
        terminal.answer("> ", ID);
        terminal.answer("[https://localhost/] > ", "http://localhost/");
        terminal.shows("refuses http");
        terminal.answer("[https://localhost/] > ", "");
        terminal.answer("[1] > ", "2, threads_delete");
        terminal.answer("secret come from?", "");
        terminal.answer("not shown.", SECRET);
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        assert!(
            shown.contains("Redirect callback URLs") && !shown.contains("canary"),
            "{shown}"
        );
        let profile = profile(&home);
        assert_eq!(profile.provider.id(), "threads");
        // The base permission is added: without it no login works.
        let scopes = ["threads_basic", "threads_content_publish", "threads_delete"];
        assert_eq!(profile.scopes.unwrap(), scopes);
        assert_eq!(profile.client_secret.unwrap().reveal(), SECRET);
    }

    #[test]
    fn ctrl_c_writes_nothing() {
        let home = Home::new();
        let mut terminal = Terminal::start(&home, 80, &["init"], &[]);
        terminal.shows("Which platform");
        terminal.interrupt();
        assert_eq!(terminal.end().0, 130);
        assert_eq!(std::fs::read_dir(home.here()).unwrap().count(), 0);
    }

    #[test]
    fn a_login_without_configuration_asks_the_same_questions_and_goes_on() {
        let (platform, home) = (common::Platform::instagram(), Home::new());
        let variables = platform.variables();
        let value = |name: &str| variables.iter().find(|(known, _)| *known == name).unwrap().1;
        let sandbox = [
            ("SHUTTERKEY_SANDBOX_URL", platform.sandbox.base_url()),
            ("NO_COLOR", "1"),
        ];
        let mut terminal = Terminal::start(&home, 200, &["login", "--no-browser"], &sandbox);
        terminal.answer("[Y/n] > ", "y");
        terminal.answer("[1] > ", "");
        terminal.answer("app ID?", value("SHUTTERKEY_CLIENT_ID"));
        terminal.answer("[https://localhost/] > ", "");
        terminal.answer("[1] > ", "");
        terminal.answer("secret come from?", "1");
        terminal.answer("not shown.", value("SHUTTERKEY_CLIENT_SECRET"));
        terminal.answer("dashboard has it", "");
        terminal.shows("another machine:");
        terminal.shows("paste");
        let url = terminal
            .shown
            .lines()
            .find(|line| line.starts_with("http://127.0.0.1:"))
            .unwrap();
        let approval = shutterkey_sandbox::Approval::by("studio");
        let redirect = platform
            .runtime
            .block_on(platform.sandbox.approve(url.trim(), &approval))
            .unwrap();
        terminal.type_in(&format!("{redirect}\n"));
        let (code, shown) = terminal.end();
        assert_eq!(code, 0, "{shown}");
        assert!(shown.contains("Logged in as studio.sandbox"), "{shown}");
        assert!(
            !shown.contains(value("SHUTTERKEY_CLIENT_SECRET")) && !shown.contains(&redirect),
            "{shown}"
        );
    }
}
