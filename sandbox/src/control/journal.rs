//! What was called.

use serde_json::{Map, Value};

use super::{Answer, Refusal, read, shown};
use crate::site::Shared;

pub(super) fn calls(shared: &Shared, body: &[u8]) -> Answer {
    let asked: Map<String, Value> = read(body)?;
    let mut calls = shared.journal().calls();
    for (name, value) in asked {
        // A query has texts, a body may have numbers.
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let number = || {
            let wrong = || Refusal(format!("{name} must be a whole number"));
            text.parse::<u64>().map_err(|_| wrong())
        };
        calls = match name.as_str() {
            "endpoint" => calls.matching(&text),
            "account" => calls.about(&text),
            "status" => calls.with_status(u16::try_from(number()?).unwrap_or_default()),
            "since" => calls.since(number()?),
            _ => {
                return Err(Refusal(format!(
                    "calls are not told apart by {name:?}: endpoint, account, status, since"
                )));
            }
        };
    }
    shown(calls)
}
