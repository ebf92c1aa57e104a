//! The Instagram login platform on localhost: today's and the one of the 2010s, for tests and for learning.
//!
//! It holds apps, people, consent pages, codes, tokens and a clock that can be moved. It talks to nobody: no request
//! ever leaves the machine, and it never asks for a password.
//!
//! A test of an app that logs people in reads like this:
//!
//! ```no_run
//! use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox};
//!
//! # async fn test() -> Result<(), shutterkey_sandbox::SandboxError> {
//! let sandbox = Sandbox::start().await?;                                       // a world of its own, on a free port
//! let app = sandbox.app(&AppSpec::new(Product::Instagram).redirect_uri("https://localhost/"))?;
//!
//! // The authorize URL of the app under test, walked as a browser would walk it:
//! let url = format!("{}?client_id={}&redirect_uri=https://localhost/&response_type=code&scope=instagram_business_basic",
//!     app.authorize_url, app.client_id);
//! let redirect = sandbox.approve(&url, &Approval::by("studio")).await?;         // https://localhost/?code=AQ...#_
//!
//! sandbox.clock().advance(60 * 86_400);                                        // two months later
//! assert_eq!(sandbox.calls().matching("refresh_access_token").len(), 0);
//! # let _ = redirect; Ok(())
//! # }
//! ```
//!
//! [`Sandbox`] is also reachable from other languages over HTTP: the control API under `/control` has the same words,
//! see [`Sandbox::control_token`].
#![cfg_attr(
    not(test),
    deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)
)]

mod apps;
mod browser;
mod callbacks;
mod clock;
mod control;
mod error;
mod facebook;
mod fault;
mod graph;
mod http;
mod ids;
mod instagram;
mod journal;
mod legacy;
mod lives;
mod meta;
mod names;
mod pages;
mod reach;
mod router;
mod sandbox;
mod scenario;
mod security;
mod server;
mod signing;
mod site;
mod standard;
mod usage;
mod world;

pub use apps::{AppCredentials, AppSpec, ConfigurationSpec, MintedToken};
pub use browser::Approval;
pub use callbacks::Delivery;
pub use clock::{ClockSetting, SandboxClock};
pub use error::SandboxError;
pub use fault::{Fault, FaultKind, Malformed};
pub use journal::{Call, Calls};
pub use lives::PageSpec;
pub use sandbox::{Builder, Sandbox};
pub use scenario::{ClockSpec, PersonSpec, Scenario, Seeded, TokenSpec};
pub use usage::Usage;
pub use world::{AccountType, Behaviour, Ended, FacebookPage, Person, Product, Profile, World};
