//! A test binary that starts itself again, with one test to run and a part to play.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use shutterkey::Timestamp;

const PLAYS: &str = "PROCESSES_TEST_PLAYS";

/// What a child is started with.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) port: u16,
    pub(crate) now: Timestamp,
    pub(crate) folder: PathBuf,
}

impl Part {
    /// The part, in the process that was started to play it.
    pub(crate) fn mine() -> Option<Self> {
        let words = env::var(PLAYS).ok()?;
        let [port, now, folder] = words.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("{words}");
        };
        Some(Self {
            port: port.parse().unwrap(),
            now: Timestamp::from_seconds(now.parse().unwrap()),
            folder: folder.into(),
        })
    }
}

/// A process that plays a part, and is ended with this.
pub(crate) struct Player {
    process: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Player {
    pub(crate) fn start(test: &str, port: u16, now: Timestamp, folder: &Path) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args([test, "--exact", "--nocapture", "--test-threads=1"])
            .env(PLAYS, format!("{port} {} {}", now.seconds(), folder.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap());
        Self { process, lines }
    }

    /// The next thing it says, each on a line that begins so; the test harness prints in between. `None` when it has ended.
    pub(crate) fn says(&mut self) -> Option<String> {
        let mut line = String::new();
        while self.lines.read_line(&mut line).is_ok_and(|length| length > 0) {
            // One that was killed may have said half of it.
            if line.ends_with('\n')
                && let Some((_, said)) = line.trim_end().split_once("SAYS ")
            {
                return Some(said.to_owned());
            }
            line.clear();
        }
        None
    }

    /// Moves its clock.
    pub(crate) fn advance(&mut self, seconds: i64) {
        let told = self.process.stdin.as_mut().unwrap();
        writeln!(told, "{seconds}").unwrap();
    }

    /// Ends it as a crash would, and returns when it is gone.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn ends_well(&mut self) -> bool {
        self.process.wait().unwrap().success()
    }
}

impl Drop for Player {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
