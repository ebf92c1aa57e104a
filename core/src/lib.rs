//! shutterkey.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod clock;
pub mod secret;

pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use secret::Secret;
