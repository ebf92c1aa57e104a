//! What was granted, and taking one of it back.

use super::{Io, Operation};
use crate::config::ClientConfig;
use crate::error::Result;
use crate::protocol::answer::{Permissions, parse_permissions_response, parse_revoke_response};
use crate::protocol::request::{build_permissions_request, build_revoke_permission_request};
use crate::protocol::token::Token;

/// Asks what became of each permission: granted, declined or expired.
///
/// # Errors
/// `config.unsupported` where the provider has no such call; the provider's refusal; the `network` family.
pub fn permissions(config: &ClientConfig, token: &Token) -> Operation<Permissions> {
    let (config, token) = (config.clone(), token.clone());
    Operation::new(|io| async move { ask(&io, &config, &token).await })
}

pub(super) async fn ask(io: &Io, config: &ClientConfig, token: &Token) -> Result<Permissions> {
    let request = build_permissions_request(config, token)?;
    let response = io.send_patiently(request, super::simple::spread(token)).await?;
    parse_permissions_response(&response, io.now())
}

/// Takes one permission back. The token lives on without it; [`super::revoke`] ends the token.
///
/// # Errors
/// `config.unsupported` where the provider has no such call; `config.invalid` for what is no permission's name; the
/// provider's refusal; the `network` family.
pub fn revoke_permission(config: &ClientConfig, token: &Token, permission: &str) -> Operation<()> {
    let request = build_revoke_permission_request(config, token, permission);
    let spread = super::simple::spread(token);
    Operation::new(move |io| async move {
        let response = io.send_patiently(request?, spread).await?;
        parse_revoke_response(&response, io.now())
    })
}
