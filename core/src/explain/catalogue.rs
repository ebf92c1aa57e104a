//! Which of a provider's codes and words lead to an error of ours.
//!
//! The codes that are known to occur are listed here; what each means is asked of the classification.

use crate::error::ErrorCode;
use crate::protocol::answer::{SAYINGS, graph_code};

/// A code of the Graph API, such as 190/460.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderCode {
    /// `code`.
    pub code: i64,
    /// `error_subcode`.
    pub subcode: Option<i64>,
}

impl std::fmt::Display for ProviderCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.subcode {
            Some(subcode) => write!(f, "{}/{subcode}", self.code),
            None => write!(f, "{}", self.code),
        }
    }
}

impl std::str::FromStr for ProviderCode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (code, subcode) = match text.split_once('/') {
            Some((code, subcode)) => (code, Some(subcode.parse().map_err(|_| ())?)),
            None => (text, None),
        };
        Ok(Self {
            code: code.parse().map_err(|_| ())?,
            subcode,
        })
    }
}

impl ProviderCode {
    /// What it means, as far as numbers tell: some codes are told apart by the words beside them.
    pub fn meaning(self) -> ErrorCode {
        graph_code(self.code, self.subcode, false, || None)
    }
}

/// The codes that occur (fact sheet 5.4).
const KNOWN: [(i64, Option<i64>); 38] = [
    (1, None),
    (2, None),
    (4, None),
    (10, None),
    (17, None),
    (32, None),
    (100, None),
    (100, Some(33)),
    (100, Some(36_007)),
    (100, Some(36_009)),
    (101, None),
    (102, None),
    (104, None),
    (190, None),
    (190, Some(452)),
    (190, Some(458)),
    (190, Some(459)),
    (190, Some(460)),
    (190, Some(463)),
    (190, Some(464)),
    (190, Some(467)),
    (190, Some(492)),
    (200, None),
    (294, None),
    (299, None),
    (341, None),
    (368, None),
    (452, None),
    (483, None),
    (506, None),
    (613, None),
    (2_500, None),
    (3_962, None),
    (80_000, None),
    (80_001, None),
    (80_002, None),
    (80_004, None),
    (80_006, None),
];

/// The codes of the Graph API that lead to an error.
pub fn provider_codes(error: ErrorCode) -> Vec<ProviderCode> {
    KNOWN
        .into_iter()
        .map(|(code, subcode)| ProviderCode { code, subcode })
        .filter(|known| known.meaning() == error)
        .collect()
}

/// The words that lead to an error, in lower case, where numbers do not decide.
pub fn provider_words(error: ErrorCode) -> impl Iterator<Item = &'static str> {
    SAYINGS
        .iter()
        .filter(move |(_, code)| *code == error)
        .map(|(words, _)| *words)
}
