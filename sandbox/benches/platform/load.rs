//! Running one case for a while, with several callers at once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::cases::Case;

/// Callers at once: enough to keep two cores busy.
const CALLERS: usize = 8;

/// What one run came to.
#[derive(Clone, Copy)]
pub(crate) struct Measured {
    /// Done in a second.
    pub(crate) rate: f64,
    /// Microseconds of the server's processor time for one.
    pub(crate) server_micros: f64,
    /// HTTP requests that one took.
    pub(crate) requests: f64,
}

/// Repeats the case in all callers until the time is over; what was begun is finished and counted.
pub(crate) async fn run(case: &Case, time: Duration) -> Measured {
    let (done, requests) = (AtomicU64::new(0), AtomicU64::new(0));
    let (began, before) = (Instant::now(), case.server.processor_seconds());
    let callers = (0..CALLERS).map(|number| {
        let (done, requests) = (&done, &requests);
        async move {
            let mut caller = case.caller(number).await;
            while began.elapsed() < time {
                requests.fetch_add(caller.once().await, Ordering::Relaxed);
                done.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    futures_util::future::join_all(callers).await;
    let (seconds, worked) = (began.elapsed().as_secs_f64(), case.server.processor_seconds() - before);
    #[allow(clippy::cast_precision_loss, reason = "counts of a few seconds")]
    let (done, requests) = (done.into_inner() as f64, requests.into_inner() as f64);
    Measured {
        rate: done / seconds,
        server_micros: worked * 1e6 / done,
        requests: requests / done,
    }
}
