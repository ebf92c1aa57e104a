//! The headers in which Meta tells how much of a limit is used (fact sheet 5.5).

use serde_json::Value;

use super::{Explanation, Finding};
use crate::protocol::answer::largest_share;

/// From which share of a limit on it is worth slowing down.
const NEAR: u32 = 80;

/// Reads the headers that are there; true if there was one.
pub(super) fn describe(explanation: &mut Explanation, header: impl Fn(&str) -> Option<String>) -> bool {
    let mut worst = None;
    let mut any = false;
    for (name, label) in [
        ("x-app-usage", "app's limit"),
        ("x-ad-account-usage", "ad account's limit"),
    ] {
        if let Some(Ok(usage)) = header(name).map(|text| serde_json::from_str::<Value>(&text)) {
            explanation.fact(label, shares(&usage));
            worst = worst.max(largest_share(&usage));
            any = true;
        }
    }
    if let Some(Ok(Value::Object(accounts))) =
        header("x-business-use-case-usage").map(|text| serde_json::from_str(&text))
    {
        any = true;
        for usage in accounts.values().filter_map(Value::as_array).flatten() {
            explanation.fact("account's limit", account(usage));
            worst = worst.max(largest_share(usage));
        }
    }
    if let (Some(limit), Some(left)) = (header("x-ratelimit-limit"), header("x-ratelimit-remaining")) {
        any = true;
        explanation.fact(
            "calls in this hour",
            crate::error::printable(&format!("{left} left of {limit}")),
        );
    }
    if let Some(seconds) = header("retry-after") {
        any = true;
        explanation.fact("retry after", crate::error::printable(&seconds));
    }
    if worst.is_some_and(|share| share >= NEAR) {
        explanation.find(
            Finding::warning(
                "throttled.near",
                format!(
                    "{} % of a limit are used; at 100 % calls are refused.",
                    worst.unwrap_or_default()
                ),
                "Make fewer calls, or spread them; the share falls as the window moves on.",
            )
            .pain(25),
        );
    }
    any
}

fn account(usage: &Value) -> String {
    let kind = usage.get("type").and_then(Value::as_str).unwrap_or("business");
    let minutes = usage.get("estimated_time_to_regain_access").and_then(Value::as_u64);
    let mut text = format!("{} ({})", shares(usage), crate::error::printable(kind));
    if let Some(minutes) = minutes.filter(|minutes| *minutes > 0) {
        text.push_str(&format!("; access returns in {minutes} minutes"));
    }
    text
}

fn shares(usage: &Value) -> String {
    let share = |name: &str, words: &str| {
        let percent = usage.get(name)?.as_u64()?;
        Some(format!("{words} {percent} %"))
    };
    [
        share("call_count", "calls"),
        share("total_time", "time"),
        share("total_cputime", "CPU"),
        share("acc_id_util_pct", "calls"),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}
