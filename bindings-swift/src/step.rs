//! What an operation asks its driver to do, and what it gives in the end.

use std::sync::Arc;

use shutterkey::record::RecordBytes;
use shutterkey::{Result, Step};

use crate::account::{AccountParts, ConnectionParts, ExchangedParts, KeyParts, LoggedOutParts, NativeAccount};
use crate::failure::{FailureParts, misuse};
use crate::provider::NativeProvider;
use crate::request::NativeRequest;
use crate::token::NativeToken;

/// A step. Lengths are in seconds.
#[derive(Clone, uniffi::Enum)]
pub enum StepParts {
    /// Send a request.
    Send {
        /// The request.
        request: Arc<NativeRequest>,
    },
    /// Load a record.
    Load {
        /// Which.
        key: String,
    },
    /// Take a lease.
    Lease {
        /// Of what.
        key: String,
        /// For how long at most.
        ttl: f64,
    },
    /// Write a record if nobody else has.
    Save {
        /// Where.
        key: String,
        /// What.
        record: Arc<NativeRecord>,
        /// The version that may be replaced; nothing: there must be none.
        expected: Option<u64>,
        /// The lease under which it is written.
        fence: Option<u64>,
    },
    /// Give a lease back.
    Release {
        /// Of what.
        key: String,
        /// Its number.
        fence: u64,
    },
    /// Remove a record if it still has this version.
    Delete {
        /// Which.
        key: String,
        /// The version that may be removed.
        expected: u64,
    },
    /// Wait.
    Wait {
        /// How long.
        seconds: f64,
    },
    /// Finished.
    Done {
        /// With what.
        done: DoneParts,
    },
}

/// A record to write. It holds a token.
#[derive(Debug, uniffi::Object)]
pub struct NativeRecord(RecordBytes);

#[uniffi::export]
impl NativeRecord {
    /// The record.
    pub fn reveal(&self) -> Vec<u8> {
        self.0.bytes.to_vec()
    }

    /// When a keeper wants to see it again.
    pub fn due_at(&self) -> Option<i64> {
        self.0.due_at.map(shutterkey::Timestamp::seconds)
    }

    /// From when on it may be forgotten.
    pub fn forget_at(&self) -> Option<i64> {
        self.0.forget_at.map(shutterkey::Timestamp::seconds)
    }
}

/// What an operation gave.
#[derive(Clone, uniffi::Enum)]
pub enum DoneParts {
    /// It is done, and that is all.
    Nothing,
    /// A connected account.
    Connection {
        /// The account.
        connection: ConnectionParts,
    },
    /// What a code was exchanged for.
    Exchanged {
        /// The token, and whose it may be.
        exchanged: ExchangedParts,
    },
    /// A token.
    Token {
        /// The token.
        token: Arc<NativeToken>,
    },
    /// Whose token it is.
    Account {
        /// The account.
        account: AccountParts,
    },
    /// A server that was described by its metadata.
    Provider {
        /// The server.
        provider: Arc<NativeProvider>,
    },
    /// An account that was looked after.
    Kept {
        /// How it went.
        kept: KeptParts,
    },
    /// What the report of an answer led to.
    Reported {
        /// What.
        reported: ReportedParts,
    },
    /// An account that was forgotten.
    LoggedOut {
        /// How it went.
        logged_out: LoggedOutParts,
    },
    /// An account from the store.
    Stored {
        /// The account.
        stored: Arc<NativeAccount>,
    },
    /// Which account a name means.
    Key {
        /// Its key.
        key: KeyParts,
    },
    /// What a renewal came to.
    Renewed {
        /// The token; it lives.
        token: Arc<NativeToken>,
        /// What somebody is told who asked for it by hand: a failed refresh is then an error, although the token lives.
        refusal: Option<FailureParts>,
    },
    /// What looking for a token came to.
    Looked {
        /// What.
        looked: LookedParts,
    },
}

/// An account that was looked after.
#[derive(Clone, uniffi::Record)]
pub struct KeptParts {
    /// The account as it is now.
    pub stored: Arc<NativeAccount>,
    /// Whether this refreshed it.
    pub refreshed: bool,
    /// Whether a refresh succeeded and did not move the expiry.
    pub stalled: bool,
    /// Until when the token lives, of an account that came to be at risk.
    pub at_risk: Option<i64>,
    /// What went wrong although the token lives.
    pub problem: Option<FailureParts>,
}

/// What a report led to.
#[derive(Clone, uniffi::Record)]
pub struct ReportedParts {
    /// The account as it is now.
    pub stored: Arc<NativeAccount>,
    /// What the answer means; nothing for a success.
    pub meaning: Option<FailureParts>,
    /// Whether the record was changed.
    pub changed: bool,
    /// What a keeper raises.
    pub failure: Option<FailureParts>,
}

/// What looking for a token came to.
#[derive(Clone, uniffi::Record)]
pub struct LookedParts {
    /// The token to answer with, if there is one.
    pub token: Option<Arc<NativeToken>>,
    /// The account to renew: beside the answer, or before there is one.
    pub renew: Option<KeyParts>,
}

impl StepParts {
    pub(crate) fn new(step: Step<DoneParts>) -> Result<Self> {
        Ok(match step {
            Step::Send(request) => Self::Send {
                request: NativeRequest::wrap(request),
            },
            Step::Load(key) => Self::Load {
                key: key.as_str().to_owned(),
            },
            Step::Lease { key, ttl } => Self::Lease {
                key: key.as_str().to_owned(),
                ttl: ttl.as_secs_f64(),
            },
            Step::Save(save) => Self::Save {
                key: save.key.as_str().to_owned(),
                record: Arc::new(NativeRecord(save.record)),
                expected: save.expected,
                fence: save.fence,
            },
            Step::Release(lease) => Self::Release {
                key: lease.key.as_str().to_owned(),
                fence: lease.fence,
            },
            Step::Delete { key, expected } => Self::Delete {
                key: key.as_str().to_owned(),
                expected,
            },
            Step::Wait(length) => Self::Wait {
                seconds: length.as_secs_f64(),
            },
            Step::Done(done) => Self::Done { done },
            _ => return Err(misuse("This step is of a later release of the core.")),
        })
    }
}
