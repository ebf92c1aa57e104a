//! The client: operations over a transport and a clock, for callers who keep tokens themselves.

use std::fmt;
use std::sync::{Arc, Mutex};

use crate::account::Account;
use crate::clock::{Clock, SystemClock, Timestamp};
use crate::config::ClientConfig;
use crate::driver::drive;
use crate::entropy::Entropy;
use crate::error::Result;
use crate::operation::{self, CompleteRequest, Connection, InstagramAccounts, Operation, Resumable};
#[cfg(feature = "server")]
use crate::protocol::answer::TokenInspection;
use crate::protocol::answer::{Permissions, TokenAnswer};
use crate::protocol::authorize::{AuthorizationRequest, AuthorizeOptions, build_authorization_request};
use crate::protocol::pending::PendingAuthorization;
use crate::protocol::redirect::Grant;
use crate::protocol::replay::ReplayGuard;
use crate::protocol::token::Token;
use crate::provider::StandardBuilder;
use crate::transport::Transport;

/// A client of one provider. Cloning is cheap; clones share connections.
///
/// It keeps nothing. Most people want a [`crate::Keeper`] on top of it, which stores tokens and refreshes them.
#[derive(Clone)]
pub struct Client {
    config: ClientConfig,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    completed: Arc<Mutex<ReplayGuard>>,
}

impl Client {
    /// A client over the built-in HTTP and the machine's clock. Making one costs nothing and sends nothing.
    #[cfg(feature = "http")]
    pub fn new(config: ClientConfig) -> Self {
        Self::over(config, Arc::new(crate::transport::HttpTransport::new()))
    }

    /// A client over a transport of your own.
    pub fn over(config: ClientConfig, transport: Arc<dyn Transport>) -> Self {
        Self {
            config,
            transport,
            clock: Arc::new(SystemClock),
            completed: Arc::default(),
        }
    }

    /// The same client with another clock: a sandbox's, or one that a test moves.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The configuration.
    pub fn config(&self) -> &ClientConfig {
        &self.config
    }

    /// The present, on this client's clock.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The clock.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The transport.
    pub fn transport(&self) -> &Arc<dyn Transport> {
        &self.transport
    }

    /// Begins a login: the URL to open in the person's browser, and what to keep until the answer comes.
    ///
    /// # Errors
    /// The `config` family; `redirect.return_to`; `internal.entropy`.
    pub fn authorize(&self, options: AuthorizeOptions) -> Result<AuthorizationRequest> {
        build_authorization_request(&self.config, options, self.now(), Entropy::from_os()?)
    }

    /// Completes a login from its redirect URL: exchange, long-lived exchange where the provider has it, and whose token
    /// it is. Nothing is stored: keep the result, and on an error what [`crate::Error::resumable`] holds. A login is
    /// completed once by this client and its clones; over several processes, use a keeper.
    ///
    /// # Errors
    /// `redirect.state_used` for a second time; the `redirect` and `denied` families for the answer; the provider's refusal; the `network` family.
    pub async fn complete(&self, pending: &PendingAuthorization, redirect_url: &str) -> Result<Connection> {
        let grant = pending.accept(redirect_url, self.now(), None)?;
        self.complete_grant(pending, grant).await
    }

    /// As [`Self::complete`], for a grant that was accepted before (with a session, from a query, or pasted).
    ///
    /// # Errors
    /// As [`Self::complete`].
    pub async fn complete_grant(&self, pending: &PendingAuthorization, grant: Grant) -> Result<Connection> {
        let request = CompleteRequest {
            config: self.config.clone(),
            pending: pending.clone(),
            grant,
            namespace: None,
            alias: None,
        };
        self.run(operation::complete_once(&self.completed, request)).await
    }

    /// Finishes a login whose code is spent and whose later step failed.
    ///
    /// # Errors
    /// As [`Self::complete`].
    pub async fn resume(&self, resumable: &Resumable) -> Result<Connection> {
        self.run(operation::resume(resumable)).await
    }

    /// The exchange alone.
    ///
    /// # Errors
    /// As [`operation::exchange`].
    pub async fn exchange(&self, pending: &PendingAuthorization, grant: Grant) -> Result<TokenAnswer> {
        self.run(operation::exchange(&self.config, pending, grant)).await
    }

    /// Makes a short-lived token long-lived.
    ///
    /// # Errors
    /// As [`operation::extend`].
    pub async fn extend(&self, token: &Token) -> Result<Token> {
        self.run(operation::extend(&self.config, token)).await
    }

    /// Refreshes a token.
    ///
    /// # Errors
    /// As [`operation::refresh`].
    pub async fn refresh(&self, token: &Token) -> Result<Token> {
        self.run(operation::refresh(&self.config, token)).await
    }

    /// Asks whose token it is.
    ///
    /// # Errors
    /// As [`operation::identify`].
    pub async fn identify(&self, token: &Token) -> Result<Account> {
        self.run(operation::identify(&self.config, token)).await
    }

    /// Ends a token at the provider.
    ///
    /// # Errors
    /// As [`operation::revoke`].
    pub async fn revoke(&self, token: &Token) -> Result<()> {
        self.run(operation::revoke(&self.config, token)).await
    }

    /// Asks the platform what a token is: whether it lives, whose it is, and which app it was made for.
    ///
    /// # Errors
    /// As [`operation::inspect_token`].
    #[cfg(feature = "server")]
    pub async fn inspect_token(&self, token: &Token) -> Result<TokenInspection> {
        self.run(operation::inspect_token(&self.config, token, None)).await
    }

    /// As [`Self::inspect_token`], asked with a token of one of the app's developers or testers instead of the app's own.
    ///
    /// # Errors
    /// As [`operation::inspect_token`].
    #[cfg(feature = "server")]
    pub async fn inspect_token_as(&self, inspector: &Token, token: &Token) -> Result<TokenInspection> {
        self.run(operation::inspect_token(&self.config, token, Some(inspector)))
            .await
    }

    /// Asks for the app's own token.
    ///
    /// # Errors
    /// As [`operation::app_token`].
    #[cfg(feature = "server")]
    pub async fn app_token(&self) -> Result<Token> {
        self.run(operation::app_token(&self.config)).await
    }

    /// The Instagram accounts that a token leads to; an empty answer has a reason.
    ///
    /// # Errors
    /// As [`operation::instagram_accounts`].
    pub async fn instagram_accounts(&self, token: &Token) -> Result<InstagramAccounts> {
        self.run(operation::instagram_accounts(&self.config, token)).await
    }

    /// What became of each permission.
    ///
    /// # Errors
    /// As [`operation::permissions`].
    pub async fn permissions(&self, token: &Token) -> Result<Permissions> {
        self.run(operation::permissions(&self.config, token)).await
    }

    /// Takes one permission back.
    ///
    /// # Errors
    /// As [`operation::revoke_permission`].
    pub async fn revoke_permission(&self, token: &Token, permission: &str) -> Result<()> {
        self.run(operation::revoke_permission(&self.config, token, permission))
            .await
    }

    async fn run<T>(&self, operation: Operation<T>) -> Result<T> {
        drive(operation, &*self.transport, None, &*self.clock).await
    }
}

/// Describes a standard server from its own metadata (RFC 8414).
///
/// # Errors
/// As [`operation::discover`].
pub async fn discover(issuer: &str, transport: &dyn Transport) -> Result<StandardBuilder> {
    drive(operation::discover(issuer), transport, None, &SystemClock).await
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}
