//! Taking a token that was made elsewhere: the dashboard's *Generate token* button is the shortest way to a first one.

use super::Operation;
use super::complete::store_account;
use super::connection::Connection;
use crate::account::Account;
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::token::{Expiry, Token, TokenKind};
use crate::provider::Refresh;
use crate::provider::TokenShape;
use crate::record::{AccountRecord, Provenance};
use crate::scope::ScopeSet;
use crate::secret::Secret;

/// A token to take.
#[derive(Debug)]
pub struct ImportRequest {
    /// The client it was made for.
    pub config: ClientConfig,
    /// The token.
    pub token: Secret,
    /// What it is, if that is known. Dashboard tokens are long-lived (fact sheet 1.4), and so is the default.
    pub kind: Option<TokenKind>,
    /// When it expires, if that is known. Otherwise one refresh tells.
    pub expiry: Option<Expiry>,
    /// Whose it is, for a provider that does not say.
    pub account: Option<Account>,
    /// The namespace of the store to keep it in.
    pub namespace: Option<String>,
    /// The caller's own name for the account.
    pub alias: Option<String>,
}

/// Takes a token: asks the provider whose it is, and stores it.
///
/// Meta's answer proves that the token lives and whose it is, not for which app it was made, so a token that came from
/// somebody's device must not be imported: such a device hands in codes.
///
/// # Errors
/// `token.malformed`; `token.sandbox` for a sandbox's token with a real provider or the reverse; the provider's refusal;
/// the `store` family.
pub fn import(request: ImportRequest) -> Operation<Connection> {
    Operation::new(|io| async move {
        let ImportRequest {
            config,
            token,
            kind,
            expiry,
            account,
            namespace,
            alias,
        } = request;
        if let Some(alias) = &alias {
            crate::account::check_alias(alias)?;
        }
        let provider = config.provider().clone();
        let token = taken(&config, &token, kind, expiry)?;
        let account = match account {
            Some(account) => account,
            None => super::identify::ask(&io, &provider, &token).await?,
        };
        let record = AccountRecord::new(account, token, Provenance::of(&config));
        let record = match &namespace {
            Some(namespace) => store_account(&io, namespace, &provider, record, alias.as_deref()).await?,
            None => record,
        };
        Ok(Connection {
            key: record.key(),
            account: record.account,
            token: record.token,
            missing_scopes: ScopeSet::empty(),
            context: None,
            return_to: None,
        })
    })
}

/// A token from its text alone, as [`import`] takes it: white space and quotes around it are not part of it. What it is and
/// when it expires is what the provider's dashboard gives: long-lived, with an end that one refresh tells.
///
/// # Errors
/// As [`import`], before anybody is asked.
pub fn token_of(config: &ClientConfig, text: &Secret) -> Result<Token> {
    taken(config, text, None, None)
}

fn taken(config: &ClientConfig, text: &Secret, kind: Option<TokenKind>, expiry: Option<Expiry>) -> Result<Token> {
    let provider = config.provider();
    let text = text.reveal().trim().trim_matches(['"', '\'', '`']);
    check_shape(config, text)?;
    let kind = kind.unwrap_or(match (&provider.data().refresh, provider.data().exchange.kind) {
        (Refresh::LongLived { .. }, _) => TokenKind::Long,
        (_, kind) => kind,
    });
    let expiry = expiry.unwrap_or(if kind == TokenKind::Permanent {
        Expiry::Never
    } else {
        Expiry::Unknown
    });
    Token::builder(provider, text, kind).expiry(expiry).build()
}

/// Recognises tokens of another product or another age by how they begin (fact sheet 5.6): a hint, not a proof, and
/// only where the beginning leaves no doubt.
fn check_shape(config: &ClientConfig, text: &str) -> Result<()> {
    let provider = config.provider();
    if provider.id() != "instagram" && provider.id() != "threads" {
        return Ok(());
    }
    if TokenShape::of(text) == TokenShape::BasicDisplay {
        return Err(Error::new(ErrorCode::BasicDisplayEnded));
    }
    let legacy = text.split('.').map(str::len).collect::<Vec<_>>();
    if matches!(legacy.as_slice(), [user, 7, 32] if *user > 0) {
        return Err(Error::with_detail(
            ErrorCode::TokenInvalid,
            "This is a token of the legacy platform, which was switched off in 2020.",
        ));
    }
    let other = match provider.id() {
        "instagram" if text.starts_with("TH") => Some("Threads"),
        "threads" if text.starts_with("IG") => Some("Instagram Login"),
        _ => None,
    };
    match other {
        Some(other) => Err(Error::with_detail(
            ErrorCode::TokenInvalid,
            format!("This looks like a token of {other}, not of {}.", provider.name()),
        )),
        None => Ok(()),
    }
}
