//! How the platforms answer: what goes wrong, what the usage headers say, and what sources disagree on.

use shutterkey::Clock;

use super::Sandbox;
use crate::error::SandboxError;
use crate::fault::Fault;
use crate::usage::Usage;
use crate::world::Behaviour;

impl Sandbox {
    /// Answers the next calls of an endpoint with something else.
    pub fn fault(&self, fault: Fault) {
        let now = self.shared.clock.now();
        self.shared.faults().add(fault, now);
    }

    /// The faults that still wait for their calls.
    pub fn faults(&self) -> Vec<Fault> {
        let now = self.shared.clock.now();
        self.shared.faults().list(now)
    }

    /// Takes back all faults.
    pub fn clear_faults(&self) {
        self.shared.faults().clear();
    }

    /// Makes answers of Meta's products carry these numbers in the usage headers; those of before about the same app or account
    /// end. The switch [`Behaviour::rate_headers`] has to be on, as it is.
    ///
    /// # Errors
    /// [`SandboxError::Usage`] for a product without such headers, or an app's time to regain access, which none tells.
    pub fn usage(&self, usage: Usage) -> Result<(), SandboxError> {
        usage.check()?;
        self.shared.usages().set(usage, self.shared.clock.now());
        Ok(())
    }

    /// The numbers that are told now, the newest last.
    pub fn usages(&self) -> Vec<Usage> {
        self.shared.usages().list(self.shared.clock.now())
    }

    /// Tells no numbers any more.
    pub fn clear_usages(&self) {
        self.shared.usages().clear();
    }

    /// The switches, to read.
    pub fn behaviour(&self) -> Behaviour {
        self.shared.world().behaviour.clone()
    }

    /// Sets the switches from now on.
    pub fn set_behaviour(&self, behaviour: Behaviour) {
        self.shared.world().behaviour = behaviour;
    }
}
