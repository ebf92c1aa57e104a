//! Pure OAuth: bytes in, values out. Time and randomness are arguments.

pub mod answer;
pub mod authorize;
pub mod handover;
#[cfg(feature = "seal")]
pub mod jar;
pub mod metadata;
pub mod pending;
pub mod pkce;
pub mod redirect;
pub mod replay;
pub mod request;
#[cfg(feature = "seal")]
pub mod seal;
pub mod token;
