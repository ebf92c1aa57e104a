//! Whose token it is.

use super::{Io, Operation};
use crate::account::Account;
use crate::config::ClientConfig;
use crate::error::Result;
use crate::protocol::answer::parse_identify_response;
use crate::protocol::request::{Caller, build_identify_request};
use crate::protocol::token::Token;

/// Asks the provider whose token it is. Give the configuration where there is one: see [`Caller`].
///
/// # Errors
/// `config.unsupported` where the provider has no such call; the provider's refusal; the `network` family.
pub fn identify<'a>(caller: impl Into<Caller<'a>>, token: &Token) -> Operation<Account> {
    let caller = caller.into();
    let provider = caller.provider().clone();
    let request = build_identify_request(caller, token);
    let spread = super::simple::spread(token);
    Operation::new(move |io| async move {
        let response = io.send_patiently(request?, spread).await?;
        parse_identify_response(&provider, &response, io.now())
    })
}

pub(super) async fn ask(io: &Io, config: &ClientConfig, token: &Token) -> Result<Account> {
    io.perform(identify(config, token)).await
}
