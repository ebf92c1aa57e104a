//! The command as a process, in a home of its own.

pub(crate) mod fleet;
pub(crate) mod platform;
#[cfg(unix)]
pub(crate) mod pty;

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

#[allow(unused_imports, reason = "each test file uses what it needs")]
pub(crate) use platform::Platform;

/// How long anything may take before a test fails.
const LIMIT: Duration = Duration::from_secs(60);

/// A fresh home folder, and an empty folder to stand in.
pub(crate) struct Home(TempDir);

/// How a run ended.
#[derive(Debug)]
#[allow(dead_code, reason = "each test file uses what it needs")]
pub(crate) struct Ended {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

#[allow(dead_code, reason = "each test file uses what it needs")]
impl Home {
    pub(crate) fn new() -> Self {
        let home = Self(tempfile::tempdir().unwrap());
        std::fs::create_dir(home.here()).unwrap();
        home
    }

    /// The folder that the command is started in.
    pub(crate) fn here(&self) -> PathBuf {
        self.0.path().join("here")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.path().join("data/shutterkey")
    }

    pub(crate) fn world(&self) -> PathBuf {
        self.data().join("sandbox/world.json")
    }

    /// The command with nothing of this process's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shutterkey"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.0.path())
            .env("XDG_DATA_HOME", self.0.path().join("data"))
            .env("XDG_CONFIG_HOME", self.0.path().join("config"))
            .current_dir(self.here());
        command
    }

    /// Runs to the end without input.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with(arguments, &[], "")
    }

    /// Runs to the end with these variables and this input.
    pub(crate) fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)], input: &str) -> Ended {
        let mut running = self.start(arguments, variables);
        running.type_in(input);
        running.end()
    }

    pub(crate) fn start(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        let mut child = self
            .command(arguments)
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stdin = child.stdin.take();
        let stdout = lines_of(child.stdout.take().unwrap());
        let stderr = lines_of(child.stderr.take().unwrap());
        Running {
            child,
            stdin,
            stdout,
            stderr,
            said: String::new(),
            printed: String::new(),
        }
    }

    pub(crate) fn write(&self, path: &Path, text: &str) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Moves the clock of the kept world.
    pub(crate) fn advance_world(&self, seconds: i64) {
        let mut world: Value = serde_json::from_str(&std::fs::read_to_string(self.world()).unwrap()).unwrap();
        let offset = world["clock"]["offset_seconds"].as_i64().unwrap();
        world["clock"]["offset_seconds"] = (offset + seconds).into();
        std::fs::write(self.world(), world.to_string()).unwrap();
    }
}

/// A run under way.
pub(crate) struct Running {
    pub(crate) child: Child,
    stdin: Option<ChildStdin>,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
    said: String,
    printed: String,
}

#[allow(dead_code, reason = "each test file uses what it needs")]
impl Running {
    pub(crate) fn type_in(&mut self, text: &str) {
        // A command that does not read its input may have ended.
        let _ = self.stdin.as_mut().unwrap().write_all(text.as_bytes());
    }

    /// Waits until a line on stderr has this in it.
    pub(crate) fn says(&mut self, part: &str) -> String {
        loop {
            let line = self
                .stderr
                .recv_timeout(LIMIT)
                .unwrap_or_else(|_| panic!("it never said {part:?}, but: {}", self.said));
            self.said.push_str(&line);
            if line.contains(part) {
                return line.trim().to_owned();
            }
        }
    }

    /// The first lines of stdout, up to one that is `last`.
    pub(crate) fn prints_until(&mut self, last: &str) -> String {
        let mut text = String::new();
        loop {
            let line = self.stdout.recv_timeout(LIMIT).expect("it prints");
            text.push_str(&line);
            if line.trim_end() == last {
                return text;
            }
        }
    }

    /// What it prints, until a line has this in it.
    pub(crate) fn prints(&mut self, part: &str) -> String {
        let mut text = String::new();
        while !text.contains(part) {
            text.push_str(&self.stdout.recv_timeout(LIMIT).expect("it prints"));
        }
        text
    }

    /// The first lines of stdout, up to one with this in it, which is answered.
    pub(crate) fn prints_until_part(&mut self, part: &str) -> String {
        loop {
            let line = self.stdout.recv_timeout(LIMIT).expect("it prints");
            self.printed.push_str(&line);
            if line.contains(part) {
                return line;
            }
        }
    }

    pub(crate) fn end(mut self) -> Ended {
        drop(self.stdin.take());
        let code = self.child.wait().unwrap().code().unwrap_or(-1);
        Ended {
            code,
            stdout: self.printed + &self.stdout.iter().collect::<String>(),
            stderr: self.said + &self.stderr.iter().collect::<String>(),
        }
    }
}

impl Ended {
    #[allow(dead_code, reason = "each test file uses what it needs")]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("not one JSON object: {self:?}"))
    }

    /// Fails unless the run ended with this code.
    pub(crate) fn with_code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }
}

/// The body of what is answered at an address of this machine.
#[allow(dead_code, reason = "each test file uses what it needs")]
pub(crate) fn get(address: &str, path: &str) -> String {
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    body.to_owned()
}

fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        loop {
            let mut line = String::new();
            match reader.read_line(&mut line) {
                Ok(length) if length > 0 => {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
                _ => return,
            }
        }
    });
    receiver
}
