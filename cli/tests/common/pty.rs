//! The command in front of a terminal.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use super::Home;

const LIMIT: Duration = Duration::from_secs(60);

/// A run whose input and outputs are one terminal.
pub(crate) struct Terminal {
    child: Child,
    master: File,
    arrived: Receiver<Vec<u8>>,
    /// Everything that was shown.
    pub(crate) shown: String,
    seen: usize,
}

#[allow(dead_code, reason = "each test file uses what it needs")]
impl Terminal {
    pub(crate) fn start(home: &Home, columns: u16, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let size = Winsize {
            ws_row: 40,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&master, size).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap();
        let slave: OwnedFd = rustix::fs::open(&*name, OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
        let end = || Stdio::from(slave.try_clone().unwrap());
        let child = home
            .command(arguments)
            .env("TERM", "xterm-256color")
            .envs(variables.iter().copied())
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap();
        let master = File::from(master);
        let mut reader = master.try_clone().unwrap();
        let (sender, arrived) = channel();
        std::thread::spawn(move || {
            let mut piece = [0; 4_096];
            while let Ok(length) = reader.read(&mut piece) {
                if length == 0 || sender.send(piece[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            master,
            arrived,
            shown: String::new(),
            seen: 0,
        }
    }

    /// Waits until this is shown, behind what was waited for before.
    pub(crate) fn shows(&mut self, part: &str) {
        let until = Instant::now() + LIMIT;
        loop {
            if let Some(at) = self.shown[self.seen..].find(part) {
                self.seen += at + part.len();
                return;
            }
            match self
                .arrived
                .recv_timeout(until.saturating_duration_since(Instant::now()))
            {
                Ok(piece) => self.shown.push_str(&String::from_utf8_lossy(&piece)),
                Err(_) => panic!("it never showed {part:?}, but: {}", self.shown),
            }
        }
    }

    pub(crate) fn type_in(&mut self, text: &str) {
        self.master.write_all(text.as_bytes()).unwrap();
    }

    /// Waits for a prompt and answers it.
    pub(crate) fn answer(&mut self, prompt: &str, text: &str) {
        self.shows(prompt);
        self.type_in(&format!("{text}\n"));
    }

    /// The exit code, and everything that was shown.
    pub(crate) fn end(mut self) -> (i32, String) {
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        loop {
            match self.arrived.recv_timeout(Duration::from_millis(300)) {
                Ok(piece) => self.shown.push_str(&String::from_utf8_lossy(&piece)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return (code, self.shown),
            }
        }
    }

    pub(crate) fn interrupt(&self) {
        let id = self.child.id().to_string();
        let status = std::process::Command::new("kill").args(["-INT", &id]).status();
        assert!(status.unwrap().success());
    }
}
