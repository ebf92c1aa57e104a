//! The client.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use shutterkey::Clock;

use crate::account::{Account, Connection};
use crate::config::{self, ClientConfig};
use crate::errors::{self, Resumable};
use crate::inspection::{Permissions, TokenInspection};
use crate::instagram::InstagramAccounts;
use crate::options::authorize_options;
use crate::pending::{AuthorizationRequest, Grant, PendingAuthorization};
use crate::process::PerProcess;
use crate::token::{Token, TokenAnswer};
use crate::transport::Sending;
use crate::{clock, time, wait};

/// A client of one provider, for callers who keep tokens themselves. Most people want a `Keeper`.
///
/// A client of this configuration. Without one, it is made of the keyword arguments over the shared profile.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct Client {
    pub(crate) config: shutterkey::ClientConfig,
    pub(crate) sending: Arc<Sending>,
    pub(crate) clock: Arc<dyn Clock>,
    made: PerProcess<shutterkey::Client>,
}

impl Client {
    pub(crate) fn over(config: shutterkey::ClientConfig, sending: Arc<Sending>, clock: Arc<dyn Clock>) -> Self {
        Self {
            config,
            sending,
            clock,
            made: PerProcess::new(),
        }
    }

    /// The client of this process.
    pub(crate) fn core(&self, py: Python<'_>) -> PyResult<shutterkey::Client> {
        self.sending.meet_loop(py);
        self.made.get(py, || {
            let transport = self.sending.transport(py)?;
            Ok(shutterkey::Client::over(self.config.clone(), transport).with_clock(Arc::clone(&self.clock)))
        })
    }

    pub(crate) fn begin(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<AuthorizationRequest> {
        let options = authorize_options(py, options)?;
        self.core(py)?
            .authorize(options)
            .map(AuthorizationRequest::new)
            .map_err(|error| errors::raised(py, error))
    }
}

impl Client {
    pub(crate) fn repr(&self) -> String {
        let config = &self.config;
        format!(
            "Client(provider='{}', client_id='{}')",
            config.provider().id(),
            config.client_id()
        )
    }

    fn inspecting(
        &self,
        py: Python<'_>,
        token: &Token,
        inspector: Option<&Token>,
    ) -> PyResult<impl Future<Output = shutterkey::Result<shutterkey::TokenInspection>> + Send + use<>> {
        let (client, token) = (self.core(py)?, token.0.clone());
        let inspector = inspector.map(|token| token.0.clone());
        Ok(async move {
            match inspector {
                Some(inspector) => client.inspect_token_as(&inspector, &token).await,
                None => client.inspect_token(&token).await,
            }
        })
    }

    /// `asyncio`: whether its HTTP may be asynchronous.
    fn made(
        py: Python<'_>,
        config: Option<PyRef<'_, ClientConfig>>,
        http: Option<&Bound<'_, PyAny>>,
        clock: Option<&Bound<'_, PyAny>>,
        settings: Option<&Bound<'_, PyDict>>,
        asyncio: bool,
    ) -> PyResult<Self> {
        let config = match (config, settings) {
            (Some(config), None) => config.0.clone(),
            (Some(_), Some(_)) => return Err(errors::misuse(py, "Give either a configuration or settings, not both.")),
            (None, settings) => {
                let (profile, settings) = config::profile_with(py, settings)?;
                let builder = profile.client_config().map_err(|error| errors::raised(py, error))?;
                config::build(py, settings.over(builder))?.0
            }
        };
        Ok(Self::over(
            config,
            Arc::new(Sending::given(py, http, asyncio)?),
            clock::given(py, clock)?,
        ))
    }
}

#[pymethods]
impl Client {
    #[new]
    #[pyo3(signature = (config=None, *, http=None, clock=None, **settings))]
    fn new(
        py: Python<'_>,
        config: Option<PyRef<'_, ClientConfig>>,
        http: Option<&Bound<'_, PyAny>>,
        clock: Option<&Bound<'_, PyAny>>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        Self::made(py, config, http, clock, settings, false)
    }

    /// The configuration.
    #[getter]
    fn config(&self) -> ClientConfig {
        ClientConfig(self.config.clone())
    }

