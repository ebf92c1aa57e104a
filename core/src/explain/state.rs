//! The state of an authorization request: what makes a weak one, and what a provider mangles.

use super::Finding;

/// Below this many characters of base64url a state has less than 128 bits.
const ENOUGH: usize = 22;

/// What is to be said of a state, if anything.
pub(super) fn check(state: Option<&str>) -> Option<Finding> {
    let advice = "Draw 128 random bits or more for each login, in base64url without padding, and take each answer once. shutterkey does.";
    let Some(state) = state.filter(|state| !state.is_empty()) else {
        return Some(
            Finding::warning(
                "state.missing",
                "There is no state: anybody can put an answer of theirs into the person's browser (RFC 6749 10.12).",
                advice,
            )
            .pain(20),
        );
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'~');
    if !state.bytes().all(plain) {
        return Some(
            Finding::warning(
                "state.mangled",
                "The state has characters such as = + / or brackets, which are known to come back changed, or to be refused (\"Bad signature\").",
                advice,
            )
            .pain(20),
        );
    }
    let one_sort = state.bytes().all(|b| b.is_ascii_digit()) || state.bytes().all(|b| b.is_ascii_lowercase());
    if state.len() < ENOUGH || (one_sort && state.len() < 2 * ENOUGH) {
        return Some(
            Finding::warning(
                "state.weak",
                "The state is short or plain enough to be guessed.",
                advice,
            )
            .pain(20),
        );
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_missing_mangled_weak_or_good() {
        let code = |state| check(state).map(|finding| finding.code);
        assert_eq!(code(None), Some("state.missing"));
        assert_eq!(code(Some("")), Some("state.missing"));
        assert_eq!(code(Some("c29tZXRoaW5nIGxvbmcgZW5vdWdo==")), Some("state.mangled"));
        assert_eq!(code(Some("{\"id\":1}")), Some("state.mangled"));
        assert_eq!(code(Some("123456")), Some("state.weak"));
        assert_eq!(code(Some("csrfstatecsrfstatecsrfstate")), Some("state.weak"));
        assert_eq!(code(Some("dGhpcyBpcyAxNiBieXRlcw")), None);
    }
}
