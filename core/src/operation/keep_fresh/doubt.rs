//! An end that is found late: somebody was away for long, or the clock is wrong.

use super::super::meaning::Meaning;
use super::super::{Io, identify};
use super::{Keep, Want};
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::token::Expiry;
use crate::record::AccountRecord;

/// Whoever looks after accounts all the time finds an end at once.
const LATE: i64 = 86_400;

impl Keep {
    /// Why a token that seems to have ended has not. Of an end that is found late the provider is asked, where it can say whose a token
    /// is; everything else is not in doubt.
    ///
    /// # Errors
    /// What kept the provider from answering. A clock that is wrong also keeps certificates from being valid.
    pub(super) async fn doubts(&self, io: &Io, record: &AccountRecord) -> Result<Option<Error>> {
        let (now, config) = (io.now(), &self.request.config);
        let Expiry::At(end) = record.token.expiry() else {
            return Ok(None);
        };
        let late = now.since(end) > LATE && matches!(self.wants(record, now), Ok(Want::End));
        if !late || config.provider().data().identify.is_none() {
            return Ok(None);
        }
        match identify::ask(io, config, &record.token).await {
            Ok(_) => Ok(Some(Error::with_detail(
                ErrorCode::TokenExpired,
                format!(
                    "By this machine's clock the token ended at {end}, and the provider still takes it: set the clock, it shows {now}."
                ),
            ))),
            Err(error) => match Meaning::of(&error) {
                Meaning::Passing | Meaning::Ours => Err(error),
                Meaning::Blocked | Meaning::Unclear | Meaning::Dead => Ok(None),
            },
        }
    }
}
