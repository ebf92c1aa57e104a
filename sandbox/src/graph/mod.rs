//! What Meta's Graph APIs have in common: the shape of errors, what a dead token is told, versions.

mod dead;
mod error;
mod inspect;
mod moment;

use crate::http::Call;

pub(crate) use dead::{dead, expired};
pub(crate) use error::GraphError;
pub(crate) use inspect::{app_token, data_access, debug_token, user_id};

/// The token of the query, of the form, or else of the `Authorization` header.
pub(crate) fn sent_token(call: &Call) -> &str {
    call.sent("access_token").or_else(|| call.bearer()).unwrap_or_default()
}

/// Whether a part of a path is a version such as `v26.0`. Any is taken: which ones are alive changes twice a year.
pub(crate) fn is_version(text: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix('v')
        .and_then(|rest| rest.split_once('.'))
        .is_some_and(|(a, b)| number(a) && number(b))
}

#[cfg(test)]
mod tests {
    use super::is_version;

    #[test]
    fn a_version_is_v_number_dot_number() {
        assert!(is_version("v26.0") && is_version("v1.0"));
        assert!(!is_version("26.0") && !is_version("v26") && !is_version("me") && !is_version("v.0"));
    }
}
