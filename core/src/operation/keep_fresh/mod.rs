//! Keeping one account's token alive: the refresh, once for everybody who shares a store.

mod doubt;
mod landing;

use std::time::Duration;

pub(super) use landing::RECHECK;

use super::meaning::needs_login;
use super::{Io, Operation};
use crate::account::AccountKey;
use crate::clock::Timestamp;
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Family, Result};
use crate::protocol::answer::{Usage, parse_refresh_response};
use crate::protocol::request::{DEADLINE, build_refresh_request};
use crate::protocol::token::{Refreshable, Validity};
use crate::record::{AccountRecord, Lease, Provenance, Standing, StoreKey, Stored};

/// How long a refresh may hold its lease: three tries of a request's deadline, the waits between them, and a write.
const LEASE: Duration = Duration::from_secs(3 * DEADLINE.as_secs() + 30);

/// How long to wait at first, and at most, before looking again whether the holder of the lease is done.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

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
    /// The account was blocked, or a wrong clock had ended it, and its token works again.
    pub recovered: bool,
    /// The account came to be at risk ([`AccountRecord::at_risk_from`]), and this call is the first that says so: until when
    /// its token lives. Told once for a token, whoever of those who share the store asks.
    pub at_risk: Option<Timestamp>,
    /// How much of its limits the provider says is used, where it was asked and says so.
    pub usage: Option<Usage>,
}

impl Kept {
    /// An account for which nothing had to be done.
    pub(crate) fn unchanged(record: AccountRecord) -> Self {
        Self {
            record,
            refreshed: false,
            problem: None,
            stalled: false,
            recovered: false,
            at_risk: None,
            usage: None,
        }
    }

    /// Whether it was refreshed and the store did not take the new token: it is in [`record`](Self::record) alone.
    pub fn is_unsaved(&self) -> bool {
        let of_store = |error: &Error| error.family() == Family::Store;
        self.refreshed && self.problem.as_ref().is_some_and(of_store)
    }
}

/// What there is to do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    Nothing,
    Refresh,
    /// The account was blocked and may be so no more, and a refresh cannot tell: whose it is, the provider knows.
    Ask,
    /// The account has come to be at risk, and nobody wrote that down.
    Warning,
    /// The token has ended and cannot be renewed, and nobody wrote that down.
    End,
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
            puts_off: false,
        };
        keeper.run(&io).await
    })
}

/// An account that a fleet has claimed.
#[derive(Clone, Debug)]
pub struct KeepClaimedRequest {
    /// The client its token belongs to.
    pub config: ClientConfig,
    /// The namespace of the store.
    pub namespace: String,
    /// The claim's lease; it is given back at the end.
    pub lease: Lease,
    /// The record as it was claimed.
    pub stored: Stored,
}

/// As [`keep_fresh`], under a lease that is held already. A token whose end is found more than a day late is asked about before it is
/// given up: a clock that runs ahead would otherwise end a whole fleet. A refresh that failed is put off, in the record: whoever claims
/// what is due next does not find it at once. The pause is a sixty-fourth of the time that is left, between a minute and six hours.
///
/// # Errors
/// As [`keep_fresh`]; `store.corrupt` for a record that cannot be read. Its lease, that of a record of another app or origin, that of one
/// that could not be written, and that of one whose end is in doubt is left to end by itself: it stays due, and would be claimed and refreshed again at once.
pub fn keep_claimed(request: KeepClaimedRequest) -> Operation<Kept> {
    Operation::new(|io| async move {
        let KeepClaimedRequest {
            config,
            namespace,
            lease,
            stored,
        } = request;
        let record = AccountRecord::decode(config.provider(), &stored.record.bytes)?;
        let keeper = Keep {
            provenance: Provenance::of(&config),
            key: lease.key.clone(),
            request: KeepFreshRequest {
                account: record.key(),
                config,
                namespace,
                even_if_not_due: false,
            },
            puts_off: true,
        };
        record.check_provenance(&keeper.provenance)?;
        if let Some(why) = keeper.doubts(&io, &record).await? {
            return Ok(Kept {
                problem: Some(why),
                ..Kept::unchanged(record)
            });
        }
        let outcome = keeper.work(&io, &lease, record, stored.version, false).await;
        let unsaved = match &outcome {
            Ok(kept) => kept.problem.as_ref(),
            Err(error) => Some(error),
        };
        if unsaved.is_none_or(|error| error.family() != Family::Store) {
            let _ = io.release(lease).await;
        }
        outcome
    })
}

