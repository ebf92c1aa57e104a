//! What happens beside the answers, pulled one by one.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::keeping::Keeping;
pub use crate::keeping::{Event, EventKind};

/// The reading end of a keeper's events.
#[derive(Debug)]
pub struct Events(Arc<Queue>);

impl Events {
    pub(super) fn of(queue: Arc<Queue>) -> Self {
        Self(queue)
    }

    /// The next event; waits until there is one. Dropping the future loses none.
    pub async fn next(&self) -> Event {
        loop {
            let arrived = self.0.arrived.notified();
            if let Some(event) = self.try_next() {
                return event;
            }
            arrived.await;
        }
    }

    /// Waits until there is an event, and takes none. For callers that may go away while they wait: an event stays in
    /// the queue until [`Self::try_next`] takes it.
    pub async fn ready(&self) {
        loop {
            let arrived = self.0.arrived.notified();
            if self.0.keeping.has_event() {
                return;
            }
            arrived.await;
        }
    }

    /// The next event, if there is one.
    pub fn try_next(&self) -> Option<Event> {
        self.0.keeping.next_event()
    }
}

/// The events that wait, and who waits for them.
#[derive(Debug)]
pub(super) struct Queue {
    keeping: Arc<Keeping>,
    arrived: Notify,
}

impl Queue {
    pub(super) fn new(keeping: Arc<Keeping>) -> Self {
        Self {
            keeping,
            arrived: Notify::new(),
        }
    }

    /// Wakes a reader if an operation left something for it.
    pub(super) fn announce(&self) {
        if self.keeping.has_event() {
            self.arrived.notify_one();
        }
    }
}
