//! `shutterkey accounts`: what is kept, how it stands, and how long it lives.

mod check;
mod timeline;

use std::io::IsTerminal;

use anstyle::Style;
use serde_json::{Value, json};
use shutterkey::{AccountState, Clock, Expiry, Refreshable, SystemClock, Timestamp};

use crate::args::Accounts;
use crate::book::{self, Entry, Home};
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::kept_world::KeptWorld;
use crate::output::{BAD, CALM, DIM, GOOD, Table, date, in_words, plain, view, wrap};
use check::Failed;
use timeline::Signs;

/// Below this many days a life is coloured.
const SOON: i64 = 10 * 86_400;

/// An account at a moment of its own platform's clock.
pub(super) struct Shown<'a> {
    entry: &'a Entry,
    now: Timestamp,
    state: AccountState,
}

/// Lists the accounts of the real store and of the sandbox's, each at the time of its own platform.
pub(crate) async fn run(context: &Context, options: Accounts) -> Outcome {
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
    let shown: Vec<Shown<'_>> = entries
        .iter()
        .map(|entry| {
            let now = if entry.home == Home::KeptWorld { kept } else { real };
            let state = entry.record.state(now);
            Shown { entry, now, state }
        })
        .collect();
    let failed = options.check.map(|seconds| check::failed(&shown, seconds));
    let objects: Vec<Value> = shown.iter().map(object).collect();
    let mut result = json!({ "accounts": objects });
    if let (Some(members), Some(seconds), Some(failed)) = (result.as_object_mut(), options.check, &failed) {
        members.insert("check".to_owned(), check_object(seconds, failed, &shown));
    }
    context.ui.result(&result, |width| match &failed {
        Some(failed) => checked(failed, &shown, width),
        None => table(&shown, width),
    })?;
    match failed {
        Some(failed) if !failed.is_empty() || shown.is_empty() => Err(Failure::told("check", 22)),
        _ => Ok(()),
    }
}

const NONE_KEPT: &str = "No accounts are kept yet. Begin with `shutterkey login`, or try `shutterkey login --sandbox`.";

/// What a check found: only that, so that cron sends no letter when all is well.
fn checked(failed: &[Failed], shown: &[Shown<'_>], width: usize) -> String {
    if shown.is_empty() {
        return format!("{}\n", wrap(NONE_KEPT, "", width));
    }
    failed
        .iter()
        .map(|failed| format!("{BAD}{}{BAD:#}\n", wrap(&failed.says, "  ", width)))
        .collect()
}

fn check_object(seconds: i64, failed: &[Failed], shown: &[Shown<'_>]) -> Value {
    let failed: Vec<Value> = failed
        .iter()
        .filter_map(|failed| Some((failed, shown.get(failed.index)?)))
        .map(|(failed, shown)| {
            json!({
                "name": shown.entry.names.first(),
                "provider": shown.entry.key.provider,
                "user_id": shown.entry.key.user_id.as_str(),
                "says": failed.says,
            })
        })
        .collect();
    json!({ "seconds": seconds, "passed": failed.is_empty() && !shown.is_empty(), "failed": failed })
}

fn table(shown: &[Shown<'_>], width: usize) -> String {
    if shown.is_empty() {
        return format!("{}\n", wrap(NONE_KEPT, "", width));
    }
    let drawn = std::io::stdout().is_terminal() && timeline::is_utf8(|name| std::env::var(name).ok());
    let signs = timeline::signs(drawn);
    let mut table = Table::new(&[
        "account",
        "username",
        "provider",
        "user id",
        "state",
        "life",
        "expires",
        "next refresh",
    ])
    .spare(&["user id", "next refresh"]);
    for shown in shown {
        table.row(row(shown, signs));
    }
    let legend = wrap(&timeline::legend(signs), "", width);
    format!("{}\n{DIM}{legend}{DIM:#}\n", table.render(width))
}

fn row(shown: &Shown<'_>, signs: &Signs) -> Vec<(String, Style)> {
    let Shown { entry, now, state } = shown;
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
        Expiry::At(at) => in_words(at, *now),
        Expiry::Never => "never".to_owned(),
        Expiry::Unknown => "unknown".to_owned(),
    };
    let style = life_style(shown);
    vec![
        plain_cell(if names.is_empty() { none() } else { names }),
        plain_cell(entry.record.account.username.as_deref().map_or_else(none, plain)),
        plain_cell(provider),
        plain_cell(entry.key.user_id.to_string()),
        state_cell(state),
        (timeline::bar(token, entry.due_at, *now, signs), style),
        (expires, style),
        plain_cell(entry.due_at.map_or_else(none, |at| due(at, *now))),
    ]
}

/// How a life looks by what is left of it.
fn life_style(shown: &Shown<'_>) -> Style {
    if matches!(shown.state, AccountState::NeedsLogin { .. }) {
        return BAD;
    }
    match shown.entry.record.token.expiry() {
        Expiry::At(end) if end.since(shown.now) < SOON => CALM,
        _ => GOOD,
    }
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

fn object(shown: &Shown<'_>) -> Value {
    let Shown { entry, now, state } = shown;
    let (name, reason, by) = match state {
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
        "token": view::token_object(&entry.record.token, *now, None),
        "life": life_object(shown),
        "state": { "is": name, "reason": reason, "at": by.map(|at| at.to_string()) },
        "next_refresh": entry.due_at.map(|at| at.to_string()),
        "store": entry.place,
    })
}

/// The numbers of the bar, in seconds from now on; negative is past.
fn life_object(shown: &Shown<'_>) -> Value {
    let token = &shown.entry.record.token;
    let from_now = |at: Timestamp| at.since(shown.now);
    let (refreshable, from) = match token.refreshable(shown.now) {
        Refreshable::Now => ("now", None),
        Refreshable::NotBefore(at) => ("later", Some(at)),
        Refreshable::Impossible(why) => (why.as_str(), None),
    };
    json!({
        "age": token.issued_at().map(|at| -from_now(at)),
        "left": match token.expiry() {
            Expiry::At(end) => Some(from_now(end)),
            _ => None,
        },
        "refreshable": refreshable,
        "refreshable_in": from.map(from_now),
        "refresh_in": shown.entry.due_at.map(from_now),
    })
}
