//! Logins that wait for their answer, as the text that `serialize` writes.
//!
//! Accepting an answer looks at nothing but its arguments. So a grant does not cross as a value: the other side keeps what
//! was accepted, and it is accepted again where the grant is used.

use std::cell::RefCell;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, Uint8Array, Unknown};
use napi_derive::napi;
use shutterkey::{
    AuthorizationRequest, Clock, Error, ErrorCode, Grant, PendingAuthorization, Result, SystemClock, Timestamp,
};

use crate::failure::{Failure, outcome};
use crate::seal::SealKeys;
use crate::text::with_text;
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
    /// 0: a URL; 1: a query; 2: what a person pasted.
    pub from: u32,
    pub answer: String,
    pub now: f64,
    pub session: Option<String>,
}

impl Accepted {
    /// The login and its grant.
    pub(crate) fn again(&self) -> Result<(PendingAuthorization, Grant)> {
        let pending = PendingAuthorization::deserialize(&self.pending)?;
        let grant = granted(
            &pending,
            self.from,
            &self.answer,
            moment(self.now),
            self.session.as_deref(),
        )?;
        Ok((pending, grant))
    }
}

fn granted(
    pending: &PendingAuthorization,
    from: u32,
    answer: &str,
    now: Timestamp,
    session: Option<&str>,
) -> Result<Grant> {
    match from {
        1 => pending.accept_query(answer, now, session),
        2 => pending.accept_pasted(answer, now, session),
        _ => pending.accept(answer, now, session),
    }
}

/// Of an answer that is accepted.
const CODE: f64 = 0.0;
const TOKEN: f64 = 1.0;
/// The login has to be given to [`keep_pending`] first.
const NOT_AT_HAND: f64 = 2.0;

/// How many logins a thread keeps as they were read. Reading one takes longer than checking its answer.
const KEPT: usize = 64;

/// Numbers go to this, and then begin again at 1: no login has the number 0.
const NUMBERS: u32 = 1 << 30;

/// The logins that a thread has at hand, whichever copy of the JavaScript around it asks: so numbers are given here.
struct AtHand {
    last: u32,
    kept: [Option<(u32, PendingAuthorization)>; KEPT],
}

thread_local! {
    static AT_HAND: RefCell<AtHand> = const { RefCell::new(AtHand { last: 0, kept: [const { None }; KEPT] }) };
}

fn place(number: u32) -> usize {
    number as usize % KEPT
}

/// Reads a login and keeps it at hand, until others take its place. Answers the number that it has meanwhile.
#[napi]
pub fn keep_pending(pending: String) -> Either<u32, Failure> {
    outcome(PendingAuthorization::deserialize(&pending).map(|pending| {
        AT_HAND.with_borrow_mut(|at_hand| {
            at_hand.last = at_hand.last % (NUMBERS - 1) + 1;
            at_hand.kept[place(at_hand.last)] = Some((at_hand.last, pending));
            at_hand.last
        })
    }))
}

/// Checks an answer to a login, now: `which` is four times the login's number, and where the answer comes from. What is granted
/// does not cross: [`grant`] shows it. Answers four times the moment, and what was accepted: each argument and each call costs
/// a tenth of what the checks do.
#[napi]
pub fn accept(
    env: Env,
    which: u32,
    #[napi(ts_arg_type = "string")] answer: Unknown<'_>,
) -> napi::Result<Either<f64, Failure>> {
    let now = SystemClock.now();
    accepted(&env, which, &answer, now, None, |what| seconds(now) * 4.0 + what)
}

/// The same at another moment, or for a login that is bound to a session; answers what was accepted.
#[napi]
pub fn accept_at(
    env: Env,
    which: u32,
    #[napi(ts_arg_type = "string")] answer: Unknown<'_>,
    now: f64,
    session: Option<String>,
) -> napi::Result<Either<f64, Failure>> {
    accepted(&env, which, &answer, moment(now), session.as_deref(), |what| what)
}

fn accepted(
    env: &Env,
    which: u32,
    answer: &Unknown<'_>,
    now: Timestamp,
    session: Option<&str>,
    told: impl Fn(f64) -> f64,
) -> napi::Result<Either<f64, Failure>> {
    let (number, from) = (which >> 2, which & 3);
    AT_HAND.with_borrow(|at_hand| match &at_hand.kept[place(number)] {
        Some((at, pending)) if *at == number => with_text(env, answer, |answer| {
            let granted = granted(pending, from, answer, now, session);
            outcome(granted.map(|grant| match grant {
                Grant::Code(_) => told(CODE),
                Grant::Token(_) => told(TOKEN),
            }))
        }),
        _ => Ok(Either::A(told(NOT_AT_HAND))),
    })
}

/// What an answer that was accepted grants: `code`, or `token`, a line; then the code, or the token and what is beside it.
#[napi]
pub fn grant(accepted: Accepted) -> Either<String, Failure> {
    outcome(accepted.again().map(|(_, grant)| lines(&grant)))
}

fn lines(grant: &Grant) -> String {
    match grant {
        Grant::Code(code) => ["code", code.code().reveal()].join("\n"),
        Grant::Token(token) => {
            let long = token.long_lived_token().map_or("", |token| token.reveal());
            ["token", token.access_token().reveal(), long].join("\n")
        }
    }
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
