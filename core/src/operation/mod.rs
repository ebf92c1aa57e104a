//! Sequences without I/O: each is driven step by step, and **every step is answered exactly once, in order**.
//!
//! An [`Operation`] is a state machine. It has no socket, no store, no clock and no randomness of its own: it asks for
//! each by a [`Step`], and goes on with the [`Answer`]. An operation that returned `Err` or [`Step::Done`] is finished.
//! `Save` comes before `Done` and cannot be skipped, and what fails goes *into* the machine, so that a failure has one
//! meaning in every language.
//!
//! ```
//! # use shutterkey::operation::{Answer, Operation, Step};
//! # use shutterkey::protocol::request::HttpResponse;
//! # fn drive<T>(mut operation: Operation<T>, now: impl Fn() -> shutterkey::Timestamp) -> shutterkey::Result<T> {
//! let mut step = operation.begin(now())?;
//! loop {
//!     let answer = match step {
//!         Step::Done(value) => return Ok(value),
//!         Step::Send(request) => Answer::Response(HttpResponse::new(200, vec![], vec![])), // send it
//!         # _ => Answer::Waited,
//!         // … load, save, lease, wait
//!     };
//!     step = operation.step(answer, now())?;
//! }
//! # }
//! ```
//!
//! Inside, an operation is written as straight-line `async` code that awaits its driver and nothing else: the compiler
//! makes the state machine, and no runtime is involved.

mod accounts;
mod complete;
mod connection;
mod engine;
mod identify;
mod import;
#[cfg(feature = "server")]
mod inspect;
mod keep_fresh;
mod logout;
mod meaning;
mod missing;
mod permissions;
mod report;
mod send_error;
mod simple;
mod store_again;
mod take_in;

pub use accounts::{InstagramAccount, InstagramAccounts, instagram_accounts};
#[cfg(feature = "web")]
pub(crate) use complete::code_is_unspent;
pub use complete::{CompleteRequest, Resumable, complete, complete_once, resume};
pub use connection::Connection;
pub use engine::Operation;
pub(crate) use engine::{Io, Saved};
pub use identify::identify;
pub(crate) use import::taken;
pub use import::{ImportRequest, import, token_of};
#[cfg(feature = "server")]
pub use inspect::{app_token, inspect_token};
pub use keep_fresh::{KeepClaimedRequest, KeepFreshRequest, Kept, keep_claimed, keep_fresh};
#[cfg(feature = "server")]
pub use logout::forget;
pub use logout::{LoggedOut, logout};
pub use missing::MissingAccounts;
pub use permissions::{permissions, revoke_permission};
pub use report::{Reported, report};
pub use send_error::{SendError, SendFailure};
pub use simple::{discover, exchange, extend, refresh, revoke};
pub use store_again::store_again;
pub use take_in::Taken;
pub(crate) use take_in::{TakeIn, take_in};

use std::time::Duration;

use crate::error::Error;
use crate::protocol::request::{HttpRequest, HttpResponse};
use crate::record::{Lease, RecordBytes, StoreKey, Stored};

/// What an operation asks its driver to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Step<T> {
    /// Send a request under the driver contract (see [`HttpRequest`]). Answer `Response` or `SendFailed`.
    Send(HttpRequest),
    /// Load a record. Answer `Loaded` or `StoreFailed`.
    Load(StoreKey),
    /// Take a lease on a key; it frees itself after `ttl`. Answer `Leased`, `LeaseHeld` or `StoreFailed`.
    Lease {
        /// What to lease.
        key: StoreKey,
        /// How long at most. Longer than a request's deadline.
        ttl: Duration,
    },
    /// Write a record if nobody else has. Answer `Saved`, `Conflict` or `StoreFailed`.
    Save(SaveStep),
    /// Give a lease back. Answer `Released` or `StoreFailed`.
    Release(Lease),
    /// Remove a record if it still has this version. Answer `Deleted`, `Conflict` or `StoreFailed`.
    Delete {
        /// What to remove.
        key: StoreKey,
        /// The version that may be removed.
        expected: u64,
    },
    /// Wait, on the machine's own time. Answer `Waited`.
    Wait(Duration),
    /// Finished.
    Done(T),
}

/// A record to write.
#[derive(Debug)]
pub struct SaveStep {
    /// Where.
    pub key: StoreKey,
    /// What.
    pub record: RecordBytes,
    /// The version that may be replaced; `None`: there must be none.
    pub expected: Option<u64>,
    /// The lease under which this is written: a store refuses it when a later lease has been given out.
    pub fence: Option<u64>,
}

/// What a driver answers.
#[derive(Debug)]
#[non_exhaustive]
pub enum Answer {
    /// The response, whatever its status.
    Response(HttpResponse),
    /// No response, or none that could be read whole.
    SendFailed(SendError),
    /// The record, or that there is none.
    Loaded(Option<Stored>),
    /// The lease.
    Leased(Lease),
    /// Somebody else has the lease.
    LeaseHeld,
    /// The version that was written.
    Saved(u64),
    /// Another version is there, or a later lease.
    Conflict,
    /// The store could not do it.
    StoreFailed(Error),
    /// The lease is back.
    Released,
    /// The record is gone.
    Deleted,
    /// The time has passed.
    Waited,
}
