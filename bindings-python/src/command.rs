//! The command.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command `shutterkey` with these arguments, without the program's name, and answers its exit code. It takes
/// over Ctrl-C and the process's output: for a process of its own.
#[pyfunction]
pub(crate) fn run_command(py: Python<'_>, arguments: Vec<OsString>) -> u8 {
    let arguments = std::iter::once(OsString::from("shutterkey")).chain(arguments);
    py.detach(|| shutterkey_cli::run_code(arguments))
}
