//! Servers as processes of their own, and what the system knows about them.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use shutterkey_sandbox::{AppSpec, Product, Sandbox};

/// Where every login here ends; nothing listens there.
pub(crate) const REDIRECT_URI: &str = "https://localhost/callback";

/// A server that runs until this is dropped.
pub(crate) struct Served {
    child: Child,
    output: BufReader<ChildStdout>,
    /// What it said of itself when it began to listen.
    pub(crate) said: Value,
}

impl Served {
    /// This very program as a server.
    pub(crate) fn own(what: &str) -> Self {
        Self::own_with(&[&format!("--serve={what}")])
    }

    /// This very program with these arguments.
    pub(crate) fn own_with(arguments: &[&str]) -> Self {
        let program = std::env::current_exe().expect("this program's file");
        Self::start(Command::new(program).args(arguments)).expect("a server of our own starts")
    }

    /// A server of others; `None` when it cannot be started here.
    pub(crate) fn peer(name: &str) -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/interop");
        if !folder.join("node_modules").join(name).exists() {
            return None;
        }
        Self::start(
            Command::new("node")
                .current_dir(folder)
                .args([&format!("servers/{name}.mjs"), REDIRECT_URI]),
        )
    }

    fn start(command: &mut Command) -> Option<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take()?);
        output.read_line(&mut line).ok()?;
        let said = serde_json::from_str(&line).ok()?;
        Some(Self { child, output, said })
    }

    /// Whether it has not ended yet.
    pub(crate) fn runs(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// What it said last, if it ended well.
    pub(crate) fn says_last(&mut self) -> Option<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line).ok()?;
        let well = self.child.wait().ok()?.success();
        serde_json::from_str(&line).ok().filter(|_| well)
    }

    /// A text that the server said of itself.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.said[name].as_str().expect("the server says what it is")
    }

    /// Seconds of processor time that it has used, its threads together.
    pub(crate) fn processor_seconds(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).expect("/proc");
        // The name in parentheses may hold spaces: what follows it begins with field 3. User time is field 14, system time 15.
        let fields: Vec<&str> = stat.rsplit_once(')').expect("a name").1.split_whitespace().collect();
        let ticks = |at: usize| fields[at - 3].parse::<f64>().expect("a number");
        (ticks(14) + ticks(15)) / 100.0
    }

    /// Resident memory, in MiB.
    pub(crate) fn resident_mib(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("/proc");
        // One that has just ended has none.
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let size = line.map(|line| line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number"));
        size.unwrap_or_default() / 1024.0
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The sandbox, with an app of Instagram Login and one of the standard server.
pub(crate) async fn serve_sandbox() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let app = |product| {
        let app = sandbox
            .app(&AppSpec::new(product).redirect_uri(REDIRECT_URI))
            .expect("an app");
        json!({"client_id": app.client_id, "client_secret": app.client_secret.map(|secret| secret.reveal().to_owned())})
    };
    say(&json!({
        "base": sandbox.base_url(),
        "control": sandbox.control_token().reveal(),
        "instagram": app(Product::Instagram),
        "standard": app(Product::Standard),
    }));
    std::future::pending::<()>().await;
}

/// What a server tells whoever started it, once it listens.
pub(crate) fn say(what: &Value) {
    println!("{what}");
}
