//! Completing a login: exchange, long-lived exchange, whose token it is, and keeping it.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use super::connection::Connection;
use super::simple::obtain;
use super::{Io, Operation, Saved};
use crate::account::{Account, AccountKey, UserId};
use crate::config::ClientConfig;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::answer::parse_extend_response;
use crate::protocol::pending::PendingAuthorization;
use crate::protocol::redirect::Grant;
use crate::protocol::replay::ReplayGuard;
use crate::protocol::request::build_extend_request;
use crate::protocol::token::{Token, TokenKind};
use crate::record::{AccountRecord, LoginRecord, LoginStage, Provenance, StoreKey};
use crate::scope::ScopeSet;

/// A login to complete.
#[derive(Debug)]
pub struct CompleteRequest {
    /// The client that began it.
    pub config: ClientConfig,
    /// The login.
    pub pending: PendingAuthorization,
    /// What [`PendingAuthorization::accept`] gave.
    pub grant: Grant,
    /// The namespace of the store to keep it in; `None`: the caller keeps the result, no store is asked.
    pub namespace: Option<String>,
    /// The caller's own name for the account, kept beside its key.
    pub alias: Option<String>,
}

/// A login whose code is spent and which is not finished: what was received is in here, and in the store where there
/// is one. Printing it shows nothing of that.
#[derive(Clone)]
pub struct Resumable(Box<Remaining>);

#[derive(Clone)]
struct Remaining {
    config: ClientConfig,
    pending: PendingAuthorization,
    namespace: Option<String>,
    alias: Option<String>,
    token: Token,
    user_id: Option<UserId>,
    /// The version of the login's record, where it is stored.
    stored: Option<u64>,
}

impl Error {
    /// Present when a login failed after its code was spent: what was received is in here (and in the store, where
    /// there is one), and resuming finishes the login without a new one.
    pub fn resumable(&self) -> Option<&Resumable> {
        self.cargo()?.downcast_ref()
    }

    fn resuming(self, remaining: &Remaining) -> Self {
        self.carrying(Arc::new(Resumable(Box::new(remaining.clone()))))
    }
}

impl fmt::Debug for Resumable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resumable({})", self.0.pending.provider())
    }
}

impl Resumable {
    /// The public name of the login.
    pub fn handle(&self) -> String {
        self.0.pending.handle()
    }

    /// The caller's own name for the account.
    pub(crate) fn alias(&self) -> Option<&str> {
        self.0.alias.as_deref()
    }

    /// The token that was received, for callers without a store who want to keep it themselves.
    pub fn token(&self) -> &Token {
        &self.0.token
    }
}

/// Completes a login: the code is spent once, whatever was received is saved at once, and the account is identified and
/// stored before the result is answered.
///
/// # Errors
/// `redirect.state_used` when this login was completed, or its code spent, before; the provider's refusal; `denied.scope`
/// and `account.mismatch` when the result is not what the caller wanted. An error of a later step carries a
/// [`Resumable`] ([`Error::resumable`]): [`resume`] finishes the login without a new one.
pub fn complete(request: CompleteRequest) -> Operation<Connection> {
    Operation::new(|io| async move {
        let CompleteRequest {
            config,
            pending,
            grant,
            namespace,
            alias,
        } = request;
        pending.check_client(&config)?;
        if let Some(alias) = &alias {
            crate::account::check_alias(alias)?;
        }
        let mut remaining = match claim(&io, &config, &pending, namespace.as_deref()).await? {
            Claim::Received(token, version) => Remaining {
                config,
                pending,
                namespace,
                alias,
                token,
                user_id: None,
                stored: Some(version),
            },
            Claim::Ours(version) => {
                let answer = match obtain(&io, &config, &pending, grant).await {
                    Ok(answer) => answer,
                    Err(error) => {
                        unclaim(&io, &pending, namespace.as_deref(), version, &error).await;
                        return Err(error);
                    }
                };
                let mut remaining = Remaining {
                    config,
                    pending,
                    namespace,
                    alias,
                    token: answer.token,
                    user_id: answer.user_id,
                    stored: version,
                };
                match remaining.remember(&io).await {
                    Ok(()) => remaining,
                    Err(error) => return Err(error.resuming(&remaining)),
                }
            }
        };
        finish(&io, &mut remaining).await
    })
}

