//! `shutterkey store`: the tables of a PostgreSQL store, and the keys that it is sealed with.

#[cfg(feature = "postgres")]
mod database;

use crate::args::StoreCommand;
use crate::context::Context;
use crate::exit::Outcome;

/// Migrates or reseals.
#[cfg(feature = "postgres")]
pub(crate) async fn run(context: &Context, command: &StoreCommand) -> Outcome {
    database::run(context, command).await
}

/// Says that there is nothing to migrate or to reseal with.
#[cfg(not(feature = "postgres"))]
#[allow(clippy::unused_async, reason = "the same in every build")]
pub(crate) async fn run(_: &Context, _: &StoreCommand) -> Outcome {
    Err(shutterkey::Error::with_detail(
        shutterkey::ErrorCode::ConfigUnsupported,
        "This build has no PostgreSQL store: it takes one with the feature `postgres`.",
    )
    .into())
}
