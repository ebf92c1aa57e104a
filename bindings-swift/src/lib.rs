//! The core of shutterkey, as Swift and Kotlin call it.
//!
//! Nothing is decided here: every function converts, calls the core and converts back. Nothing is asynchronous, nothing calls
//! back, and nothing opens a socket or a file: sequences are [`NativeOperation`]s, which a driver in the host's language steps.
//!
//! What holds a secret is an object, whose printed form is redacted, and never a record, whose members every language
//! prints. There is no parameter for an app secret anywhere, and the core is built without one.

mod account;
mod answer;
mod config;
mod failure;
mod handover;
mod keeping;
mod machine;
mod operation;
mod options;
mod pending;
mod protocol;
mod provider;
mod request;
mod step;
mod token;

use sha2::{Digest, Sha256};
use shutterkey::Timestamp;

pub use account::{AccountParts, ConnectionParts, ExchangedParts, KeyParts, LoggedOutParts, NativeAccount, StateParts};
pub use answer::{AnswerParts, ApiAnswer};
pub use config::{Begun, ConfigParts, DescribedConfig, NativeConfig};
pub use failure::{Failure, FailureParts, NativeResumable, ProviderSaid};
pub use handover::{NativeHandover, NativeLogin};
pub use keeping::{EventParts, NativeKeeping};
pub use operation::{NativeCompleted, NativeOperation};
pub use options::LoginOptions;
pub use pending::{NativeGrant, NativePending, PendingParts};
pub use provider::{NativeProvider, ProviderParts, StandardParts};
pub use request::NativeRequest;
pub use step::{DoneParts, KeptParts, LookedParts, NativeRecord, ReportedParts, StepParts};
pub use token::{ExpiryParts, NativeToken, RefreshableParts, TokenParts, ValidityParts};

uniffi::setup_scaffolding!("shutterkey");

/// The version of this library.
#[uniffi::export]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// A name for a text that file systems take whatever the text is: its SHA-256 in hexadecimal. Keys of records are longer than file
/// names may be, and differ by case alone.
#[uniffi::export]
pub fn file_name(text: String) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Does nothing: what any call costs at least.
#[uniffi::export]
pub fn nothing() {}

/// A moment: whole seconds since 1970 in UTC.
fn moment(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

/// What a set of scopes is elsewhere.
fn names(scopes: &shutterkey::ScopeSet) -> Vec<String> {
    scopes.iter().map(str::to_owned).collect()
}
