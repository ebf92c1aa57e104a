//! `shutterkey accounts`: what is kept, and how it stands.

use anstyle::Style;
use serde_json::{Value, json};
use shutterkey::{AccountState, Clock, Expiry, SystemClock, Timestamp};

use crate::book::{self, Entry, Home};
use crate::context::Context;
use crate::exit::Outcome;
use crate::kept_world::KeptWorld;
use crate::output::{BAD, CALM, GOOD, Table, date, in_words, plain, view};

/// Lists the accounts of the real store and of the sandbox's, each at the time of its own platform.
pub(crate) async fn run(context: &Context) -> Outcome {
    let (entries, problems) = book::all(context).await?;
    for problem in &problems {
        context.ui.warn(&format!("A record cannot be read: {}", plain(problem)));
    }
    let real = SystemClock.now();
    // The kept world has a clock of its own, which may have been moved.
    let kept = if entries.iter().any(|entry| entry.home == Home::KeptWorld) {
        KeptWorld::start(context).await?.clock().now()
    } else {
        real
    };
    let now_of = |entry: &Entry| if entry.home == Home::KeptWorld { kept } else { real };
    let objects: Vec<Value> = entries.iter().map(|entry| object(entry, now_of(entry))).collect();
    context.ui.result(&json!({ "accounts": objects }), |width| {
        if entries.is_empty() {
            return "No accounts are kept yet. Begin with `shutterkey login`, or try `shutterkey login --sandbox`.\n"
                .to_owned();
        }
        let mut table = Table::new(&[
            "account",
            "username",
            "provider",
            "user id",
            "state",
            "expires",
            "next refresh",
        ]);
        for entry in &entries {
            table.row(row(entry, now_of(entry)));
        }
        table.render(width)
    })
}

fn row(entry: &Entry, now: Timestamp) -> Vec<(String, Style)> {
    let none = || "-".to_owned();
    let plain_cell = |text: String| (text, Style::new());
    let names = entry
        .names
        .iter()
        .map(|name| plain(name))
        .collect::<Vec<_>>()
        .join(", ");
    let provider = if entry.home.is_sandbox() {
        format!("{} (sandbox)", entry.key.provider)
    } else {
        entry.key.provider.clone()
    };
    let token = &entry.record.token;
    let expires = match token.expiry() {
        Expiry::At(at) => in_words(at, now),
        Expiry::Never => "never".to_owned(),
        Expiry::Unknown => "unknown".to_owned(),
    };
    vec![
        plain_cell(if names.is_empty() { none() } else { names }),
        plain_cell(entry.record.account.username.as_deref().map_or_else(none, plain)),
        plain_cell(provider),
        plain_cell(entry.key.user_id.to_string()),
        state_cell(&entry.record.state(now)),
        plain_cell(expires),
        plain_cell(entry.due_at.map_or_else(none, |at| due(at, now))),
    ]
}

/// A day for what is far, a distance for what is near.
fn due(at: Timestamp, now: Timestamp) -> String {
    const NEAR: i64 = 2 * 86_400;
    match at.since(now) {
        ..=0 => "due".to_owned(),
        1..NEAR => in_words(at, now),
        _ => date(at),
    }
}

fn state_cell(state: &AccountState) -> (String, Style) {
    match state {
        AccountState::Live => ("live".to_owned(), GOOD),
        AccountState::LoginNeededBy(by) => (format!("login by {}", date(*by)), CALM),
        AccountState::NeedsLogin { reason } => (format!("needs login ({reason})"), BAD),
        AccountState::Blocked { reason, .. } => (format!("blocked ({reason})"), CALM),
        other => (other.to_string(), CALM),
    }
}

fn object(entry: &Entry, now: Timestamp) -> Value {
    let state = entry.record.state(now);
    let (name, reason, by) = match &state {
        AccountState::Live => ("live", None, None),
        AccountState::LoginNeededBy(by) => ("login_needed_by", None, Some(*by)),
        AccountState::NeedsLogin { reason } => ("needs_login", Some(reason.as_str()), None),
        AccountState::Blocked { reason, recheck } => ("blocked", Some(reason.as_str()), Some(*recheck)),
        _ => ("other", None, None),
    };
    let first = entry.names.first().map(String::as_str);
    json!({
        "account": view::account_object(first, &entry.key, &entry.record.account, entry.home.is_sandbox()),
        "names": entry.names,
        "token": view::token_object(&entry.record.token, now, None),
        "state": { "is": name, "reason": reason, "at": by.map(|at| at.to_string()) },
        "next_refresh": entry.due_at.map(|at| at.to_string()),
        "store": entry.place.display().to_string(),
    })
}
