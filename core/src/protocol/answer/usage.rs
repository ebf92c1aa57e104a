//! How much of a limit is used, as Meta tells beside its answers (fact sheet 5.5).

use std::time::Duration;

use serde_json::Value;

use crate::protocol::request::HttpResponse;

/// The shares of limits that an answer's headers tell, in percent; more than 100 is possible.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Of the app's limit: the largest share in `X-App-Usage`.
    pub app: Option<u32>,
    /// Of the limit of the account or business that the call was about: the largest share in `X-Business-Use-Case-Usage`.
    pub account: Option<u32>,
    /// How long until calls for that account or business are taken again, where some are refused.
    pub regain_access: Option<Duration>,
}

impl Usage {
    /// Reads the headers of an answer; `None` without any, which is how Meta says that little is used.
    pub fn of(response: &HttpResponse) -> Option<Self> {
        let app = response.header("x-app-usage").and_then(|text| {
            let usage: Value = serde_json::from_str(text).ok()?;
            largest_share(&usage)
        });
        let business = response.header("x-business-use-case-usage").and_then(entries);
        if app.is_none() && business.is_none() {
            return None;
        }
        let business = business.unwrap_or_default();
        Some(Self {
            app,
            account: business.iter().filter_map(largest_share).max(),
            regain_access: regain_access(&business),
        })
    }
}

/// The entries of `X-Business-Use-Case-Usage`, of whatever account or business.
pub(crate) fn entries(header: &str) -> Option<Vec<Value>> {
    let usage: serde_json::Map<String, Value> = serde_json::from_str(header).ok()?;
    Some(
        usage
            .into_iter()
            .filter_map(|(_, entry)| entry.as_array().cloned())
            .flatten()
            .collect(),
    )
}

/// The largest of the shares that an entry tells, in percent.
pub(crate) fn largest_share(usage: &Value) -> Option<u32> {
    ["call_count", "total_time", "total_cputime", "acc_id_util_pct"]
        .iter()
        .filter_map(|name| usage.get(name)?.as_f64())
        .filter(|share| *share >= 0.0)
        .map(|share| share.min(10_000.0) as u32)
        .max()
}

/// The longest `estimated_time_to_regain_access`, which is in minutes.
pub(crate) fn regain_access(entries: &[Value]) -> Option<Duration> {
    let minutes = entries
        .iter()
        .filter_map(|entry| entry.get("estimated_time_to_regain_access")?.as_u64())
        .max()
        .filter(|minutes| *minutes > 0)?;
    Some(Duration::from_secs(minutes.saturating_mul(60)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(headers: &[(&str, &str)]) -> Option<Usage> {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Usage::of(&HttpResponse::new(200, headers.collect(), Vec::new()))
    }

    #[test]
    fn the_largest_share_of_each_limit_counts_and_the_time_is_in_minutes() {
        let usage = with(&[
            ("X-App-Usage", r#"{"call_count":28,"total_time":25,"total_cputime":31}"#),
            (
                "X-Business-Use-Case-Usage",
                r#"{"17841400000000001":[{"type":"instagram","call_count":95,"total_cputime":20,"total_time":20,"estimated_time_to_regain_access":19}]}"#,
            ),
        ]);
        let usage = usage.unwrap();
        assert_eq!((usage.app, usage.account), (Some(31), Some(95)));
        assert_eq!(usage.regain_access, Some(Duration::from_secs(19 * 60)));
    }

    #[test]
    fn no_header_and_a_broken_header_are_no_usage() {
        assert_eq!(with(&[]), None);
        for broken in ["", "[]", "{", r#"{"call_count":"many"}"#, r#"{"call_count":-1}"#] {
            assert_eq!(with(&[("x-app-usage", broken)]), None, "{broken}");
        }
        assert_eq!(with(&[("x-business-use-case-usage", "[1]")]), None);
        let odd = with(&[("x-business-use-case-usage", r#"{"1":[{}],"2":7}"#)]).unwrap();
        assert_eq!((odd.account, odd.regain_access), (None, None));
    }
}
