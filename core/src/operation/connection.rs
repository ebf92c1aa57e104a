//! What a completed login gives.

use crate::account::{Account, AccountKey};
use crate::protocol::token::Token;
use crate::scope::ScopeSet;

/// A connected account: who it is, its token, and what the caller had bound to the login.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connection {
    /// Its key in a store.
    pub key: AccountKey,
    /// The account.
    pub account: Account,
    /// Its token, long-lived where the provider has that.
    pub token: Token,
    /// Scopes that were asked for and not granted. Empty as well when the provider did not say what it granted.
    pub missing_scopes: ScopeSet,
    /// The caller's own data.
    pub context: Option<Vec<u8>>,
    /// Where to send the person.
    pub return_to: Option<String>,
}
