//! What is told of a fleet: a line for each thing that happens, and a summary at the end.

use std::net::SocketAddr;

use anstyle::Style;
use serde_json::{Value, json};
use shutterkey::keeper::{Event, EventKind, Rest};
use shutterkey::{AccountKey, Timestamp};

use super::status::Status;
use crate::exit::{Failure, Outcome};
use crate::output::{BAD, CALM, DIM, GOOD, STRONG, Sheet, Ui, date, in_words, plain, print, when};

/// Writes the lines.
pub(super) struct Lines {
    ui: Ui,
    quiet: bool,
    status: Status,
}

/// One line.
struct Line<'a> {
    kind: &'a str,
    /// As in "needs a login".
    says: String,
    style: Style,
    at: Timestamp,
    account: Option<&'a AccountKey>,
    error: Option<&'a Failure>,
    until: Option<Timestamp>,
}

impl Lines {
    pub(super) fn new(ui: Ui, quiet: bool, status: Status) -> Self {
        Self { ui, quiet, status }
    }

    /// It begins; for programs alone, since people are told on the side.
    pub(super) fn started(&self, place: &str, watched: Option<SocketAddr>) -> Outcome {
        if !self.ui.is_json() {
            return Ok(());
        }
        let object = json!({
            "event": "started",
            "at": self.status.now().to_string(),
            "store": place,
            "metrics": watched.map(|address| address.to_string()),
        });
        print(&format!("{object}\n"))
    }

    /// What became of an account.
    pub(super) fn event(&self, event: &Event) -> Outcome {
        let (says, style) = words(event);
        let failure = event.error.clone().map(Failure::from);
        self.write(&Line {
            kind: event.kind.as_str(),
            says,
            style,
            at: event.at,
            account: Some(&event.account),
            error: failure.as_ref(),
            until: event.until,
        })
    }

    /// A program of `--on-refresh` that did not do its work.
    pub(super) fn hook_failed(&self, account: &AccountKey, failure: &Failure) -> Outcome {
        self.write(&Line {
            kind: "hook_failed",
            says: "--on-refresh failed".to_owned(),
            style: BAD,
            at: self.status.now(),
            account: Some(account),
            error: Some(failure),
            until: None,
        })
    }

    pub(super) fn store_unavailable(&self, failure: &Failure) -> Outcome {
        self.about_all("store_unavailable", "the store fails", BAD, Some(failure), None)
    }

    pub(super) fn store_recovered(&self) -> Outcome {
        self.about_all("store_recovered", "the store answers again", GOOD, None, None)
    }

    pub(super) fn resting(&self, rest: Rest) -> Outcome {
        let says = format!("resting until {}: {}", when(rest.until), why(rest));
        self.about_all("resting", &says, CALM, None, Some(rest.until))
    }

    fn about_all(
        &self,
        kind: &str,
        says: &str,
        style: Style,
        error: Option<&Failure>,
        until: Option<Timestamp>,
    ) -> Outcome {
        self.write(&Line {
            kind,
            says: says.to_owned(),
            style,
            at: self.status.now(),
            account: None,
            error,
            until,
        })
    }

    fn write(&self, line: &Line<'_>) -> Outcome {
        let name = line.account.and_then(|account| self.status.name(account));
        if self.ui.is_json() {
            return print(&format!("{}\n", line.object(name.as_deref())));
        }
        // Whoever wants it quiet wants to hear what is wrong.
        if self.quiet && line.style == GOOD {
            return Ok(());
        }
        print(&line.text(name.as_deref()))
    }

    /// How it ended.
    pub(super) fn summary(&self, well: bool) -> Outcome {
        if self.ui.is_json() {
            return print(&format!("{}\n", self.object()));
        }
        if self.quiet && well {
            return Ok(());
        }
        print(&self.text())
    }

    fn object(&self) -> Value {
        let (counts, state) = (self.status.progress().counts(), self.status.progress().state());
        let (done, failed) = self.status.hooks();
        let all = self.status.counted();
        json!({
            "event": "summary",
            "at": self.status.now().to_string(),
            "seconds": self.status.runs_for().as_secs(),
            "refreshed": counts.refreshed,
            "unchanged": counts.unchanged,
            "failed": counts.failed,
            "needs_login": counts.needs_login,
            "blocked": counts.blocked,
            "lost": counts.lost,
            "foreign": counts.foreign,
            "at_risk": counts.at_risk,
            "store_failures": counts.store_failures,
            "hooks": { "done": done, "failed": failed },
            "resting_until": state.rest.map(|rest| rest.until.to_string()),
            "resting_why": state.rest.map(|rest| rest.why.as_str()),
            "accounts": {
                "all": all.map(|all| all.accounts),
                "at_risk": all.map(|all| all.at_risk),
                "needs_login": all.map(|all| all.needs_login),
                "blocked": all.map(|all| all.blocked),
                "unreadable": all.map(|all| all.unreadable),
                "next_due": all.and_then(|all| all.next_due).map(|at| at.to_string()),
            },
        })
    }

