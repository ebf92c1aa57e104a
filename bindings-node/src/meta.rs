//! What Meta signs, and what an API answer means.

use napi::bindgen_prelude::{Either, Uint8Array};
use napi_derive::napi;
use shutterkey::protocol::answer;
use shutterkey::{Secret, meta};

use crate::failure::{Failure, outcome};
use crate::options::ApiAnswer;
use crate::time::{moment, seconds};

fn secrets(given: Vec<String>) -> Vec<Secret> {
    given.into_iter().map(Secret::from).collect()
}

/// A verified callback.
#[napi(object, object_from_js = false)]
pub struct SignedParts {
    pub user_id: String,
    pub issued_at: f64,
}

/// Verifies the `signed_request` of a callback.
#[napi]
pub fn verify_signed_request(text: String, app_secrets: Vec<String>, now: f64) -> Either<SignedParts, Failure> {
    let verified = meta::verify_signed_request(&text, &secrets(app_secrets), moment(now));
    outcome(verified.map(|signed| SignedParts {
        user_id: signed.user_id.as_str().to_owned(),
        issued_at: seconds(signed.issued_at),
    }))
}

/// Verifies the signature of a webhook's delivery.
#[napi]
pub fn verify_webhook(body: Uint8Array, signature: Option<String>, app_secrets: Vec<String>) -> Option<Failure> {
    meta::verify_webhook(&body, signature.as_deref(), &secrets(app_secrets))
        .err()
        .map(Into::into)
}

/// Answers the query with which a webhook is set up.
#[napi]
pub fn webhook_challenge(query: String, verify_token: String) -> Either<String, Failure> {
    outcome(meta::webhook_challenge(&query, &Secret::from(verify_token)))
}

/// The `appsecret_proof` of a token.
#[napi]
pub fn appsecret_proof(app_secret: String, access_token: String) -> String {
    meta::appsecret_proof(&Secret::from(app_secret), &access_token)
}

/// The `sig` of a call of the old platform whose app enforces signed requests.
#[napi]
pub fn legacy_signature(client_secret: String, endpoint: String, parameters: Vec<(String, String)>) -> String {
    let pairs: Vec<_> = parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    meta::legacy_signature(&Secret::from(client_secret), &endpoint, &pairs)
}

/// What an API answer means.
#[napi]
pub fn classify(given: ApiAnswer, now: f64) -> Option<Failure> {
    answer::classify(&given.read(), moment(now)).map(Into::into)
}
