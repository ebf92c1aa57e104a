//! The way from Rust's threads into Python, which is closed before the interpreter goes away.
//!
//! A thread that asks for the interpreter while that is ending is unwound by it, and takes the process down where the
//! unwinding meets frames of ours. So every call from a thread of ours goes through here, and so does whatever
//! runs Python's code from frames of ours in a thread of Python's: after [`close`] none enters any more, and `close` waits for those inside.

use std::cell::Cell;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

use crate::process;

const CLOSED: usize = 1 << (usize::BITS - 1);

/// The number of threads inside, and whether nobody may enter.
static STATE: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// How many times this thread is inside.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

/// A thread that is inside, in the process that it entered in.
pub(crate) struct Inside {
    generation: u64,
}

impl Inside {
    /// `None`: nobody may enter any more. Who is inside already is waited for, and may go deeper.
    fn enter() -> Option<Self> {
        let inside = Self {
            generation: process::generation(),
        };
        let open = STATE.fetch_add(1, Ordering::SeqCst) & CLOSED == 0;
        let depth = DEPTH.replace(DEPTH.get() + 1);
        // Who may not enter leaves again, by being dropped.
        (open || depth > 0).then_some(inside)
    }

    fn enter_or_stay() -> Self {
        loop {
            match Self::enter() {
                Some(inside) => return inside,
                None => std::thread::park(),
            }
        }
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        if self.generation == process::generation() {
            STATE.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// Calls Python from a thread of ours. `None`: the interpreter is ending, and `work` was not called.
pub(crate) fn call_python<T>(work: impl FnOnce(Python<'_>) -> T) -> Option<T> {
    let Some(_inside) = Inside::enter() else {
        // What `work` holds belongs to an interpreter that is gone.
        std::mem::forget(work);
        return None;
    };
    Python::try_attach(work)
}

/// Keeps the interpreter from ending under a thread of Python's while that runs Python's code from frames of ours. Once the
/// gate is closed, the thread stays here: only daemons are left then, which nobody joins.
pub(crate) fn hold(py: Python<'_>) -> Inside {
    Inside::enter().unwrap_or_else(|| py.detach(Inside::enter_or_stay))
}

/// Lets go of the interpreter for the length of `work`, which waits, and comes back as by [`hold`].
pub(crate) fn away<T: Send>(py: Python<'_>, inside: Inside, work: impl FnOnce() -> T + Send) -> (T, Inside) {
    drop(inside);
    py.detach(|| (work(), Inside::enter_or_stay()))
}

/// Closes the way and waits until nobody is inside, or at most `patience`: what is called there may be a request of the
/// caller's own HTTP library.
pub(crate) fn close(py: Python<'_>, patience: Duration) {
    STATE.fetch_or(CLOSED, Ordering::SeqCst);
    // This thread, which ends the interpreter, goes on.
    DEPTH.set(DEPTH.get() + 1);
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
