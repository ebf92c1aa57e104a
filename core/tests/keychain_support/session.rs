//! A message bus and a GNOME Keyring of a test's own, which end with it.
//!
//! They are real, and those of whoever runs the tests are not touched: another bus, another home, and a bus that starts nothing
//! by itself.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};

pub(crate) struct Session {
    pub(crate) home: tempfile::TempDir,
    bus: Child,
    pub(crate) keychain: Option<Child>,
    pub(crate) address: String,
}

impl Session {
    /// A bus on which nothing is.
    pub(crate) fn without_keychain() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let config = home.path().join("bus.conf");
        let listen = home.path().display();
        fs::write(
            &config,
            format!(
                r#"<busconfig><type>session</type><listen>unix:dir={listen}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#
            ),
        )
        .unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address=1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon of the package dbus");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        let address = address.trim().to_owned();
        Self {
            home,
            bus,
            keychain: None,
            address,
        }
    }

    /// Starts the keychain, to be unlocked, with whatever it held before. It takes a moment.
    pub(crate) fn spawn_keychain(&mut self) {
        let home = self.home.path();
        let mut keychain = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env_remove("GNOME_KEYRING_CONTROL")
            .env_remove("DISPLAY")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon of the package gnome-keyring");
        keychain.stdin.take().unwrap().write_all(b"a password").unwrap();
        self.keychain = Some(keychain);
    }

    pub(crate) fn kill_keychain(&mut self) {
        let mut keychain = self.keychain.take().unwrap();
        keychain.kill().unwrap();
        keychain.wait().unwrap();
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        for process in self.keychain.iter_mut().chain([&mut self.bus]) {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}
