//! The command over a PostgreSQL database, which the suite `postgres` starts: `make test SUITES=postgres`.

mod common;

use common::fleet::Fleet;
use common::{Ended, Home};
use serde_json::Value;
use shutterkey::store::postgres::tokio_postgres::{self, NoTls};

/// A database of a test's own, and the settings that lead there.
struct Database {
    settings: Vec<(&'static str, String)>,
    password: String,
}

impl Database {
    /// Fails where there is no server: a test that was not run must not read as passed.
    fn new(name: &str) -> Self {
        let file = std::env::var("SHUTTERKEY_TEST_POSTGRES").expect("make test SUITES=postgres starts servers");
        let servers: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
        let (port, of) = (&servers["port"], |user: &str| {
            servers[user].as_str().unwrap().to_owned()
        });
        let address =
            |user: &str, database: &str| format!("postgres://{user}:{}@localhost:{port}/{database}", of(user));
        let boss = address("boss", "postgres") + "?sslmode=disable";
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&boss, NoTls).await.unwrap();
            tokio::spawn(connection);
            for statement in [
                format!("DROP DATABASE IF EXISTS {name}"),
                format!("CREATE DATABASE {name} OWNER app"),
            ] {
                client.batch_execute(&statement).await.unwrap();
            }
        });
        let keys = Home::new().run(&["keygen"]).with_code(0).stdout.trim().to_owned();
        Self {
            settings: vec![
                ("SHUTTERKEY_STORE", "postgres".to_owned()),
                ("SHUTTERKEY_DATABASE_URL", address("app", name)),
                ("SHUTTERKEY_SEAL_KEYS", keys),
            ],
            password: of("app"),
        }
    }

    fn settings(&self) -> Vec<(&'static str, &str)> {
        self.settings
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }

    fn run(&self, arguments: &[&str]) -> Ended {
        Home::new().run_with(arguments, &self.settings(), "")
    }

    fn migrated(name: &str) -> Self {
        let database = Self::new(name);
        let made = database.run(&["store", "migrate", "--json"]).with_code(0).json();
        is_as_documented("`store migrate`", &made);
        database
    }
}

/// docs/cli.md lists these members and no other.
fn is_as_documented(section: &str, object: &Value) {
    let page = include_str!("../../docs/cli.md");
    let (_, rest) = page.split_once(&format!("\n### {section}\n")).unwrap();
    let rows = rest.split("\n### ").next().unwrap().lines();
    let listed: Vec<&str> = rows
        .filter_map(|row| row.strip_prefix("| `")?.split(['`', '[']).next())
        .collect();
    let members: Vec<&String> = object.as_object().unwrap().keys().collect();
    assert!(
        members.iter().all(|member| listed.contains(&member.as_str())),
        "{object}"
    );
    assert!(listed.iter().all(|name| object.get(name).is_some()), "{listed:?}");
}

#[test]
fn two_machines_that_keep_one_database_refresh_each_account_once() {
    let database = Database::migrated("keep_twice");
    let names = ["ada", "grace", "hedy", "joan", "mary", "rosa"];
    let fleet = Fleet::in_store(&names, &database.settings());
    let machines = [Home::new(), Home::new()];
    let arguments = ["keep", "--once", "--json", "--rate", "20"];
    let running = machines
        .each_ref()
        .map(|home| home.start(&arguments, &fleet.platform.variables()));
    let ended = running.map(|running| running.end().with_code(0));
    let refreshed: u64 = ended
        .iter()
        .map(|ended| Fleet::summary(ended)["refreshed"].as_u64().unwrap())
        .sum();
    assert_eq!((refreshed, fleet.refreshes()), (6, 6));
    let tokens = names.map(|name| fleet.token(name));
    for ended in &ended {
        let mut secrets: Vec<&str> = tokens.iter().map(String::as_str).collect();
        secrets.push(&database.password);
        fleet.holds_no_secret(ended, &secrets);
        assert!(ended.stdout.contains("\"store\":\"postgres\""), "{ended:?}");
    }
    assert!(tokens.iter().all(|token| !fleet.minted.contains(token)));
    for home in machines.iter().chain([&fleet.home]) {
        assert!(!home.data().join("accounts").exists(), "nothing is kept in files");
    }
}

#[test]
fn every_command_finds_accounts_in_the_database_and_in_its_own_namespace() {
    let database = Database::migrated("keep_commands");
    let fleet = Fleet::in_store(&["ada"], &database.settings());
    let elsewhere = Home::new();
    let run = |arguments: &[&str]| elsewhere.run_with(arguments, &fleet.platform.variables(), "");
    let listed = run(&["accounts", "--json"]).with_code(0).json();
    assert_eq!(listed["accounts"][0]["store"], "postgres");
    assert_eq!(listed["accounts"][0]["account"]["name"], "ada");
    assert_eq!(
        run(&["token", "--account", "ada"]).with_code(0).stdout.lines().count(),
        1
    );
    run(&["whoami", "--account", "ada"]).with_code(0);
    run(&["refresh", "--account", "ada", "--if-due"]).with_code(0);
    let doctor = run(&["doctor"]);
    assert!(doctor.stdout.contains("The database answers"), "{doctor:?}");

    let mut other = fleet.platform.variables();
    other.push(("SHUTTERKEY_NAMESPACE", "other"));
    let none = elsewhere
        .run_with(&["accounts", "--json"], &other, "")
        .with_code(0)
        .json();
    assert_eq!(none["accounts"].as_array().unwrap().len(), 0);
    elsewhere
        .run_with(&["token", "--account", "ada"], &other, "")
        .with_code(17);

    run(&["logout", "--account", "ada", "--keep-grant"]).with_code(0);
    run(&["token", "--account", "ada"]).with_code(17);
}

