//! Logins and imports.

use std::sync::Arc;

use super::Keeping;
use crate::operation::{self, CompleteRequest, Connection, ImportRequest, Io, Operation, Resumable};
use crate::protocol::pending::PendingAuthorization;
use crate::protocol::redirect::Grant;
use crate::protocol::token::{Expiry, TokenKind};
use crate::secret::Secret;

/// A token made elsewhere, to be taken in.
#[derive(Clone, Debug)]
pub struct ImportToken {
    /// The token.
    pub token: Secret,
    /// What it is; a long-lived one by default, as the dashboard's *Generate token* makes.
    pub kind: Option<TokenKind>,
    /// When it expires; by default unknown, and one refresh tells.
    pub expiry: Option<Expiry>,
    /// Whether it came from a device: see [`Self::from_device`].
    pub from_device: bool,
    /// The caller's own name for the account.
    pub alias: Option<String>,
}

impl ImportToken {
    /// A token of which nothing else is known.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self {
            token: token.into(),
            kind: None,
            expiry: None,
            from_device: false,
            alias: None,
        }
    }

    /// As a token that came from a device, or from anybody else whose word does not count. It is taken only if the provider
    /// says that it was made for this app ([`operation::import`]).
    #[must_use]
    pub fn from_device(mut self) -> Self {
        self.from_device = true;
        self
    }

    /// With a name for the account.
    #[must_use]
    pub fn alias(mut self, name: impl Into<String>) -> Self {
        self.alias = Some(name.into());
        self
    }
}

impl Keeping {
    /// Completes a login and stores its account, under a name of the caller's own where one is given. Callers who complete one
    /// login at once share it.
    ///
    /// # Errors
    /// As [`operation::complete`].
    pub fn complete(
        self: &Arc<Self>,
        pending: &PendingAuthorization,
        grant: Grant,
        alias: Option<&str>,
    ) -> Operation<Connection> {
        let operation = operation::complete(CompleteRequest {
            config: self.config.clone(),
            pending: pending.clone(),
            grant,
            namespace: Some(self.namespace.clone()),
            alias: alias.map(str::to_owned),
        });
        self.connecting(operation, alias)
    }

    /// Finishes a login whose code is spent and whose later step failed.
    ///
    /// # Errors
    /// As [`operation::resume`].
    pub fn resume(self: &Arc<Self>, resumable: &Resumable) -> Operation<Connection> {
        self.connecting(operation::resume(resumable), resumable.alias())
    }

    /// Takes a token that was made elsewhere and stores its account.
    ///
    /// # Errors
    /// As [`operation::import`].
    pub fn import(self: &Arc<Self>, import: ImportToken) -> Operation<Connection> {
        let alias = import.alias.clone();
        let operation = operation::import(ImportRequest {
            config: self.config.clone(),
            token: import.token,
            kind: import.kind,
            expiry: import.expiry,
            from_device: import.from_device,
            account: None,
            namespace: Some(self.namespace.clone()),
            alias: import.alias,
        });
        self.connecting(operation, alias.as_deref())
    }

    fn connecting(self: &Arc<Self>, operation: Operation<Connection>, alias: Option<&str>) -> Operation<Connection> {
        let (keeping, alias) = (Arc::clone(self), alias.map(str::to_owned));
        Operation::new(|io: Io| async move {
            let connection = io.perform(operation).await?;
            // Memory forgets what the connection has changed: the account's token, and what the name means.
            keeping.memory.forget_account(&connection.key);
            if let Some(alias) = alias {
                keeping.memory.unname(&alias);
            }
            Ok(connection)
        })
    }
}
