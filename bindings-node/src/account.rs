//! Accounts, and what a login gives.

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use shutterkey::record::AccountRecord;
use shutterkey::{AccountKey, AccountState, Result, UserId};

use crate::failure::Failure;
use crate::time::{moment, seconds};
use crate::token;

/// An account as the provider describes it.
#[napi(object, object_from_js = false)]
pub struct AccountParts {
    pub user_id: String,
    pub app_scoped_id: Option<String>,
    pub username: Option<String>,
    pub name: Option<String>,
    pub account_type: Option<String>,
}

impl From<&shutterkey::Account> for AccountParts {
    fn from(account: &shutterkey::Account) -> Self {
        Self {
            user_id: account.user_id.as_str().to_owned(),
            app_scoped_id: account.app_scoped_id.as_ref().map(|id| id.as_str().to_owned()),
            username: account.username.clone(),
            name: account.name.clone(),
            account_type: account.account_type.clone(),
        }
    }
}

/// Names an account in a store.
#[napi(object)]
pub struct KeyParts {
    pub provider: String,
    pub app_id: String,
    pub user_id: String,
}

impl KeyParts {
    pub(crate) fn core(self) -> Result<AccountKey> {
        Ok(AccountKey {
            provider: self.provider,
            app_id: self.app_id,
            user_id: UserId::parse(&self.user_id)?,
        })
    }
}

impl From<&shutterkey::AccountKey> for KeyParts {
    fn from(key: &shutterkey::AccountKey) -> Self {
        Self {
            provider: key.provider.clone(),
            app_id: key.app_id.clone(),
            user_id: key.user_id.as_str().to_owned(),
        }
    }
}

/// A connected account.
#[napi(object, object_from_js = false)]
pub struct ConnectionParts {
    pub key: KeyParts,
    pub account: AccountParts,
    pub token: String,
    pub missing_scopes: Vec<String>,
    pub context: Option<Uint8Array>,
    pub return_to: Option<String>,
}

impl From<shutterkey::Connection> for ConnectionParts {
    fn from(connection: shutterkey::Connection) -> Self {
        Self {
            key: (&connection.key).into(),
            account: (&connection.account).into(),
            token: token::wire(&connection.token),
            missing_scopes: connection.missing_scopes.iter().map(str::to_owned).collect(),
            context: connection.context.map(Into::into),
            return_to: connection.return_to,
        }
    }
}

/// What a code was exchanged for.
#[napi(object, object_from_js = false)]
pub struct ExchangedParts {
    pub token: String,
    pub user_id: Option<String>,
}

impl From<shutterkey::protocol::answer::TokenAnswer> for ExchangedParts {
    fn from(answer: shutterkey::protocol::answer::TokenAnswer) -> Self {
        Self {
            token: token::wire(&answer.token),
            user_id: answer.user_id.map(|id| id.as_str().to_owned()),
        }
    }
}

/// An account in a store.
#[napi]
pub struct StoredAccount(pub(crate) AccountRecord);

/// How an account is at a moment.
#[napi(object, object_from_js = false)]
pub struct StateParts {
    pub kind: &'static str,
    pub by: Option<f64>,
    pub reason: Option<String>,
    pub recheck_at: Option<f64>,
}

#[napi]
impl StoredAccount {
    #[napi(getter)]
    pub fn key(&self) -> KeyParts {
        (&self.0.key()).into()
    }

    #[napi(getter)]
    pub fn account(&self) -> AccountParts {
        (&self.0.account).into()
    }

    /// Its token, as it is stored.
    #[napi]
    pub fn token(&self) -> String {
        token::wire(&self.0.token)
    }

    #[napi]
    pub fn state(&self, now: f64) -> StateParts {
        let (kind, by, reason, recheck_at) = match self.0.state(moment(now)) {
            AccountState::LoginNeededBy(by) => ("login_needed_by", Some(seconds(by)), None, None),
            AccountState::NeedsLogin { reason } => ("needs_login", None, Some(reason), None),
            AccountState::Blocked { reason, recheck } => ("blocked", None, Some(reason), Some(seconds(recheck))),
            _ => ("live", None, None, None),
        };
        StateParts {
            kind,
            by,
            reason,
            recheck_at,
        }
    }
}

/// An account that was forgotten.
#[napi(object, object_from_js = false)]
pub struct LoggedOutParts {
    pub revoked: bool,
    pub problem: Option<Failure>,
}

impl From<shutterkey::operation::LoggedOut> for LoggedOutParts {
    fn from(logged_out: shutterkey::operation::LoggedOut) -> Self {
        Self {
            revoked: logged_out.revoked,
            problem: logged_out.problem.map(Into::into),
        }
    }
}
