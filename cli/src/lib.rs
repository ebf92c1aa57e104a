//! The `shutterkey` command as a library: [`run`] is the whole of it, so that other languages' packages can bring the
//! same command.
//!
//! Results go to stdout, everything that is said on the side to stderr. Secrets are never taken from the command line,
//! and only `token` and `keygen` print one. Exit codes are in [`exit::EXIT_CODES`].
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod args;
mod book;
mod commands;
mod context;
pub mod exit;
pub mod kept_world;
mod output;
mod private_file;
mod terminal;
mod usage;

/// README.md is compiled with the tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use args::Cli;
use context::Context;

/// Runs the command with these arguments (the first is the program's name) and answers how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    ExitCode::from(run_code(arguments))
}

/// As [`run`], with the exit code as the number that it is: for a process that another language's runtime ends.
pub fn run_code(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    terminal::restore_on_panic();
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return usage::explain(&error, &arguments),
    };
    let ui = output::Ui::new(&cli.global);
    let outcome = Context::new(cli.global, ui).and_then(|context| commands::run(&context, cli.command));
    match outcome {
        Ok(()) => 0,
        Err(failure) => {
            if !failure.told {
                ui.failure(&failure);
            }
            failure.exit
        }
    }
}
