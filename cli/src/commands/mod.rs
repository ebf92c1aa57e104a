//! One command a file.

mod accounts;
mod doctor;
mod errors;
mod import;
mod init;
mod inspect;
mod keep;
mod keygen;
mod login;
mod logout;
mod opened;
mod refresh;
mod sandbox;
mod small;
mod store;
mod token;
mod wait;
mod whoami;

use crate::args::Command;
use crate::context::{Context, runtime};
use crate::exit::Outcome;
use crate::terminal::Ending;

/// Runs one command to its end, or until the person ends it.
pub(crate) fn run(context: &Context, command: Option<Command>) -> Outcome {
    let Some(command) = command else {
        return small::welcome(context.ui);
    };
    let runtime = runtime()?;
    runtime.block_on(async {
        let mut ending = Ending::watch();
        match command {
            // Being asked to end is how it ends, tidily.
            Command::Sandbox(options) => sandbox::run(context, &options, &mut ending).await,
            Command::Keep(options) => keep::run(context, &options, &mut ending).await,
            // Its wait can be interrupted; what comes after spends a code that comes once.
            Command::Login(options) => login::run(context, &options, &mut ending).await,
            Command::Init(options) => ending.or(init::run(context, &options)).await,
            Command::Import(options) => ending.or(import::run(context, &options)).await,
            Command::Token(options) => ending.or(token::run(context, &options)).await,
            Command::Refresh(options) => ending.or(refresh::run(context, &options)).await,
            Command::Logout(options) => ending.or(logout::run(context, &options)).await,
            Command::Whoami(options) => ending.or(whoami::run(context, &options)).await,
            Command::Store(options) => ending.or(store::run(context, &options.command)).await,
            Command::Keygen(options) => keygen::run(context, options),
            Command::Relay(options) => small::relay(&options),
            Command::Completions(options) => small::completions(options),
            Command::Accounts(options) => ending.or(accounts::run(context, options)).await,
            Command::Inspect(options) => ending.or(inspect::run(context, options)).await,
            Command::Doctor(options) => ending.or(doctor::run(context, options)).await,
            Command::Errors(options) => errors::run(context, &options),
        }
    })
}