/// Completes a login once, for callers without a store: `guard` remembers which logins were completed. A login whose code
/// never left this machine may be completed again.
///
/// # Errors
/// `redirect.state_used` for a second time; otherwise as [`complete`].
pub fn complete_once(guard: &Arc<Mutex<ReplayGuard>>, request: CompleteRequest) -> Operation<Connection> {
    let guard = Arc::clone(guard);
    Operation::new(|io| async move {
        let lock = || guard.lock().unwrap_or_else(PoisonError::into_inner);
        let pending = request.pending.clone();
        lock().spend(&pending, io.now())?;
        let outcome = io.perform(complete(request)).await;
        if matches!(&outcome, Err(error) if code_is_unspent(error)) {
            lock().unspend(&pending);
        }
        outcome
    })
}

/// Finishes a login whose code is spent.
///
/// # Errors
/// As [`complete`], and again with what is needed to resume.
pub fn resume(resumable: &Resumable) -> Operation<Connection> {
    let mut remaining = (*resumable.0).clone();
    Operation::new(|io| async move { finish(&io, &mut remaining).await })
}

enum Claim {
    /// This login is ours to complete; the version of its record, where there is a store.
    Ours(Option<u64>),
    /// An earlier attempt received this token and got no further.
    Received(Token, u64),
}

/// Makes sure, where there is a store, that a code is spent once over all processes.
async fn claim(
    io: &Io,
    config: &ClientConfig,
    pending: &PendingAuthorization,
    namespace: Option<&str>,
) -> Result<Claim> {
    let Some(namespace) = namespace else {
        return Ok(Claim::Ours(None));
    };
    let key = StoreKey::login(namespace, &pending.handle());
    if let Some(stored) = io.load(&key).await? {
        return match LoginRecord::decode(config.provider(), &stored.record.bytes)?.stage {
            LoginStage::Received(token) => Ok(Claim::Received(token, stored.version)),
            LoginStage::Claimed | LoginStage::Finished => Err(Error::new(ErrorCode::RedirectStateUsed)),
        };
    }
    match io
        .save(&key, LoginRecord::encode(&LoginStage::Claimed, io.now()), None, None)
        .await?
    {
        Saved::Version(version) => Ok(Claim::Ours(Some(version))),
        Saved::Conflict => Err(Error::new(ErrorCode::RedirectStateUsed)),
    }
}

/// Whether a login failed before its code left this machine. An error with something to resume comes from a later step.
pub(crate) fn code_is_unspent(error: &Error) -> bool {
    error.resumable().is_none() && matches!(error.code(), ErrorCode::Offline | ErrorCode::Dns)
}

/// A code that never left this machine is not spent: the same redirect may be completed once the network is back.
async fn unclaim(
    io: &Io,
    pending: &PendingAuthorization,
    namespace: Option<&str>,
    version: Option<u64>,
    error: &Error,
) {
    if let (true, Some(namespace), Some(version)) = (code_is_unspent(error), namespace, version) {
        // If this fails as well, the person has to log in again: the safe side.
        let _ = io.delete(&StoreKey::login(namespace, &pending.handle()), version).await;
    }
}

async fn finish(io: &Io, remaining: &mut Remaining) -> Result<Connection> {
    match remaining.finish(io).await {
        Ok(connection) => Ok(connection),
        // What the caller did not want is an answer, not an accident: there is nothing to go on with.
        Err(error) if matches!(error.code(), ErrorCode::DeniedScope | ErrorCode::AccountMismatch) => {
            remaining.forget(io).await;
            Err(error)
        }
        Err(error) => Err(error.resuming(remaining)),
    }
}

impl Remaining {
    async fn finish(&mut self, io: &Io) -> Result<Connection> {
        let missing_scopes = self.missing_scopes()?;
        self.extend(io).await?;
        let account = self.identify(io).await?;
        if let Some(expected) = self.pending.expected_account()
            && *expected != account.user_id
        {
            return Err(Error::with_detail(
                ErrorCode::AccountMismatch,
                format!(
                    "Account {} logged in where {expected} was expected; nothing was stored.",
                    account.user_id
                ),
            ));
        }
        let record = AccountRecord::new(account.clone(), self.token.clone(), Provenance::of(&self.config));
        let key = record.key();
        if let Some(namespace) = self.namespace.clone() {
            store_account(io, &namespace, self.config.provider(), record, self.alias.as_deref()).await?;
            // The account is stored; that the login's own memory could not be tidied loses nothing.
            let _ = self.write_stage(io, &LoginStage::Finished).await;
        }
        Ok(Connection {
            key,
            account,
            token: self.token.clone(),
            missing_scopes,
            context: self.pending.context().map(<[u8]>::to_vec),
            return_to: self.pending.return_to().map(str::to_owned),
        })
    }

