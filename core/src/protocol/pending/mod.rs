//! A login that was started and not yet answered.

mod return_to;
mod state;
mod stored;

use std::fmt;
use std::sync::Arc;

pub use return_to::check_return_to;
pub(crate) use state::{SessionBinding, State, handle_of};
use stored::Stored;

use crate::account::UserId;
use crate::clock::Timestamp;
use crate::config::{Binding, ClientConfig, RedirectUri};
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::authorize::CONTEXT_CAP;
use crate::protocol::pkce::Verifier;
use crate::provider::ResponseType;
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// A login between the authorize URL and its answer: state, code verifier, and everything the answer is checked against.
///
/// It lives ten minutes by default and is bound to its provider, its client id, its redirect URI and, if the caller wants,
/// to a browser session. It serialises (as a secret: [`Self::serialize`]) and seals ([`Self::seal`]), so that it can wait
/// anywhere. It never travels in `state`.
#[derive(Clone)]
pub struct PendingAuthorization {
    pub(crate) binding: Arc<Binding>,
    pub(crate) state: State,
    pub(crate) verifier: Option<Verifier>,
    pub(crate) created_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) extras: Option<Box<Extras>>,
}

/// What a caller bound to a login.
#[derive(Clone, Debug, Default)]
pub(crate) struct Extras {
    pub(crate) session: Option<SessionBinding>,
    pub(crate) expect_account: Option<UserId>,
    pub(crate) return_to: Option<String>,
    pub(crate) context: Option<Vec<u8>>,
    pub(crate) required_scopes: Option<ScopeSet>,
    /// All scopes that were asked for, where they are not the configured ones.
    pub(crate) scopes: Option<ScopeSet>,
}

impl Extras {
    pub(crate) fn check(&self) -> Result<()> {
        if let Some(path) = &self.return_to {
            check_return_to(path)?;
        }
        if self.context.as_ref().is_some_and(|context| context.len() > CONTEXT_CAP) {
            return Err(Error::with_detail(
                ErrorCode::ConfigInvalid,
                "A login's context has at most 256 bytes.",
            ));
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        let Self {
            session,
            expect_account,
            return_to,
            context,
            required_scopes,
            scopes,
        } = self;
        session.is_none()
            && expect_account.is_none()
            && return_to.is_none()
            && context.is_none()
            && required_scopes.is_none()
            && scopes.is_none()
    }
}

impl PendingAuthorization {
    pub(crate) fn new(
        config: &ClientConfig,
        state: State,
        verifier: Option<Verifier>,
        created_at: Timestamp,
        expires_at: Timestamp,
        extras: Extras,
    ) -> Self {
        let extras = (!extras.is_empty()).then(|| Box::new(extras));
        Self {
            binding: config.binding(),
            state,
            verifier,
            created_at,
            expires_at,
            extras,
        }
    }

    /// The provider's stable name.
    pub fn provider(&self) -> &str {
        &self.binding.provider
    }

    /// The redirect URI that the answer must come to, and that the exchange will repeat.
    pub fn redirect_uri(&self) -> &RedirectUri {
        &self.binding.redirect_uri
    }

    /// Whether a code or a token was asked for.
    pub fn response_type(&self) -> ResponseType {
        self.binding.response_type
    }

    /// When it was started.
    pub fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// From this moment on, no answer is accepted.
    pub fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// The caller's own data.
    pub fn context(&self) -> Option<&[u8]> {
        self.extras.as_deref()?.context.as_deref()
    }

    /// Where to send the person afterwards.
    pub fn return_to(&self) -> Option<&str> {
        self.extras.as_deref()?.return_to.as_deref()
    }

    /// The account that has to log in.
    pub fn expected_account(&self) -> Option<&UserId> {
        self.extras.as_deref()?.expect_account.as_ref()
    }

    /// The code verifier, where PKCE is used: for the exchange.
    pub fn verifier(&self) -> Option<&Verifier> {
        self.verifier.as_ref()
    }

    /// A public name for this login, the same wherever it is opened: for finding it among several, and for making sure
    /// that it is completed once. It does not reveal the state.
    pub fn handle(&self) -> String {
        handle_of(self.state.reveal())
    }

    pub(crate) fn required_scopes(&self) -> Option<&ScopeSet> {
        self.extras.as_deref()?.required_scopes.as_ref()
    }

    pub(crate) fn own_scopes(&self) -> Option<&ScopeSet> {
        self.extras.as_deref()?.scopes.as_ref()
    }

    pub(crate) fn session(&self) -> Option<&SessionBinding> {
        self.extras.as_deref()?.session.as_ref()
    }

    /// Refuses a login that another client began (mix-up).
    pub(crate) fn check_client(&self, config: &ClientConfig) -> Result<()> {
        let binding = &self.binding;
        if *binding.provider == *config.provider().id()
            && *binding.origin == *config.provider().origin()
            && *binding.client_id == *config.client_id()
        {
            return Ok(());
        }
        Err(Error::with_detail(
            ErrorCode::RedirectStateMismatch,
            format!(
                "This login was begun with {}, not with {}.",
                binding.provider,
                config.provider().id()
            ),
        ))
    }

    /// The whole login as text. It holds the state and the code verifier: keep it where the person's session is kept,
    /// or [seal](Self::seal) it.
    pub fn serialize(&self) -> Secret {
        Secret::new(serde_json::to_string(&Stored::from(self)).unwrap_or_default())
    }

    /// Reads back what [`Self::serialize`] wrote.
    ///
    /// # Errors
    /// `redirect.seal_invalid` for anything else.
    pub fn deserialize(text: &str) -> Result<Self> {
        let stored: Stored<'_> = serde_json::from_str(text).map_err(|_| Error::new(ErrorCode::RedirectSealInvalid))?;
        stored.try_into()
    }
}

impl fmt::Debug for PendingAuthorization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingAuthorization")
            .field("provider", &self.binding.provider)
            .field("redirect_uri", &self.binding.redirect_uri)
            .field("response_type", &self.binding.response_type)
            .field("created_at", &self.created_at)
            .field("expires_at", &self.expires_at)
            .field("state", &self.state)
            .field("verifier", &self.verifier)
            .finish_non_exhaustive()
    }
}
