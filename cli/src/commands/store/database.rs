//! What is done with a database.

use serde_json::json;
use shutterkey::config::profile::{PostgresPlace, StorePlace};
use shutterkey::store::{PlainRecords, PostgresStore};
use shutterkey::{Clock, ErrorCode, SystemClock};

use crate::args::StoreCommand;
use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::output::{GOOD, plain, print};

/// Migrates or reseals.
pub(super) async fn run(context: &Context, command: &StoreCommand) -> Outcome {
    match command {
        // For whoever may change tables, which need not be whoever uses the store.
        StoreCommand::Migrate { print: true } => print(&PostgresStore::builder("").migrations()?),
        StoreCommand::Migrate { print: false } => migrate(context).await,
        StoreCommand::Reseal => reseal(context).await,
    }
}

async fn migrate(context: &Context) -> Outcome {
    let live = context.ui.turns("Asking the database");
    let store = database(context)?.store()?;
    let outcome = store.migrate().await;
    drop(live);
    outcome?;
    context
        .ui
        .result(&json!({ "store": "postgres", "migrated": true }), |_| {
            format!("{GOOD}The tables are those of this release.{GOOD:#}\n")
        })
}

async fn reseal(context: &Context) -> Outcome {
    let live = context.ui.turns("Sealing records anew");
    let store = database(context)?.store()?;
    let outcome = store.reseal("", PlainRecords::Refuse, SystemClock.now()).await;
    drop(live);
    let done = outcome?;
    let unreadable: Vec<_> = done
        .unreadable
        .iter()
        .map(|(key, error)| json!({ "key": key.as_str(), "code": error.code().as_str() }))
        .collect();
    let object = json!({
        "store": "postgres",
        "resealed": done.resealed,
        "current": done.current,
        "busy": done.busy,
        "unreadable": unreadable,
        "complete": done.is_complete(),
    });
    context.ui.result(&object, |_| {
        let mut text = format!(
            "{} sealed anew, {} were sealed with the first key, {} are in use, {} cannot be opened.\n",
            done.resealed,
            done.current,
            done.busy,
            done.unreadable.len()
        );
        for (key, error) in &done.unreadable {
            text.push_str(&format!("  {}: {error}\n", plain(key.as_str())));
        }
        text.push_str(if done.is_complete() {
            "Older keys can be taken out of the ring.\n"
        } else {
            "Run it again before an older key is taken out of the ring.\n"
        });
        text
    })?;
    match done.is_complete() {
        true => Ok(()),
        false => Err(Failure::told("reseal", 18)),
    }
}

/// The database that is configured.
fn database(context: &Context) -> Outcome<PostgresPlace> {
    match context.store_place()? {
        StorePlace::Postgres(place) => Ok(place),
        other => Err(Failure::from(shutterkey::Error::with_detail(
            ErrorCode::ConfigUnsupported,
            format!("Accounts are kept in {other}, which has no tables and no keys."),
        ))
        .hinting("Set SHUTTERKEY_STORE=postgres, SHUTTERKEY_DATABASE_URL and SHUTTERKEY_SEAL_KEYS.")),
    }
}
