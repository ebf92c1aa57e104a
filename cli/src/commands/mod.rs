//! One command a file.

mod accounts;
mod import;
mod login;
mod opened;
mod sandbox;
mod token;
mod wait;
mod whoami;

use crate::args::Command;
use crate::context::{Context, runtime};
use crate::exit::{Failure, Outcome};
use crate::terminal::asked_to_end;

/// Runs one command to its end, or until the person ends it.
pub(crate) fn run(context: &Context, command: Command) -> Outcome {
    let runtime = runtime()?;
    runtime.block_on(async {
        match command {
            // It ends by being asked to, and tidies up then.
            Command::Sandbox(options) => sandbox::run(context, &options).await,
            // Its wait can be interrupted; what comes after spends a code that comes once.
            Command::Login(options) => login::run(context, &options).await,
            Command::Import(options) => interruptible(import::run(context, &options)).await,
            Command::Token(options) => interruptible(token::run(context, &options)).await,
            Command::Whoami(options) => interruptible(whoami::run(context, &options)).await,
            Command::Accounts => interruptible(accounts::run(context)).await,
        }
    })
}

async fn interruptible(work: impl Future<Output = Outcome>) -> Outcome {
    tokio::select! {
        biased;
        outcome = work => outcome,
        () = asked_to_end() => Err(Failure::interrupted()),
    }
}
