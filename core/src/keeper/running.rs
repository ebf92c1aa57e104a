//! Counting what runs beside the answers.

use std::sync::Arc;

use tokio::sync::watch;

/// How many tasks of a keeper are under way.
pub(super) struct Running(Arc<watch::Sender<usize>>);

/// One of them; it counts until it is dropped, also by a panic.
pub(super) struct Task(Arc<watch::Sender<usize>>);

impl Running {
    pub(super) fn begin(&self) -> Task {
        self.0.send_modify(|count| *count += 1);
        Task(Arc::clone(&self.0))
    }

    pub(super) async fn settled(&self) {
        let mut count = self.0.subscribe();
        // The sender lives in `self`: there is always an answer.
        let _ = count.wait_for(|count| *count == 0).await;
    }
}

impl Default for Running {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(0)))
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