    /// What was asked for and not granted. Where the provider does not say what it granted, nothing is known to be missing.
    fn missing_scopes(&self) -> Result<ScopeSet> {
        let Some(granted) = self.token.scopes() else {
            return Ok(ScopeSet::empty());
        };
        if let Some(required) = self.pending.required_scopes() {
            let missing = required.missing_from(granted);
            if !missing.is_empty() {
                return Err(Error::with_detail(
                    ErrorCode::DeniedScope,
                    format!("Required and not granted: {}.", missing.join(' ')),
                ));
            }
        }
        Ok(self
            .pending
            .own_scopes()
            .unwrap_or(self.config.scopes())
            .missing_from(granted))
    }

    async fn extend(&mut self, io: &Io) -> Result<()> {
        let extensible = self.token.kind() == TokenKind::Short && self.config.provider().data().extend.is_some();
        // Without the app secret (an app on a phone) the short token is all there is.
        if !extensible || self.config.client_secret().is_none() {
            return Ok(());
        }
        let request = build_extend_request(&self.config, &self.token)?;
        let response = io.send_patiently(request, super::simple::spread(&self.token)).await?;
        self.token = parse_extend_response(self.config.provider(), &self.token, &response, io.now())?;
        self.remember(io).await
    }

    async fn identify(&self, io: &Io) -> Result<Account> {
        if self.config.provider().data().identify.is_some() {
            return super::identify::ask(io, &self.config, &self.token).await;
        }
        // A server that does not say whose token it is has one account per app, under a name of ours.
        let known = self
            .user_id
            .clone()
            .or_else(|| self.pending.expected_account().cloned());
        Ok(Account::new(match known {
            Some(user_id) => user_id,
            None => UserId::parse("me")?,
        }))
    }

    /// Writes down what was received, before anything else is tried.
    async fn remember(&mut self, io: &Io) -> Result<()> {
        self.write_stage(io, &LoginStage::Received(self.token.clone())).await
    }

    async fn write_stage(&mut self, io: &Io, stage: &LoginStage) -> Result<()> {
        let Some(namespace) = &self.namespace else {
            return Ok(());
        };
        let key = StoreKey::login(namespace, &self.pending.handle());
        match io
            .save(&key, LoginRecord::encode(stage, io.now()), self.stored, None)
            .await?
        {
            Saved::Version(version) => {
                self.stored = Some(version);
                Ok(())
            }
            // Somebody else completes the same login; what they store is as good.
            Saved::Conflict => Err(Error::new(ErrorCode::StoreConflict)),
        }
    }

    async fn forget(&mut self, io: &Io) {
        let _ = self.write_stage(io, &LoginStage::Finished).await;
    }
}

/// Writes an account's record over whatever is there, and the names it is found by.
pub(super) async fn store_account(
    io: &Io,
    namespace: &str,
    provider: &crate::provider::Provider,
    record: AccountRecord,
    alias: Option<&str>,
) -> Result<AccountRecord> {
    let account_key = record.key();
    let key = StoreKey::account(namespace, &account_key);
    let record = put(io, &key, provider, record).await?;
    if let Some(id) = &record.account.app_scoped_id {
        let index = StoreKey::app_scoped(namespace, &account_key.provider, &account_key.app_id, id);
        point(io, &index, &account_key).await?;
    }
    if let Some(alias) = alias {
        point(
            io,
            &StoreKey::alias(namespace, &account_key.provider, &account_key.app_id, alias),
            &account_key,
        )
        .await?;
    }
    Ok(record)
}

/// A fresh login replaces what was there, and keeps what this release does not know.
async fn put(
    io: &Io,
    key: &StoreKey,
    provider: &crate::provider::Provider,
    record: AccountRecord,
) -> Result<AccountRecord> {
    for _ in 0..4 {
        let present = io.load(key).await?;
        let merged = match &present {
            None => record.clone(),
            Some(stored) => match AccountRecord::decode(provider, &stored.record.bytes) {
                Ok(old) => old.reconnected(record.clone()),
                // A damaged record is no reason to refuse a new token.
                Err(_) => record.clone(),
            },
        };
        if let Saved::Version(_) = io
            .save(key, merged.encode(), present.map(|stored| stored.version), None)
            .await?
        {
            return Ok(merged);
        }
    }
    Err(Error::new(ErrorCode::StoreConflict))
}

/// Makes a name point at an account.
pub(super) async fn point(io: &Io, key: &StoreKey, account: &AccountKey) -> Result<()> {
    for _ in 0..4 {
        let present = io.load(key).await?;
        if present
            .as_ref()
            .is_some_and(|stored| crate::record::pointer(&stored.record.bytes).as_ref() == Some(account))
        {
            return Ok(());
        }
        let record = crate::record::encode_pointer(account);
        if let Saved::Version(_) = io.save(key, record, present.map(|stored| stored.version), None).await? {
            return Ok(());
        }
    }
    Err(Error::new(ErrorCode::StoreConflict))
}
