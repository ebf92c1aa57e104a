//! Requests and the reading of their answers, in pairs.

use std::sync::Arc;

use shutterkey::protocol::pkce::Verifier;
use shutterkey::protocol::{answer, metadata, request};
use shutterkey::{Account, Provider, ScopeSet, Secret, UserId};

use crate::account::{AccountParts, ExchangedParts};
use crate::answer::ApiAnswer;
use crate::config::NativeConfig;
use crate::failure::{Failure, FailureParts};
use crate::moment;
use crate::provider::{NativeProvider, StandardParts};
use crate::request::NativeRequest;
use crate::token::NativeToken;

fn built(request: shutterkey::Result<shutterkey::HttpRequest>) -> Result<Arc<NativeRequest>, Failure> {
    Ok(NativeRequest::wrap(request?))
}

/// The exchange of a code.
#[uniffi::export]
pub fn build_exchange_request(
    config: &NativeConfig,
    code: String,
    verifier: Option<String>,
) -> Result<Arc<NativeRequest>, Failure> {
    let verifier = verifier.as_deref().map(Verifier::parse).transpose()?;
    let code = Secret::from(code);
    built(request::build_exchange_request(&config.0, &code, verifier.as_ref()))
}

/// Short-lived to long-lived.
#[uniffi::export]
pub fn build_extend_request(config: &NativeConfig, token: &NativeToken) -> Result<Arc<NativeRequest>, Failure> {
    built(request::build_extend_request(&config.0, &token.0))
}

/// The refresh.
#[uniffi::export]
pub fn build_refresh_request(config: &NativeConfig, token: &NativeToken) -> Result<Arc<NativeRequest>, Failure> {
    built(request::build_refresh_request(&config.0, &token.0))
}

/// Whose token it is.
#[uniffi::export]
pub fn build_identify_request(provider: &NativeProvider, token: &NativeToken) -> Result<Arc<NativeRequest>, Failure> {
    built(request::build_identify_request(&provider.0, &token.0))
}

/// The end of a token.
#[uniffi::export]
pub fn build_revoke_request(config: &NativeConfig, token: &NativeToken) -> Result<Arc<NativeRequest>, Failure> {
    built(request::build_revoke_request(&config.0, &token.0))
}

/// Reads the answer to a code exchange.
#[uniffi::export]
pub fn parse_exchange_response(
    provider: &NativeProvider,
    asked: Vec<String>,
    answer: ApiAnswer,
    now: i64,
) -> Result<ExchangedParts, Failure> {
    let asked = ScopeSet::new(asked)?;
    let parsed = answer::parse_exchange_response(&provider.0, &asked, &answer.read(), moment(now))?;
    Ok(parsed.into())
}

/// Reads the answer to the exchange for a long-lived token.
#[uniffi::export]
pub fn parse_extend_response(
    provider: &NativeProvider,
    token: &NativeToken,
    answer: ApiAnswer,
    now: i64,
) -> Result<Arc<NativeToken>, Failure> {
    let parsed = answer::parse_extend_response(&provider.0, &token.0, &answer.read(), moment(now))?;
    Ok(NativeToken::wrap(parsed))
}

/// Reads the answer to a refresh.
#[uniffi::export]
pub fn parse_refresh_response(
    provider: &NativeProvider,
    token: &NativeToken,
    expected_user_id: Option<String>,
    answer: ApiAnswer,
    now: i64,
) -> Result<Arc<NativeToken>, Failure> {
    let expected = expected_user_id
        .as_deref()
        .map(UserId::parse)
        .transpose()?
        .map(Account::new);
    let answer = answer.read();
    let parsed = answer::parse_refresh_response(&provider.0, &token.0, expected.as_ref(), &answer, moment(now))?;
    Ok(NativeToken::wrap(parsed))
}

/// Reads whose token it is.
#[uniffi::export]
pub fn parse_identify_response(
    provider: &NativeProvider,
    answer: ApiAnswer,
    now: i64,
) -> Result<AccountParts, Failure> {
    let parsed = answer::parse_identify_response(&provider.0, &answer.read(), moment(now))?;
    Ok((&parsed).into())
}

/// Reads the answer to a revocation.
#[uniffi::export]
pub fn parse_revoke_response(answer: ApiAnswer, now: i64) -> Result<(), Failure> {
    Ok(answer::parse_revoke_response(&answer.read(), moment(now))?)
}

/// What an answer of any endpoint means; nothing for a success.
#[uniffi::export]
pub fn classify(answer: ApiAnswer, now: i64) -> Option<FailureParts> {
    answer::classify(&answer.read(), moment(now)).map(Into::into)
}

/// Where a server's metadata may be.
#[uniffi::export]
pub fn metadata_urls(issuer: String) -> Result<Vec<String>, Failure> {
    Ok(metadata::metadata_urls(&issuer)?.into())
}

/// The request for the metadata at one of them.
#[uniffi::export]
pub fn build_metadata_request(url: String) -> Arc<NativeRequest> {
    NativeRequest::wrap(metadata::build_metadata_request(&url))
}

/// Reads a server's metadata into a provider; what is given stands over it.
#[uniffi::export]
pub fn parse_metadata(issuer: String, answer: ApiAnswer, given: StandardParts) -> Result<Arc<NativeProvider>, Failure> {
    let builder = metadata::parse_metadata(&issuer, &answer.read())?;
    let provider: Provider = given.finish(builder)?;
    Ok(Arc::new(NativeProvider(provider)))
}
