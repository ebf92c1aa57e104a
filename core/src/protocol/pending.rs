//! A login that was started and not yet answered.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

use crate::account::UserId;
use crate::clock::Timestamp;
use crate::config::{ClientConfig, RedirectUri};
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::authorize::CONTEXT_CAP;
use crate::protocol::pkce::{ENCODED_32, Verifier};
use crate::provider::ResponseType;
use crate::scope::ScopeSet;
use crate::secret::{REDACTED, Secret};

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

/// What all logins of one client share.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) provider: Box<str>,
    pub(crate) origin: Box<str>,
    pub(crate) client_id: Box<str>,
    pub(crate) redirect_uri: RedirectUri,
    pub(crate) response_type: ResponseType,
    pub(crate) issuer: Option<Box<str>>,
    pub(crate) iss_promised: bool,
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

/// The public name of the login with this state: the first 128 bits of a hash under a label of its own.
pub(crate) fn handle_of(state: &str) -> String {
    let digest = Sha256::new_with_prefix(b"shutterkey login handle\0")
        .chain_update(state)
        .finalize();
    BASE64_URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default())
}

/// `state`: 43 characters of base64url, from 256 bits of OS randomness. Unpadded, since some providers mangle `=`.
#[derive(Clone)]
pub(crate) struct State([u8; ENCODED_32]);

impl State {
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        let mut text = [0; ENCODED_32];
        let _ = BASE64_URL_SAFE_NO_PAD.encode_slice(bytes, &mut text);
        Self(text)
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let base64url = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        text.bytes().all(base64url).then_some(())?;
        text.as_bytes().try_into().ok().map(Self)
    }

    pub(crate) fn reveal(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Compares bytes in constant time; no decoding, no normalisation.
    pub(crate) fn matches(&self, other: &str) -> bool {
        other
            .as_bytes()
            .try_into()
            .is_ok_and(|other| words(&self.0).ct_eq(&words(other)).into())
    }
}

/// The same bytes in words: what keeps the compiler from cutting a comparison short is paid for each element.
fn words(bytes: &[u8; ENCODED_32]) -> [u64; ENCODED_32.div_ceil(8)] {
    let mut words = [0; ENCODED_32.div_ceil(8)];
    for (word, bytes) in words.iter_mut().zip(bytes.chunks(8)) {
        *word = bytes.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    }
    words
}

impl Drop for State {
    fn drop(&mut self) {
        // As a slice: zeroize writes an array byte by byte and a slice in bulk.
        self.0.as_mut_slice().zeroize();
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// A browser session, as a hash: the login is bound to it without keeping its id.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct SessionBinding(String);

impl SessionBinding {
    pub(crate) fn of(session_id: &str) -> Self {
        let digest = Sha256::new_with_prefix(b"shutterkey session\0")
            .chain_update(session_id)
            .finalize();
        Self(BASE64_URL_SAFE_NO_PAD.encode(digest.get(..16).unwrap_or_default()))
    }

    pub(crate) fn matches(&self, session_id: &str) -> bool {
        self.0.as_bytes().ct_eq(Self::of(session_id).0.as_bytes()).into()
    }
}

/// Refuses a path to return to that leads to another site (open redirect): `//evil`, `/\evil`, `https:evil`, and
/// anything with control characters, whether raw or percent-encoded.
///
/// # Errors
/// `redirect.return_to`.
pub fn check_return_to(path: &str) -> Result<()> {
    let mut bytes = path.bytes();
    let own_path = bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && path.len() <= 2_048
        && path.bytes().all(|b| matches!(b, 0x21..=0x7e) && b != b'\\')
        && !percent_encoded_controls(path);
    if own_path {
        Ok(())
    } else {
        Err(Error::new(ErrorCode::RedirectReturnTo))
    }
}

fn percent_encoded_controls(path: &str) -> bool {
    // %00 to %1f, %5c and %7f, and an encoded slash at the start: some frameworks decode before they redirect.
    path.as_bytes()
        .windows(3)
        .enumerate()
        .any(|(index, window)| match window {
            [b'%', high, low] => {
                matches!(
                    (high.to_ascii_lowercase(), low.to_ascii_lowercase()),
                    (b'0' | b'1', _) | (b'5', b'c') | (b'7', b'f')
                ) || (index == 1 && (high, low.to_ascii_lowercase()) == (&b'2', b'f'))
            }
            _ => false,
        })
}

/// The stored form. Short names: eight of these share one cookie.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    v: u8,
    #[serde(borrow)]
    p: Cow<'a, str>,
    o: Cow<'a, str>,
    c: Cow<'a, str>,
    r: Cow<'a, str>,
    t: ResponseType,
    s: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    w: Option<Cow<'a, str>>,
    a: Timestamp,
    e: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    i: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ip: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    b: Option<SessionBinding>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    d: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    q: Option<ScopeSet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    l: Option<ScopeSet>,
}

impl<'a> From<&'a PendingAuthorization> for Stored<'a> {
    fn from(pending: &'a PendingAuthorization) -> Self {
        let extras = pending.extras.as_deref();
        Self {
            v: 1,
            p: (&*pending.binding.provider).into(),
            o: (&*pending.binding.origin).into(),
            c: (&*pending.binding.client_id).into(),
            r: pending.binding.redirect_uri.as_str().into(),
            t: pending.binding.response_type,
            s: pending.state.reveal().into(),
            w: pending.verifier.as_ref().map(|verifier| verifier.reveal().into()),
            a: pending.created_at,
            e: pending.expires_at,
            i: pending.binding.issuer.as_deref().map(Into::into),
            ip: pending.binding.iss_promised,
            b: extras.and_then(|extras| extras.session.clone()),
            x: extras.and_then(|extras| extras.expect_account.clone()),
            n: extras.and_then(|extras| extras.return_to.clone()),
            d: extras
                .and_then(|extras| extras.context.as_ref())
                .map(|context| BASE64_URL_SAFE_NO_PAD.encode(context)),
            q: extras.and_then(|extras| extras.required_scopes.clone()),
            l: extras.and_then(|extras| extras.scopes.clone()),
        }
    }
}

impl TryFrom<Stored<'_>> for PendingAuthorization {
    type Error = Error;

    fn try_from(stored: Stored<'_>) -> Result<Self> {
        let invalid = || Error::new(ErrorCode::RedirectSealInvalid);
        if stored.v != 1 {
            return Err(Error::with_detail(
                ErrorCode::RedirectSealInvalid,
                "The pending login was written by a version of shutterkey that this one does not know.",
            ));
        }
        let context = stored
            .d
            .map(|text| BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid()))
            .transpose()?;
        let extras = Extras {
            session: stored.b,
            expect_account: stored.x,
            return_to: stored.n,
            context,
            required_scopes: stored.q,
            scopes: stored.l,
        };
        extras.check()?;
        Ok(Self {
            binding: Arc::new(Binding {
                provider: stored.p.into(),
                origin: stored.o.into(),
                client_id: stored.c.into(),
                redirect_uri: RedirectUri::parse(&stored.r).map_err(|_| invalid())?,
                response_type: stored.t,
                issuer: stored.i.map(Into::into),
                iss_promised: stored.ip,
            }),
            state: State::parse(&stored.s).ok_or_else(invalid)?,
            verifier: stored
                .w
                .map(|text| Verifier::parse(&text).map_err(|_| invalid()))
                .transpose()?,
            created_at: stored.a,
            expires_at: stored.e,
            extras: (!extras.is_empty()).then(|| Box::new(extras)),
        })
    }
}
