//! Logging a person in from a terminal: the loopback listener, pasted addresses, and opening the browser.
//!
//! 1. [`choose_mode`] says how the answer of a login can come back, and why.
//! 2. [`LoopbackListener`] takes the redirect on this machine (RFC 8252 7.3): by http where the provider allows that, over
//!    TLS with a certificate of the person's own, or behind a tunnel or a relay page whose address is the registered one.
//! 3. [`PasteReader`] takes what a person pastes: the address of the page they ended on, or the text of an error page.
//!    It works beside a listener too: whichever has the answer first, wins.
//! 4. [`open_browser`] shows the authorize URL in the person's own browser.
//!
//! ```no_run
//! # async fn example(config: shutterkey::ClientConfig) -> shutterkey::Result<()> {
//! use shutterkey::login::{LoopbackListener, open_browser};
//! use shutterkey::{AuthorizeOptions, Clock, Entropy, SystemClock, build_authorization_request};
//!
//! let listener = LoopbackListener::bind(config.redirect_uri())?;
//! let login = build_authorization_request(&config, AuthorizeOptions::new(), SystemClock.now(), Entropy::from_os()?)?;
//! open_browser(&login.url)?;
//! let grant = listener.wait(&login.pending, &SystemClock, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! Nothing here draws on a terminal, reads one, or stores anything.

mod browser;
mod connections;
mod front;
mod listener;
mod mode;
mod page;
mod paste;
mod relay;
mod site;
mod tls;
mod wait;

pub use browser::{Opened, open_browser};
pub use listener::LoopbackListener;
pub use mode::{LoginMode, Reach, choose_mode, choose_mode_with};
pub use paste::{PASTE_PAUSE, PasteReader, Pasted};
pub use relay::{RelayTo, relay_page};
#[cfg(feature = "login-tls")]
pub use tls::TlsIdentity;

use crate::error::{Error, ErrorCode, Family};

/// Whether an answer that failed ends its login: it carried the login's own state, and another answer will not come.
///
/// Anything else may be somebody else's, an attacker's, or a slip of the hand, and must not end it.
fn ends_login(error: &Error) -> bool {
    match error.family() {
        Family::Denied => true,
        // Refused in a redirect, not in a page's text that was pasted.
        Family::Provider => error.provider().is_some(),
        _ => matches!(
            error.code(),
            ErrorCode::RedirectStateExpired
                | ErrorCode::RedirectResponseUnsupported
                | ErrorCode::RedirectIssuerMissing
                | ErrorCode::RedirectIssuerMismatch
                | ErrorCode::RedirectSessionMismatch
        ),
    }
}
