//! Whole sequences without I/O, for an event loop of the caller's own.

mod answer;
mod machine;
mod outcome;
mod step;

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::PyType;
use shutterkey::{Timestamp, operation};

pub(crate) use answer::Answer;
use machine::{Machine, Running};
pub(crate) use outcome::{Kept, Reported};
pub(crate) use step::Step;

use crate::account::{Account, AccountKey, Connection, LoggedOut, StoredAccount};
use crate::config::ClientConfig;
use crate::errors::{self, Resumable};
use crate::inspection::{Permissions, TokenInspection};
use crate::instagram::InstagramAccounts;
use crate::pending::{Grant, PendingAuthorization};
use crate::provider::{self, Finish};
use crate::time::{self, Moment};
use crate::token::{self, Token, TokenAnswer};
use crate::{protocol, response};

/// A sequence in progress, without socket, store, clock or randomness of its own: it asks for each by a `Step`, and
/// goes on with the `Answer`. Every step is answered exactly once, in order. What fails goes into the machine as an
/// answer, so that a failure has one meaning everywhere. An operation that raised, or that gave `Step.Done`, is
/// finished.
#[pyclass(frozen, module = "shutterkey.operation")]
pub(crate) struct Operation(Mutex<Box<dyn Machine>>);

impl Operation {
    /// `convert` makes Python's value of the result, at the moment of the last answer.
    fn new<T: Send + 'static>(
        operation: shutterkey::Operation<T>,
        convert: impl Fn(Python<'_>, T, Timestamp) -> PyResult<Py<PyAny>> + Clone + Send + 'static,
    ) -> Self {
        Self(Mutex::new(Box::new(Running {
            operation,
            convert,
            leasing: None,
        })))
    }

