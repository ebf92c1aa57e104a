//! The Instagram accounts that a token leads to.

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use shutterkey::operation;
use shutterkey::protocol::answer;

use crate::account::Account;
use crate::token::Token;

/// The Instagram accounts that a token leads to, and why there are none or not all.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct InstagramAccounts(pub(crate) operation::InstagramAccounts);

#[pymethods]
impl InstagramAccounts {
    /// The accounts, in the platform's order.
    #[getter]
    fn accounts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.accounts.iter().cloned().map(InstagramAccount))
    }

    /// The Pages without a linked professional account.
    #[getter]
    fn unlinked<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.unlinked.iter().cloned().map(FacebookPage))
    }

    /// Why there is no account. Present if and only if there is none.
    #[getter]
    fn reason(&self) -> Option<MissingAccounts> {
        self.0.reason.clone().map(MissingAccounts)
    }

    /// Why there may be more Pages, and with them accounts, than these.
    #[getter]
    fn note(&self) -> Option<MissingAccounts> {
        self.0.note.clone().map(MissingAccounts)
    }

    fn __repr__(&self) -> String {
        let kind = |missing: &Option<operation::MissingAccounts>| match missing {
            Some(missing) => format!("'{}'", missing.as_str()),
            None => "None".to_owned(),
        };
        format!(
            "InstagramAccounts({} accounts, reason={}, note={})",
            self.0.accounts.len(),
            kind(&self.0.reason),
            kind(&self.0.note)
        )
    }
}

/// A professional Instagram account, and how it is reached.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct InstagramAccount(operation::InstagramAccount);

#[pymethods]
impl InstagramAccount {
    /// The account. Its id is the one for publishing and webhooks.
    #[getter]
    fn account(&self) -> Account {
        Account(self.0.account.clone())
    }

    /// The Facebook Page that it is linked to, with the Page's token; `None` with Instagram Login, which needs no Page.
    #[getter]
    fn page(&self) -> Option<FacebookPage> {
        self.0.page.clone().map(FacebookPage)
    }

    fn __repr__(&self) -> String {
        format!(
            "InstagramAccount(user_id='{}', page={:?})",
            self.0.account.user_id,
            self.0.page.as_ref().map_or("", |page| &page.id)
        )
    }
}

/// A Facebook Page.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct FacebookPage(answer::FacebookPage);

#[pymethods]
impl FacebookPage {
    /// Its id.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// Its name.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// Its own token, where the person's role gives one. Calls that act for the Page are made with it, and an
    /// `appsecret_proof` is made over it.
    #[getter]
    fn token(&self) -> Option<Token> {
        self.0.token.clone().map(Token)
    }

    fn __repr__(&self) -> String {
        format!("FacebookPage(id='{}', token=[redacted])", self.0.id)
    }
}

/// Why Instagram accounts are missing from a list.
#[pyclass(frozen, eq, module = "shutterkey")]
#[derive(PartialEq)]
pub(crate) struct MissingAccounts(operation::MissingAccounts);

#[pymethods]
impl MissingAccounts {
    /// `missing_permission`, `declined_permission`, `expired_permission` (see `permission`), `portfolio_pages`, `no_pages`
    /// or `not_linked` (see `pages`).
    #[getter]
    fn kind(&self) -> &'static str {
        self.0.as_str()
    }

    /// The permission that it is about.
    #[getter]
    fn permission(&self) -> Option<&'static str> {
        self.0.permission()
    }

    /// How many Pages there are, for `not_linked`.
    #[getter]
    fn pages(&self) -> Option<usize> {
        match self.0 {
            operation::MissingAccounts::NotLinked { pages } => Some(pages),
            _ => None,
        }
    }

    /// What is the matter, in a sentence.
    #[getter]
    fn message(&self) -> String {
        self.0.message().into_owned()
    }

    /// What to do about it.
    #[getter]
    fn hint(&self) -> &'static str {
        self.0.hint()
    }

    fn __str__(&self) -> String {
        self.message()
    }

    fn __repr__(&self) -> String {
        format!(
            "MissingAccounts(kind='{}', message={:?})",
            self.0.as_str(),
            self.message()
        )
    }
}

/// A Page of the person's list.
#[pyclass(frozen, module = "shutterkey.protocol")]
pub(crate) struct ListedPage(answer::ListedPage);

#[pymethods]
impl ListedPage {
    /// The Page.
    #[getter]
    fn page(&self) -> FacebookPage {
        FacebookPage(self.0.page.clone())
    }

    /// The professional Instagram account that is linked to it, where one is.
    #[getter]
    fn account(&self) -> Option<Account> {
        self.0.account.clone().map(Account)
    }

    fn __repr__(&self) -> String {
        format!("ListedPage(id='{}', token=[redacted])", self.0.page.id)
    }
}

/// A part of the person's list of Pages.
#[pyclass(frozen, module = "shutterkey.protocol")]
pub(crate) struct PagesAnswer(pub(crate) answer::PagesAnswer);

#[pymethods]
impl PagesAnswer {
    /// The Pages, in order.
    #[getter]
    fn pages<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.pages.iter().cloned().map(ListedPage))
    }

    /// From where the list goes on; `None`: it is over.
    #[getter]
    fn after(&self) -> Option<&str> {
        self.0.after.as_deref()
    }

    fn __repr__(&self) -> String {
        format!("PagesAnswer({} pages)", self.0.pages.len())
    }
}
