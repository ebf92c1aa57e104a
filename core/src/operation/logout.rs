//! Forgetting an account, here and at the provider.

use super::{Io, Operation};
use crate::account::{AccountKey, AppScopedId};
#[cfg(feature = "server")]
use crate::clock::Timestamp;
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::answer::parse_revoke_response;
use crate::protocol::request::build_revoke_request;
use crate::record::{AccountRecord, Provenance, StoreKey};

/// An account that was forgotten.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoggedOut {
    /// Whether the provider confirmed that the token is ended.
    pub revoked: bool,
    /// Why it is not, where it is not: the provider has no such call, or could not be reached.
    pub problem: Option<Error>,
}

/// Ends the token at the provider where that is possible, and removes the account's record in any case.
///
/// # Errors
/// `account.not_found`; the `store` family.
pub fn logout(config: &ClientConfig, namespace: &str, account: &AccountKey) -> Operation<LoggedOut> {
    let (config, namespace, account) = (config.clone(), namespace.to_owned(), account.clone());
    let key = StoreKey::account(&namespace, &account);
    Operation::new(|io| async move {
        let stored = io
            .load(&key)
            .await?
            .ok_or_else(|| Error::new(ErrorCode::AccountNotFound))?;
        let record = AccountRecord::decode(config.provider(), &stored.record.bytes);
        let known_as = record
            .as_ref()
            .ok()
            .and_then(|record| record.account.app_scoped_id.clone());
        let problem = match record {
            // A damaged record, or one of another app, is removed without sending anything anywhere.
            Err(error) => Some(error),
            Ok(record) => match record
                .check_provenance(&Provenance::of(&config))
                .and_then(|()| build_revoke_request(&config, &record.token))
            {
                Err(error) => Some(error),
                Ok(request) => match io.send_patiently(request, record.spread()).await {
                    Ok(response) => parse_revoke_response(&response, io.now()).err(),
                    Err(error) => Some(error),
                },
            },
        };
        remove(&io, &namespace, &account, known_as, stored.version).await?;
        Ok(LoggedOut {
            revoked: problem.is_none(),
            problem,
        })
    })
}

/// How much later than a callback a token must be for it not to be the one that the callback is about, in seconds: two
/// clocks that are apart may not keep a dead token alive.
#[cfg(feature = "server")]
const CLOCKS_APART: i64 = 300;

/// Removes an account that the platform says is deauthorized, without a word to the provider: the token is dead. Answers
/// whether there was something to remove.
///
/// An account that was connected anew since is left alone: callbacks are delivered late, and again.
///
/// # Errors
/// The `store` family.
#[cfg(feature = "server")]
pub fn forget(
    config: &ClientConfig,
    namespace: &str,
    account: &AccountKey,
    callback_made_at: Timestamp,
) -> Operation<bool> {
    let (config, namespace, account) = (config.clone(), namespace.to_owned(), account.clone());
    let key = StoreKey::account(&namespace, &account);
    Operation::new(|io| async move {
        let Some(stored) = io.load(&key).await? else {
            return Ok(false);
        };
        let record = AccountRecord::decode(config.provider(), &stored.record.bytes).ok();
        let connected_at = record.as_ref().and_then(|record| record.token.issued_at());
        if connected_at.is_some_and(|at| at > callback_made_at.plus(CLOCKS_APART)) {
            return Ok(false);
        }
        let known_as = record.and_then(|record| record.account.app_scoped_id);
        remove(&io, &namespace, &account, known_as, stored.version).await?;
        Ok(true)
    })
}

async fn remove(
    io: &Io,
    namespace: &str,
    account: &AccountKey,
    known_as: Option<AppScopedId>,
    version: u64,
) -> Result<()> {
    if !io.delete(&StoreKey::account(namespace, account), version).await? {
        return Err(Error::new(ErrorCode::StoreConflict));
    }
    if let Some(id) = known_as {
        // Nothing of the person stays, not even under the id that callbacks carry.
        let index = StoreKey::app_scoped(namespace, &account.provider, &account.app_id, &id);
        if let Some(stored) = io.load(&index).await? {
            io.delete(&index, stored.version).await?;
        }
    }
    Ok(())
}
