//! The authorization request (RFC 6749 4.1.1 and 4.2.1, RFC 7636 4.3).

use std::fmt;

use crate::account::UserId;
use crate::clock::Timestamp;
use crate::config::{ClientConfig, check_not_reserved};
use crate::entropy::Entropy;
use crate::error::{Error, ErrorCode, Result};
use crate::form::query_pair;
use crate::protocol::pending::{Extras, PendingAuthorization, SessionBinding, State};
use crate::protocol::pkce::Verifier;
use crate::scope::ScopeSet;

/// How long a pending login lives unless said otherwise: ten minutes, in seconds.
pub const DEFAULT_TTL: i64 = 600;

/// The most of their own data that callers may bind to a login, in bytes.
pub const CONTEXT_CAP: usize = 256;

/// Where to send the person, and what to keep until the answer comes.
pub struct AuthorizationRequest {
    /// The authorize URL, to be opened in the person's own browser.
    pub url: String,
    /// What [`PendingAuthorization::accept`] checks the answer against. Keep it with the person's session; it holds
    /// the state and the code verifier, which are secrets.
    pub pending: PendingAuthorization,
}

/// The URL carries the state, so it is not printed with its query.
impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationRequest")
            .field("url", &crate::config::sanitized(&self.url))
            .field("pending", &self.pending)
            .finish()
    }
}

/// What a login means to its caller. Everything is optional.
#[derive(Clone, Debug, Default)]
pub struct AuthorizeOptions {
    required_scopes: Option<ScopeSet>,
    optional_scopes: Option<ScopeSet>,
    extra: Vec<(String, String)>,
    ttl: Option<i64>,
    extras: Extras,
}

impl AuthorizeOptions {
    /// Nothing special: the configured scopes, all optional, ten minutes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Scopes without which the login is of no use: if one is not granted, completing answers `denied.scope`.
    #[must_use]
    pub fn required_scopes(mut self, scopes: ScopeSet) -> Self {
        self.required_scopes = Some(scopes);
        self
    }

    /// Scopes that may be declined; what was not granted is part of the result.
    #[must_use]
    pub fn optional_scopes(mut self, scopes: ScopeSet) -> Self {
        self.optional_scopes = Some(scopes);
        self
    }

    /// The account that has to log in: another one answers `account.mismatch`.
    #[must_use]
    pub fn expect_account(mut self, user_id: UserId) -> Self {
        self.extras.expect_account = Some(user_id);
        self
    }

    /// The caller's own small data, returned with the result: at most 256 bytes.
    #[must_use]
    pub fn context(mut self, context: impl Into<Vec<u8>>) -> Self {
        self.extras.context = Some(context.into());
        self
    }

    /// Where to send the person afterwards: a path of the caller's own site.
    #[must_use]
    pub fn return_to(mut self, path: impl Into<String>) -> Self {
        self.extras.return_to = Some(path.into());
        self
    }

    /// Binds the login to a browser session; the answer is then accepted with the same session only.
    #[must_use]
    pub fn session(mut self, session_id: &str) -> Self {
        self.extras.session = Some(SessionBinding::of(session_id));
        self
    }

    /// How long the login may take, in seconds: 1 to 86,400. Ten minutes by default.
    #[must_use]
    pub fn ttl(mut self, seconds: i64) -> Self {
        self.ttl = Some(seconds);
        self
    }

    /// A further parameter of the authorize URL, such as `force_reauth` or `config_id`.
    #[must_use]
    pub fn extra(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.extra.push((name.into(), value.into()));
        self
    }

    #[cfg(feature = "web")]
    pub(crate) fn has_extra(&self, name: &str) -> bool {
        self.extra.iter().any(|(known, _)| known == name)
    }

    /// Meta's `force_reauth=true`: the person enters their credentials even with a live session. Recommended on mobile,
    /// where the Instagram app may otherwise swallow the page.
    #[must_use]
    pub fn force_reauth(self) -> Self {
        self.extra("force_reauth", "true")
    }
}

