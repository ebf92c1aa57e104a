//! What a refresh came to: stored, put off, or the end.

use std::time::Duration;

use super::super::meaning::{Meaning, needs_login};
use super::super::{Io, Saved, identify};
use super::{Keep, Kept};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Family, Result, Retry};
use crate::protocol::token::{Expiry, Token, Validity};
use crate::record::{AccountRecord, Lease, Standing};

/// After a refusal for youth, or one that a living token contradicts, no refresh is tried for a day.
const AFTER_REFUSAL: i64 = 86_400;

/// How long a checkpoint is left alone before the token is tried again: an hour.
pub(in super::super) const RECHECK: i64 = 3_600;

impl Keep {
    /// Writes the new token before it is answered. If that fails, the caller still gets it: it exists nowhere else.
    pub(super) async fn store(&self, io: &Io, lease: &Lease, old: AccountRecord, version: u64, token: Token) -> Kept {
        let stalled =
            matches!((old.token.expiry(), token.expiry()), (Expiry::At(before), Expiry::At(after)) if after <= before);
        let told_before = old.at_risk_since;
        let recovered = matches!(old.standing, Standing::Blocked { .. });
        let mut record = old.with_token(token);
        let mut at_risk = None;
        if stalled {
            record.not_before = Some(io.now().plus(AFTER_REFUSAL));
            record.at_risk_since = told_before;
            at_risk = record.note_risk(io.now());
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
                            refreshed: true,
                            stalled,
                            ..Kept::unchanged(newer)
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
            recovered,
            at_risk,
            usage: None,
        }
    }

    /// Learns from a failed refresh.
    pub(super) async fn refused(
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
                let asked_for = match error.retry() {
                    Retry::After(moment) => Some(moment),
                    _ => None,
                };
                return self.put_off(io, lease, record, version, error, asked_for).await;
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
                let at_risk = record.note_risk(now);
                self.write_down(io, lease, &record, version).await;
                return Ok(Kept {
                    problem: Some(error),
                    at_risk,
                    ..Kept::unchanged(record)
                });
            }
            Meaning::Unclear | Meaning::Dead => {}
            Meaning::Ours => return self.put_off(io, lease, record, version, error, None).await,
        }
        let ended = self.ended(io, lease, record, version, error.code().as_str()).await;
        Err(ended.with_provider_of(&error))
    }

    /// A failure that says nothing about the token: another try, later.
    async fn put_off(
        &self,
        io: &Io,
        lease: &Lease,
        mut record: AccountRecord,
        version: u64,
        error: Error,
        asked_for: Option<Timestamp>,
    ) -> Result<Kept> {
        let now = io.now();
        let until = asked_for.or_else(|| self.puts_off.then(|| now.plus(pause(&record, now))));
        record.not_before = until.or(record.not_before);
        if let (Standing::Blocked { recheck, .. }, Some(until)) = (&mut record.standing, until) {
            *recheck = until;
        }
        let at_risk = record.note_risk(now);
        if until.is_some() || at_risk.is_some() {
            self.write_down(io, lease, &record, version).await;
        }
        self.alive_or(record, now, error).map(|kept| Kept { at_risk, ..kept })
    }

    /// Remembers that only a login helps.
    pub(super) async fn ended(
        &self,
        io: &Io,
        lease: &Lease,
        mut record: AccountRecord,
        version: u64,
        reason: &str,
    ) -> Error {
        record.standing = Standing::NeedsLogin {
            reason: reason.to_owned(),
            since: io.now(),
        };
        self.write_down(io, lease, &record, version).await;
        needs_login(reason)
    }

    /// Asks whose the token is, of an account that was blocked: an answer says that it works again.
    pub(super) async fn ask(&self, io: &Io, lease: &Lease, mut record: AccountRecord, version: u64) -> Result<Kept> {
        match identify::ask(io, &self.request.config, &record.token).await {
            Ok(account) if account.user_id != record.account.user_id => {
                let mismatch = Error::new(ErrorCode::AccountMismatch);
                self.refused(io, lease, record, version, mismatch).await
            }
            Ok(_) => {
                record.standing = Standing::Good;
                self.write_down(io, lease, &record, version).await;
                Ok(Kept {
                    recovered: true,
                    ..Kept::unchanged(record)
                })
            }
            Err(error) => self.refused(io, lease, record, version, error).await,
        }
    }

    /// Remembers what was learnt. If that fails, the next refresh learns it again.
    pub(super) async fn write_down(&self, io: &Io, lease: &Lease, record: &AccountRecord, version: u64) {
        let _ = io
            .save(&self.key, record.encode(), Some(version), Some(lease.fence))
            .await;
    }

    /// A refusal without a subcode may be about the refresh alone: what the API answers to a token below 24 hours is
    /// not documented (fact sheet 1.5). Whether the token lives, `/me` knows.
    async fn still_lives(&self, io: &Io, record: &AccountRecord) -> bool {
        let config = &self.request.config;
        config.provider().data().identify.is_some()
            && identify::ask(io, config, &record.token)
                .await
                .is_ok_and(|account| account.user_id == record.account.user_id)
    }

    /// A store that fails after the record was read does not take the live token away. That the account is gone, or
    /// another app's by now, does.
    pub(super) fn without_store(&self, known: AccountRecord, now: Timestamp, error: Error) -> Result<Kept> {
        match error.family() {
            Family::Store => self.alive_or(known, now, error),
            _ => Err(error),
        }
    }

    pub(super) fn alive_or(&self, record: AccountRecord, now: Timestamp, error: Error) -> Result<Kept> {
        if record.token.validity(now) == Validity::Expired {
            return Err(error);
        }
        Ok(Kept {
            problem: Some(error),
            ..Kept::unchanged(record)
        })
    }
}

/// How long a refresh that failed is left alone: less, the nearer the token's end is, and more again after it. Shifted by up to
/// an eighth, so that what failed together does not come back together.
pub(super) fn pause(record: &AccountRecord, now: Timestamp) -> i64 {
    const RANGE: (i64, i64) = (60, 6 * 3_600);
    let distance = match record.token.expiry() {
        Expiry::At(end) => end.since(now).saturating_abs(),
        Expiry::Never | Expiry::Unknown => RANGE.1 * 64,
    };
    let pause = (distance / 64).clamp(RANGE.0, RANGE.1);
    let shift = record.spread() % u64::try_from(pause / 8).unwrap_or(1).max(1);
    pause + i64::try_from(shift).unwrap_or(0)
}
