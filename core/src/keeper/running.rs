//! Counting what runs beside the answers.

use std::sync::Arc;

use tokio::sync::watch;

/// How many tasks of a keeper are under way: refreshes, logins, imports. Clones count together, and several keepers can
/// share one count ([`super::KeeperBuilder::tasks`]).
#[derive(Clone, Debug)]
pub struct Tasks(Arc<watch::Sender<usize>>);

/// One of them; it counts until it is dropped, also by a panic.
pub(super) struct Running(Arc<watch::Sender<usize>>);

impl Tasks {
    pub(super) fn begin(&self) -> Running {
        self.0.send_modify(|count| *count += 1);
        Running(Arc::clone(&self.0))
    }

    /// Waits until there is none.
    pub async fn settled(&self) {
        let mut count = self.0.subscribe();
        // The sender lives in `self`: there is always an answer.
        let _ = count.wait_for(|count| *count == 0).await;
    }
}

impl Default for Tasks {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