/// Builds the authorize URL with state, and with a PKCE challenge where the provider has PKCE.
///
/// `entropy` is used up: half for the state, half for the verifier. `now` starts the login's time to live.
///
/// # Errors
/// `config.missing` without a known app; the `config` family for scopes, options or extra parameters that cannot be used;
/// `redirect.return_to` for a path to return to that leads elsewhere.
pub fn build_authorization_request(
    config: &ClientConfig,
    options: AuthorizeOptions,
    now: Timestamp,
    entropy: Entropy<64>,
) -> Result<AuthorizationRequest> {
    let AuthorizeOptions {
        required_scopes,
        optional_scopes,
        extra,
        ttl,
        mut extras,
    } = options;
    config.check_known_app()?;
    let ttl = ttl.unwrap_or(DEFAULT_TTL);
    if !(1..=86_400).contains(&ttl) {
        return Err(Error::with_detail(
            ErrorCode::ConfigInvalid,
            "A login's time to live is 1 to 86,400 seconds.",
        ));
    }
    extras.check()?;

    let own_scopes;
    let prefix = if required_scopes.is_none() && optional_scopes.is_none() {
        config.authorize_prefix()
    } else {
        let required = required_scopes.unwrap_or_default();
        // A required scope alone adds to the configured ones; naming the optional ones as well replaces them.
        let scopes = required.union(optional_scopes.as_ref().unwrap_or(config.scopes()));
        config.check_scopes(&scopes)?;
        own_scopes = config.build_authorize_prefix(&scopes)?;
        extras.required_scopes = (!required.is_empty()).then_some(required);
        extras.scopes = Some(scopes);
        own_scopes.as_str()
    };

    let (state_bytes, verifier_bytes) = halves(entropy.bytes());
    let state = State::from_bytes(state_bytes);
    let verifier = config
        .provider()
        .data()
        .pkce
        .then(|| Verifier::from_bytes(verifier_bytes));

    let mut url =
        String::with_capacity(prefix.len() + 160 + extra.iter().map(|(n, v)| n.len() + 3 * v.len() + 2).sum::<usize>());
    url.push_str(prefix);
    for (index, (name, value)) in extra.iter().enumerate() {
        check_extra(name, value)?;
        let given_before = extra.iter().take(index).any(|(known, _)| known == name);
        if given_before || has_parameter(prefix, name) {
            return Err(Error::with_detail(
                ErrorCode::ConfigReservedParameter,
                format!("The parameter {name} is there already; none may occur twice (RFC 6749 3.1)."),
            ));
        }
        query_pair(&mut url, name, value);
    }
    url.push_str("state=");
    url.push_str(state.reveal());
    if let Some(verifier) = &verifier {
        url.push_str("&code_challenge=");
        url.push_str(verifier.challenge().as_str());
        url.push_str("&code_challenge_method=S256");
    }
    let pending = PendingAuthorization::new(config, state, verifier, now, now.plus(ttl), extras);
    Ok(AuthorizationRequest { url, pending })
}

fn halves(bytes: &[u8; 64]) -> (&[u8; 32], &[u8; 32]) {
    match bytes.as_chunks::<32>() {
        ([state, verifier], []) => (state, verifier),
        // 64 bytes are two chunks of 32.
        _ => (&[0; 32], &[0; 32]),
    }
}

fn has_parameter(url: &str, name: &str) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    url::form_urlencoded::parse(query.as_bytes()).any(|(known, _)| known == name)
}

fn check_extra(name: &str, value: &str) -> Result<()> {
    check_not_reserved(name)?;
    let plain = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    if !plain || value.len() > 2_048 || value.chars().any(char::is_control) {
        return Err(Error::with_detail(
            ErrorCode::ConfigInvalid,
            "An extra parameter has a name of letters, digits, _, - and ., and a value of at most 2,048 characters without control characters.",
        ));
    }
    Ok(())
}