    /// The present, on this client's clock.
    fn now<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        time::to_python(py, self.clock.now())
    }

    /// Begins a login: the URL to open in the person's browser, and what to keep until the answer comes.
    #[pyo3(signature = (**options))]
    fn authorize(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<AuthorizationRequest> {
        self.begin(py, options)
    }

    /// Completes a login from its redirect URL: exchange, long-lived exchange where there is one, and whose token it is.
    /// Nothing is stored. A login is completed once.
    fn complete(&self, py: Python<'_>, pending: &PendingAuthorization, redirect_url: &str) -> PyResult<Connection> {
        let grant = pending.0.accept(redirect_url, self.clock.now(), None);
        let grant = grant.map(Grant::new).map_err(|error| errors::raised(py, error))?;
        self.complete_grant(py, pending, &grant)
    }

    /// The same for a grant that was accepted before: with a session, from a query, or pasted.
    fn complete_grant(&self, py: Python<'_>, pending: &PendingAuthorization, grant: &Grant) -> PyResult<Connection> {
        let (client, pending, grant) = (self.core(py)?, pending.0.clone(), grant.take(py)?);
        wait::wait_for(py, async move { client.complete_grant(&pending, grant).await }).map(Connection)
    }

    /// Finishes a login whose code is spent and whose later step failed.
    fn resume(&self, py: Python<'_>, resumable: &Resumable) -> PyResult<Connection> {
        let (client, resumable) = (self.core(py)?, resumable.0.clone());
        wait::wait_for(py, async move { client.resume(&resumable).await }).map(Connection)
    }

    /// The exchange alone.
    fn exchange(&self, py: Python<'_>, pending: &PendingAuthorization, grant: &Grant) -> PyResult<TokenAnswer> {
        let (client, pending, grant) = (self.core(py)?, pending.0.clone(), grant.take(py)?);
        wait::wait_for(py, async move { client.exchange(&pending, grant).await }).map(TokenAnswer)
    }

    /// Makes a short-lived token long-lived.
    fn extend(&self, py: Python<'_>, token: &Token) -> PyResult<Token> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::wait_for(py, async move { client.extend(&token).await }).map(Token)
    }

    /// Refreshes a token.
    fn refresh(&self, py: Python<'_>, token: &Token) -> PyResult<Token> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::wait_for(py, async move { client.refresh(&token).await }).map(Token)
    }

    /// Asks whose token it is.
    fn identify(&self, py: Python<'_>, token: &Token) -> PyResult<Account> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::wait_for(py, async move { client.identify(&token).await }).map(Account)
    }

    /// Ends a token at the provider.
    fn revoke(&self, py: Python<'_>, token: &Token) -> PyResult<()> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::wait_for(py, async move { client.revoke(&token).await })
    }

    /// Asks the platform what a token is: whether it lives, whose it is, and which app it was made for (Meta's
    /// `debug_token`). `inspector` asks instead of the app itself: a token of one of its developers, or for Threads of one
    /// of its testers.
    #[pyo3(signature = (token, *, inspector=None))]
    fn inspect_token(&self, py: Python<'_>, token: &Token, inspector: Option<&Token>) -> PyResult<TokenInspection> {
        wait::wait_for(py, self.inspecting(py, token, inspector)?).map(TokenInspection)
    }

    /// Asks for the app's own token (RFC 6749 4.4).
    fn app_token(&self, py: Python<'_>) -> PyResult<Token> {
        let client = self.core(py)?;
        wait::wait_for(py, async move { client.app_token().await }).map(Token)
    }

    /// The Instagram accounts that a token leads to; an empty answer has a reason.
    fn instagram_accounts(&self, py: Python<'_>, token: &Token) -> PyResult<InstagramAccounts> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::wait_for(py, async move { client.instagram_accounts(&token).await }).map(InstagramAccounts)
    }

    /// What became of each permission: granted, declined or expired.
    fn permissions(&self, py: Python<'_>, token: &Token) -> PyResult<Permissions> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::wait_for(py, async move { client.permissions(&token).await }).map(Permissions)
    }

    /// Takes one permission back. The token lives on without it.
    fn revoke_permission(&self, py: Python<'_>, token: &Token, permission: String) -> PyResult<()> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::wait_for(py, async move { client.revoke_permission(&token, &permission).await })
    }

    fn __repr__(&self) -> String {
        self.repr()
    }

    // For AsyncClient: the same, answering a future of the running loop.

    /// As the class itself; its HTTP may be asynchronous.
    #[staticmethod]
    #[pyo3(signature = (config=None, *, http=None, clock=None, **settings))]
    fn _for_asyncio(
        py: Python<'_>,
        config: Option<PyRef<'_, ClientConfig>>,
        http: Option<&Bound<'_, PyAny>>,
        clock: Option<&Bound<'_, PyAny>>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        Self::made(py, config, http, clock, settings, true)
    }

    fn _complete_grant<'py>(
        &self,
        py: Python<'py>,
        pending: &PendingAuthorization,
        grant: &Grant,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (client, pending, grant) = (self.core(py)?, pending.0.clone(), grant.take(py)?);
        let work = async move { client.complete_grant(&pending, grant).await };
        wait::start(py, work, |_, connection| Ok(Connection(connection)))
    }

