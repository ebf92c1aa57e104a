//! Parameters of the authorize URL that nobody else sets.

use crate::error::{Error, ErrorCode, Result};

/// Parameters that shutterkey sets itself, or that would change the protocol that is spoken.
const RESERVED: [&str; 11] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
    "client_secret",
];

/// Refuses a parameter that shutterkey sets itself.
pub(crate) fn check_not_reserved(name: &str) -> Result<()> {
    if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
        return Err(Error::with_detail(
            ErrorCode::ConfigReservedParameter,
            format!(
                "The parameter {} is set by shutterkey and cannot be given.",
                name.to_ascii_lowercase()
            ),
        ));
    }
    Ok(())
}
