//! Requests and the reading of their answers, in pairs.

use napi::bindgen_prelude::{ClassInstance, Either};
use napi_derive::napi;
use shutterkey::protocol::pkce::Verifier;
use shutterkey::protocol::{answer, metadata, request};
use shutterkey::{HttpRequest, Result, ScopeSet, Secret, UserId};

use crate::account::{AccountParts, ExchangedParts};
use crate::config::ClientConfig;
use crate::failure::{Failure, outcome};
use crate::options::ApiAnswer;
use crate::provider::{Provider, StandardSettings};
use crate::time::moment;
use crate::token::{read, wire};

/// A request to be sent by a driver.
#[napi(object, object_from_js = false)]
pub struct RequestParts {
    pub method: &'static str,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
    pub replay_safe: bool,
    /// Seconds.
    pub deadline: f64,
    pub body_cap: u32,
}

impl From<HttpRequest> for RequestParts {
    fn from(request: HttpRequest) -> Self {
        let headers = request.headers();
        Self {
            method: request.method().as_str(),
            url: request.url().to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            body: request.body().map(str::to_owned),
            replay_safe: request.is_replay_safe(),
            deadline: request.deadline().as_secs_f64(),
            body_cap: u32::try_from(request.body_cap()).unwrap_or(u32::MAX),
        }
    }
}

/// The exchange of a code.
#[napi]
pub fn build_exchange_request(
    config: ClassInstance<'_, ClientConfig>,
    code: String,
    verifier: Option<String>,
) -> Either<RequestParts, Failure> {
    let built = || {
        let verifier = verifier.as_deref().map(Verifier::parse).transpose()?;
        request::build_exchange_request(&config.0, &Secret::from(code), verifier.as_ref())
    };
    outcome(built().map(Into::into))
}

/// A request about a token: `extend`, `refresh`, `identify`, `revoke` or `permissions`.
#[napi]
pub fn build_token_request(
    what: String,
    config: ClassInstance<'_, ClientConfig>,
    token: String,
) -> Either<RequestParts, Failure> {
    let built = || {
        let token = read(config.0.provider(), &token)?;
        match what.as_str() {
            "extend" => request::build_extend_request(&config.0, &token),
            "refresh" => request::build_refresh_request(&config.0, &token),
            "revoke" => request::build_revoke_request(&config.0, &token),
            "permissions" => request::build_permissions_request(&config.0, &token),
            _ => request::build_identify_request(&config.0, &token),
        }
    };
    outcome(built().map(Into::into))
}

/// Reads the answer to a code exchange.
#[napi]
pub fn parse_exchange_response(
    provider: ClassInstance<'_, Provider>,
    asked: Vec<String>,
    answer: ApiAnswer,
    now: f64,
) -> Either<ExchangedParts, Failure> {
    let parsed = || {
        let asked = ScopeSet::new(asked)?;
        answer::parse_exchange_response(&provider.0, &asked, &answer.read(), moment(now))
    };
    outcome(parsed().map(Into::into))
}

/// Reads the answer to the exchange for a long-lived token.
#[napi]
pub fn parse_extend_response(
    provider: ClassInstance<'_, Provider>,
    token: String,
    answer: ApiAnswer,
    now: f64,
) -> Either<String, Failure> {
    let parsed = || {
        let token = read(&provider.0, &token)?;
        answer::parse_extend_response(&provider.0, &token, &answer.read(), moment(now))
    };
    outcome(parsed().map(|token| wire(&token)))
}

/// Reads the answer to a refresh.
#[napi]
pub fn parse_refresh_response(
    provider: ClassInstance<'_, Provider>,
    token: String,
    expected: Option<String>,
    answer: ApiAnswer,
    now: f64,
) -> Either<String, Failure> {
    let parsed = || {
        let token = read(&provider.0, &token)?;
        let expected = expected.as_deref().map(known).transpose()?;
        answer::parse_refresh_response(&provider.0, &token, expected.as_ref(), &answer.read(), moment(now))
    };
    outcome(parsed().map(|token| wire(&token)))
}

/// An account of which only the user id is known.
fn known(user_id: &str) -> Result<shutterkey::Account> {
    UserId::parse(user_id).map(shutterkey::Account::new)
}

/// Reads whose token it is.
#[napi]
pub fn parse_identify_response(
    provider: ClassInstance<'_, Provider>,
    answer: ApiAnswer,
    now: f64,
) -> Either<AccountParts, Failure> {
    let parsed = answer::parse_identify_response(&provider.0, &answer.read(), moment(now));
    outcome(parsed.map(|account| (&account).into()))
}

/// Reads the answer to a revocation.
#[napi]
pub fn parse_revoke_response(answer: ApiAnswer, now: f64) -> Option<Failure> {
    answer::parse_revoke_response(&answer.read(), moment(now))
        .err()
        .map(Into::into)
}

/// Where a server's metadata may be.
#[napi]
pub fn metadata_urls(issuer: String) -> Either<Vec<String>, Failure> {
    outcome(metadata::metadata_urls(&issuer).map(Vec::from))
}

/// The request for the metadata at one of them.
#[napi]
pub fn build_metadata_request(url: String) -> RequestParts {
    metadata::build_metadata_request(&url).into()
}

/// Reads a server's metadata into a provider; the settings stand over it.
#[napi]
pub fn parse_metadata(issuer: String, answer: ApiAnswer, settings: StandardSettings) -> Either<Provider, Failure> {
    let parsed = metadata::parse_metadata(&issuer, &answer.read());
    outcome(parsed.and_then(|builder| settings.finish(builder)).map(Provider))
}
