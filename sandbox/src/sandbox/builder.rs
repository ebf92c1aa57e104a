//! How a sandbox begins.

use std::sync::Arc;

use shutterkey::{Secret, Timestamp};
use tokio::sync::{mpsc, watch};

use super::Sandbox;
use crate::callbacks;
use crate::error::SandboxError;
use crate::reach::Asked;
use crate::scenario::{self, Scenario};
use crate::site::Shared;
use crate::world::{Behaviour, Profile, World};
use crate::{router, server};

/// How a sandbox begins; [`Builder::start`] opens the port.
#[derive(Debug)]
pub struct Builder {
    port: u16,
    world: World,
    start_at: Option<Timestamp>,
    reach: Asked,
    control_token: Option<Secret>,
    scenario: Option<Scenario>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            port: 0,
            world: World::new(1),
            start_at: None,
            reach: Asked::default(),
            control_token: None,
            scenario: None,
        }
    }
}

impl Builder {
    /// The port on 127.0.0.1; 0, the default, takes any free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// A fresh world whose ids, secrets and tokens are drawn from this seed (default 1).
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.world = World::new(seed);
        self
    }

    /// A kept world instead of a fresh one, see [`World::from_json`].
    #[must_use]
    pub fn world(mut self, world: World) -> Self {
        self.world = world;
        self
    }

    /// Sets all switches as a profile wants them (default [`Profile::Production`]).
    #[must_use]
    pub fn profile(mut self, profile: Profile) -> Self {
        self.world.behaviour = Behaviour::of(profile);
        self
    }

    /// Sets the single switches; takes the place of [`Builder::profile`].
    #[must_use]
    pub fn behaviour(mut self, behaviour: Behaviour) -> Self {
        self.world.behaviour = behaviour;
        self
    }

    /// The sandbox's time at its start, from which it runs on (default: the machine's time).
    #[must_use]
    pub fn clock_start(mut self, now: Timestamp) -> Self {
        self.start_at = Some(now);
        self
    }

    /// The address to listen on (default 127.0.0.1). One that other machines reach, such as 0.0.0.0 in a container, needs
    /// [`Builder::access_key`] and [`Builder::public_url`].
    #[must_use]
    pub fn listen(mut self, address: std::net::IpAddr) -> Self {
        self.reach.listen = Some(address);
        self
    }

    /// What a browser of another machine has to show once before it sees a page: at least 32 characters. Token endpoints
    /// and APIs need it not, since they have secrets and tokens of their own, nor does the control API, which has its token.
    #[must_use]
    pub fn access_key(mut self, key: Secret) -> Self {
        self.reach.access_key = Some(key);
        self
    }

    /// What browsers use, such as `http://localhost:8910` of a port that a container publishes.
    #[must_use]
    pub fn public_url(mut self, url: &str) -> Self {
        self.reach.public_url = Some(url.to_owned());
        self
    }

    /// What servers use where it is another one, such as `http://sandbox:8910` in a network of containers.
    #[must_use]
    pub fn back_channel_url(mut self, url: &str) -> Self {
        self.reach.back_channel_url = Some(url.to_owned());
        self
    }

    /// A host that callbacks and webhooks may go to beside this machine, such as `app` in a network of containers.
    #[must_use]
    pub fn callback_host(mut self, host: &str) -> Self {
        self.reach.callback_hosts.0.push(host.to_owned());
        self
    }

    /// The control token, where it has to be known beforehand (default: a new one in every run). At least 32 characters.
    #[must_use]
    pub fn control_token(mut self, token: Secret) -> Self {
        self.control_token = Some(token);
        self
    }

    /// What is there from the start, as [`Sandbox::seed`] makes it; [`Sandbox::seeded`] answers what was made.
    #[must_use]
    pub fn scenario(mut self, scenario: Scenario) -> Self {
        self.scenario = Some(scenario);
        self
    }

    /// Opens the port and serves until the [`Sandbox`] is dropped. Needs a tokio runtime with I/O and time enabled.
    ///
    /// # Errors
    /// [`SandboxError::Listen`] when the port is taken, [`SandboxError::Exposed`] when other machines could reach it as it
    /// should not be, [`SandboxError::Entropy`] without random bytes, [`SandboxError::Scenario`] as [`Sandbox::seed`] has it.
    pub async fn start(self) -> Result<Sandbox, SandboxError> {
        let listen = |source| SandboxError::Listen {
            port: self.port,
            source,
        };
        let address = self.reach.address()?;
        let (bound, listeners) = server::bind(address, self.port).await.map_err(listen)?;
        let reach = self.reach.at(bound)?;
        let (outbox, queue) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared::new(
            bound.port(),
            reach,
            self.world,
            outbox,
            self.control_token,
        )?);
        if let Some(now) = self.start_at {
            shared.clock.set(now);
        }
        if let Some(scenario) = &self.scenario {
            scenario::seed(&shared, scenario)?;
        }
        tokio::spawn(callbacks::deliver(
            queue,
            shared.reach.callback_hosts.clone(),
            shared.deliveries.clone(),
            shared.clock.clone(),
        ));
        let (stop, stopped) = watch::channel(());
        let router = router::router(shared.clone());
        let serve = |listener| tokio::spawn(server::run(listener, router.clone(), stopped.clone()));
        let servers = listeners.into_iter().map(serve).collect();
        Ok(Sandbox {
            shared,
            stop: Some(stop),
            servers,
        })
    }
}
