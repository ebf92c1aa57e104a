//! Logins that wait for their answer, as the text that `serialize` writes.
//!
//! Accepting an answer looks at nothing but its arguments. So a grant does not cross as a value: the other side keeps what
//! was accepted, and it is accepted again where the grant is used.

use napi::bindgen_prelude::{ClassInstance, Either, Uint8Array};
use napi_derive::napi;
use shutterkey::{AuthorizationRequest, Error, ErrorCode, Grant, PendingAuthorization, Result};

use crate::failure::{Failure, outcome};
use crate::seal::SealKeys;
use crate::time::{moment, seconds};

/// The URL and the pending login, a line each.
pub(crate) fn request(request: &AuthorizationRequest) -> String {
    [&request.url, request.pending.serialize().reveal()].join("\n")
}

/// What was accepted, and when.
#[napi(object, object_to_js = false)]
pub struct Accepted {
    /// The pending login.
    pub pending: String,
    /// `url`, `query` or `pasted`.
    pub from: String,
    pub answer: String,
    pub now: f64,
    pub session: Option<String>,
}

impl Accepted {
    /// The login and its grant.
    pub(crate) fn again(&self) -> Result<(PendingAuthorization, Grant)> {
        let pending = PendingAuthorization::deserialize(&self.pending)?;
        let grant = granted(&pending, &self.from, &self.answer, self.now, self.session.as_deref())?;
        Ok((pending, grant))
    }
}

fn granted(pending: &PendingAuthorization, from: &str, answer: &str, now: f64, session: Option<&str>) -> Result<Grant> {
    match from {
        "query" => pending.accept_query(answer, moment(now), session),
        "pasted" => pending.accept_pasted(answer, moment(now), session),
        _ => pending.accept(answer, moment(now), session),
    }
}

/// Checks an answer. The grant as text: `code`, or `token`, a line; then the code, or the token and what is beside it.
#[napi]
pub fn accept(
    pending: String,
    from: String,
    answer: String,
    now: f64,
    session: Option<String>,
) -> Either<String, Failure> {
    let grant = PendingAuthorization::deserialize(&pending)
        .and_then(|pending| granted(&pending, &from, &answer, now, session.as_deref()));
    outcome(grant.map(|grant| match grant {
        Grant::Code(code) => ["code", code.code().reveal()].join("\n"),
        Grant::Token(token) => {
            let long = token.long_lived_token().map_or("", |token| token.reveal());
            ["token", token.access_token().reveal(), long].join("\n")
        }
    }))
}

/// What may be known of a pending login.
#[napi(object, object_from_js = false)]
pub struct PendingParts {
    pub provider: String,
    pub redirect_uri: String,
    pub response_type: &'static str,
    pub created_at: f64,
    pub expires_at: f64,
    pub context: Option<Uint8Array>,
    pub return_to: Option<String>,
    pub expected_account: Option<String>,
    pub handle: String,
}

/// Reads a pending login.
#[napi]
pub fn pending_parts(pending: String) -> Either<PendingParts, Failure> {
    outcome(PendingAuthorization::deserialize(&pending).map(|pending| PendingParts {
        provider: pending.provider().to_owned(),
        redirect_uri: pending.redirect_uri().as_str().to_owned(),
        response_type: pending.response_type().as_str(),
        created_at: seconds(pending.created_at()),
        expires_at: seconds(pending.expires_at()),
        context: pending.context().map(|context| context.to_vec().into()),
        return_to: pending.return_to().map(str::to_owned),
        expected_account: pending.expected_account().map(|id| id.as_str().to_owned()),
        handle: pending.handle(),
    }))
}

/// The code verifier of a pending login, a secret; nothing where the provider has no PKCE.
#[napi]
pub fn pending_verifier(pending: String) -> Option<String> {
    let pending = PendingAuthorization::deserialize(&pending).ok()?;
    pending.verifier().map(|verifier| verifier.reveal().to_owned())
}

/// Checks a path of the caller's own site.
#[napi]
pub fn check_return_to(path: String) -> Option<Failure> {
    shutterkey::protocol::pending::check_return_to(&path)
        .err()
        .map(Into::into)
}

/// Seals a pending login.
#[napi]
pub fn seal(pending: String, keys: ClassInstance<'_, SealKeys>, session: Option<String>) -> Either<String, Failure> {
    let sealed =
        PendingAuthorization::deserialize(&pending).and_then(|pending| pending.seal(&keys.0, session.as_deref()));
    outcome(sealed)
}

/// Opens a sealed login.
#[napi]
pub fn open(
    sealed: String,
    keys: ClassInstance<'_, SealKeys>,
    provider: String,
    session: Option<String>,
) -> Either<String, Failure> {
    let opened = PendingAuthorization::open(&sealed, &keys.0, &provider, session.as_deref());
    outcome(opened.map(|pending| pending.serialize().reveal().to_owned()))
}

/// The failure of a grant that was used before.
#[napi]
pub fn used_before() -> Failure {
    Error::new(ErrorCode::RedirectStateUsed).into()
}
