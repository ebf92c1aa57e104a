//! `/metrics` in the text format of Prometheus. No label names an account.

use std::fmt::{Display, Write};

use shutterkey::Timestamp;

use super::status::Status;

/// The format's content type.
pub(super) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Everything that is known at the moment.
pub(super) fn text(status: &Status) -> String {
    let (counts, state) = (status.progress().counts(), status.progress().state());
    let (hooks_done, hooks_failed) = status.hooks();
    let mut text = Text(String::with_capacity(4_096));
    text.family("shutterkey_build_info", "gauge", "The release that runs.")
        .labelled("version", &[(env!("CARGO_PKG_VERSION"), 1)]);
    text.family(
        "shutterkey_refreshes_total",
        "counter",
        "Accounts that were looked after, by what became of them.",
    )
    .labelled(
        "outcome",
        &[
            ("refreshed", counts.refreshed),
            ("unchanged", counts.unchanged),
            ("failed", counts.failed),
            ("needs_login", counts.needs_login),
            ("blocked", counts.blocked),
            ("lost", counts.lost),
        ],
    );
    text.family(
        "shutterkey_at_risk_total",
        "counter",
        "Accounts that came to be at risk.",
    )
    .value(counts.at_risk);
    text.family(
        "shutterkey_hooks_total",
        "counter",
        "Programs of --on-refresh, by how they ended.",
    )
    .labelled("outcome", &[("done", hooks_done), ("failed", hooks_failed)]);
    text.family(
        "shutterkey_store_failures_total",
        "counter",
        "How often the store could not be asked for what is due.",
    )
    .value(counts.store_failures);
    text.family(
        "shutterkey_refreshes_under_way",
        "gauge",
        "Refreshes that are under way.",
    )
    .value(state.under_way);
    text.family(
        "shutterkey_slowdown_ratio",
        "gauge",
        "How many times slower than the full rate it goes, since the app's limit nears.",
    )
    .value(state.slower);
    text.family(
        "shutterkey_resting_until_timestamp_seconds",
        "gauge",
        "Until when no refresh begins; 0 while refreshes begin.",
    )
    .value(seconds(state.rest.map(|rest| rest.until)).unwrap_or(0));
    text.family(
        "shutterkey_store_failing_since_timestamp_seconds",
        "gauge",
        "Since when the store fails; 0 while it answers.",
    )
    .value(seconds(state.store_failure.map(|failure| failure.since)).unwrap_or(0));
    accounts(&mut text, status);
    text.family("process_start_time_seconds", "gauge", "When the process began.")
        .value(status.began().seconds());
    if let Some(bytes) = resident_bytes() {
        text.family("process_resident_memory_bytes", "gauge", "The memory that it has.")
            .value(bytes);
    }
    text.0
}

/// All accounts of the app, as they were counted last; nothing until that has been done.
fn accounts(text: &mut Text, status: &Status) {
    let Some(all) = status.counted() else { return };
    let well = all.accounts - all.at_risk - all.needs_login - all.blocked - all.unreadable;
    text.family(
        "shutterkey_accounts",
        "gauge",
        "The app's accounts in the store, by how they stand.",
    )
    .labelled(
        "state",
        &[
            ("live", well),
            ("at_risk", all.at_risk),
            ("needs_login", all.needs_login),
            ("blocked", all.blocked),
            ("unreadable", all.unreadable),
        ],
    );
    if let Some(at) = seconds(all.next_due) {
        text.family(
            "shutterkey_next_due_timestamp_seconds",
            "gauge",
            "When the first account is looked after next.",
        )
        .value(at);
    }
}

fn seconds(at: Option<Timestamp>) -> Option<i64> {
    at.map(Timestamp::seconds)
}

/// Families one after the other.
struct Text(String);

/// One family, whose samples follow.
struct Family<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl Text {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) -> Family<'_> {
        let _ = write!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
        Family {
            text: &mut self.0,
            name,
        }
    }
}

impl Family<'_> {
    fn value(self, value: impl Display) {
        let _ = writeln!(self.text, "{} {value}", self.name);
    }

    fn labelled(self, label: &str, samples: &[(&str, u64)]) {
        for (of, value) in samples {
            let _ = writeln!(self.text, "{}{{{label}=\"{of}\"}} {value}", self.name);
        }
    }
}

/// Where the system says so in a file.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim()
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()?
        .checked_mul(1_024)
}
