//! Scopes, for their product.

use super::{Finding, Severity};
use crate::error::ErrorCode;
use crate::provider::Provider;
use crate::scope::ScopeSet;

/// Every name that the product's table does not take, and the base scope if it is not among them.
pub(crate) fn check<'a>(
    provider: &Provider,
    names: impl IntoIterator<Item = &'a str>,
    allow_unknown: bool,
) -> Vec<Finding> {
    let base = provider.data().scopes.base;
    let mut findings = Vec::new();
    let mut has_base = base.is_none();
    for name in names {
        has_base |= base == Some(name);
        // With the base beside it, whatever is refused is this name.
        let checked = ScopeSet::new(base.into_iter().chain([name]))
            .and_then(|scopes| provider.check_scopes(&scopes, allow_unknown));
        if let Err(error) = checked {
            let mut finding = Finding::of(&error);
            finding.pain = Some(12);
            if matches!(name, "user_profile" | "user_media") {
                finding.pain = Some(7);
                finding.advice = format!("{} {}", finding.advice, ErrorCode::BasicDisplayEnded.hint()).into();
            }
            if error.code() == ErrorCode::ConfigScopeUnknown {
                // The product may have gained it since this release.
                finding.severity = Severity::Warning;
            }
            findings.push(finding);
        }
    }
    if !has_base {
        let missing = provider.check_scopes(&ScopeSet::empty(), true);
        findings.extend(missing.err().map(|error| {
            Finding::of(&error)
                .pain(12)
                .advising("Add it to the scopes that the login asks for.")
        }));
    }
    findings
}
