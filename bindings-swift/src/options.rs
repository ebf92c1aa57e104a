//! What callers say about one login.

use shutterkey::{AuthorizeOptions, Result, ScopeSet, UserId};

/// The options of a login.
#[derive(Clone, Debug, Default, uniffi::Record)]
pub struct LoginOptions {
    /// Scopes without which it is of no use.
    pub required_scopes: Option<Vec<String>>,
    /// Scopes that may be declined.
    pub optional_scopes: Option<Vec<String>>,
    /// The account that has to log in.
    pub expect_account: Option<String>,
    /// The caller's own small data.
    pub context: Option<Vec<u8>>,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// The session that it is bound to.
    pub session: Option<String>,
    /// Seconds.
    pub ttl: Option<i64>,
    /// Meta's `force_reauth`.
    pub force_reauth: bool,
    /// Names of further parameters.
    pub extra_names: Vec<String>,
    /// Their values, in the same order.
    pub extra_values: Vec<String>,
}

impl LoginOptions {
    pub(crate) fn read(given: Option<Self>) -> Result<AuthorizeOptions> {
        let mut options = AuthorizeOptions::new();
        let Some(given) = given else { return Ok(options) };
        if let Some(names) = given.required_scopes {
            options = options.required_scopes(ScopeSet::new(names)?);
        }
        if let Some(names) = given.optional_scopes {
            options = options.optional_scopes(ScopeSet::new(names)?);
        }
        if let Some(id) = given.expect_account {
            options = options.expect_account(UserId::parse(&id)?);
        }
        if let Some(context) = given.context {
            options = options.context(context);
        }
        if let Some(path) = given.return_to {
            options = options.return_to(path);
        }
        if let Some(session) = given.session {
            options = options.session(&session);
        }
        if let Some(ttl) = given.ttl {
            options = options.ttl(ttl);
        }
        if given.force_reauth {
            options = options.force_reauth();
        }
        for (name, value) in given.extra_names.into_iter().zip(given.extra_values) {
            options = options.extra(name, value);
        }
        Ok(options)
    }
}
