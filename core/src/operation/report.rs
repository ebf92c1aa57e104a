//! Feeding back what an API answered: a password change shows there weeks before the next refresh.

use super::keep_fresh::RECHECK;
use super::meaning::{Meaning, needs_login};
use super::{Operation, Saved};
use crate::account::AccountKey;
use crate::clock::Timestamp;
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::answer::classify;
use crate::protocol::request::HttpResponse;
use crate::record::{AccountRecord, Standing, StoreKey};

/// What a report led to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reported {
    /// The account's record as it is now.
    pub record: AccountRecord,
    /// What the answer means; `None` for a success.
    pub meaning: Option<Error>,
    /// Whether the record was changed.
    pub changed: bool,
}

/// Remembers what an API's answer says about an account's token: a dead one is not used again, a checkpoint is waited
/// for, and a success after a checkpoint clears it. An answer about anything else (limits, missing permissions) changes nothing.
///
/// `used` is the token that the call was made with: an answer about an older token says nothing about the present one.
///
/// # Errors
/// `account.not_found`; the `store` family.
pub fn report(
    config: &ClientConfig,
    namespace: &str,
    account: &AccountKey,
    used: Option<crate::protocol::token::Token>,
    answer: HttpResponse,
) -> Operation<Reported> {
    let config = config.clone();
    let key = StoreKey::account(namespace, account);
    Operation::new(|io| async move {
        let answer = match &used {
            Some(token) => answer.hiding(vec![token.reveal().into()]),
            None => answer,
        };
        let meaning = classify(&answer, io.now());
        for _ in 0..4 {
            let stored = io
                .load(&key)
                .await?
                .ok_or_else(|| Error::new(ErrorCode::AccountNotFound))?;
            let mut record = AccountRecord::decode(config.provider(), &stored.record.bytes)?;
            let about_this = used.as_ref().is_none_or(|used| used.reveal() == record.token.reveal());
            let standing = about_this
                .then(|| standing_after(&record, meaning.as_ref(), io.now()))
                .flatten();
            let Some(standing) = standing else {
                return Ok(Reported {
                    record,
                    meaning,
                    changed: false,
                });
            };
            record.standing = standing;
            if let Saved::Version(_) = io.save(&key, record.encode(), Some(stored.version), None).await? {
                return Ok(Reported {
                    record,
                    meaning,
                    changed: true,
                });
            }
        }
        Err(Error::new(ErrorCode::StoreConflict))
    })
}

/// How the account stands after an answer; `None` when that did not change.
fn standing_after(record: &AccountRecord, meaning: Option<&Error>, now: Timestamp) -> Option<Standing> {
    let after = match meaning.map(|error| (Meaning::of(error), error.code().as_str().to_owned())) {
        // A call that succeeds with the token proves that it lives.
        None => Standing::Good,
        Some((Meaning::Dead, reason)) => Standing::NeedsLogin { reason, since: now },
        Some((Meaning::Unclear, reason)) if reason == ErrorCode::TokenInvalid.as_str() => {
            Standing::NeedsLogin { reason, since: now }
        }
        Some((Meaning::Blocked, reason)) => Standing::Blocked {
            reason,
            recheck: now.plus(RECHECK),
        },
        Some(_) => return None,
    };
    let same = match (&record.standing, &after) {
        (Standing::Good, Standing::Good) => true,
        (Standing::NeedsLogin { reason: one, .. }, Standing::NeedsLogin { reason: other, .. }) => one == other,
        // A dead token does not come back by a checkpoint's answer.
        (Standing::NeedsLogin { .. }, Standing::Blocked { .. }) => true,
        _ => false,
    };
    (!same).then_some(after)
}

impl Reported {
    /// The error to raise: the account needs a login, or is blocked.
    ///
    /// # Errors
    /// `account.needs_login` with the reason, `account.checkpoint`, or what the answer meant otherwise.
    pub fn into_result(self) -> Result<AccountRecord> {
        match (&self.record.standing, self.meaning) {
            (Standing::NeedsLogin { reason, .. }, Some(meaning)) => Err(needs_login(reason).with_provider_of(&meaning)),
            (_, Some(meaning)) => Err(meaning),
            (_, None) => Ok(self.record),
        }
    }
}
