//! What is said about a command line that makes no sense.

use std::ffi::OsString;

use clap::error::ErrorKind;

use crate::args::Global;
use crate::exit::Failure;
use crate::output::Ui;

/// Prints help, the version, or what is wrong with the arguments; a secret that was put there is not repeated.
pub(crate) fn explain(error: &clap::Error, arguments: &[OsString]) -> u8 {
    let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if asked_for {
        let _ = error.print();
        return 0;
    }
    let secrets = secret_looking(arguments);
    let json = arguments.iter().any(|argument| argument == "--json");
    if json || !secrets.is_empty() {
        let mut message = error.to_string();
        for secret in &secrets {
            message = message.replace(secret.as_str(), "[redacted]");
        }
        let message = message.trim().trim_start_matches("error: ");
        let hint = if secrets.is_empty() {
            "Run `shutterkey --help`."
        } else {
            "Something that looks like a secret stands on the command line, where other programs and your shell's history can see it: give it as input instead, as in `pbpaste | shutterkey import`, and end its session if others use this machine."
        };
        let first = message.split("\n\n").next().unwrap_or(message);
        let failure = Failure::usage(first, hint);
        Ui::new(&Global {
            json,
            ..Global::default()
        })
        .failure(&failure);
        return failure.exit;
    }
    let _ = error.print();
    2
}

/// Long runs of letters and digits, as tokens, codes and secrets are; the value alone of `--name=value`.
fn secret_looking(arguments: &[OsString]) -> Vec<String> {
    arguments
        .iter()
        .skip(1)
        .filter_map(|argument| argument.to_str())
        .map(|argument| argument.split_once('=').map_or(argument, |(_, value)| value))
        .filter(|value| {
            value.len() >= 20
                && value.bytes().any(|b| b.is_ascii_digit())
                && value.bytes().any(|b| b.is_ascii_alphabetic())
                && !value.contains(['/', ' '])
        })
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_look_like_secrets_and_addresses_do_not() {
        let arguments = [
            "shutterkey",
            "import",
            "IGAAcanary0123456789abcdef",
            "--token=EAACanary0123456789abcdef",
            "--redirect-uri=https://localhost/",
            "17841400000000001",
        ]
        .map(OsString::from);
        assert_eq!(
            secret_looking(&arguments),
            ["IGAAcanary0123456789abcdef", "EAACanary0123456789abcdef"]
        );
    }
}
