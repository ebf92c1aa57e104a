//! What the provider itself said.

use std::fmt;

/// The provider's own words and codes, made safe to print.
///
/// Filled from whichever of the four error bodies arrived: the flat triple of the Instagram token endpoint, the
/// Graph API's `error` object, RFC 6749 5.2, or the legacy API's `meta` envelope; or from the redirect's
/// `error`, `error_reason` and `error_description`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ProviderError {
    /// HTTP status, where there was a response.
    pub status: Option<u16>,
    /// `error_type`, `type`, or RFC 6749's `error`.
    pub kind: Option<String>,
    /// The Graph API's error code, such as 190. The flat triple's `code` is the HTTP status and is not put here.
    pub code: Option<i64>,
    /// The Graph API's `error_subcode`, such as 460.
    pub subcode: Option<i64>,
    /// The message, at most 300 printable characters, with quoted tokens taken out.
    pub said: Option<String>,
    /// `fbtrace_id`, for Meta's support.
    pub trace_id: Option<String>,
    /// The Graph API's own word that trying again may help.
    pub is_transient: bool,
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(the provider said")?;
        if let Some(said) = &self.said {
            write!(f, ": \"{said}\"")?;
        }
        if let Some(kind) = &self.kind {
            write!(f, ", {kind}")?;
        }
        if let Some(code) = self.code {
            write!(f, ", code {code}")?;
        }
        if let Some(subcode) = self.subcode {
            write!(f, "/{subcode}")?;
        }
        if let Some(status) = self.status {
            write!(f, ", HTTP {status}")?;
        }
        if let Some(trace_id) = &self.trace_id {
            write!(f, ", trace {trace_id}")?;
        }
        f.write_str(")")
    }
}
