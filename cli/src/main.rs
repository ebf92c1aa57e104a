//! The `shutterkey` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    shutterkey_cli::run(std::env::args_os())
}
