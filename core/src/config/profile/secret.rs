//! Where an app secret comes from that is in no variable: a private file, or a command of a password manager.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::error::{Error, ErrorCode, Result, visible};
use crate::secret::Secret;

/// The largest secret file that is read, in bytes.
const CAP: u64 = 64 << 10;

/// What commands have answered: a password manager may ask the person each time, and a profile is read more than once.
static ANSWERED: Mutex<BTreeMap<Vec<String>, Secret>> = Mutex::new(BTreeMap::new());

/// Reads a secret from a file of one line that its owner alone can read.
pub(super) fn read_secret(path: &Path) -> Result<Secret> {
    let refused = |why: String| {
        Error::with_detail(
            ErrorCode::StoreRefused,
            format!("The secret file {} {why}.", visible(&path.display().to_string())),
        )
    };
    let metadata = std::fs::metadata(path).map_err(|error| refused(format!("cannot be read: {}", error.kind())))?;
    if !metadata.is_file() || metadata.len() > CAP {
        return Err(refused("is not a file of one line".to_owned()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        if is_open(metadata.mode(), metadata.uid()) {
            return Err(refused("can be read by others; run chmod 600 on it".to_owned()));
        }
    }
    let text = Zeroizing::new(
        std::fs::read_to_string(path).map_err(|error| refused(format!("cannot be read: {}", error.kind())))?,
    );
    Ok(Secret::from(text.trim_end_matches(['\r', '\n'])))
}

/// Whether a file's mode lets others read it. A file of the superuser's that its group may read is how containers are handed a
/// secret (Kubernetes' `fsGroup`): whoever reads it could not own it.
#[cfg(any(unix, feature = "explain"))]
pub(crate) const fn is_open(mode: u32, owner: u32) -> bool {
    let allowed = if owner == 0 { 0o037 } else { 0o077 };
    mode & allowed != 0
}

/// The first line that a command prints, once a process. It is started by itself, without a shell and without input; what
/// it says on the side is shown.
pub(super) fn ask_command(command: &[String]) -> Result<Secret> {
    let mut answered = ANSWERED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = answered.get(command) {
        return Ok(known.clone());
    }
    let secret = run(command)?;
    answered.insert(command.to_vec(), secret.clone());
    Ok(secret)
}

fn run(command: &[String]) -> Result<Secret> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(Error::with_detail(
            ErrorCode::ConfigInvalid,
            "The command that gives the app secret is empty.",
        ));
    };
    let refused = |why: &str| {
        Error::with_detail(
            ErrorCode::ConfigSecretMissing,
            format!(
                "The command that gives the app secret, {}, {why}.",
                crate::error::printable(program)
            ),
        )
    };
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| refused(&format!("cannot be started: {}", error.kind())))?;
    let printed = Zeroizing::new(output.stdout);
    if !output.status.success() {
        return Err(refused(&match output.status.code() {
            Some(code) => format!("ended with exit code {code}"),
            None => "was ended by a signal".to_owned(),
        }));
    }
    let line = std::str::from_utf8(&printed)
        .ok()
        .and_then(|text| text.lines().next())
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .ok_or_else(|| refused("printed nothing in its first line"))?;
    Ok(Secret::from(line))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn command(script: &str) -> Vec<String> {
        ["sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[test]
    fn a_secret_file_is_its_owners_alone_or_the_superusers_with_a_group() {
        for (mode, owner, open) in [
            (0o600, 1_000, false),
            (0o400, 0, false),
            (0o440, 0, false),
            (0o440, 1_000, true),
            (0o460, 0, true),
            (0o444, 0, true),
        ] {
            assert_eq!(is_open(mode, owner), open, "{mode:o} of {owner}");
        }
    }

    #[test]
    fn the_first_line_of_a_commands_output_is_the_secret_and_it_is_asked_once() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let ask = command(&format!("echo run >> {}; printf 'canary-1\\nnote\\n'", log.display()));
        assert_eq!(ask_command(&ask).unwrap().reveal(), "canary-1");
        assert_eq!(ask_command(&ask).unwrap().reveal(), "canary-1");
        assert_eq!(std::fs::read_to_string(log).unwrap(), "run\n");
    }

    #[test]
    fn a_command_that_fails_or_is_silent_is_named_and_its_output_is_not_repeated() {
        for (ask, says) in [
            (command("echo canary; exit 3"), "exit code 3"),
            (command("echo"), "printed nothing"),
            (command("exec true < /dev/null"), "printed nothing"),
            (vec!["/nowhere/pass".to_owned()], "cannot be started"),
        ] {
            let error = ask_command(&ask).unwrap_err();
            assert_eq!(error.code(), ErrorCode::ConfigSecretMissing);
            assert!(error.message().contains(says), "{error}");
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
        assert_eq!(ask_command(&[]).unwrap_err().code(), ErrorCode::ConfigInvalid);
    }
}
