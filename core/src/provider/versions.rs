//! The versions of Meta's Graph API, and until when each is answered (fact sheet 2).

use crate::clock::Timestamp;

/// One version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApiVersion {
    /// The name, as it stands in addresses: `v26.0`.
    pub name: &'static str,
    /// Until when it is answered.
    pub support: Support,
}

/// Until when a version is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// Meta has named the day.
    Until(Timestamp),
    /// Not announced; a version has been answered for two years at least, so not before this day.
    AtLeastUntil(Timestamp),
}

impl Support {
    /// The day, announced or not.
    pub const fn day(self) -> Timestamp {
        match self {
            Self::Until(day) | Self::AtLeastUntil(day) => day,
        }
    }
}

/// The versions that are known, newest first (Meta's changelog as of 2026-07-29).
pub const GRAPH_API_VERSIONS: [ApiVersion; 8] = [
    // 2026-07-29, and two years.
    version("v26.0", Support::AtLeastUntil(Timestamp::midnight(2028, 7, 29))),
    version("v25.0", Support::Until(Timestamp::midnight(2028, 7, 29))),
    version("v24.0", Support::Until(Timestamp::midnight(2028, 2, 18))),
    version("v23.0", Support::Until(Timestamp::midnight(2027, 10, 8))),
    version("v22.0", Support::Until(Timestamp::midnight(2027, 5, 20))),
    version("v21.0", Support::Until(Timestamp::midnight(2027, 1, 21))),
    version("v20.0", Support::Until(Timestamp::midnight(2026, 9, 24))),
    version("v19.0", Support::Until(Timestamp::midnight(2026, 5, 21))),
];

impl ApiVersion {
    /// The version of this name.
    pub fn by_name(name: &str) -> Option<Self> {
        GRAPH_API_VERSIONS.into_iter().find(|version| version.name == name)
    }

    /// The name of the version that an address of Meta's names (`/v26.0/…`), known or not. Threads counts its versions by
    /// itself and is none of them.
    pub fn named_in(address: &str) -> Option<&str> {
        let (_, rest) = address.split_once("://")?;
        let mut segments = rest.split(['/', '?', '#']);
        let host = segments.next()?;
        if host.contains("threads") {
            return None;
        }
        segments.find(|segment| {
            let number = segment.strip_prefix('v').and_then(|number| number.split_once('.'));
            number.is_some_and(|(major, minor)| {
                let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                digits(major) && digits(minor)
            })
        })
    }
}

const fn version(name: &'static str, support: Support) -> ApiVersion {
    ApiVersion { name, support }
}

#[cfg(test)]
mod tests {
    use super::super::GRAPH_API_VERSION;
    use super::*;

    #[test]
    fn the_version_that_the_endpoints_name_is_in_the_table() {
        assert_eq!(GRAPH_API_VERSIONS.first().unwrap().name, GRAPH_API_VERSION);
    }

    #[test]
    fn versions_are_found_in_addresses_of_meta_and_not_in_those_of_threads() {
        assert_eq!(
            ApiVersion::named_in("https://www.facebook.com/v21.0/dialog/oauth?x=v3.0"),
            Some("v21.0")
        );
        assert_eq!(ApiVersion::named_in("https://graph.threads.net/v1.0/me"), None);
        assert_eq!(ApiVersion::named_in("https://www.instagram.com/oauth/authorize"), None);
    }
}
