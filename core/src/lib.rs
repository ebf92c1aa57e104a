//! Gets an Instagram (Meta) access token, and keeps it alive.
//!
//! The core of shutterkey knows everything the SDK knows: who the client is, where to send the person, what to check when
//! they come back, how a code becomes a token of an hour and then of sixty days, when that may be refreshed, and what each
//! provider's errors mean. Its lower floors are pure: bytes in, values out, with time and randomness as arguments. They
//! contain no networking, look at no clock and touch no file; those are features on top.
//!
//! # A login, step by step
//!
//! A [`ClientConfig`] says who the client is. Everything that can be wrong with it is refused when it is built.
//!
//! ```
//! use shutterkey::{ClientConfig, InstagramAppId};
//!
//! # fn main() -> shutterkey::Result<()> {
//! let config = ClientConfig::instagram(&InstagramAppId::parse("990602627938098")?)
//!     .client_secret("0123456789abcdef0123456789abcdef")
//!     .redirect_uri("https://app.example/instagram/callback")
//!     .scopes(["instagram_business_basic", "instagram_business_content_publish"])
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Client`] begins a login: an [`AuthorizationRequest`] has the URL for the person's own browser and a
//! [`PendingAuthorization`] to keep until the answer comes. When it comes, [`PendingAuthorization::accept`] checks all of it
//! and gives a [`Grant`]; [`Client::complete`] does that and the rest. With a [`Keeper`], which adds a [`Store`], the result
//! is saved before it is answered, and from then on [`Keeper::token`] answers a live token:
//!
//! ```no_run
//! # #[cfg(all(feature = "http", feature = "file-store"))]
//! # async fn run(config: shutterkey::ClientConfig, redirect_url: &str) -> shutterkey::Result<()> {
//! use std::sync::Arc;
//! use shutterkey::{AuthorizeOptions, Client, Keeper, MemoryStore};
//!
//! let keeper = Keeper::new(Client::new(config), Arc::new(MemoryStore::new()));
//! let login = keeper.authorize(AuthorizeOptions::new())?;
//! println!("open {}", login.url);
//! // … the person approves, and the browser comes back to `redirect_url`
//! let connection = keeper.complete(&login.pending, redirect_url, Some("me")).await?;
//! let token = keeper.token("me").await?; // live, refreshed when due
//! # let _ = (connection, token);
//! # Ok(())
//! # }
//! ```
//!
//! # Layers to stop at
//!
//! * [`protocol`] and [`provider`]: request builders and response parsers in pairs, for callers with an HTTP client and a
//!   mind of their own. Driver contract at [`HttpRequest`].
//! * [`operation`]: whole sequences as state machines without I/O. **Every step is answered exactly once, in order.** This is
//!   what the bindings for other languages drive.
//! * [`Client`] and [`Keeper`]: those operations over tokio.
//!
//! # Security
//!
//! The state is compared in constant time before anything else is believed; the redirect must come to the registered
//! address; each parameter may occur once; a code is never sent twice; redirects of token endpoints are never followed.
//! Secrets ([`Secret`], [`Token`], codes, verifiers, states) print as `[redacted]` and are wiped when dropped. SECURITY.md
//! says what is promised and what is not. A provider's token in a URL (Meta's GET refresh) is never part of an error.
//!
//! # Features
//!
//! `server` (what needs the app secret), `seal`, `web`, `config-file`, `explain` (what was pasted, and what is wrong with a
//! configuration), `client`, `http`, `file-store` and `login` are the default; `postgres` (the PostgreSQL store) and
//! `keychain` are not, since they bring twenty and thirty crates that few need. With no features there is neither tokio, nor TLS, nor a file system.
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

pub mod account;
pub mod clock;
pub mod config;
#[cfg(feature = "explain")]
pub mod doctor;
pub mod entropy;
pub mod error;
#[cfg(feature = "explain")]
pub mod explain;
mod form;
#[cfg(any(feature = "login", feature = "web"))]
mod html;
pub mod keeping;
#[cfg(feature = "server")]
pub mod meta;
pub mod operation;
pub mod protocol;
pub mod provider;
pub mod record;
#[cfg(any(feature = "http", feature = "postgres"))]
mod roots;
pub mod scope;
pub mod secret;
#[doc(hidden)]
pub mod testing;
#[cfg(feature = "web")]
pub mod web;

#[cfg(feature = "client")]
pub mod client;
#[cfg(feature = "client")]
pub mod driver;
#[cfg(feature = "client")]
pub mod keeper;
#[cfg(feature = "login")]
pub mod login;
#[cfg(all(feature = "client", feature = "web"))]
pub mod site;
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
#[cfg(feature = "login")]
pub use login::{
    LoginMode, LoopbackListener, Opened, PASTE_PAUSE, PasteReader, Pasted, Reach, choose_mode, choose_mode_with,
    open_browser,
};
pub use operation::{
    Answer, Connection, InstagramAccount, InstagramAccounts, MissingAccounts, Operation, Resumable, SendError,
    SendFailure, Step,
};
pub use protocol::answer::{FacebookPage, Permissions, TokenInspection};
pub use protocol::authorize::{AuthorizationRequest, AuthorizeOptions, build_authorization_request};
pub use protocol::handover::{Handover, HandoverStart};
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
#[cfg(all(feature = "client", feature = "web"))]
pub use site::Site;
#[cfg(feature = "file-store")]
pub use store::FileStore;
#[cfg(feature = "keychain")]
pub use store::KeychainStore;
#[cfg(feature = "postgres")]
pub use store::PostgresStore;
#[cfg(all(feature = "client", feature = "seal"))]
pub use store::SealedStore;
#[cfg(feature = "client")]
pub use store::{MemoryStore, Store};
#[cfg(feature = "http")]
pub use transport::HttpTransport;
#[cfg(feature = "client")]
pub use transport::Transport;
