//! Whose token it is.

use super::{Io, Operation};
use crate::account::Account;
use crate::error::Result;
use crate::protocol::answer::parse_identify_response;
use crate::protocol::request::build_identify_request;
use crate::protocol::token::Token;
use crate::provider::Provider;

/// Asks the provider whose token it is.
///
/// # Errors
/// `config.unsupported` where the provider has no such call; the provider's refusal; the `network` family.
pub fn identify(provider: &Provider, token: &Token) -> Operation<Account> {
    let (provider, token) = (provider.clone(), token.clone());
    Operation::new(|io| async move { ask(&io, &provider, &token).await })
}

pub(super) async fn ask(io: &Io, provider: &Provider, token: &Token) -> Result<Account> {
    let request = build_identify_request(provider, token)?;
    let response = io.send_patiently(request, super::simple::spread(token)).await?;
    parse_identify_response(provider, &response, io.now())
}
