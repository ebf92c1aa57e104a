//! From the grant to a stored account, and what is said about it.

use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use shutterkey::{Connection, Grant, Keeper, PendingAuthorization, Retry};

use crate::args::Login;
use crate::exit::{Failure, Outcome};
use crate::output::Ui;
use crate::output::view::Kept;
use crate::terminal::asked_to_end;

/// How long to wait before each further try to finish what a fault of the network or the store interrupted.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(10)];

/// Exchanges, extends, identifies and stores. When a step after the exchange fails in passing, it is tried again: the
/// code is spent, and what was received is safe.
pub(super) async fn complete(
    ui: Ui,
    keeper: &Keeper,
    pending: &PendingAuthorization,
    grant: Grant,
    name: &str,
) -> Outcome<Connection> {
    ui.note("The answer is here; exchanging it for a token.");
    let mut work = pin!(exchange(ui, keeper, pending, grant, name));
    tokio::select! {
        biased;
        outcome = &mut work => return outcome,
        () = asked_to_end() => ui.warn("A code comes once, so this finishes first. Interrupt again to give it up."),
    }
    tokio::select! {
        biased;
        outcome = &mut work => outcome,
        () = asked_to_end() => Err(Failure::interrupted()),
    }
}

async fn exchange(
    ui: Ui,
    keeper: &Keeper,
    pending: &PendingAuthorization,
    grant: Grant,
    name: &str,
) -> Outcome<Connection> {
    let mut outcome = keeper.complete_grant(pending, grant, Some(name)).await;
    for pause in PAUSES {
        let Err(error) = &outcome else { break };
        let Some(resumable) = error.resumable().cloned().filter(|_| error.retry() == Retry::Backoff) else {
            break;
        };
        ui.warn(&format!(
            "The token was received, and a later step failed: {error} Trying to finish."
        ));
        tokio::time::sleep(pause).await;
        outcome = keeper.resume(&resumable).await;
    }
    Ok(outcome?)
}

/// Shows what is kept.
pub(super) fn show(
    ui: Ui,
    keeper: &Keeper,
    connection: &Connection,
    options: &Login,
    place: &Path,
    sandbox: bool,
) -> Outcome {
    let kept = Kept {
        verb: "Logged in as",
        name: &options.account,
        key: &connection.key,
        account: &connection.account,
        token: &connection.token,
        missing: &connection.missing_scopes,
        place,
        sandbox,
        now: keeper.client().now(),
    };
    ui.result(&kept.object(), |width| kept.text(width))
}