    fn _resume<'py>(&self, py: Python<'py>, resumable: &Resumable) -> PyResult<Bound<'py, PyAny>> {
        let (client, resumable) = (self.core(py)?, resumable.0.clone());
        wait::start(py, async move { client.resume(&resumable).await }, |_, connection| {
            Ok(Connection(connection))
        })
    }

    fn _exchange<'py>(
        &self,
        py: Python<'py>,
        pending: &PendingAuthorization,
        grant: &Grant,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (client, pending, grant) = (self.core(py)?, pending.0.clone(), grant.take(py)?);
        wait::start(
            py,
            async move { client.exchange(&pending, grant).await },
            |_, answer| Ok(TokenAnswer(answer)),
        )
    }

    fn _extend<'py>(&self, py: Python<'py>, token: &Token) -> PyResult<Bound<'py, PyAny>> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::start(py, async move { client.extend(&token).await }, |_, token| {
            Ok(Token(token))
        })
    }

    fn _refresh<'py>(&self, py: Python<'py>, token: &Token) -> PyResult<Bound<'py, PyAny>> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::start(py, async move { client.refresh(&token).await }, |_, token| {
            Ok(Token(token))
        })
    }

    fn _identify<'py>(&self, py: Python<'py>, token: &Token) -> PyResult<Bound<'py, PyAny>> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::start(py, async move { client.identify(&token).await }, |_, account| {
            Ok(Account(account))
        })
    }

    #[pyo3(signature = (token, inspector))]
    fn _inspect_token<'py>(
        &self,
        py: Python<'py>,
        token: &Token,
        inspector: Option<&Token>,
    ) -> PyResult<Bound<'py, PyAny>> {
        wait::start(py, self.inspecting(py, token, inspector)?, |_, inspection| {
            Ok(TokenInspection(inspection))
        })
    }

    fn _app_token<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let client = self.core(py)?;
        wait::start(py, async move { client.app_token().await }, |_, token| Ok(Token(token)))
    }

    fn _instagram_accounts<'py>(&self, py: Python<'py>, token: &Token) -> PyResult<Bound<'py, PyAny>> {
        let (client, token) = (self.core(py)?, token.0.clone());
        let work = async move { client.instagram_accounts(&token).await };
        wait::start(py, work, |_, found| Ok(InstagramAccounts(found)))
    }

    fn _permissions<'py>(&self, py: Python<'py>, token: &Token) -> PyResult<Bound<'py, PyAny>> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::start(py, async move { client.permissions(&token).await }, |_, found| {
            Ok(Permissions(found))
        })
    }

    fn _revoke_permission<'py>(
        &self,
        py: Python<'py>,
        token: &Token,
        permission: String,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (client, token) = (self.core(py)?, token.0.clone());
        let work = async move { client.revoke_permission(&token, &permission).await };
        wait::start(py, work, |_, ()| Ok(()))
    }

    fn _revoke<'py>(&self, py: Python<'py>, token: &Token) -> PyResult<Bound<'py, PyAny>> {
        let (client, token) = (self.core(py)?, token.0.clone());
        wait::start(py, async move { client.revoke(&token).await }, |_, ()| Ok(()))
    }
}
