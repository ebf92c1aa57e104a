//! A login that an app and its backend share. Both values cross as the JSON that they are sent as.

use napi::bindgen_prelude::{ClassInstance, Either};
use napi_derive::napi;
use shutterkey::{AuthorizationRequest, Handover, HandoverStart, PendingAuthorization};

use crate::config::ClientConfig;
use crate::failure::{Failure, outcome};
use crate::seal::SealKeys;
use crate::time::{moment, seconds};

/// What may be known of the start of a hand-over, and all of it as JSON.
#[napi(object, object_from_js = false)]
pub struct StartParts {
    pub json: String,
    pub url: String,
    pub redirect_uri: String,
    pub expires_at: f64,
}

impl From<HandoverStart> for StartParts {
    fn from(start: HandoverStart) -> Self {
        Self {
            json: start.to_json().reveal().to_owned(),
            url: start.url().to_owned(),
            redirect_uri: start.redirect_uri().as_str().to_owned(),
            expires_at: seconds(start.expires_at()),
        }
    }
}

/// Begins a hand-over: the login, sealed for the user who is signed in.
#[napi]
pub fn seal_handover(
    url: String,
    pending: String,
    keys: ClassInstance<'_, SealKeys>,
    session: String,
) -> Either<StartParts, Failure> {
    let sealed = || {
        let pending = PendingAuthorization::deserialize(&pending)?;
        HandoverStart::seal(&AuthorizationRequest { url, pending }, &keys.0, &session)
    };
    outcome(sealed().map(Into::into))
}

/// Reads what a backend sent.
#[napi]
pub fn read_handover_start(json: String) -> Either<StartParts, Failure> {
    outcome(HandoverStart::parse(&json).map(Into::into))
}

/// Checks what the browser came back with, and makes of it what the backend gets.
#[napi]
pub fn answer_handover(start: String, redirect_url: String, now: f64) -> Either<String, Failure> {
    let answered = HandoverStart::parse(&start).and_then(|start| start.answer(&redirect_url, moment(now)));
    outcome(answered.map(|handover| handover.to_json().reveal().to_owned()))
}

/// Reads what an app sent.
#[napi]
pub fn read_handover(json: String) -> Either<String, Failure> {
    outcome(Handover::parse(&json).map(|handover| handover.to_json().reveal().to_owned()))
}

/// Opens the handle for the user who is signed in, and accepts the answer: the pending login. What is granted does not cross.
#[napi]
pub fn accept_handover(
    handover: String,
    config: ClassInstance<'_, ClientConfig>,
    keys: ClassInstance<'_, SealKeys>,
    session: String,
    now: f64,
) -> Either<String, Failure> {
    let accepted =
        Handover::parse(&handover).and_then(|handover| handover.accept(&config.0, &keys.0, &session, moment(now)));
    outcome(accepted.map(|(pending, _)| pending.serialize().reveal().to_owned()))
}
