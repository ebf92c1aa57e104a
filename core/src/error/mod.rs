//! One error type, with families, stable codes, a sentence, a hint and retry advice.
//!
//! An [`Error`] says what happened (its `Display`), what to do and where ([`Error::hint`]), whether trying
//! again makes sense ([`Error::retry`]), and what the provider itself said ([`Error::provider`]). It never holds a
//! URL with a query, a response body, or any secret.

mod catalogue;
mod code;
mod family;
mod provider;

use std::any::Any;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

pub use catalogue::catalogue_markdown;
pub use code::ErrorCode;
pub use family::Family;
pub use provider::ProviderError;

use crate::clock::Timestamp;

/// A result with shutterkey's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether and when trying again makes sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// The same call fails again.
    Never,
    /// The same call may succeed later; wait longer each time.
    Backoff,
    /// The same call may succeed at this moment, not before.
    After(Timestamp),
    /// Only a new login helps.
    Login,
    /// Ask the person again for consent.
    Reconsent,
    /// The person has to do something at this address first; the same token may work then.
    UserAction(&'static str),
    /// Somebody has to change the configuration here or in the provider's dashboard.
    FixConfig,
}

impl Retry {
    /// The stable name: `never`, `backoff`, `after`, `login`, `reconsent`, `user_action`, `fix_config`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Backoff => "backoff",
            Self::After(_) => "after",
            Self::Login => "login",
            Self::Reconsent => "reconsent",
            Self::UserAction(_) => "user_action",
            Self::FixConfig => "fix_config",
        }
    }
}

/// The one error of shutterkey. One pointer wide; cloning copies what it says.
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    code: ErrorCode,
    detail: Option<Cow<'static, str>>,
    retry: Option<Retry>,
    provider: Option<ProviderError>,
    reason: Option<String>,
    /// What is needed to go on; the operations know what it is.
    resumable: Option<Arc<dyn Any + Send + Sync>>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with the catalogue's own words.
    pub fn new(code: ErrorCode) -> Self {
        Self(Box::new(Inner {
            code,
            detail: None,
            retry: None,
            provider: None,
            reason: None,
            resumable: None,
            source: None,
        }))
    }

    /// An error with particulars in place of the catalogue's sentence. They must hold no secret.
    pub fn with_detail(code: ErrorCode, detail: impl Into<Cow<'static, str>>) -> Self {
        let mut error = Self::new(code);
        error.0.detail = Some(detail.into());
        error
    }

    /// The same error with other retry advice than the catalogue's.
    #[must_use]
    pub fn retrying(mut self, retry: Retry) -> Self {
        self.0.retry = Some(retry);
        self
    }

    /// The same error with what the provider said.
    #[must_use]
    pub fn from_provider(mut self, provider: ProviderError) -> Self {
        self.0.provider = Some(provider);
        self
    }

    /// The same error with the one behind it: what a [`Transport`](crate::operation::SendError) or a store of the
    /// caller's own raised. It is [`std::error::Error::source`], is not part of what this error prints, and must print no
    /// secret itself.
    #[must_use]
    pub fn with_source(mut self, source: Arc<dyn std::error::Error + Send + Sync>) -> Self {
        self.0.source = Some(source);
        self
    }

    /// The same error with what is behind another one.
    #[cfg(all(feature = "client", feature = "seal"))]
    #[must_use]
    pub(crate) fn with_source_of(mut self, other: &Self) -> Self {
        self.0.source.clone_from(&other.0.source);
        self
    }

    /// The same error with what the provider said in another one.
    #[must_use]
    pub(crate) fn with_provider_of(mut self, other: &Self) -> Self {
        self.0.provider.clone_from(&other.0.provider);
        self
    }

    /// The same error with the code of the error behind it.
    #[must_use]
    pub(crate) fn because(mut self, reason: &str) -> Self {
        self.0.reason = Some(reason.to_owned());
        self
    }

    /// The same error with what is needed to go on without a new login.
    #[must_use]
    pub(crate) fn carrying(mut self, cargo: Arc<dyn Any + Send + Sync>) -> Self {
        self.0.resumable = Some(cargo);
        self
    }

    /// What [`Self::carrying`] put in.
    pub(crate) fn cargo(&self) -> Option<&(dyn Any + Send + Sync)> {
        self.0.resumable.as_deref()
    }

    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        self.0.code
    }

    /// Whether a store failed with one record alone: the next may well be readable.
    #[cfg(feature = "client")]
    pub(crate) fn is_about_one_record(&self) -> bool {
        matches!(self.code(), ErrorCode::StoreCorrupt | ErrorCode::StoreSealInvalid)
    }

    /// The family of the code.
    pub fn family(&self) -> Family {
        self.0.code.family()
    }

    /// What to do, and where.
    pub fn hint(&self) -> &'static str {
        self.0.code.hint()
    }

    /// Whether and when trying again makes sense.
    pub fn retry(&self) -> Retry {
        self.0.retry.unwrap_or(self.0.code.retry())
    }

    /// The provider's own words, codes and trace id, where it said any.
    pub fn provider(&self) -> Option<&ProviderError> {
        self.0.provider.as_ref()
    }

    /// Why an account needs a login: the code of the error that ended its token, such as `token.invalidated`.
    pub fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// What happened, without the code.
    pub fn message(&self) -> &str {
        self.0.detail.as_deref().unwrap_or(self.0.code.summary())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())?;
        if let Some(provider) = &self.0.provider {
            write!(f, " {provider}")?;
        }
        write!(f, " [{}]", self.0.code)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("code", &self.0.code.as_str())
            .field("message", &self.message())
            .field("retry", &self.retry())
            .field("provider", &self.0.provider)
            .field("reason", &self.0.reason)
            .field("resumable", &self.0.resumable.is_some())
            .field("source", &self.0.source.is_some())
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

