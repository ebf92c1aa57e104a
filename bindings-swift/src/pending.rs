//! Logins that were begun, and what they are answered with.

use std::sync::{Arc, Mutex, PoisonError};

use shutterkey::{Grant, PendingAuthorization};

use crate::failure::{Failure, misuse};
use crate::moment;

/// A login that was begun and not yet answered.
#[derive(Debug, uniffi::Object)]
pub struct NativePending(pub(crate) PendingAuthorization);

/// What may be known of it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct PendingParts {
    /// The provider's stable name.
    pub provider: String,
    /// Where the answer comes to.
    pub redirect_uri: String,
    /// `code` or `token`.
    pub response_type: String,
    /// When it was begun.
    pub created_at: i64,
    /// From when on no answer is accepted.
    pub expires_at: i64,
    /// Its public name.
    pub handle: String,
    /// The caller's own data.
    pub context: Option<Vec<u8>>,
    /// Where to go afterwards.
    pub return_to: Option<String>,
    /// The account that has to log in.
    pub expected_account: Option<String>,
}

/// What a person granted. It is used once.
#[derive(Debug, uniffi::Object)]
pub struct NativeGrant(Mutex<Option<Grant>>);

impl NativeGrant {
    pub(crate) fn take(&self) -> shutterkey::Result<Grant> {
        let grant = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        grant.ok_or_else(|| misuse("A grant is used once."))
    }

    fn reveal(&self, part: impl FnOnce(&Grant) -> Option<String>) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .and_then(part)
    }
}

#[uniffi::export]
impl NativeGrant {
    /// The code, where it is one.
    pub fn reveal_code(&self) -> Option<String> {
        self.reveal(|grant| match grant {
            Grant::Code(grant) => Some(grant.code().reveal().to_owned()),
            Grant::Token(_) => None,
        })
    }

    /// The token that came in the fragment.
    pub fn reveal_access_token(&self) -> Option<String> {
        self.reveal(|grant| match grant {
            Grant::Code(_) => None,
            Grant::Token(grant) => Some(grant.access_token().reveal().to_owned()),
        })
    }

    /// Facebook's `long_lived_token`.
    pub fn reveal_long_lived_token(&self) -> Option<String> {
        self.reveal(|grant| match grant {
            Grant::Code(_) => None,
            Grant::Token(grant) => grant.long_lived_token().map(|token| token.reveal().to_owned()),
        })
    }
}

fn granted(grant: shutterkey::Result<Grant>) -> Result<Arc<NativeGrant>, Failure> {
    Ok(Arc::new(NativeGrant(Mutex::new(Some(grant?)))))
}

#[uniffi::export]
impl NativePending {
    /// Reads back what was serialized.
    #[uniffi::constructor]
    pub fn deserialize(text: String) -> Result<Arc<Self>, Failure> {
        Ok(Arc::new(Self(PendingAuthorization::deserialize(&text)?)))
    }

    /// The whole login as text, which is a secret.
    pub fn serialize(&self) -> String {
        self.0.serialize().reveal().to_owned()
    }

    /// What may be known of it.
    pub fn described(&self) -> PendingParts {
        PendingParts {
            provider: self.0.provider().to_owned(),
            redirect_uri: self.0.redirect_uri().as_str().to_owned(),
            response_type: self.0.response_type().as_str().to_owned(),
            created_at: self.0.created_at().seconds(),
            expires_at: self.0.expires_at().seconds(),
            handle: self.0.handle(),
            context: self.0.context().map(<[u8]>::to_vec),
            return_to: self.0.return_to().map(str::to_owned),
            expected_account: self.0.expected_account().map(|id| id.as_str().to_owned()),
        }
    }

    /// The code verifier, where PKCE is used.
    pub fn reveal_verifier(&self) -> Option<String> {
        self.0.verifier().map(|verifier| verifier.reveal().to_owned())
    }

    /// Accepts a whole redirect URL.
    pub fn accept(&self, url: String, now: i64, session: Option<String>) -> Result<Arc<NativeGrant>, Failure> {
        granted(self.0.accept(&url, moment(now), session.as_deref()))
    }

    /// Accepts the raw query of the route that is the redirect URI.
    pub fn accept_query(&self, query: String, now: i64, session: Option<String>) -> Result<Arc<NativeGrant>, Failure> {
        granted(self.0.accept_query(&query, moment(now), session.as_deref()))
    }

    /// Accepts what a person pasted.
    pub fn accept_pasted(&self, text: String, now: i64, session: Option<String>) -> Result<Arc<NativeGrant>, Failure> {
        granted(self.0.accept_pasted(&text, moment(now), session.as_deref()))
    }
}
