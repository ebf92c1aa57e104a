//! The way from Rust's threads into Python, which is closed before the interpreter goes away.
//!
//! A thread that asks for the interpreter while that is ending takes the process down with it. So every call from a
//! thread of ours goes through here: after [`close`] none enters any more, and `close` waits for those inside.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use pyo3::prelude::*;

use crate::wait;

const CLOSED: usize = 1 << (usize::BITS - 1);

/// The number of threads inside, and whether nobody may enter.
static STATE: AtomicUsize = AtomicUsize::new(0);

/// The interpreter does not end while this lives.
pub(crate) struct Inside(PhantomData<*const ()>);

thread_local! {
    /// How often this thread is inside: one that is may enter again whatever has happened meanwhile.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
}

impl Inside {
    /// `None`: nobody may enter any more.
    fn enter() -> Option<Self> {
        if STATE.fetch_add(1, Ordering::SeqCst) & CLOSED != 0 && DEPTH.get() == 0 {
            STATE.fetch_sub(1, Ordering::SeqCst);
            return None;
        }
        DEPTH.set(DEPTH.get() + 1);
        Some(Self(PhantomData))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        DEPTH.set(DEPTH.get() - 1);
        STATE.fetch_sub(1, Ordering::SeqCst);
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

/// For a thread of Python's that is about to call Python from here. A daemon thread that is in the middle of that when the
/// interpreter ends is ended by it, through our frames, which takes the process down. So the end waits for those that
/// hold this; and a thread that comes later comes to rest here, as it would a moment later in Python.
pub(crate) fn hold(py: Python<'_>) -> PyResult<Option<Inside>> {
    if let Some(inside) = Inside::enter() {
        return Ok(Some(inside));
    }
    // It is the main thread that ends the interpreter, and goes on until it has.
    if wait::is_main_thread(py)? {
        return Ok(None);
    }
    py.detach(rest);
    Ok(None)
}

fn rest() {
    loop {
        std::thread::park();
    }
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
