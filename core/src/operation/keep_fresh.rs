//! Keeping one account's token alive: the refresh, once for everybody who shares a store.

use std::time::Duration;

use super::{Io, Operation, Saved};
use crate::account::AccountKey;
use crate::clock::Timestamp;
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Family, Result, Retry};
use crate::protocol::answer::parse_refresh_response;
use crate::protocol::request::{DEADLINE, build_refresh_request};
use crate::protocol::token::{Expiry, Refreshable, Token, Validity};
use crate::record::{AccountRecord, Lease, Provenance, Standing, StoreKey};

/// How long a refresh may hold its lease: three tries of a request's deadline, the waits between them, and a write.
const LEASE: Duration = Duration::from_secs(3 * DEADLINE.as_secs() + 30);

/// How long to wait at first, and at most, before looking again whether the holder of the lease is done.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// After a refusal for youth, or one that a living token contradicts, no refresh is tried for a day.
const AFTER_REFUSAL: i64 = 86_400;

/// How long a checkpoint is left alone before the token is tried again: an hour.
pub(super) const RECHECK: i64 = 3_600;

/// An account to keep.
#[derive(Clone, Debug)]
pub struct KeepFreshRequest {
    /// The client its token belongs to.
    pub config: ClientConfig,
    /// The account.
    pub account: AccountKey,
    /// The namespace of the store.
    pub namespace: String,
    /// Refresh although it is not due: a person asked for it. The rules of the provider hold all the same.
    pub even_if_not_due: bool,
}

/// An account that was looked after.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Kept {
    /// The record as it is now; its token lives.
    pub record: AccountRecord,
    /// Whether this call refreshed it.
    pub refreshed: bool,
    /// What went wrong although the token lives: a failed refresh, or a refreshed token that could not be stored and is
    /// in `record` alone. An event, not a failure.
    pub problem: Option<Error>,
    /// The refresh succeeded and did not move the expiry: no progress.
    pub stalled: bool,
}

/// Makes sure that an account has a live token, refreshing it if it is due.
///
/// Over everybody who shares the store, one refreshes and the others read what it wrote. A refresh that fails while the
/// token lives is a [`Kept::problem`].
///
/// # Errors
/// `account.not_found`; `account.needs_login` (with the reason) and `account.checkpoint` when there is no live token;
/// `config.sandbox_credentials` for a record of another app or origin; the `store`, `network` and `provider` families
/// when the token is dead and could not be renewed.
pub fn keep_fresh(request: KeepFreshRequest) -> Operation<Kept> {
    Operation::new(|io| async move {
        let keeper = Keep {
            provenance: Provenance::of(&request.config),
            key: StoreKey::account(&request.namespace, &request.account),
            request,
        };
        keeper.run(&io).await
    })
}

struct Keep {
    request: KeepFreshRequest,
    provenance: Provenance,
    key: StoreKey,
}

impl Keep {
    async fn run(&self, io: &Io) -> Result<Kept> {
        let began = io.now();
        let mut waited = Duration::ZERO;
        let mut pause = LOOK_AGAIN.0;
        let mut known = None;
        loop {
            let record = match (self.load(io).await, known.take()) {
                (Ok((record, _)), _) => record,
                (Err(error), Some(known)) => return self.without_store(known, io.now(), error),
                (Err(error), None) => return Err(error),
            };
            if !self.wants_refresh(&record, io.now())? {
                return Ok(kept(record));
            }
            // Somebody refreshed it since we began: that is what was wanted, also of a refresh by hand.
            if !waited.is_zero() && record.token.issued_at().is_some_and(|at| at >= began) {
                return Ok(kept(record));
            }
            match io.lease(&self.key, LEASE).await {
                Ok(Some(lease)) => {
                    let outcome = self.under_lease(io, &lease, record, began, !waited.is_zero()).await;
                    // The lease frees itself, so a failure to give it back costs others a wait and nothing else.
                    let _ = io.release(lease).await;
                    return outcome;
                }
                Ok(None) => {}
                Err(error) => return self.without_store(record, io.now(), error),
            }
            if waited > LEASE {
                let busy = Error::new(ErrorCode::StoreBusy);
                return self.alive_or(record, io.now(), busy);
            }
            io.wait(pause).await?;
            waited += pause;
            pause = (pause * 2).min(LOOK_AGAIN.1);
            known = Some(record);
        }
    }