    fn text(&self) -> String {
        let (counts, state) = (self.status.progress().counts(), self.status.progress().state());
        let (done, failed_hooks) = self.status.hooks();
        let some = |count: u64, what: &str| (count > 0).then(|| format!("{count} {what}"));
        let list = |parts: [Option<String>; 5]| {
            let parts: Vec<String> = parts.into_iter().flatten().collect();
            (!parts.is_empty()).then(|| parts.join(", "))
        };
        let did = list([
            some(counts.failed, "failed and are tried again"),
            some(counts.lost, "were lost"),
            some(counts.needs_login, "were found to need a login"),
            some(counts.blocked, "were found blocked"),
            some(counts.at_risk, "came to be at risk"),
        ]);
        let mut sheet = Sheet::new()
            .row("refreshed", counts.refreshed.to_string())
            .maybe("problems", did)
            .maybe(
                "programs",
                list([some(done, "done"), some(failed_hooks, "failed"), None, None, None]),
            );
        if let Some(all) = self.status.counted() {
            let stands = list([
                Some(all.accounts.to_string()),
                some(all.at_risk, "at risk"),
                some(all.needs_login, "need a login"),
                some(all.blocked, "blocked"),
                some(all.unreadable, "cannot be read"),
            ]);
            sheet = sheet.maybe("accounts", stands).maybe(
                "next due",
                all.next_due
                    .map(|at| format!("{}, {}", when(at), in_words(at, self.status.now()))),
            );
        }
        sheet
            .maybe(
                "resting",
                state
                    .rest
                    .map(|rest| format!("until {}: {}", when(rest.until), why(rest))),
            )
            .titled(&format!("{STRONG}Kept{STRONG:#}"), self.ui.terminal_width())
    }
}

impl Line<'_> {
    fn object(&self, name: Option<&str>) -> Value {
        json!({
            "event": self.kind,
            "at": self.at.to_string(),
            "account": self.account.map(|key| json!({
                "name": name,
                "provider": key.provider,
                "app_id": key.app_id,
                "user_id": key.user_id.as_str(),
            })),
            "error": self.error.map(|failure| json!({
                "code": failure.code,
                "message": failure.message,
                "hint": failure.hint,
            })),
            "until": self.until.map(|at| at.to_string()),
        })
    }

    fn text(&self, name: Option<&str>) -> String {
        let who = self.account.map(|key| match name {
            Some(name) => format!("{STRONG}{}{STRONG:#} ({} {}) ", plain(name), key.provider, key.user_id),
            None => format!("{} {} ", key.provider, key.user_id),
        });
        let (style, says) = (self.style, &self.says);
        let why = self.error.map_or_else(String::new, |failure| {
            format!(": {} {DIM}{}{DIM:#}", plain(&failure.message), failure.code)
        });
        format!(
            "{DIM}{}{DIM:#}  {}{style}{says}{style:#}{why}\n",
            when(self.at),
            who.unwrap_or_default()
        )
    }
}

/// What became of an account, in words.
fn words(event: &Event) -> (String, Style) {
    let (says, style) = match event.kind {
        EventKind::Refreshed => ("refreshed", GOOD),
        EventKind::Recovered => ("works again", GOOD),
        EventKind::RefreshFailed => ("could not be refreshed", CALM),
        EventKind::Stalled => ("was refreshed and ends no later", CALM),
        EventKind::Unsaved => ("was refreshed, and the new token could not be stored", BAD),
        EventKind::AtRisk => {
            let until = event
                .until
                .map_or_else(String::new, |until| format!(" until {}", date(until)));
            return (format!("lives{until} and needs a login by then"), CALM);
        }
        EventKind::NeedsLogin => ("needs a login", BAD),
        EventKind::Blocked => ("waits for its person", CALM),
        other => (other.as_str(), CALM),
    };
    (says.to_owned(), style)
}

/// Why nothing begins.
pub(super) fn why(rest: Rest) -> &'static str {
    match rest.why.as_str() {
        "refused" => "the platform refuses for the app's limit",
        "limit_near" => "the app's limit is nearly used",
        _ => "the platform cannot be reached",
    }
}
