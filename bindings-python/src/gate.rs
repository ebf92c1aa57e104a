//! The way from Rust's threads into Python, which is closed before the interpreter goes away.
//!
//! A thread that asks for the interpreter while that is ending takes the process down with it. So every call from a
//! thread of ours goes through here: after [`close`] none enters any more, and `close` waits for those inside.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

const CLOSED: usize = 1 << (usize::BITS - 1);

/// The number of threads inside, and whether nobody may enter.
static STATE: AtomicUsize = AtomicUsize::new(0);

struct Inside;

impl Drop for Inside {
    fn drop(&mut self) {
        STATE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Calls Python from a thread of ours. `None`: the interpreter is ending, and `work` was not called.
pub(crate) fn call_python<T>(work: impl FnOnce(Python<'_>) -> T) -> Option<T> {
    if STATE.fetch_add(1, Ordering::SeqCst) & CLOSED != 0 {
        STATE.fetch_sub(1, Ordering::SeqCst);
        // What `work` holds belongs to an interpreter that is gone.
        std::mem::forget(work);
        return None;
    }
    let _inside = Inside;
    Python::try_attach(work)
}

/// Closes the way and waits until nobody is inside, or at most `patience`: what is called there may be a request of the
/// caller's own HTTP library.
pub(crate) fn close(py: Python<'_>, patience: Duration) {
    STATE.fetch_or(CLOSED, Ordering::SeqCst);
    let until = Instant::now() + patience;
    py.detach(|| {
        while STATE.load(Ordering::SeqCst) & !CLOSED != 0 && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    });
}

/// In a forked child none of the parent's threads is there.
pub(crate) fn reset() {
    STATE.store(0, Ordering::SeqCst);
}
