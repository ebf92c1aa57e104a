//! Whether the sandbox's memory stays flat over many logins.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use crate::cases::Case;
use crate::served::Served;

/// Callers at once.
const CALLERS: u64 = 8;

/// Logins of Instagram at a sandbox of their own, and its memory after each tenth of them.
pub(crate) async fn measure(logins: u64) {
    let sandbox = Arc::new(Served::own("sandbox"));
    let case = Case::full_login(&sandbox);
    println!(
        "\n{logins} full logins at one sandbox, {:.1} MiB before the first",
        sandbox.resident_mib()
    );
    let (done, began) = (AtomicU64::new(0), Instant::now());
    let callers = (0..CALLERS).map(|number| {
        let (case, sandbox, done) = (&case, &sandbox, &done);
        async move {
            let mut caller = case.caller(usize::try_from(number).expect("a few")).await;
            for _ in 0..logins.div_ceil(CALLERS) {
                caller.once().await;
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                if done.is_multiple_of((logins / 10).max(1)) {
                    println!("{done:>9} logins  {:>7.1} MiB", sandbox.resident_mib());
                }
            }
        }
    });
    futures_util::future::join_all(callers).await;
    println!("in {:.0} s", began.elapsed().as_secs_f64());
}
