//! A refreshed token that the store did not take: there is no other copy, so it is tried until the store takes it.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::timeout;

use super::Keeper;
use crate::account::AccountKey;
use crate::error::{Family, Result};

/// The first pause between two tries, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// Tries until the store takes it, another process has stored something newer, or the run ends: then once more.
pub(super) async fn store_at_last(
    keeper: &Keeper,
    account: &AccountKey,
    mut ends: watch::Receiver<bool>,
) -> Result<()> {
    let mut pause = PAUSES.0;
    loop {
        let last = timeout(pause, ends.wait_for(|ends| *ends)).await.is_ok();
        let tried = keeper.perform(keeper.0.keeping.save_unsaved(account)).await;
        match &tried {
            Err(error) if error.family() == Family::Store && !last => pause = (pause * 2).min(PAUSES.1),
            _ => return tried,
        }
    }
}
