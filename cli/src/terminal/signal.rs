//! Being asked to end.

#[cfg(unix)]
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::exit::{Failure, Outcome};

/// Ctrl-C, and on Unix the signals that service managers and a closing terminal send. From [`Self::watch`] on none is
/// missed, and none ends the process by itself.
pub(crate) struct Ending {
    #[cfg(unix)]
    signals: Vec<Signal>,
}

impl Ending {
    /// Begins to watch. Needs the runtime.
    pub(crate) fn watch() -> Self {
        Self {
            #[cfg(unix)]
            signals: [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()]
                .into_iter()
                // One that cannot be watched keeps its own effect, which is to end the process.
                .filter_map(|kind| signal(kind).ok())
                .collect(),
        }
    }

    /// Completes when the process is asked to end, each time anew.
    #[cfg(unix)]
    pub(crate) async fn asked(&mut self) {
        std::future::poll_fn(|context| {
            let asked = self
                .signals
                .iter_mut()
                .any(|signal| matches!(signal.poll_recv(context), std::task::Poll::Ready(Some(()))));
            if asked {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
    }

    /// Completes when the process is asked to end, each time anew.
    #[cfg(not(unix))]
    pub(crate) async fn asked(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Does this work, unless the process is asked to end first.
    pub(crate) async fn or<T>(&mut self, work: impl Future<Output = Outcome<T>>) -> Outcome<T> {
        tokio::select! {
            biased;
            outcome = work => outcome,
            () = self.asked() => Err(Failure::interrupted()),
        }
    }
}
