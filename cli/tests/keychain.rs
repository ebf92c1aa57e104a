//! The command over a keychain that each test starts: `make test SUITES=keychain`.

mod common;
#[path = "../../core/tests/keychain_support/session.rs"]
mod session;

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use common::{Ended, Home};
use session::Session;

/// Longer than a keychain takes to start, on any machine.
const LONG: Duration = Duration::from_secs(30);

/// The default keyring, as every program can name it.
const DEFAULT: &str = "/org/freedesktop/secrets/aliases/default";

impl Session {
    fn start() -> Self {
        let mut session = Self::without_keychain();
        session.start_keychain();
        session
    }

    fn start_keychain(&mut self) {
        self.spawn_keychain();
        let began = Instant::now();
        let label = "org.freedesktop.DBus.Properties.Get";
        let arguments = ["string:org.freedesktop.Secret.Collection", "string:Label"];
        while !self.ask(DEFAULT, label, &arguments).status.success() {
            assert!(began.elapsed() < LONG, "the keychain did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn lock(&self) {
        let path = format!("array:objpath:{DEFAULT}");
        let asked = self.ask(
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            &[&path],
        );
        assert!(asked.status.success(), "{asked:?}");
    }

    /// Asks the keychain as another program.
    fn ask(&self, path: &str, method: &str, arguments: &[&str]) -> Output {
        Command::new("dbus-send")
            .arg(format!("--bus={}", self.address))
            .args(["--print-reply", "--dest=org.freedesktop.secrets", path, method])
            .args(arguments)
            .output()
            .expect("dbus-send of the package dbus-bin")
    }

    fn run(&self, home: &Home, arguments: &[&str]) -> Ended {
        let settings = [
            ("SHUTTERKEY_STORE", "keychain"),
            ("DBUS_SESSION_BUS_ADDRESS", self.address.as_str()),
        ];
        home.run_with(arguments, &settings, "")
    }
}

const LOGIN: [&str; 3] = ["login", "--sandbox", "--auto-approve"];

/// No account lies in files, whatever was asked.
fn nothing_in_files(home: &Home, tokens: &[&str]) {
    for folder in ["accounts", "sandbox/accounts"] {
        assert!(!home.data().join(folder).exists(), "{folder}");
    }
    let Ok(entries) = std::fs::read_dir(home.data().join("keychain")) else {
        return;
    };
    for entry in entries {
        let text = String::from_utf8_lossy(&std::fs::read(entry.unwrap().path()).unwrap()).into_owned();
        assert!(tokens.iter().all(|token| !text.contains(token)), "{text}");
    }
}

fn says(ended: &Ended, part: &str) {
    assert!(
        format!("{}{}", ended.stdout, ended.stderr).contains(part),
        "{part} in {ended:?}"
    );
}

#[test]
fn a_login_is_kept_in_the_keychain_and_every_command_finds_it_there() {
    let (session, home) = (Session::start(), Home::new());
    let login = session.run(&home, &LOGIN).with_code(0);
    says(&login, "keychain");
    let token = session.run(&home, &["token"]).with_code(0).stdout;
    let token = token.trim();
    assert!(token.starts_with("IGAASANDBOX") && !format!("{login:?}").contains(token));
    let listed = session.run(&home, &["accounts", "--json"]).with_code(0).json();
    assert_eq!(listed["accounts"][0]["store"], "keychain");
    assert_eq!(listed["accounts"][0]["account"]["name"], "me");
    session.run(&home, &["whoami"]).with_code(0);
    session.run(&home, &["keep", "--once", "--sandbox"]).with_code(0);
    says(&session.run(&home, &["doctor"]), "The keychain answers, is unlocked");
    says(&session.run(&home, &["store", "reseal"]), "config.unsupported");
    nothing_in_files(&home, &[token]);

    let out = session.run(&home, &["logout", "--json"]).with_code(0).json();
    assert_eq!(out["accounts"][0]["store"], "keychain");
    session.run(&home, &["token"]).with_code(17);
    nothing_in_files(&home, &[token]);
}

#[test]
fn a_persons_own_file_names_the_keychain_too() {
    let (session, home) = (Session::start(), Home::new());
    session.run(&home, &LOGIN).with_code(0);
    let token = session.run(&home, &["token"]).with_code(0).stdout;
    let bus = [("DBUS_SESSION_BUS_ADDRESS", session.address.as_str())];
    home.run_with(&["token"], &bus, "").with_code(17);
    let own = home
        .data()
        .parent()
        .unwrap()
        .with_file_name("config/shutterkey/config.toml");
    home.write(&own, "store = \"keychain\"\n");
    assert_eq!(home.run_with(&["token"], &bus, "").with_code(0).stdout, token);
}

#[test]
fn a_locked_keychain_is_said_and_nothing_is_kept_elsewhere() {
    let (mut session, home) = (Session::start(), Home::new());
    session.run(&home, &LOGIN).with_code(0);
    let token = session.run(&home, &["token"]).with_code(0).stdout;
    session.lock();
    for arguments in [&["token"][..], &["accounts"], &["whoami"], &["logout"], &LOGIN] {
        let ended = session.run(&home, arguments).with_code(18);
        says(&ended, "store.locked");
        says(&ended, "Unlock it");
    }
    says(&session.run(&home, &["doctor"]).with_code(21), "store.locked");
    nothing_in_files(&home, &[token.trim()]);
    session.kill_keychain();
    session.start_keychain();
    assert_eq!(session.run(&home, &["token"]).with_code(0).stdout, token);
}

#[test]
fn a_missing_keychain_or_bus_is_said_before_anybody_is_asked_and_nothing_is_kept_elsewhere() {
    let (session, home) = (Session::without_keychain(), Home::new());
    let login = session.run(&home, &LOGIN).with_code(18);
    says(&login, "store.unavailable");
    says(&login, "No keychain runs in this session");
    let alone = home
        .run_with(&LOGIN, &[("SHUTTERKEY_STORE", "keychain")], "")
        .with_code(18);
    says(&alone, "DBUS_SESSION_BUS_ADDRESS");
    let doctor = session.run(&home, &["doctor", "--json"]).with_code(21);
    says(&doctor, "store.unavailable");
    nothing_in_files(&home, &[]);
}
