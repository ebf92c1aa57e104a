//! What an explanation is made of.

use std::borrow::Cow;

use crate::error::{Error, ErrorCode};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// It works, and will not for ever or not everywhere.
    Warning,
    /// It does not work.
    Problem,
}

impl Severity {
    /// The stable name: `note`, `warning`, `problem`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Problem => "problem",
        }
    }
}

/// Something that was noticed. It holds no secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// A stable name: the code of the error that it is, or will become, and where there is none a name of its own.
    pub code: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What was noticed, in a sentence.
    pub says: Cow<'static, str>,
    /// What to do, and where.
    pub advice: Cow<'static, str>,
    /// The number of the common mistake that it is, 1 to 25 (`docs/cli.md` lists them).
    pub pain: Option<u8>,
}

impl Finding {
    pub(crate) fn new(
        code: &'static str,
        severity: Severity,
        says: impl Into<Cow<'static, str>>,
        advice: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            code,
            severity,
            says: says.into(),
            advice: advice.into(),
            pain: None,
        }
    }

    pub(crate) fn note(
        code: &'static str,
        says: impl Into<Cow<'static, str>>,
        advice: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(code, Severity::Note, says, advice)
    }

    pub(crate) fn warning(
        code: &'static str,
        says: impl Into<Cow<'static, str>>,
        advice: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(code, Severity::Warning, says, advice)
    }

    pub(crate) fn problem(
        code: &'static str,
        says: impl Into<Cow<'static, str>>,
        advice: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(code, Severity::Problem, says, advice)
    }

    /// What an error says, as a finding.
    pub(crate) fn of(error: &Error) -> Self {
        let mut finding = Self::problem(error.code().as_str(), error.message().to_owned(), error.hint());
        finding.pain = pain_of(error.code());
        finding
    }

    /// The same finding, which is that common mistake.
    #[must_use]
    pub(crate) fn pain(mut self, number: u8) -> Self {
        self.pain = Some(number);
        self
    }

    /// The same finding with another weight.
    #[must_use]
    pub(crate) fn weighing(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// The same finding with advice that fits better.
    #[must_use]
    pub(crate) fn advising(mut self, advice: impl Into<Cow<'static, str>>) -> Self {
        self.advice = advice.into();
        self
    }
}

/// Which common mistake (fact sheet 6) an error belongs to.
const fn pain_of(code: ErrorCode) -> Option<u8> {
    Some(match code {
        ErrorCode::RedirectUriNotRegistered | ErrorCode::RedirectMismatch | ErrorCode::ConfigRedirectUri => 1,
        ErrorCode::RedirectUriDiffers => 2,
        ErrorCode::InvalidPlatformApp
        | ErrorCode::InvalidClientId
        | ErrorCode::ClientRejected
        | ErrorCode::ConfigClientId => 3,
        ErrorCode::InsufficientDeveloperRole => 4,
        ErrorCode::TokenExpired => 5,
        ErrorCode::TokenInvalidated | ErrorCode::AccountNeedsLogin | ErrorCode::AccountCheckpoint => 6,
        ErrorCode::BasicDisplayEnded => 7,
        ErrorCode::CodeUsed | ErrorCode::RedirectStateUsed => 8,
        ErrorCode::InvalidScope
        | ErrorCode::ConfigScopeUnknown
        | ErrorCode::ConfigScopeRetired
        | ErrorCode::ConfigScopeForeign => 12,
        ErrorCode::TokenTooYoung => 19,
        ErrorCode::RedirectStateMissing | ErrorCode::RedirectStateMismatch => 20,
        ErrorCode::ConfigSecretInFile => 21,
        ErrorCode::StoreConflict | ErrorCode::StoreBusy => 22,
        ErrorCode::DeniedScope | ErrorCode::PermissionMissing => 23,
        ErrorCode::ImplicitDisabled | ErrorCode::NotSandboxUser => 24,
        ErrorCode::ThrottledApp | ErrorCode::ThrottledUser => 25,
        _ => return None,
    })
}