struct Keep {
    request: KeepFreshRequest,
    provenance: Provenance,
    key: StoreKey,
    /// Whether a failed refresh is put off in the record, for others who look for what is due.
    puts_off: bool,
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
            if self.wants(&record, io.now())? == Want::Nothing && !record.is_misjudged(io.now()) {
                return Ok(Kept::unchanged(record));
            }
            // Somebody refreshed it since we began: that is what was wanted, also of a refresh by hand.
            if !waited.is_zero() && record.token.issued_at().is_some_and(|at| at >= began) {
                return Ok(Kept::unchanged(record));
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

    /// What there is to do; an error when nothing but a login can help.
    fn wants(&self, record: &AccountRecord, now: Timestamp) -> Result<Want> {
        match &record.standing {
            Standing::NeedsLogin { reason, .. } if !record.is_misjudged(now) => return Err(needs_login(reason)),
            Standing::Blocked { recheck, .. } if now < *recheck && !self.request.even_if_not_due => {
                return Err(Error::new(ErrorCode::AccountCheckpoint));
            }
            Standing::NeedsLogin { .. } | Standing::Blocked { .. } | Standing::Good => {}
        }
        let live = record.token.validity(now) != Validity::Expired;
        let wanted = self.request.even_if_not_due
            || !live
            || (matches!(record.standing, Standing::Blocked { .. }))
            || record.due_at().is_some_and(|due| now >= due);
        match record.token.refreshable(now) {
            Refreshable::Now if wanted => Ok(Want::Refresh),
            _ if live && matches!(record.standing, Standing::Blocked { .. }) => Ok(Want::Ask),
            _ if wanted && self.request.even_if_not_due => {
                super::simple::check_refreshable(&record.token, now).map(|()| Want::Nothing)
            }
            _ if !live => Ok(Want::End),
            _ if record.is_newly_at_risk(now) => Ok(Want::Warning),
            _ => Ok(Want::Nothing),
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
        self.work(io, lease, record, version, refreshed_meanwhile).await
    }

    /// What there is to do for a record that was read under the lease.
    async fn work(
        &self,
        io: &Io,
        lease: &Lease,
        mut record: AccountRecord,
        version: u64,
        refreshed_meanwhile: bool,
    ) -> Result<Kept> {
        let recovered = record.put_right(io.now());
        match self.wants(&record, io.now())? {
            Want::Refresh if !refreshed_meanwhile => {}
            Want::Ask => return self.ask(io, lease, record, version).await,
            want @ (Want::Refresh | Want::Nothing) => {
                // Found among what is due, it is not: that is put right, or it would be found for ever.
                let found = self.puts_off && want == Want::Nothing;
                if found && record.look_at().is_some_and(|at| at <= io.now()) {
                    record.not_before = Some(io.now().plus(landing::pause(&record, io.now())));
                }
                if found || recovered {
                    self.write_down(io, lease, &record, version).await;
                }
                return Ok(Kept {
                    recovered,
                    ..Kept::unchanged(record)
                });
            }
            Want::Warning => {
                let at_risk = record.note_risk(io.now());
                self.write_down(io, lease, &record, version).await;
                return Ok(Kept {
                    at_risk,
                    recovered,
                    ..Kept::unchanged(record)
                });
            }
            Want::End => {
                return Err(self
                    .ended(io, lease, record, version, ErrorCode::TokenExpired.as_str())
                    .await);
            }
        }
        let request = build_refresh_request(&self.request.config, &record.token)?;
        let mut usage = None;
        let sent = match io.send_patiently(request, record.spread()).await {
            Ok(response) => {
                usage = Usage::of(&response);
                parse_refresh_response(
                    self.request.config.provider(),
                    &record.token,
                    Some(&record.account),
                    &response,
                    io.now(),
                )
            }
            Err(error) => Err(error),
        };
        let kept = match sent {
            Ok(token) => Ok(self.store(io, lease, record, version, token).await),
            Err(error) => self.refused(io, lease, record, version, error).await,
        };
        kept.map(|kept| Kept {
            usage,
            recovered: recovered || kept.recovered,
            ..kept
        })
    }
}
