//! Storing a refreshed token that could not be stored when it was received.

use super::{Operation, Saved};
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode};
use crate::record::{AccountRecord, Provenance, StoreKey};

/// Writes a record that a failed [`super::Kept::problem`] left in memory alone, unless something newer is in the store by
/// now. Answers what the store holds then.
///
/// # Errors
/// `account.not_found` when the account was removed meanwhile: it stays removed. The `store` family.
pub fn store_again(config: &ClientConfig, namespace: &str, record: AccountRecord) -> Operation<AccountRecord> {
    let config = config.clone();
    let key = StoreKey::account(namespace, &record.key());
    Operation::new(|io| async move {
        for _ in 0..4 {
            let stored = io
                .load(&key)
                .await?
                .ok_or_else(|| Error::new(ErrorCode::AccountNotFound))?;
            let present = AccountRecord::decode(config.provider(), &stored.record.bytes)?;
            present.check_provenance(&Provenance::of(&config))?;
            if present.token.issued_at() >= record.token.issued_at() {
                return Ok(present);
            }
            if let Saved::Version(_) = io.save(&key, record.encode(), Some(stored.version), None).await? {
                return Ok(record);
            }
        }
        Err(Error::new(ErrorCode::StoreConflict))
    })
}
