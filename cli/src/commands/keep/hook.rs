//! The program of `--on-refresh`: it is handed each new token.

use std::io::ErrorKind;
use std::process::Stdio;
use std::time::Duration;

use shutterkey::Expiry;
use shutterkey::record::AccountRecord;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::args::Words;
use crate::output::plain;

/// Variables that hold secrets of ours: the program is handed one token, not everything.
const SECRETS: [&str; 5] = [
    "SHUTTERKEY_CLIENT_SECRET",
    "SHUTTERKEY_DATABASE_URL",
    "SHUTTERKEY_SEAL_KEYS",
    "SHUTTERKEY_SANDBOX_ACCESS_KEY",
    "SHUTTERKEY_SANDBOX_CONTROL_TOKEN",
];

/// A program with its arguments, started without a shell.
#[derive(Clone)]
pub(super) struct Hook {
    pub(super) words: Words,
    pub(super) limit: Duration,
}

impl Hook {
    /// Hands it the token of a record. The error says what was wrong with it; nothing of the token is in it.
    pub(super) async fn run(&self, record: &AccountRecord, name: Option<&str>) -> Result<(), String> {
        let program = plain(&self.words.program);
        let mut child = self
            .command(record, name)
            .spawn()
            .map_err(|error| format!("{program} cannot be started: {}", error.kind()))?;
        let work = async {
            if let Some(mut stdin) = child.stdin.take() {
                // EXPOSE: to the program that the person named. Standard input is what other users cannot look at.
                let written = stdin.write_all(record.token.reveal().as_bytes()).await;
                // One that does not want the token may close its input.
                written.or_else(|error| match error.kind() {
                    ErrorKind::BrokenPipe => Ok(()),
                    _ => Err(error),
                })?;
            }
            child.wait().await
        };
        match timeout(self.limit, work).await {
            Ok(Ok(status)) if status.success() => Ok(()),
            Ok(Ok(status)) => Err(match status.code() {
                Some(code) => format!("{program} ended with exit code {code}"),
                None => format!("{program} was ended by a signal"),
            }),
            Ok(Err(error)) => Err(format!("{program} could not be given the token: {}", error.kind())),
            Err(_) => {
                end(&mut child);
                Err(format!("{program} did not end in {} seconds", self.limit.as_secs()))
            }
        }
    }

    fn command(&self, record: &AccountRecord, name: Option<&str>) -> Command {
        let (key, account) = (record.key(), &record.account);
        let expires = match record.token.expiry() {
            Expiry::At(at) => at.to_string(),
            Expiry::Never | Expiry::Unknown => String::new(),
        };
        let mut command = Command::new(&self.words.program);
        command
            .args(&self.words.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .env("SHUTTERKEY_ACCOUNT_ID", key.user_id.as_str())
            .env("SHUTTERKEY_ACCOUNT_NAME", plain(name.unwrap_or_default()))
            .env(
                "SHUTTERKEY_ACCOUNT_USERNAME",
                plain(account.username.as_deref().unwrap_or_default()),
            )
            .env("SHUTTERKEY_ACCOUNT_PROVIDER", &key.provider)
            .env("SHUTTERKEY_ACCOUNT_APP_ID", &key.app_id)
            .env("SHUTTERKEY_TOKEN_EXPIRES_AT", expires);
        for secret in SECRETS {
            command.env_remove(secret);
        }
        // Ctrl-C in a terminal is meant for us: what is under way is finished.
        #[cfg(unix)]
        command.process_group(0);
        command
    }
}

/// Ends the program, and what it has started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.start_kill();
}
