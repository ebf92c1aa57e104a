//! What a check answers.

use std::borrow::Cow;

use crate::explain::{Finding, Severity};

/// How a check ended, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// It is well.
    Ok,
    /// Worth knowing.
    Note,
    /// It works, and will not for ever or not everywhere.
    Warning,
    /// It does not work.
    Problem,
}

impl Status {
    /// The stable name: `ok`, `note`, `warning`, `problem`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

impl From<Severity> for Status {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Note => Self::Note,
            Severity::Warning => Self::Warning,
            Severity::Problem => Self::Problem,
        }
    }
}

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Area {
    /// The files of the configuration, and the environment.
    Files,
    /// The app: its id and secret.
    App,
    /// The redirect URI.
    Redirect,
    /// Scopes and response type.
    Scopes,
    /// The API's version.
    Version,
    /// The place where tokens are kept.
    Store,
    /// The accounts that are kept.
    Accounts,
    /// Clock, proxies, certificates.
    Surroundings,
}

impl Area {
    /// The stable name: `files`, `app`, `redirect`, `scopes`, `version`, `store`, `accounts`, `surroundings`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Files => "files",
            Self::App => "app",
            Self::Redirect => "redirect",
            Self::Scopes => "scopes",
            Self::Version => "version",
            Self::Store => "store",
            Self::Accounts => "accounts",
            Self::Surroundings => "surroundings",
        }
    }
}

/// One check's answer. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Check {
    /// What it is about.
    pub area: Area,
    /// How it ended.
    pub status: Status,
    /// A stable name; `ok` where it is well, otherwise as in [`Finding::code`].
    pub code: &'static str,
    /// What was found, in a sentence.
    pub says: Cow<'static, str>,
    /// What to do, and where.
    pub advice: Option<Cow<'static, str>>,
    /// The number of the common mistake that it is, 1 to 25.
    pub pain: Option<u8>,
}

/// All answers, in the order of the checks.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The answers.
    pub checks: Vec<Check>,
}

impl Report {
    pub(super) fn ok(&mut self, area: Area, says: impl Into<Cow<'static, str>>) {
        self.checks.push(Check {
            area,
            status: Status::Ok,
            code: "ok",
            says: says.into(),
            advice: None,
            pain: None,
        });
    }

    pub(super) fn find(&mut self, area: Area, finding: Finding) {
        let check = Check {
            area,
            status: finding.severity.into(),
            code: finding.code,
            says: finding.says,
            advice: Some(finding.advice),
            pain: finding.pain,
        };
        if !self.checks.contains(&check) {
            self.checks.push(check);
        }
    }

    /// Whether nothing worse than a note was found in an area.
    pub(super) fn is_well(&self, area: Area) -> bool {
        !self
            .checks
            .iter()
            .any(|check| check.area == area && check.status > Status::Note)
    }

    /// The worst of all answers.
    pub fn worst(&self) -> Status {
        self.checks.iter().map(|check| check.status).max().unwrap_or(Status::Ok)
    }

    /// How many checks ended so.
    pub fn count(&self, status: Status) -> usize {
        self.checks.iter().filter(|check| check.status == status).count()
    }

    /// The first check with this code.
    pub fn get(&self, code: &str) -> Option<&Check> {
        self.checks.iter().find(|check| check.code == code)
    }
}