    async fn load(&self, io: &Io) -> Result<(AccountRecord, u64)> {
        let stored = io
            .load(&self.key)
            .await?
            .ok_or_else(|| Error::new(ErrorCode::AccountNotFound))?;
        let record = AccountRecord::decode(self.request.config.provider(), &stored.record.bytes)?;
        record.check_provenance(&self.provenance)?;
        Ok((record, stored.version))
    }

    /// Whether there is something to do; an error when nothing but a login can help.
    fn wants_refresh(&self, record: &AccountRecord, now: Timestamp) -> Result<bool> {
        match &record.standing {
            Standing::NeedsLogin { reason, .. } => return Err(needs_login(reason)),
            Standing::Blocked { recheck, .. } if now < *recheck && !self.request.even_if_not_due => {
                return Err(Error::new(ErrorCode::AccountCheckpoint));
            }
            Standing::Blocked { .. } | Standing::Good => {}
        }
        let live = record.token.validity(now) != Validity::Expired;
        let wanted = self.request.even_if_not_due
            || !live
            || (matches!(record.standing, Standing::Blocked { .. }))
            || record.due_at().is_some_and(|due| now >= due);
        match record.token.refreshable(now) {
            _ if !wanted => Ok(false),
            Refreshable::Now => Ok(true),
            _ if self.request.even_if_not_due => super::simple::check_refreshable(&record.token, now).map(|()| false),
            _ if live => Ok(false),
            _ => Err(needs_login(ErrorCode::TokenExpired.as_str())),
        }
    }

    async fn under_lease(
        &self,
        io: &Io,
        lease: &Lease,
        known: AccountRecord,
        began: Timestamp,
        waited: bool,
    ) -> Result<Kept> {
        // What was read before the lease may be old by now.
        let (record, version) = match self.load(io).await {
            Ok(loaded) => loaded,
            Err(error) => return self.without_store(known, io.now(), error),
        };
        let refreshed_meanwhile = waited && record.token.issued_at().is_some_and(|at| at >= began);
        if refreshed_meanwhile || !self.wants_refresh(&record, io.now())? {
            return Ok(kept(record));
        }
        let request = build_refresh_request(&self.request.config, &record.token)?;
        let sent = match io.send_patiently(request, record.spread()).await {
            Ok(response) => parse_refresh_response(
                self.request.config.provider(),
                &record.token,
                Some(&record.account),
                &response,
                io.now(),
            ),
            Err(error) => Err(error),
        };
        match sent {
            Ok(token) => Ok(self.store(io, lease, record, version, token).await),
            Err(error) => self.refused(io, lease, record, version, error).await,
        }
    }

    /// Writes the new token before it is answered. If that fails, the caller still gets it: it exists nowhere else.
    async fn store(&self, io: &Io, lease: &Lease, old: AccountRecord, version: u64, token: Token) -> Kept {
        let stalled =
            matches!((old.token.expiry(), token.expiry()), (Expiry::At(before), Expiry::At(after)) if after <= before);
        let mut record = old.with_token(token);
        if stalled {
            record.not_before = Some(io.now().plus(AFTER_REFUSAL));
        }
        let mut problem = None;
        for attempt in 1..=3_u64 {
            match io
                .save(&self.key, record.encode(), Some(version), Some(lease.fence))
                .await
            {
                Ok(Saved::Version(_)) => {
                    problem = None;
                    break;
                }
                // A login by hand, or a later lease, wrote meanwhile; what they wrote is at least as new.
                Ok(Saved::Conflict) => {
                    if let Ok((newer, _)) = self.load(io).await
                        // Or the try before wrote it, and the answer to that was lost.
                        && (newer.token.reveal() == record.token.reveal()
                            || newer.token.validity(io.now()) != Validity::Expired
                                && newer.token.refresh_token().is_none())
                    {
                        return Kept {
                            record: newer,
                            refreshed: true,
                            problem: None,
                            stalled,
                        };
                    }
                    problem = Some(Error::new(ErrorCode::StoreConflict));
                    break;
                }
                Err(error) => {
                    problem = Some(error);
                    let _ = io.wait(Duration::from_millis(100 * attempt)).await;
                }
            }
        }
        Kept {
            record,
            refreshed: true,
            problem,
            stalled,
        }
    }