#[test]
fn what_is_missing_or_wrong_is_named_and_no_secret_with_it() {
    let database = Database::new("keep_wrong");
    let said = |ended: Ended, code: i32, part: &str| {
        let text = format!("{}{}", ended.stdout, ended.stderr);
        assert!(ended.code == code && text.contains(part), "{ended:?}");
        assert!(!text.contains(&database.password), "{ended:?}");
        for (name, value) in &database.settings {
            assert!(*name == "SHUTTERKEY_STORE" || !text.contains(value), "{ended:?}");
        }
    };
    said(database.run(&["keep", "--once"]), 18, "store.schema");
    said(database.run(&["accounts"]), 18, "store.schema");
    said(database.run(&["store", "migrate"]), 0, "of this release");
    said(database.run(&["store", "migrate"]), 0, "of this release");
    said(database.run(&["keep", "--once"]), 0, "");
    for (without, code) in [
        ("SHUTTERKEY_DATABASE_URL", "config.missing"),
        ("SHUTTERKEY_SEAL_KEYS", "config.seal_key"),
    ] {
        let mut settings = database.settings();
        settings.retain(|(name, _)| *name != without);
        said(Home::new().run_with(&["keep", "--once"], &settings, ""), 10, code);
    }
    let mut settings = database.settings();
    settings.retain(|(name, _)| *name != "SHUTTERKEY_DATABASE_URL");
    settings.push(("SHUTTERKEY_DATABASE_URL", "postgres://app:canary@localhost:1/app"));
    let away = Home::new().run_with(&["keep", "--once", "--json"], &settings, "");
    assert!(!format!("{away:?}").contains("canary"), "{away:?}");
    said(away, 18, "store.unavailable");
}

#[cfg(unix)]
#[test]
fn the_address_and_the_keys_may_lie_in_files_and_keys_are_changed_without_a_pause() {
    use std::os::unix::fs::PermissionsExt;

    let database = Database::migrated("keep_rotated");
    let fleet = Fleet::in_store(&["ada", "grace"], &database.settings());
    let token = fleet.token("ada");
    let home = Home::new();
    let file = |name: &str, text: &str| {
        let path = home.here().join(name);
        home.write(&path, text);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path.display().to_string()
    };
    let setting = |wanted: &str| {
        let found = database.settings.iter().find(|(name, _)| *name == wanted);
        found.unwrap().1.clone()
    };
    let old = setting("SHUTTERKEY_SEAL_KEYS");
    let ring = home.run_with(&["keygen", "--rotate"], &[], &old).with_code(0).stdout;
    let url = file("url", &setting("SHUTTERKEY_DATABASE_URL"));
    let with_keys = |keys: &str, arguments: &[&str]| {
        let keys = file("keys", keys);
        let mut variables = fleet.platform.variables();
        variables.retain(|(name, _)| !name.contains("DATABASE") && !name.contains("SEAL"));
        variables.push(("SHUTTERKEY_DATABASE_URL_FILE", &url));
        variables.push(("SHUTTERKEY_SEAL_KEYS_FILE", &keys));
        home.run_with(arguments, &variables, "")
    };
    let first = with_keys(&ring, &["store", "reseal", "--json"]).with_code(0).json();
    is_as_documented("`store reseal`", &first);
    assert_eq!((&first["complete"], &first["current"]), (&true.into(), &0.into()));
    assert!(
        first["resealed"].as_u64().unwrap() >= 4,
        "two accounts and their names: {first}"
    );
    let second = with_keys(&ring, &["store", "reseal", "--json"]).with_code(0).json();
    assert_eq!(
        (&second["resealed"], &second["current"]),
        (&0.into(), &first["resealed"])
    );
    let new = ring.trim().split(',').next().unwrap();
    let found = with_keys(new, &["token", "--account", "ada"]).with_code(0).stdout;
    assert_eq!(found.trim(), token);
    // Whoever was left with the old key alone opens nothing any more, and is told so.
    let late = with_keys(&old, &["keep", "--once", "--json"]).with_code(23);
    // The other one is not due for weeks, and not looked at.
    assert_eq!(Fleet::summary(&late)["accounts"]["unreadable"], 1);
    let left = with_keys(&old, &["store", "reseal"]).with_code(18);
    assert!(left.stdout.contains("Run it again before"), "{left:?}");
}
