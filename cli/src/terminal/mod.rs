//! What a person types or pastes, read raw and without showing it.
//!
//! Terminals in line mode cut lines (1,024 bytes on macOS, 4,096 on Linux) and show what is typed. Addresses are longer, and
//! hold secrets. The terminal is put back however the run ends: at its end, on Ctrl-C, and on a panic.

mod hidden;
mod input;
mod line;
mod signal;

pub(crate) use hidden::{Hidden, restore_on_panic};
pub(crate) use input::{Arrived, Input};
pub(crate) use line::{Wanted, line, secret};
pub(crate) use signal::Ending;

use std::io::IsTerminal;

/// Whether a person sits in front of the input.
pub(crate) fn is_interactive() -> bool {
    std::io::stdin().is_terminal()
}