impl From<ErrorCode> for Error {
    fn from(code: ErrorCode) -> Self {
        Self::new(code)
    }
}

/// Text that came from outside, made safe to print: control and bidirectional characters become spaces, runs
/// that look like tokens become `[redacted]`, and at most 300 characters are kept.
pub(crate) fn printable(text: &str) -> String {
    const LONGEST: usize = 300;
    let mut out = String::with_capacity(text.len().min(LONGEST + 16));
    let mut kept = 0;
    for word in text.split_inclusive(|c: char| !is_token_character(c)) {
        let run = word.trim_end_matches(|c: char| !is_token_character(c));
        let rest = word.get(run.len()..).unwrap_or_default();
        if looks_like_a_token(run) {
            out.push_str(crate::secret::REDACTED);
            kept += crate::secret::REDACTED.len();
        } else {
            out.push_str(run);
            kept += run.chars().count();
        }
        for c in rest.chars() {
            out.push(if is_unprintable(c) { ' ' } else { c });
            kept += 1;
        }
        if kept >= LONGEST {
            out = out.chars().take(LONGEST).collect();
            out.push('…');
            break;
        }
    }
    out
}

/// A name, a path or an address of the person's own configuration: whole, but for what moves a terminal.
#[cfg(any(feature = "explain", feature = "config-file"))]
pub(crate) fn visible(text: &str) -> String {
    text.chars().map(|c| if is_unprintable(c) { ' ' } else { c }).collect()
}

/// Characters that can change how a line reads without being seen: controls, line and paragraph separators,
/// bidirectional overrides and isolates, zero-width marks.
pub(crate) fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

fn is_token_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// A provider may quote the token it refuses. Scope names are as long as tokens but have no digits, and ids
/// have nothing but digits.
fn looks_like_a_token(run: &str) -> bool {
    run.len() >= 20 && run.bytes().any(|b| b.is_ascii_digit()) && run.bytes().any(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_begins_with_its_family_and_is_unique() {
        let mut seen = std::collections::HashSet::new();
        for code in ErrorCode::ALL {
            assert!(code.as_str().starts_with(&format!("{}.", code.family())), "{code}");
            assert!(seen.insert(code.as_str()), "{code} twice");
        }
    }

    #[test]
    fn every_code_says_something_and_gives_a_hint() {
        for code in ErrorCode::ALL {
            assert!(code.summary().ends_with('.'), "{code}");
            assert!(code.hint().len() > 10, "{code}");
        }
    }

    #[test]
    fn quoted_tokens_do_not_survive_printing() {
        let said = printable("Malformed access token IGAAcanary0123456789abcdef\r\n[31m for instagram_business_basic");
        assert_eq!(
            said,
            "Malformed access token [redacted]  [31m for instagram_business_basic"
        );
    }

    #[test]
    fn long_words_of_the_provider_are_cut() {
        assert_eq!(printable(&"ab ".repeat(1_000)).chars().count(), 301);
    }

    #[test]
    fn the_error_behind_is_the_source_and_is_not_printed() {
        let behind = std::io::Error::other("quotes a token");
        let error = Error::new(ErrorCode::StoreUnavailable).with_source(Arc::new(behind));
        let source = std::error::Error::source(&error).unwrap();
        assert!(source.downcast_ref::<std::io::Error>().is_some());
        assert!(!format!("{error} {error:?}").contains("quotes"));
    }

    #[test]
    fn an_error_is_one_pointer() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
    }
}
