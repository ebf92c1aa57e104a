//! What a store holds: opaque bytes under plain keys, with versions and leases around them.
//!
//! A store never needs to understand a record. The bytes are JSON with a version number; members that this release does
//! not know are kept, so that two releases can share a store.

mod account_record;
mod key;
mod login_record;
mod pointer;

pub(crate) use account_record::Provenance;
#[cfg(feature = "client")]
pub(crate) use account_record::RISK;
#[cfg(feature = "postgres")]
pub(crate) use account_record::spread_of;
pub use account_record::{AccountRecord, AccountState, Standing};
pub use key::StoreKey;
pub(crate) use login_record::{LoginRecord, LoginStage};
pub(crate) use pointer::encode_pointer;
pub use pointer::pointer;

use std::fmt;

use zeroize::Zeroizing;

use crate::clock::Timestamp;

/// How the bytes of a sealed record begin. A record itself is JSON and never does.
pub(crate) const SEALED_MARK: &[u8] = b"sealed 1 ";

/// A record as a store sees it.
#[derive(Clone)]
pub struct RecordBytes {
    /// The record. It holds a token: a store keeps it as it keeps secrets, or seals it.
    pub bytes: Zeroizing<Vec<u8>>,
    /// When the keeper wants to see it again; `None`: not by time. In plain sight, so that a store can list what is due.
    pub due_at: Option<Timestamp>,
    /// From when on the store may forget it; `None`: never.
    pub forget_at: Option<Timestamp>,
}

impl fmt::Debug for RecordBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RecordBytes")
            .field("bytes", &format_args!("[redacted; {}]", self.bytes.len()))
            .field("due_at", &self.due_at)
            .field("forget_at", &self.forget_at)
            .finish()
    }
}

/// A record as it came out of a store.
#[derive(Clone, Debug)]
pub struct Stored {
    /// The record.
    pub record: RecordBytes,
    /// Grows with every write of the key; never used twice, not even after a deletion.
    pub version: u64,
}

/// The right to refresh an account, for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What is leased.
    pub key: StoreKey,
    /// Grows with every lease of the key. A write under an earlier lease is refused.
    pub fence: u64,
}
