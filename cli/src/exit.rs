//! How a command ends: exit codes, and one shape for everything that can go wrong.

use std::ops::{Deref, DerefMut};

use shutterkey::{Error, Family, Retry};
use shutterkey_sandbox::SandboxError;

/// The exit codes with their meanings, as `--help` prints them. They are stable.
pub const EXIT_CODES: [(u8, &str); 19] = [
    (0, "done"),
    (1, "the output could not be written"),
    (2, "the command line is wrong"),
    (10, "config: the configuration is wrong or incomplete"),
    (11, "redirect: the answer of the browser was refused"),
    (12, "denied: the person did not grant what was asked"),
    (13, "provider: the provider refused, or answered nonsense"),
    (14, "network: the provider could not be reached"),
    (15, "throttled: the provider asks for patience"),
    (16, "token: the token cannot do what was asked"),
    (17, "account: no such account, or it needs a login"),
    (18, "store: the place where tokens are kept failed"),
    (19, "internal: a bug, or no randomness"),
    (20, "sandbox: the sandbox could not do it"),
    (21, "doctor: a problem was found"),
    (
        22,
        "accounts --check: an account has less time than asked, or needs a login",
    ),
    (23, "keep --once: a refresh, or a program of --on-refresh, failed"),
    (124, "nothing was answered in the time given"),
    (130, "interrupted"),
];

/// A command's outcome.
pub type Outcome<T = ()> = Result<T, Failure>;

/// What went wrong, for people and programs. One pointer wide.
#[derive(Clone, Debug)]
pub struct Failure(Box<Details>);

/// What a [`Failure`] says. Never holds a secret.
#[derive(Clone, Debug)]
pub struct Details {
    /// The stable dotted code; those of the command itself begin with `command.`.
    pub code: String,
    /// The code's first part.
    pub family: &'static str,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Whether trying again makes sense: `never`, `backoff`, `after`, `login`, `reconsent`, `user_action`, `fix_config`.
    pub retry: &'static str,
    /// From when on, or where, for `after` and `user_action`.
    pub retry_detail: Option<String>,
    /// The process's exit code.
    pub exit: u8,
    /// Whether the result has said it already: nothing is printed for it.
    pub told: bool,
}

impl Deref for Failure {
    type Target = Details;

    fn deref(&self) -> &Details {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Details {
        &mut self.0
    }
}

impl Failure {
    fn of_command(code: &str, exit: u8, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self(Box::new(Details {
            code: format!("command.{code}"),
            family: "command",
            message: message.into(),
            hint: hint.into(),
            retry: "never",
            retry_detail: None,
            exit,
            told: false,
        }))
    }

    /// The command line makes no sense.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::of_command("usage", 2, message, hint)
    }

    /// Nobody answered in time.
    pub fn timeout(seconds: u32) -> Self {
        let mut failure = Self::of_command(
            "timeout",
            124,
            format!("No answer came in {seconds} seconds."),
            "Run the command again; --timeout gives more time.",
        );
        failure.retry = "login";
        failure
    }

    /// Ctrl-C, or a request to end.
    pub fn interrupted() -> Self {
        Self::of_command("interrupted", 130, "Interrupted.", "Nothing was stored.")
    }

    /// The output could not be written.
    pub fn output(error: &std::io::Error) -> Self {
        Self::of_command(
            "output",
            1,
            format!("The output could not be written: {}.", error.kind()),
            "Check what the output goes to.",
        )
    }

    /// The input ended, or could not be read.
    pub fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::of_command("input", 2, message, hint)
    }

    /// The sandbox, or the file its world is kept in.
    pub fn sandbox(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::of_command("sandbox", 20, message, hint)
    }

    /// A program of `--on-refresh` did not do its work.
    pub fn hook(why: &str) -> Self {
        Self::of_command(
            "hook",
            23,
            format!("{why}."),
            "The token is stored; `shutterkey token` prints it. Mend the program, and hand it the token by hand.",
        )
    }

    /// What was under way did not end in time after it was asked to.
    pub fn unfinished(seconds: u64) -> Self {
        Self::of_command(
            "unfinished",
            124,
            format!("What was under way did not end in {seconds} seconds."),
            "A refresh that was made and not stored may have been lost; the account is looked after by the next run.",
        )
    }

    /// For programs.
    pub(crate) fn object(&self) -> serde_json::Value {
        serde_json::json!({
            "code": self.code,
            "family": self.family,
            "message": self.message,
            "hint": self.hint,
            "retry": self.retry,
            "retry_detail": self.retry_detail,
        })
    }

    /// The same failure with one more way out behind its hint.
    #[must_use]
    pub fn and(mut self, also: &str) -> Self {
        self.hint = format!("{} {also}", self.hint);
        self
    }

    /// The run ends with this code, and its result has said why.
    pub(crate) fn told(code: &str, exit: u8) -> Self {
        let mut failure = Self::of_command(code, exit, "The result says what is wrong.", "Read the result.");
        failure.told = true;
        failure
    }

    /// The same failure with a hint that fits the situation better than the catalogue's.
    #[must_use]
    pub fn hinting(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

/// The exit code of a family.
const fn exit_of(family: Family) -> u8 {
    match family {
        Family::Config => 10,
        Family::Redirect => 11,
        Family::Denied => 12,
        Family::Provider => 13,
        Family::Network => 14,
        Family::Throttled => 15,
        Family::Token => 16,
        Family::Account => 17,
        Family::Store => 18,
        // A family of a later release is nothing that this one can name.
        _ => 19,
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut message = error.message().to_owned();
        if let Some(reason) = error.reason() {
            message.push_str(&format!(" The reason: {reason}."));
        }
        if let Some(provider) = error.provider() {
            message.push_str(&format!(" {provider}"));
        }
        let retry = error.retry();
        Self(Box::new(Details {
            code: error.code().as_str().to_owned(),
            family: error.family().as_str(),
            message,
            hint: error.hint().to_owned(),
            retry: retry.as_str(),
            retry_detail: match retry {
                Retry::After(at) => Some(at.to_string()),
                Retry::UserAction(url) => Some(url.to_owned()),
                _ => None,
            },
            exit: exit_of(error.family()),
            told: false,
        }))
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        let hint = match &error {
            SandboxError::Listen { .. } => "Choose another port with --port, or end what listens there.",
            SandboxError::Scenario { .. } => "Nothing was started. The shape of the file is in docs/sandbox.md.",
            SandboxError::World(_) => "Delete the file to begin a new world.",
            _ => "Run `shutterkey sandbox` and look at its pages.",
        };
        let mut message = error.to_string();
        if let Some(first) = message.get(..1) {
            message = format!("{}{}", first.to_uppercase(), message.get(1..).unwrap_or_default());
        }
        if !message.ends_with('.') {
            message.push('.');
        }
        Self::sandbox(message, hint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_has_an_exit_code_of_its_own_that_help_names() {
        let mut seen = std::collections::HashSet::new();
        for family in Family::ALL {
            let code = exit_of(family);
            assert!(seen.insert(code), "{family} shares {code}");
            let (_, meaning) = EXIT_CODES.iter().find(|(known, _)| *known == code).unwrap();
            assert!(meaning.starts_with(family.as_str()), "{family}: {meaning}");
        }
    }
}
