//! The command.

use std::ffi::OsString;

use napi_derive::napi;

/// Runs the command `shutterkey` with these arguments, without the program's name, and answers its exit code. It takes over
/// Ctrl-C and the process's output, and the event loop stands still meanwhile: for a process of its own.
#[napi]
pub fn run_command(arguments: Vec<String>) -> u8 {
    let arguments = std::iter::once("shutterkey".to_owned()).chain(arguments);
    shutterkey_cli::run_code(arguments.map(OsString::from))
}
