//! `--check`: which accounts have too little time.

use shutterkey::{AccountState, Expiry, Timestamp};

use super::Shown;
use crate::output::{in_words, plain};

/// Why an account does not pass.
pub(super) struct Failed {
    /// Its place in the list.
    pub(super) index: usize,
    /// What is wrong, for people.
    pub(super) says: String,
}

/// The accounts that have less than `seconds` to live, or need a login. Those of a sandbox count only where no other is
/// kept: a first try must not make a check fail for ever.
pub(super) fn failed(accounts: &[Shown<'_>], seconds: i64) -> Vec<Failed> {
    let any_real = accounts.iter().any(|shown| !shown.entry.home.is_sandbox());
    accounts
        .iter()
        .enumerate()
        .filter(|(_, shown)| !(any_real && shown.entry.home.is_sandbox()))
        .filter_map(|(index, shown)| {
            let why = why(shown, seconds)?;
            Some(Failed {
                index,
                says: format!("{}: {why}.", name(shown)),
            })
        })
        .collect()
}

fn why(shown: &Shown<'_>, seconds: i64) -> Option<String> {
    if let AccountState::NeedsLogin { reason } = &shown.state {
        return Some(format!("needs a login ({reason})"));
    }
    match shown.entry.record.token.expiry() {
        Expiry::At(end) if left(end, shown.now) < seconds => Some(format!("ends {}", in_words(end, shown.now))),
        _ => None,
    }
}

fn left(end: Timestamp, now: Timestamp) -> i64 {
    end.since(now)
}

/// What people call it.
fn name(shown: &Shown<'_>) -> String {
    let entry = shown.entry;
    let given = entry.names.first().map(String::as_str);
    let called = given
        .or(entry.record.account.username.as_deref())
        .unwrap_or_else(|| entry.key.user_id.as_str());
    format!("{} on {}", plain(called), entry.key.provider)
}
