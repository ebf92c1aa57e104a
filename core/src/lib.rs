//! shutterkey.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod account;
pub mod clock;
pub mod config;
pub mod entropy;
pub mod error;
#[cfg(feature = "server")]
pub mod meta;
pub mod operation;
pub mod protocol;
pub mod provider;
pub mod record;
pub mod scope;
pub mod secret;
#[doc(hidden)]
pub mod testing;

#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
pub mod driver;
#[cfg(feature = "client")]
pub mod keeper;
#[cfg(feature = "login")]
pub mod login;
#[cfg(feature = "client")]
pub mod store;
#[cfg(feature = "client")]
pub mod transport;

pub use account::{Account, AccountKey, AppScopedId, UserId};
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use config::{
    ClientConfig, ClientConfigBuilder, Endpoint, InstagramAppId, LegacyClientId, MetaAppId, RedirectUri, ThreadsAppId,
};
pub use entropy::Entropy;
pub use error::{Error, ErrorCode, Family, ProviderError, Result, Retry};
pub use operation::{Answer, Connection, Operation, Resumable, SendFailure, Step};
pub use protocol::authorize::{AuthorizationRequest, AuthorizeOptions, build_authorization_request};
#[cfg(feature = "seal")]
pub use protocol::jar::PendingJar;
pub use protocol::pending::PendingAuthorization;
pub use protocol::redirect::Grant;
pub use protocol::request::{HttpRequest, HttpResponse, Method};
#[cfg(feature = "seal")]
pub use protocol::seal::{SealKeys, Sealer};
pub use protocol::token::{Expiry, Refreshable, Token, TokenKind, Validity};
pub use provider::{Provider, ResponseType};
pub use record::AccountState;
pub use scope::ScopeSet;
pub use secret::Secret;

#[cfg(feature = "client")]
pub use client::Client;
#[cfg(feature = "client")]
pub use keeper::Keeper;
#[cfg(feature = "client")]
pub use store::{MemoryStore, Store};
#[cfg(feature = "client")]
pub use transport::Transport;
