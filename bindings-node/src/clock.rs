//! Where the present comes from.

use std::sync::Arc;

use napi_derive::napi;
use shutterkey::SystemClock;

use crate::time::{moment, seconds};

/// A clock: the machine's, or one that stands until it is set.
#[napi]
pub struct Clock {
    pub(crate) shared: Arc<dyn shutterkey::Clock>,
    manual: Option<shutterkey::ManualClock>,
}

#[napi]
impl Clock {
    /// The machine's.
    #[napi(factory)]
    pub fn system() -> Self {
        Self {
            shared: Arc::new(SystemClock),
            manual: None,
        }
    }

    /// One that stands at a moment.
    #[napi(factory)]
    pub fn manual(now: f64) -> Self {
        let clock = shutterkey::ManualClock::new(moment(now));
        Self {
            shared: Arc::new(clock.clone()),
            manual: Some(clock),
        }
    }

    #[napi]
    pub fn now(&self) -> f64 {
        seconds(self.shared.now())
    }

    /// Sets a clock that is not the machine's.
    #[napi]
    pub fn set(&self, now: f64) {
        if let Some(clock) = &self.manual {
            clock.set(moment(now));
        }
    }

    /// Moves a clock that is not the machine's.
    #[napi]
    pub fn advance(&self, by: f64) {
        if let Some(clock) = &self.manual {
            clock.advance(moment(by).seconds());
        }
    }
}
