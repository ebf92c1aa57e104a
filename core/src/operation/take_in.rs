//! Taking in an account whose token somebody else kept until now, without asking the provider.

use std::time::Duration;

use super::complete::point;
use super::{Io, Operation, Saved};
use crate::account::Account;
use crate::clock::Timestamp;
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::token::{Expiry, Token, Validity};
use crate::record::{AccountRecord, Provenance, Standing, StoreKey};

/// An account to take in.
pub(crate) struct TakeIn {
    pub(crate) config: ClientConfig,
    pub(crate) namespace: String,
    pub(crate) account: Account,
    pub(crate) token: Token,
    pub(crate) alias: Option<String>,
    pub(crate) spread: Duration,
    pub(crate) dry_run: bool,
}

/// What became of an account that was to be taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Taken {
    /// It was not there.
    Added,
    /// Its token took the place of one that was dead or older.
    Replaced,
    /// It was there with this token.
    Unchanged,
    /// It is there with another token that lives and is, for all that is known, as new: that one stays.
    Kept,
}

impl Taken {
    /// The stable name: `added`, `replaced`, `unchanged`, `kept`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Replaced => "replaced",
            Self::Unchanged => "unchanged",
            Self::Kept => "kept",
        }
    }
}

/// Stores the account, unless what is there is as good.
///
/// # Errors
/// `config.sandbox_credentials` where the account is there from another origin; the `store` family.
pub(crate) fn take_in(request: TakeIn) -> Operation<Taken> {
    Operation::new(|io| async move {
        let taken = put(&io, &request).await?;
        if request.dry_run {
            return Ok(taken);
        }
        let config = &request.config;
        let account = new_record(&request, io.now()).key();
        if let Some(id) = &request.account.app_scoped_id {
            let index = StoreKey::app_scoped(&request.namespace, &account.provider, &account.app_id, id);
            point(&io, &index, &account).await?;
        }
        if let Some(name) = &request.alias {
            let alias = StoreKey::alias(&request.namespace, config.provider().id(), config.client_id(), name);
            point(&io, &alias, &account).await?;
        }
        Ok(taken)
    })
}

async fn put(io: &Io, request: &TakeIn) -> Result<Taken> {
    for _ in 0..4 {
        let record = new_record(request, io.now());
        let key = StoreKey::account(&request.namespace, &record.key());
        let present = io.load(&key).await?;
        let (record, taken) = match &present {
            None => (record, Taken::Added),
            Some(stored) => {
                let old = AccountRecord::decode(request.config.provider(), &stored.record.bytes)?;
                old.check_provenance(&Provenance::of(&request.config))?;
                if old.token.reveal() == record.token.reveal() {
                    return Ok(Taken::Unchanged);
                }
                if !takes_the_place(&record.token, &old, io.now()) {
                    return Ok(Taken::Kept);
                }
                let mut merged = old.with_token(record.token);
                merged.not_before = record.not_before;
                (merged, Taken::Replaced)
            }
        };
        if request.dry_run {
            return Ok(taken);
        }
        let expected = present.map(|stored| stored.version);
        if let Saved::Version(_) = io.save(&key, record.encode(), expected, None).await? {
            return Ok(taken);
        }
    }
    Err(Error::new(ErrorCode::StoreConflict))
}

fn takes_the_place(new: &Token, old: &AccountRecord, now: Timestamp) -> bool {
    if matches!(old.standing, Standing::NeedsLogin { .. }) || old.token.validity(now) == Validity::Expired {
        return true;
    }
    match (new.issued_at(), old.token.issued_at(), new.expiry(), old.token.expiry()) {
        (Some(new), Some(old), ..) => new > old,
        (_, _, Expiry::At(new), Expiry::At(old)) => new > old,
        _ => false,
    }
}

/// What is due now or soon is due at a moment of its own within the time that it is to be spread over.
fn new_record(request: &TakeIn, now: Timestamp) -> AccountRecord {
    let provenance = Provenance::of(&request.config);
    let mut record = AccountRecord::new(request.account.clone(), request.token.clone(), provenance);
    let spread = i64::try_from(request.spread.as_secs()).unwrap_or(i64::MAX);
    let left = record.ends_at().map_or(i64::MAX, |end| end.since(now).max(0) / 2);
    let window = spread.min(left);
    if window > 0 && record.due_at().is_some_and(|due| due < now.plus(window)) {
        let shift = record.spread() % window.unsigned_abs();
        record.not_before = Some(now.plus(i64::try_from(shift).unwrap_or(0)));
    }
    record
}