    /// Held while the core works and never while Python does.
    fn machine(&self) -> MutexGuard<'_, Box<dyn Machine>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Operation {
    /// `Operation[Token]`: what it gives, for type checkers.
    #[classmethod]
    fn __class_getitem__<'py>(class: &Bound<'py, PyType>, gives: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let alias = PyModule::import(class.py(), "types")?.getattr("GenericAlias")?;
        alias.call1((class, gives))
    }

    /// The first step. `now` is the machine's present by default.
    #[pyo3(signature = (now=None))]
    fn begin(&self, py: Python<'_>, now: Option<Moment>) -> PyResult<Step> {
        let asked = self.machine().begin(time::or_now(now));
        asked.map_err(|error| errors::raised(py, error))?(py)
    }

    /// The next step, given the answer to the last one.
    #[pyo3(signature = (answer, now=None))]
    fn step(&self, py: Python<'_>, answer: &Bound<'_, Answer>, now: Option<Moment>) -> PyResult<Step> {
        let answer = answer.get().core(py)?;
        let asked = self.machine().step(answer, time::or_now(now));
        asked.map_err(|error| errors::raised(py, error))?(py)
    }

    /// Completes a login; gives a `Connection`. With a namespace it is stored there before it is given; without one no
    /// store is asked.
    #[staticmethod]
    #[pyo3(signature = (config, pending, grant, *, namespace=None, name=None))]
    fn complete(
        py: Python<'_>,
        config: &ClientConfig,
        pending: &PendingAuthorization,
        grant: &Grant,
        namespace: Option<String>,
        name: Option<String>,
    ) -> PyResult<Self> {
        let operation = operation::complete(operation::CompleteRequest {
            config: config.0.clone(),
            pending: pending.0.clone(),
            grant: grant.take(py)?,
            namespace,
            alias: name,
        });
        Ok(Self::new(operation, |py, made, _| Connection(made).into_py_any(py)))
    }

    /// Finishes a login whose code is spent; gives a `Connection`.
    #[staticmethod]
    fn resume(resumable: &Resumable) -> Self {
        Self::new(operation::resume(&resumable.0), |py, made, _| {
            Connection(made).into_py_any(py)
        })
    }

    /// Exchanges a code; gives a `TokenAnswer`.
    #[staticmethod]
    fn exchange(
        py: Python<'_>,
        config: &ClientConfig,
        pending: &PendingAuthorization,
        grant: &Grant,
    ) -> PyResult<Self> {
        let operation = operation::exchange(&config.0, &pending.0, grant.take(py)?);
        Ok(Self::new(operation, |py, made, _| TokenAnswer(made).into_py_any(py)))
    }

    /// Makes a short-lived token long-lived; gives a `Token`.
    #[staticmethod]
    fn extend(config: &ClientConfig, token: &Token) -> Self {
        Self::new(operation::extend(&config.0, &token.0), |py, made, _| {
            Token(made).into_py_any(py)
        })
    }

    /// Refreshes a token; gives a `Token`.
    #[staticmethod]
    fn refresh(config: &ClientConfig, token: &Token) -> Self {
        Self::new(operation::refresh(&config.0, &token.0), |py, made, _| {
            Token(made).into_py_any(py)
        })
    }

    /// Asks whose token it is; gives an `Account`. `provider` may be the configuration: the app secret then proves the call,
    /// where the platform takes such proofs (Facebook's `appsecret_proof`).
    #[staticmethod]
    fn identify(provider: &Bound<'_, PyAny>, token: &Token) -> PyResult<Self> {
        let operation = match provider.cast::<ClientConfig>() {
            Ok(config) => operation::identify(&config.get().0, &token.0),
            Err(_) => operation::identify(&provider::given(provider)?, &token.0),
        };
        Ok(Self::new(operation, |py, made, _| Account(made).into_py_any(py)))
    }

    /// Ends a token at the provider; gives `None`.
    #[staticmethod]
    fn revoke(config: &ClientConfig, token: &Token) -> Self {
        Self::new(operation::revoke(&config.0, &token.0), |py, (), _| Ok(py.None()))
    }

    /// Asks the platform what a token is (Meta's `debug_token`); gives a `TokenInspection`. `inspector` asks instead of the
    /// app itself: a token of one of its developers, or for Threads of one of its testers.
    #[staticmethod]
    #[pyo3(signature = (config, token, *, inspector=None))]
    fn inspect_token(config: &ClientConfig, token: &Token, inspector: Option<&Token>) -> Self {
        let inspector = inspector.map(|token| &token.0);
        Self::new(
            operation::inspect_token(&config.0, &token.0, inspector),
            |py, made, _| TokenInspection(made).into_py_any(py),
        )
    }

    /// Asks for the app's own token (RFC 6749 4.4); gives a `Token`.
    #[staticmethod]
    fn app_token(config: &ClientConfig) -> Self {
        Self::new(operation::app_token(&config.0), |py, made, _| {
            Token(made).into_py_any(py)
        })
    }

    /// Finds the Instagram accounts that a token leads to; gives `InstagramAccounts`.
    #[staticmethod]
    fn instagram_accounts(config: &ClientConfig, token: &Token) -> Self {
        Self::new(operation::instagram_accounts(&config.0, &token.0), |py, made, _| {
            InstagramAccounts(made).into_py_any(py)
        })
    }

    /// Asks what became of each permission; gives `Permissions`.
    #[staticmethod]
    fn permissions(config: &ClientConfig, token: &Token) -> Self {
        Self::new(operation::permissions(&config.0, &token.0), |py, made, _| {
            Permissions(made).into_py_any(py)
        })
    }

    /// Takes one permission back; gives `None`.
    #[staticmethod]
    fn revoke_permission(config: &ClientConfig, token: &Token, permission: &str) -> Self {
        Self::new(
            operation::revoke_permission(&config.0, &token.0, permission),
            |py, (), _| Ok(py.None()),
        )
    }

    /// Describes a standard server from its own metadata (RFC 8414); gives a `Provider`. The keyword arguments say what
    /// the metadata does not.
    #[staticmethod]
    #[pyo3(signature = (issuer, *, id=None, name=None, identity_endpoint=None, identity_member="sub",
        secret_in_body=false, pkce=true))]
    fn discover(
        issuer: &str,
        id: Option<String>,
        name: Option<String>,
        identity_endpoint: Option<String>,
        identity_member: &str,
        secret_in_body: bool,
        pkce: bool,
    ) -> Self {
        let finish = Finish {
            id,
            name,
            identity_endpoint,
            identity_member: identity_member.to_owned(),
            secret_in_body,
            pkce,
        };
        Self::new(operation::discover(issuer), move |py, builder, _| {
            provider::finish(py, builder, &finish)?.into_py_any(py)
        })
    }

    /// Takes a token that was made elsewhere; gives a `Connection`. `account` says whose it is where the provider does
    /// not say; `expires_at` may be `"never"`. One that came `from_device` is taken only if the provider says that it was
    /// made for this app.
    #[staticmethod]
    #[pyo3(signature = (config, token, *, kind=None, expires_at=None, account=None, namespace=None, name=None,
        from_device=false))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn import_token(
        py: Python<'_>,
        config: &ClientConfig,
        token: &Bound<'_, PyAny>,
        kind: Option<&str>,
        expires_at: Option<&Bound<'_, PyAny>>,
        account: Option<&Bound<'_, PyAny>>,
        namespace: Option<String>,
        name: Option<String>,
        from_device: bool,
    ) -> PyResult<Self> {
        let operation = operation::import(operation::ImportRequest {
            config: config.0.clone(),
            token: token::value_of(token)?,
            kind: kind.map(|kind| token::kind_named(py, kind)).transpose()?,
            expiry: expires_at.map(token::expiry).transpose()?,
            from_device,
            account: account.map(protocol::account).transpose()?,
            namespace,
            alias: name,
        });
        Ok(Self::new(operation, |py, made, _| Connection(made).into_py_any(py)))
    }

    /// Makes sure that an account has a live token, refreshing it if it is due; gives a `Kept`.
    #[staticmethod]
    #[pyo3(signature = (config, account, *, namespace="default", even_if_not_due=false))]
    fn keep_fresh(config: &ClientConfig, account: &AccountKey, namespace: &str, even_if_not_due: bool) -> Self {
        let operation = operation::keep_fresh(operation::KeepFreshRequest {
            config: config.0.clone(),
            account: account.0.clone(),
            namespace: namespace.to_owned(),
            even_if_not_due,
        });
        Self::new(operation, |py, kept, now| Kept { kept, now }.into_py_any(py))
    }

    /// Remembers what an API's answer says about an account's token; gives a `Reported`. `used` is the token that the
    /// call was made with.
    #[staticmethod]
    #[pyo3(signature = (config, account, response, *, namespace="default", used=None))]
    fn report(
        config: &ClientConfig,
        account: &AccountKey,
        response: &Bound<'_, PyAny>,
        namespace: &str,
        used: Option<&Token>,
    ) -> PyResult<Self> {
        let answer = response::given(response, None, None)?;
        let used = used.map(|token| token.0.clone());
        let operation = operation::report(&config.0, namespace, &account.0, used, answer);
        Ok(Self::new(operation, |py, reported, now| {
            Reported { reported, now }.into_py_any(py)
        }))
    }

    /// Ends an account's token at the provider where that is possible, and removes the account; gives a `LoggedOut`.
    #[staticmethod]
    #[pyo3(signature = (config, account, *, namespace="default"))]
    fn logout(config: &ClientConfig, account: &AccountKey, namespace: &str) -> Self {
        Self::new(operation::logout(&config.0, namespace, &account.0), |py, out, _| {
            LoggedOut(out).into_py_any(py)
        })
    }

    /// Writes an account that a problem of `Kept` left in memory alone, unless something newer is stored by now; gives
    /// the `StoredAccount` that the store holds then.
    #[staticmethod]
    #[pyo3(signature = (config, account, *, namespace="default"))]
    fn store_again(config: &ClientConfig, account: &StoredAccount, namespace: &str) -> Self {
        let operation = operation::store_again(&config.0, namespace, account.record.clone());
        Self::new(operation, |py, record, now| {
            StoredAccount { record, now }.into_py_any(py)
        })
    }

    fn __repr__(&self) -> String {
        self.machine().printed()
    }
}
