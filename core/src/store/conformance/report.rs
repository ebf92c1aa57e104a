//! What the suite found.

use std::fmt;

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The store keeps the promise.
    Passed,
    /// It does not; what happened instead.
    Failed(String),
    /// Not checked, and why.
    Skipped(String),
}

/// One check and its outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The promise, in words.
    pub name: &'static str,
    /// Whether it is kept.
    pub outcome: Outcome,
}

/// All checks and their outcomes. It prints as one line a check.
#[derive(Clone, Debug)]
pub struct Report(Vec<Finding>);

impl Report {
    pub(super) fn new(findings: Vec<Finding>) -> Self {
        Self(findings)
    }

    /// Every check, in the order they ran.
    pub fn findings(&self) -> &[Finding] {
        &self.0
    }

    /// Whether no check failed.
    pub fn passed(&self) -> bool {
        self.failures().next().is_none()
    }

    /// The checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &Finding> {
        self.0
            .iter()
            .filter(|finding| matches!(finding.outcome, Outcome::Failed(_)))
    }

    /// The checks that were not run.
    pub fn skipped(&self) -> impl Iterator<Item = &Finding> {
        self.0
            .iter()
            .filter(|finding| matches!(finding.outcome, Outcome::Skipped(_)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.0 {
            match &finding.outcome {
                Outcome::Passed => writeln!(f, "passed   {}", finding.name)?,
                Outcome::Failed(why) => writeln!(f, "FAILED   {}: {why}", finding.name)?,
                Outcome::Skipped(why) => writeln!(f, "skipped  {}: {why}", finding.name)?,
            }
        }
        Ok(())
    }
}