    /// Learns from a failed refresh.
    async fn refused(
        &self,
        io: &Io,
        lease: &Lease,
        mut record: AccountRecord,
        version: u64,
        error: Error,
    ) -> Result<Kept> {
        let now = io.now();
        match Meaning::of(&error) {
            Meaning::Passing => {
                if let Retry::After(moment) = error.retry() {
                    record.not_before = Some(moment);
                    self.write_down(io, lease, &record, version).await;
                }
                return self.alive_or(record, now, error);
            }
            Meaning::Blocked => {
                record.standing = Standing::Blocked {
                    reason: error.code().as_str().to_owned(),
                    recheck: now.plus(RECHECK),
                };
                self.write_down(io, lease, &record, version).await;
                return Err(error);
            }
            Meaning::Unclear if self.still_lives(io, &record).await => {
                record.not_before = Some(now.plus(AFTER_REFUSAL));
                self.write_down(io, lease, &record, version).await;
                return Ok(Kept {
                    record,
                    refreshed: false,
                    problem: Some(error),
                    stalled: false,
                });
            }
            Meaning::Unclear | Meaning::Dead => {}
            Meaning::Ours => return self.alive_or(record, now, error),
        }
        let reason = error.code().as_str().to_owned();
        record.standing = Standing::NeedsLogin {
            reason: reason.clone(),
            since: now,
        };
        self.write_down(io, lease, &record, version).await;
        Err(needs_login(&reason).with_provider_of(&error))
    }

    /// Remembers what was learnt. If that fails, the next refresh learns it again.
    async fn write_down(&self, io: &Io, lease: &Lease, record: &AccountRecord, version: u64) {
        let _ = io
            .save(&self.key, record.encode(), Some(version), Some(lease.fence))
            .await;
    }

    /// A refusal without a subcode may be about the refresh alone: what the API answers to a token below 24 hours is
    /// not documented (fact sheet 1.5). Whether the token lives, `/me` knows.
    async fn still_lives(&self, io: &Io, record: &AccountRecord) -> bool {
        let config = &self.request.config;
        config.provider().data().identify.is_some()
            && super::identify::ask(io, config, &record.token)
                .await
                .is_ok_and(|account| account.user_id == record.account.user_id)
    }

    /// A store that fails after the record was read does not take the live token away. That the account is gone, or
    /// another app's by now, does.
    fn without_store(&self, known: AccountRecord, now: Timestamp, error: Error) -> Result<Kept> {
        match error.family() {
            Family::Store => self.alive_or(known, now, error),
            _ => Err(error),
        }
    }

    fn alive_or(&self, record: AccountRecord, now: Timestamp, error: Error) -> Result<Kept> {
        if record.token.validity(now) == Validity::Expired {
            return Err(error);
        }
        Ok(Kept {
            record,
            refreshed: false,
            problem: Some(error),
            stalled: false,
        })
    }
}

/// What an error means for a token.
pub(super) enum Meaning {
    /// Nothing: the network, the provider's health, a limit.
    Passing,
    /// It is dead.
    Dead,
    /// It may be dead.
    Unclear,
    /// The person has to do something; it is not dead.
    Blocked,
    /// Nothing: our own configuration or answer handling.
    Ours,
}

impl Meaning {
    pub(super) fn of(error: &Error) -> Self {
        match error.code() {
            ErrorCode::TokenInvalidated | ErrorCode::TokenRevoked | ErrorCode::TokenExpired => Self::Dead,
            ErrorCode::GrantRejected => Self::Dead,
            ErrorCode::TokenInvalid if error.provider().is_some_and(|provider| provider.subcode.is_some()) => {
                Self::Dead
            }
            ErrorCode::TokenInvalid | ErrorCode::RequestRejected | ErrorCode::BasicDisplayEnded => Self::Unclear,
            ErrorCode::AccountCheckpoint => Self::Blocked,
            _ if matches!(error.retry(), Retry::Backoff | Retry::After(_)) => Self::Passing,
            _ => Self::Ours,
        }
    }
}

/// `account.needs_login` with its reason.
pub(crate) fn needs_login(reason: &str) -> Error {
    Error::with_detail(
        ErrorCode::AccountNeedsLogin,
        format!("The account has no live token any more ({reason})."),
    )
    .because(reason)
}

fn kept(record: AccountRecord) -> Kept {
    Kept {
        record,
        refreshed: false,
        problem: None,
        stalled: false,
    }
}
