//! The native part of the npm package `shutterkey`: it converts and forwards. What a value means is decided in the core, and
//! documented there; what people see is the TypeScript in `ts/`.
//!
//! Strings and plain values cross, and classes are made on the other side: an instance of a native class per call costs more
//! than the call itself. Only what lives long is a native class here. Nothing throws: what can fail answers a [`Failure`],
//! from which the other side makes its error. The modules are public because napi's macros export what is in them.
//!
//! [`Failure`]: failure::Failure

pub mod account;
pub mod client;
pub mod clock;
pub mod command;
pub mod config;
pub mod conformance;
pub mod failure;
pub mod fleet;
pub mod graph;
pub mod handover;
pub mod host;
mod host_store;
pub mod keeper;
pub mod meta;
pub mod operation;
pub mod options;
pub mod pending;
pub mod postgres;
pub mod profile;
pub mod protocol;
pub mod provider;
pub mod runtime;
pub mod sandbox;
pub mod seal;
pub mod sealing;
pub mod seeded;
pub mod store;
pub mod testing;
mod text;
mod time;
pub mod token;
mod transport;
pub mod web;

use napi_derive::napi;

/// The version of the package that this was built for.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
