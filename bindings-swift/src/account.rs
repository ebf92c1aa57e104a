//! Accounts, and what a login gives.

use std::sync::Arc;

use shutterkey::protocol::answer::TokenAnswer;
use shutterkey::record::AccountRecord;
use shutterkey::{Account, AccountKey, AccountState, Connection, Result, UserId};

use crate::failure::FailureParts;
use crate::token::NativeToken;
use crate::{moment, names};

/// An account as the provider describes it.
#[derive(Clone, Debug, uniffi::Record)]
pub struct AccountParts {
    /// Its own id, exact.
    pub user_id: String,
    /// The app-scoped id, where it is another one.
    pub app_scoped_id: Option<String>,
    /// Its user name, without `@`.
    pub username: Option<String>,
    /// The name it shows.
    pub name: Option<String>,
    /// `Business`, `Media_Creator`, …
    pub account_type: Option<String>,
}

impl From<&Account> for AccountParts {
    fn from(account: &Account) -> Self {
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
#[derive(Clone, Debug, uniffi::Record)]
pub struct KeyParts {
    /// The provider's stable name.
    pub provider: String,
    /// The app that the token belongs to.
    pub app_id: String,
    /// The account.
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

impl From<&AccountKey> for KeyParts {
    fn from(key: &AccountKey) -> Self {
        Self {
            provider: key.provider.clone(),
            app_id: key.app_id.clone(),
            user_id: key.user_id.as_str().to_owned(),
        }
    }
}

/// A connected account.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ConnectionParts {
    /// Its key in a store.
    pub key: KeyParts,
    /// The account.
    pub account: AccountParts,
    /// Its token.
    pub token: Arc<NativeToken>,
    /// Scopes that were asked for and not granted.
    pub missing_scopes: Vec<String>,
    /// The caller's own data.
    pub context: Option<Vec<u8>>,
    /// Where to go.
    pub return_to: Option<String>,
}

impl From<Connection> for ConnectionParts {
    fn from(connection: Connection) -> Self {
        Self {
            key: (&connection.key).into(),
            account: (&connection.account).into(),
            token: NativeToken::wrap(connection.token),
            missing_scopes: names(&connection.missing_scopes),
            context: connection.context,
            return_to: connection.return_to,
        }
    }
}

/// What a code was exchanged for.
#[derive(Clone, Debug, uniffi::Record)]
pub struct ExchangedParts {
    /// The token.
    pub token: Arc<NativeToken>,
    /// The user id beside it.
    pub user_id: Option<String>,
}

impl From<TokenAnswer> for ExchangedParts {
    fn from(answer: TokenAnswer) -> Self {
        Self {
            token: NativeToken::wrap(answer.token),
            user_id: answer.user_id.map(|id| id.as_str().to_owned()),
        }
    }
}

/// An account that was forgotten.
#[derive(Clone, Debug, uniffi::Record)]
pub struct LoggedOutParts {
    /// Whether the provider confirmed that the token is ended.
    pub revoked: bool,
    /// Why it is not.
    pub problem: Option<FailureParts>,
}

/// How an account is.
#[derive(Clone, Debug, uniffi::Enum)]
pub enum StateParts {
    /// It has a live token that is kept alive.
    Live,
    /// It has a live token that cannot be kept alive beyond a moment.
    LoginNeededBy {
        /// The moment.
        moment: i64,
    },
    /// Only a new login helps.
    NeedsLogin {
        /// Why, as the code of an error.
        reason: String,
    },
    /// The person has to do something first.
    Blocked {
        /// Why, as the code of an error.
        reason: String,
        /// When it is worth asking again.
        recheck: i64,
    },
}

/// An account as it is stored.
#[derive(Debug, uniffi::Object)]
pub struct NativeAccount(pub(crate) AccountRecord);

#[uniffi::export]
impl NativeAccount {
    /// Its key in a store.
    pub fn key(&self) -> KeyParts {
        (&self.0.key()).into()
    }

    /// The account.
    pub fn account(&self) -> AccountParts {
        (&self.0.account).into()
    }

    /// Its token.
    pub fn token(&self) -> Arc<NativeToken> {
        NativeToken::wrap(self.0.token.clone())
    }

    /// Where its token may be sent.
    pub fn origin(&self) -> String {
        self.0.origin().to_owned()
    }

    /// How it is.
    pub fn state(&self, now: i64) -> StateParts {
        match self.0.state(moment(now)) {
            AccountState::LoginNeededBy(at) => StateParts::LoginNeededBy { moment: at.seconds() },
            AccountState::NeedsLogin { reason } => StateParts::NeedsLogin { reason },
            AccountState::Blocked { reason, recheck } => StateParts::Blocked {
                reason,
                recheck: recheck.seconds(),
            },
            _ => StateParts::Live,
        }
    }
}
