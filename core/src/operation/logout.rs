//! Forgetting an account, here and at the provider.

use super::Operation;
use crate::account::AccountKey;
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode};
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
        if !io.delete(&key, stored.version).await? {
            return Err(Error::new(ErrorCode::StoreConflict));
        }
        if let Some(id) = known_as {
            // Nothing of the person stays, not even under the id that callbacks carry.
            let index = StoreKey::app_scoped(&namespace, &account.provider, &account.app_id, &id);
            if let Some(stored) = io.load(&index).await? {
                io.delete(&index, stored.version).await?;
            }
        }
        Ok(LoggedOut {
            revoked: problem.is_none(),
            problem,
        })
    })
}
