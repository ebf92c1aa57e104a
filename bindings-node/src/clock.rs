//! Where the present comes from.

use std::sync::Arc;

use napi_derive::napi;
use shutterkey::{ManualClock, SystemClock, Timestamp};
use shutterkey_sandbox::SandboxClock;

use crate::time::{moment, seconds};

/// A clock: the machine's, one that stands until it is moved, or a sandbox's.
#[napi]
pub struct Clock {
    pub(crate) shared: Arc<dyn shutterkey::Clock>,
    hand: Hand,
}

/// What can be moved.
enum Hand {
    None,
    Manual(ManualClock),
    Sandbox(SandboxClock),
}

impl Clock {
    pub(crate) fn of_sandbox(clock: SandboxClock) -> Self {
        Self {
            shared: Arc::new(clock.clone()),
            hand: Hand::Sandbox(clock),
        }
    }
}

#[napi]
impl Clock {
    /// The machine's.
    #[napi(factory)]
    pub fn system() -> Self {
        Self {
            shared: Arc::new(SystemClock),
            hand: Hand::None,
        }
    }

    /// One that stands at a moment.
    #[napi(factory)]
    pub fn manual(now: f64) -> Self {
        let clock = ManualClock::new(moment(now));
        Self {
            shared: Arc::new(clock.clone()),
            hand: Hand::Manual(clock),
        }
    }

    #[napi]
    pub fn now(&self) -> f64 {
        seconds(self.shared.now())
    }

    /// Sets one that is not the machine's.
    #[napi]
    pub fn set(&self, now: f64) {
        let now: Timestamp = moment(now);
        match &self.hand {
            Hand::Manual(clock) => clock.set(now),
            Hand::Sandbox(clock) => clock.set(now),
            Hand::None => {}
        }
    }

    /// Moves one that is not the machine's.
    #[napi]
    pub fn advance(&self, by: f64) {
        let by = moment(by).seconds();
        match &self.hand {
            Hand::Manual(clock) => clock.advance(by),
            Hand::Sandbox(clock) => clock.advance(by),
            Hand::None => {}
        }
    }

    /// Stops a sandbox's, or lets it run again.
    #[napi]
    pub fn freeze(&self, frozen: bool) {
        match (&self.hand, frozen) {
            (Hand::Sandbox(clock), true) => clock.freeze(),
            (Hand::Sandbox(clock), false) => clock.unfreeze(),
            _ => {}
        }
    }

    #[napi(getter)]
    pub fn is_frozen(&self) -> bool {
        match &self.hand {
            Hand::Sandbox(clock) => clock.is_frozen(),
            Hand::Manual(_) => true,
            Hand::None => false,
        }
    }
}
