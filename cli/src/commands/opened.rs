//! An account ready to be used: its record, and a client that may speak for it.

use std::sync::Arc;

use shutterkey::config::{ClientConfigBuilder, UNUSED_REDIRECT_URI};
use shutterkey::driver::drive;
use shutterkey::operation::{KeepFreshRequest, Kept, keep_fresh};
use shutterkey::record::AccountRecord;
use shutterkey::{Client, ClientConfig, ErrorCode, Provider};

use crate::book::{self, Entry, Home};
use crate::context::{Context, transport};
use crate::exit::{Failure, Outcome};
use crate::kept_world::{KeptWorld, product};

/// An account that was found, and what is needed to act for it.
pub(crate) struct Opened {
    pub(crate) entry: Entry,
    pub(crate) client: Client,
    world: Option<KeptWorld>,
}

/// Finds an account and makes a client for it; for an account of the kept world, the world is started.
pub(crate) async fn open(context: &Context, name: &str) -> Outcome<Opened> {
    open_entry(context, book::find(context, name).await?).await
}

/// The same for an account that was found before.
pub(crate) async fn open_entry(context: &Context, entry: Entry) -> Outcome<Opened> {
    let world = match entry.home {
        Home::KeptWorld => Some(KeptWorld::start(context).await?),
        _ => None,
    };
    let config = configure(context, &entry, world.as_ref())?;
    let mut client = Client::over(config, transport());
    if let Some(world) = &world {
        client = client.with_clock(world.clock());
    }
    Ok(Opened { entry, client, world })
}

fn configure(context: &Context, entry: &Entry, world: Option<&KeptWorld>) -> Outcome<ClientConfig> {
    let (id, app_id) = (entry.key.provider.as_str(), entry.key.app_id.as_str());
    let builder = match (&entry.home, world) {
        (Home::KeptWorld, Some(world)) => {
            let app = product(id).and_then(|product| world.app(product, app_id));
            with_secret(
                ClientConfig::builder(world.provider(id)?, app_id),
                app.and_then(|app| app.client_secret),
            )
        }
        (Home::Sandbox(origin), _) => from_profile(context, entry, Provider::in_sandbox(id, origin, None)?),
        (Home::Real, _) => {
            let provider = Provider::by_id(id).ok_or_else(|| unknown_server(entry))?;
            from_profile(context, entry, provider)
        }
        // A server's address comes from the configuration alone; a record cannot send a token anywhere.
        _ => {
            let profile = context.profile(&[])?;
            if profile.provider.id() != id || profile.provider.origin() != entry.record.origin() {
                return Err(unknown_server(entry));
            }
            from_profile(context, entry, profile.provider)
        }
    };
    Ok(builder.redirect_uri(UNUSED_REDIRECT_URI).build()?)
}

/// A client of the account's app; with the configured secret if it is the configured app.
fn from_profile(context: &Context, entry: &Entry, provider: Provider) -> ClientConfigBuilder {
    let secret = context.profile(&[]).ok().and_then(|profile| {
        let same = profile.client_id.as_deref() == Some(entry.key.app_id.as_str())
            && profile.provider.id() == provider.id()
            && profile.provider.origin() == provider.origin();
        profile.client_secret.filter(|_| same)
    });
    with_secret(ClientConfig::builder(provider, entry.key.app_id.as_str()), secret)
}

fn with_secret(builder: ClientConfigBuilder, secret: Option<shutterkey::Secret>) -> ClientConfigBuilder {
    match secret {
        Some(secret) => builder.client_secret(secret),
        None => builder,
    }
}

fn unknown_server(entry: &Entry) -> Failure {
    Failure::from(shutterkey::Error::with_detail(
        ErrorCode::ConfigMissing,
        format!(
            "The account belongs to {} at {}, which the configuration does not describe.",
            entry.key.provider,
            entry.record.origin()
        ),
    ))
}

impl Opened {
    /// The account with a live token, refreshed when that is due.
    ///
    /// A keeper would refresh beside the answer; a command ends with its answer, so this waits for the refresh. A
    /// refresh that fails while the token lives is a warning.
    pub(crate) async fn fresh(&self, context: &Context) -> Outcome<AccountRecord> {
        let live = context.ui.turns("Asking the provider for a new token");
        let outcome = self.keep_fresh(false).await;
        drop(live);
        self.keep_world()?;
        let kept = outcome?;
        if kept.refreshed {
            context.ui.note("The token was due and has been refreshed.");
        }
        if let Some(problem) = &kept.problem {
            let what = if kept.refreshed {
                "This new token could not be stored; what is stored is the old one"
            } else {
                "The token lives, but its refresh failed"
            };
            context.ui.warn(&format!("{what}: {problem}"));
        }
        Ok(kept.record)
    }

    /// Looks after the account once; `even_if_not_due` refreshes now, where the provider's rules allow it.
    pub(crate) async fn keep_fresh(&self, even_if_not_due: bool) -> shutterkey::Result<Kept> {
        let operation = keep_fresh(KeepFreshRequest {
            config: self.client.config().clone(),
            account: self.entry.key.clone(),
            namespace: self.entry.namespace.clone(),
            even_if_not_due,
        });
        let (transport, clock) = (&**self.client.transport(), &**self.client.clock());
        drive(operation, transport, Some(&*self.entry.store), clock).await
    }

    /// Keeps what happened in the kept world.
    pub(crate) fn keep_world(&self) -> Outcome {
        match &self.world {
            Some(world) if world.was_called() => world.keep(),
            _ => Ok(()),
        }
    }

    /// The present, on the account's own clock.
    pub(crate) fn now(&self) -> shutterkey::Timestamp {
        Arc::clone(self.client.clock()).now()
    }
}
