//! The catalogue as a page.

use std::fmt::Write;

use super::{ErrorCode, Family};

/// `docs/errors.md`, whole. A test compares the file with it; `UPDATE_DOCS=1` writes the file.
pub fn catalogue_markdown() -> String {
    let mut page = String::from(
        "# Errors\n\nPrinted from the table in `core/src/error/code.rs`; do not edit by hand.\n\n\
         Every error has a stable code, a sentence that says what happened, a hint that says what to do and where, and\n\
         advice on trying again: `never`, `backoff` (wait longer each time), `after` (a moment is given), `login` (only a new\n\
         login helps), `reconsent` (ask the person again), `user_action` (the person has to do something at an address\n\
         first), `fix_config` (here or in the provider's dashboard). The first part of a code is its family.\n",
    );
    for family in Family::ALL {
        let _ = write!(
            page,
            "\n## {family}\n\n| code | what happened | what to do | retry |\n|---|---|---|---|\n"
        );
        for code in ErrorCode::ALL.iter().filter(|code| code.family() == family) {
            let _ = writeln!(
                page,
                "| `{code}` | {} | {} | {} |",
                code.summary(),
                code.hint(),
                code.retry().as_str()
            );
        }
    }
    page
}
