//! Taking a token that was made elsewhere: the dashboard's *Generate token* button is the shortest way to a first one.

use super::complete::store_account;
use super::connection::Connection;
use super::{Io, Operation};
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
    /// Whether it came from a device, or from anybody else whose word does not count: then it is taken only if the provider
    /// says that it was made for this app, and whose it is.
    pub from_device: bool,
    /// Whose it is, for a provider that does not say.
    pub account: Option<Account>,
    /// The namespace of the store to keep it in.
    pub namespace: Option<String>,
    /// The caller's own name for the account.
    pub alias: Option<String>,
}

/// Takes a token: asks the provider whose it is, and stores it.
///
/// `/me` proves that the token lives and whose it is, not for which app it was made: anybody may hold a live token of another
/// app's user. So a token that came from somebody's device is imported with [`ImportRequest::from_device`] alone, which asks
/// the provider for which app it was made (Facebook's `debug_token`); where the provider does not say, devices hand in codes.
///
/// # Errors
/// `token.malformed`; `token.sandbox` for a sandbox's token with a real provider or the reverse; of a device's token
/// `token.wrong_app`, `account.mismatch`, and `config.unsupported` where the provider cannot tell; the provider's refusal;
/// the `store` family.
pub fn import(request: ImportRequest) -> Operation<Connection> {
    Operation::new(|io| async move {
        let ImportRequest {
            config,
            token,
            kind,
            expiry,
            from_device,
            account,
            namespace,
            alias,
        } = request;
        if let Some(alias) = &alias {
            crate::account::check_alias(alias)?;
        }
        let provider = config.provider().clone();
        let token = taken(&config, &token, kind, expiry)?;
        let (token, account) = match (from_device, account) {
            (true, account) => from_a_device(&io, &config, token, account).await?,
            (false, Some(account)) => (token, account),
            (false, None) => {
                let account = super::identify::ask(&io, &config, &token).await?;
                (token, account)
            }
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

/// As [`token_of`], with what else is known.
pub(crate) fn taken(
    config: &ClientConfig,
    text: &Secret,
    kind: Option<TokenKind>,
    expiry: Option<Expiry>,
) -> Result<Token> {
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

/// The token with what the provider says about it, if it was made for this app and for this account.
#[cfg(feature = "server")]
async fn from_a_device(
    io: &Io,
    config: &ClientConfig,
    token: Token,
    account: Option<Account>,
) -> Result<(Token, Account)> {
    use super::inspect;
    use crate::protocol::answer::InspectedKind;
    use crate::provider::Inspect;

    if let Inspect::None(_) = config.provider().data().inspect {
        return Err(no_tokens_from_devices(config));
    }
    let inspection = inspect::audience(io, config, &token).await?;
    let account = match account {
        Some(account) => account,
        None => super::identify::ask(io, config, &token).await?,
    };
    inspect::check_owner(&inspection, &account)?;
    let kind = match inspection.kind {
        Some(InspectedKind::Page) => TokenKind::Page,
        Some(InspectedKind::SystemUser) => TokenKind::SystemUser,
        _ if token.kind() == TokenKind::Short && lives_long(inspection.expiry, io.now()) => TokenKind::Long,
        _ => token.kind(),
    };
    let until = match inspection.data_access {
        Expiry::At(until) => Some(until),
        Expiry::Never | Expiry::Unknown => None,
    };
    let token = Token::builder(config.provider(), token.reveal(), kind)
        .scopes(Some(inspection.scopes))
        .issued_at(inspection.issued_at)
        .expiry(inspection.expiry)
        .data_access_until(until)
        .build()?;
    Ok((token, account))
}

/// A short-lived token has hours, a long-lived one begins with sixty days.
#[cfg(feature = "server")]
fn lives_long(expiry: Expiry, now: crate::clock::Timestamp) -> bool {
    match expiry {
        Expiry::At(end) => end.since(now) > 86_400,
        Expiry::Never => true,
        Expiry::Unknown => false,
    }
}

/// Without the feature `server` there is no app secret, and so nobody to ask.
#[cfg(not(feature = "server"))]
async fn from_a_device(_: &Io, config: &ClientConfig, _: Token, _: Option<Account>) -> Result<(Token, Account)> {
    Err(no_tokens_from_devices(config))
}

fn no_tokens_from_devices(config: &ClientConfig) -> Error {
    Error::with_detail(
        ErrorCode::ConfigUnsupported,
        format!(
            "{} does not tell which app a token was made for, so none is taken from a device: have it hand in a code (see Handover).",
            config.provider().name()
        ),
    )
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
