//! From the grant to a stored account, and what is said about it.

use std::pin::pin;
use std::time::Duration;

use shutterkey::{Connection, Grant, Keeper, PendingAuthorization, Retry};

use super::Begun;
use crate::exit::{Failure, Outcome};
use crate::output::Ui;
use crate::output::view::Kept;
use crate::terminal::Ending;

/// How long to wait before each further try to finish what a fault of the network or the store interrupted.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(4), Duration::from_secs(10)];

/// Exchanges, extends, identifies and stores. When a step after the exchange fails in passing, it is tried again: the
/// code is spent, and what was received is safe.
pub(super) async fn complete(
    ui: Ui,
    begun: &Begun,
    grant: Grant,
    name: &str,
    ending: &mut Ending,
) -> Outcome<Connection> {
    let live = ui.waits("The answer is here; exchanging it for a token");
    let mut work = pin!(exchange(ui, &begun.keeper, &begun.pending, grant, name));
    tokio::select! {
        biased;
        outcome = &mut work => return outcome,
        () = ending.asked() => {
            drop(live);
            ui.warn("A code comes once, so this finishes first. Interrupt again to give it up.");
        }
    }
    tokio::select! {
        biased;
        outcome = &mut work => outcome,
        () = ending.asked() => Err(Failure::interrupted()),
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
pub(super) fn show(ui: Ui, begun: &Begun, connection: &Connection, name: &str) -> Outcome {
    let client = begun.keeper.client();
    let kept = Kept {
        verb: "Logged in as",
        name,
        key: &connection.key,
        account: &connection.account,
        token: &connection.token,
        missing: &connection.missing_scopes,
        place: &begun.place,
        sandbox: client.config().provider().is_sandbox(),
        now: client.now(),
    };
    ui.result(&kept.object(), |width| kept.text(width))
}
