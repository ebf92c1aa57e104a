//! The version of the Graph API in an address.

use super::{Finding, Severity};
use crate::clock::Timestamp;
use crate::provider::{ApiVersion, GRAPH_API_VERSION, Support};

/// How long before its end a version is warned of: 120 days, in seconds.
pub(crate) const WARNED_BEFORE: i64 = 120 * 86_400;

/// What is to be said of the version in an address of Meta's, if it names one that ends.
pub(crate) fn check(address: &str, now: Timestamp) -> Option<Finding> {
    let name = ApiVersion::named_in(address)?;
    let advice = format!(
        "Use {GRAPH_API_VERSION}, and read the changelog between the two: developers.facebook.com/docs/graph-api/changelog."
    );
    let Some(version) = ApiVersion::by_name(name) else {
        let major = |name: &str| name.trim_start_matches('v').split('.').next()?.parse::<u32>().ok();
        let (own, newest) = (major(name), major(GRAPH_API_VERSION));
        return Some(if own < newest {
            Finding::problem(
                "api_version.ended",
                format!("The Graph API's version {name} has ended."),
                advice,
            )
        } else {
            Finding::note(
                "api_version.unknown",
                format!("The Graph API's version {name} is later than this release of shutterkey."),
                "Look for a later release.",
            )
        });
    };
    let day = version.support.day();
    let date = day.to_string().chars().take(10).collect::<String>();
    let left = day.since(now);
    let finding = |severity, code, says: String| Some(Finding::new(code, severity, says, advice.clone()));
    match version.support {
        Support::Until(_) if left <= 0 => finding(
            Severity::Problem,
            "api_version.ended",
            format!(
                "The Graph API's version {name} ended on {date}: calls are answered by a later one, or not at all."
            ),
        ),
        Support::Until(_) if left <= WARNED_BEFORE => finding(
            Severity::Warning,
            "api_version.ends",
            format!(
                "The Graph API's version {name} ends on {date}, in {} days.",
                left / 86_400
            ),
        ),
        Support::AtLeastUntil(_) if left <= WARNED_BEFORE => Some(Finding::warning(
            "api_version.ends",
            format!(
                "The Graph API's version {name} may end from {date} on; the day had not been announced when this release was made."
            ),
            "Update shutterkey, or look at developers.facebook.com/docs/graph-api/changelog.",
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn code(version: &str, now: Timestamp) -> Option<&'static str> {
        check(&format!("https://graph.facebook.com/{version}/me"), now).map(|finding| finding.code)
    }

    #[test]
    fn a_version_is_warned_of_in_its_last_120_days_and_not_before() {
        let end = ApiVersion::by_name("v21.0").unwrap().support.day();
        assert_eq!(code("v21.0", end.plus(-121 * DAY)), None);
        assert_eq!(code("v21.0", end.plus(-119 * DAY)), Some("api_version.ends"));
        assert_eq!(code("v21.0", end), Some("api_version.ended"));
    }

    #[test]
    fn the_newest_version_is_warned_of_before_it_could_end() {
        let end = ApiVersion::by_name(GRAPH_API_VERSION).unwrap().support.day();
        assert_eq!(code(GRAPH_API_VERSION, end.plus(-200 * DAY)), None);
        assert_eq!(code(GRAPH_API_VERSION, end.plus(DAY)), Some("api_version.ends"));
    }

    #[test]
    fn versions_that_nobody_lists_any_more_have_ended_and_later_ones_are_unknown() {
        let now = Timestamp::from_seconds(1_795_737_600);
        assert_eq!(code("v2.3", now), Some("api_version.ended"));
        assert_eq!(code("v99.0", now), Some("api_version.unknown"));
    }
}
