//! Accounts, and what a login gives.

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use shutterkey::record::{AccountRecord, AccountState};

use crate::errors;
use crate::time::{self, Moment};
use crate::token::Token;

/// An account as the provider describes it. Ids are exact texts.
#[pyclass(frozen, eq, module = "shutterkey")]
#[derive(Clone, PartialEq)]
pub(crate) struct Account(pub(crate) shutterkey::Account);

#[pymethods]
impl Account {
    /// Its own id: for Instagram the professional account id, the same in webhooks and for publishing.
    #[getter]
    fn user_id(&self) -> &str {
        self.0.user_id.as_str()
    }

    /// The id that this app alone sees, where it is another one; deauthorize and data-deletion callbacks carry it.
    #[getter]
    fn app_scoped_id(&self) -> Option<&str> {
        self.0.app_scoped_id.as_ref().map(|id| id.as_str())
    }

    /// Its user name, without `@`.
    #[getter]
    fn username(&self) -> Option<&str> {
        self.0.username.as_deref()
    }

    /// The name it shows.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// `Business`, `Media_Creator`, … in the provider's own spelling.
    #[getter]
    fn account_type(&self) -> Option<&str> {
        self.0.account_type.as_deref()
    }

    fn __repr__(&self) -> String {
        let account = &self.0;
        let mut text = format!("Account(user_id='{}'", account.user_id);
        if let Some(name) = &account.username {
            text.push_str(&format!(", username={name:?}"));
        }
        text.push(')');
        text
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        pyo3::types::PyString::new(py, self.0.user_id.as_str()).hash()
    }
}

/// Names an account in a store: provider, app and user.
///
/// The key of these three, for the operations of one's own driver; a keeper finds accounts by name or user id.
#[pyclass(frozen, eq, hash, module = "shutterkey")]
#[derive(Clone, PartialEq, Hash)]
pub(crate) struct AccountKey(pub(crate) shutterkey::AccountKey);

#[pymethods]
impl AccountKey {
    #[new]
    fn new(py: Python<'_>, provider: String, app_id: String, user_id: &str) -> PyResult<Self> {
        let user_id = shutterkey::UserId::parse(user_id).map_err(|error| errors::raised(py, error))?;
        Ok(Self(shutterkey::AccountKey {
            provider,
            app_id,
            user_id,
        }))
    }

    /// The provider's stable name.
    #[getter]
    fn provider(&self) -> &str {
        &self.0.provider
    }

    /// The app (client id) that the token belongs to.
    #[getter]
    fn app_id(&self) -> &str {
        &self.0.app_id
    }

    /// The account; a keeper takes it wherever it takes a name.
    #[getter]
    fn user_id(&self) -> &str {
        self.0.user_id.as_str()
    }

    fn __repr__(&self) -> String {
        format!("AccountKey('{}')", self.0)
    }
}

/// A connected account: who it is, its token, and what the caller had bound to the login.
#[pyclass(frozen, module = "shutterkey")]
#[derive(Clone)]
pub(crate) struct Connection(pub(crate) shutterkey::Connection);

#[pymethods]
impl Connection {
    /// Its key in a store.
    #[getter]
    fn key(&self) -> AccountKey {
        AccountKey(self.0.key.clone())
    }

    /// The account.
    #[getter]
    fn account(&self) -> Account {
        Account(self.0.account.clone())
    }

    /// Its token, long-lived where the provider has that.
    #[getter]
    fn token(&self) -> Token {
        Token(self.0.token.clone())
    }

    /// Scopes that were asked for and not granted. Empty as well when the provider did not say what it granted.
    #[getter]
    fn missing_scopes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.missing_scopes.iter().collect::<Vec<_>>())
    }

    /// The caller's own data.
    #[getter]
    fn context<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.0.context.as_deref().map(|context| PyBytes::new(py, context))
    }

    /// Where to send the person, as it was checked when the login began.
    #[getter]
    fn return_to(&self) -> Option<&str> {
        self.0.return_to.as_deref()
    }

    fn __repr__(&self) -> String {
        format!("Connection(key='{}', token=[redacted])", self.0.key)
    }
}

/// An account in a store, with its token and how it stands.
#[pyclass(frozen, module = "shutterkey")]
#[derive(Clone)]
pub(crate) struct StoredAccount {
    pub(crate) record: AccountRecord,
    pub(crate) now: shutterkey::Timestamp,
}

#[pymethods]
impl StoredAccount {
    /// Its key in the store.
    #[getter]
    fn key(&self) -> AccountKey {
        AccountKey(self.record.key())
    }

    /// The account.
    #[getter]
    fn account(&self) -> Account {
        Account(self.record.account.clone())
    }

    /// Its token, as it is stored: it may be due, or dead. `Keeper.token()` answers a live one.
    #[getter]
    fn token(&self) -> Token {
        Token(self.record.token.clone())
    }

    /// How it stood when it was read: `live`, `login_needed_by` (see `login_by`), `needs_login` or `blocked` (see
    /// `reason`; a checkpoint clears without a new login).
    #[getter]
    fn state(&self) -> &'static str {
        match self.record.state(self.now) {
            AccountState::LoginNeededBy(_) => "login_needed_by",
            AccountState::NeedsLogin { .. } => "needs_login",
            AccountState::Blocked { .. } => "blocked",
            _ => "live",
        }
    }

    /// Until when a new login is needed, for `login_needed_by`.
    #[getter]
    fn login_by<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.record.state(self.now) {
            AccountState::LoginNeededBy(by) => time::to_python(py, by).map(Some),
            _ => Ok(None),
        }
    }

    /// Why it needs a login or is blocked: the code of an error.
    #[getter]
    fn reason(&self) -> Option<String> {
        match self.record.state(self.now) {
            AccountState::NeedsLogin { reason } | AccountState::Blocked { reason, .. } => Some(reason),
            _ => None,
        }
    }

    /// When a blocked account is worth asking again.
    #[getter]
    fn recheck_at<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self.record.state(self.now) {
            AccountState::Blocked { recheck, .. } => time::to_python(py, recheck).map(Some),
            _ => Ok(None),
        }
    }

    /// The same account as it stands at another moment, by its record alone.
    fn at(&self, now: Moment) -> Self {
        Self {
            record: self.record.clone(),
            now: now.0,
        }
    }

    fn __repr__(&self) -> String {
        format!(
            "StoredAccount(key='{}', state='{}', token=[redacted])",
            self.record.key(),
            self.state()
        )
    }
}

/// An account that was forgotten.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct LoggedOut(pub(crate) shutterkey::operation::LoggedOut);

#[pymethods]
impl LoggedOut {
    /// Whether the provider confirmed that the token is ended.
    #[getter]
    fn revoked(&self) -> bool {
        self.0.revoked
    }

    /// Why it is not, where it is not: the provider has no such call, or could not be reached. An exception that was not
    /// raised.
    #[getter]
    fn problem<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.0
            .problem
            .clone()
            .map(|problem| errors::exception(py, problem))
            .transpose()
    }

    fn __repr__(&self) -> String {
        format!("LoggedOut(revoked={})", if self.0.revoked { "True" } else { "False" })
    }
}
