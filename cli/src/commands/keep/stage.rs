//! What `keep` works with: a keeper of the configured app's accounts, or of the kept sandbox's.

use std::sync::Arc;

use shutterkey::config::UNUSED_REDIRECT_URI;
use shutterkey::{Client, ClientConfig, Keeper, Retry, Store};

use crate::args::{Keep, ProviderName};
use crate::context::{Context, transport};
use crate::exit::{Failure, Outcome};
use crate::kept_world::{KeptWorld, product};

/// A keeper, and where its accounts are.
pub(super) struct Stage {
    pub(super) keeper: Keeper,
    /// The store, for people.
    pub(super) place: String,
    pub(super) namespace: String,
    world: Option<KeptWorld>,
}

impl Stage {
    pub(super) async fn open(context: &Context, options: &Keep) -> Outcome<Self> {
        let namespace = context.namespace()?;
        let (client, place, store, world) = if options.sandbox {
            let place = context.sandbox_store()?;
            let store = place.open().await?;
            let world = KeptWorld::start(context).await?;
            let client = Client::over(in_world(&world, options)?, transport()).with_clock(world.clock());
            (client, place, store, Some(world))
        } else {
            let provider = options.provider.map(|provider| provider.as_str().to_owned());
            let profile = context.profile(&[("SHUTTERKEY_PROVIDER", provider)])?;
            let store = profile.store.open().await?;
            let config = Keeper::profile_config(&profile, &*store, &namespace).await?.build()?;
            (Client::over(config, transport()), profile.store, store, None)
        };
        usable(context, options, &store).await?;
        Ok(Self {
            keeper: Keeper::builder(client, store).namespace(&namespace).build(),
            place: place.to_string(),
            namespace,
            world,
        })
    }

    /// Keeps what happened in the kept world.
    pub(super) fn keep_world(&self) -> Outcome {
        match &self.world {
            Some(world) if world.was_called() => world.keep(),
            _ => Ok(()),
        }
    }
}

fn in_world(world: &KeptWorld, options: &Keep) -> Outcome<ClientConfig> {
    let id = options.provider.unwrap_or(ProviderName::Instagram).as_str();
    let product =
        product(id).ok_or_else(|| Failure::usage("The sandbox does not play this platform.", "Name another."))?;
    let app = world.own_app(product)?;
    let mut builder = ClientConfig::builder(world.provider(id)?, app.client_id).redirect_uri(UNUSED_REDIRECT_URI);
    if let Some(secret) = app.client_secret {
        builder = builder.client_secret(secret);
    }
    Ok(builder.build()?)
}

/// A store that will never work ends the run at its start; one that is away may come back.
async fn usable(context: &Context, options: &Keep, store: &Arc<dyn Store>) -> Outcome {
    match store.probe().await {
        Err(error) if error.retry() == Retry::Backoff && !options.once => {
            context.ui.warn(&format!("{error} It is asked again."));
            Ok(())
        }
        other => Ok(other?),
    }
}
