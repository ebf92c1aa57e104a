//! What belongs to one process: its runtime, and what a fork and the interpreter's end do to it.
//!
//! A fork copies memory and one thread. A runtime's other threads are gone in the child, a lock that one of them held
//! stays locked, and its sockets and its poll set are shared with the parent. So the child touches nothing of the
//! parent's: it begins with a runtime of its own, values that are bound to a process ([`PerProcess`]) are made anew, and
//! the old ones are left where they are, undropped.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use shutterkey::keeper::Tasks;
use shutterkey::protocol::request::DEADLINE;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::{gate, wait};

/// How long a program that ends waits for refreshes that run beside its answers.
const PATIENCE_FOR_TASKS: Duration = Duration::from_secs(5);

/// How long it waits for calls of the caller's own HTTP or store: a request that has just begun ends by its deadline.
const PATIENCE_FOR_CALLS: Duration = Duration::from_secs(DEADLINE.as_secs() + 5);

/// How long a fork waits for the built-in stores to be between two operations.
const PATIENCE_FOR_STORES: Duration = Duration::from_secs(2);

/// Counts forks.
static GENERATION: AtomicU64 = AtomicU64::new(0);

/// Another number in every forked child: what carries it knows whether it is where it was made.
pub(crate) fn generation() -> u64 {
    GENERATION.load(Ordering::Relaxed)
}

/// Of this process. It is only ever locked by a thread that holds the interpreter, as a thread that forks does: no fork
/// finds it locked.
static CURRENT: Mutex<Option<Current>> = Mutex::new(None);

#[derive(Clone)]
struct Current {
    runtime: &'static Runtime,
    tasks: Tasks,
    ending: Arc<watch::Sender<bool>>,
}

fn current(_py: Python<'_>) -> PyResult<Current> {
    let mut current = lock(&CURRENT);
    if let Some(current) = &*current {
        return Ok(current.clone());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("shutterkey")
        .enable_all()
        .build()
        .map_err(|error| PyRuntimeError::new_err(format!("shutterkey: the system gives no threads: {error}")))?;
    // It lives as long as the process: a runtime that is dropped waits for its threads.
    let made = Current {
        runtime: Box::leak(Box::new(runtime)),
        tasks: Tasks::default(),
        ending: Arc::new(watch::Sender::new(false)),
    };
    *current = Some(made.clone());
    Ok(made)
}

/// The runtime of this process, made when it is first needed.
pub(crate) fn runtime(py: Python<'_>) -> PyResult<&'static Runtime> {
    Ok(current(py)?.runtime)
}

/// What runs beside the answers of this process's keepers.
pub(crate) fn tasks(py: Python<'_>) -> PyResult<Tasks> {
    Ok(current(py)?.tasks)
}

/// Becomes true when the program ends, which then waits a while for whoever has this still.
pub(crate) fn ending(py: Python<'_>) -> PyResult<watch::Receiver<bool>> {
    Ok(current(py)?.ending.subscribe())
}

/// A value that a fork makes useless, with what is needed to make it anew.
pub(crate) struct PerProcess<T>(Mutex<Option<Made<T>>>);

struct Made<T> {
    generation: u64,
    value: T,
}

impl<T: Clone> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(None))
    }

    /// The value in this process. The interpreter is held throughout unless `make` lets go of it.
    pub(crate) fn get(&self, _py: Python<'_>, make: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
        let generation = GENERATION.load(Ordering::Relaxed);
        if let Some(made) = &*lock(&self.0)
            && made.generation == generation
        {
            return Ok(made.value.clone());
        }
        let value = make()?;
        let mut slot = lock(&self.0);
        match &*slot {
            // `make` may have let another thread in.
            Some(made) if made.generation == generation => return Ok(made.value.clone()),
            _ => std::mem::forget(slot.replace(Made {
                generation,
                value: value.clone(),
            })),
        }
        Ok(value)
    }

    /// What `read` says of the value, if this process has made one.
    pub(crate) fn peek<R>(&self, _py: Python<'_>, read: impl FnOnce(&T) -> Option<R>) -> Option<R> {
        let slot = lock(&self.0);
        let made = slot
            .as_ref()
            .filter(|made| made.generation == GENERATION.load(Ordering::Relaxed))?;
        read(&made.value)
    }
}

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        let made = lock(&self.0).take();
        if made
            .as_ref()
            .is_some_and(|made| made.generation != GENERATION.load(Ordering::Relaxed))
        {
            std::mem::forget(made);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Operations of built-in stores that are under way, and threads that fork, during which none may begin: a fork copies a
/// memory store between two of them, and no lock file in the middle of one.
static STORE_CALLS: AtomicUsize = AtomicUsize::new(0);
static FORKING: AtomicUsize = AtomicUsize::new(0);

/// An operation of a built-in store, as long as this lives.
pub(crate) struct StoreCall(());

impl StoreCall {
    pub(crate) async fn begin() -> Self {
        loop {
            STORE_CALLS.fetch_add(1, Ordering::SeqCst);
            let call = Self(());
            if FORKING.load(Ordering::SeqCst) == 0 {
                return call;
            }
            drop(call);
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Drop for StoreCall {
    fn drop(&mut self) {
        STORE_CALLS.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Has Python call what follows: a child begins with threads of its own, and the interpreter does not end under a thread of
/// ours.
pub(crate) fn watch(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    if let Some(register) = PyModule::import(py, "os")?.getattr_opt("register_at_fork")? {
        let hooks = PyDict::new(py);
        hooks.set_item("before", module.getattr("before_fork")?)?;
        hooks.set_item("after_in_parent", module.getattr("after_fork_in_parent")?)?;
        hooks.set_item("after_in_child", module.getattr("after_fork_in_child")?)?;
        register.call((), Some(&hooks))?;
    }
    PyModule::import(py, "atexit")?.call_method1("register", (module.getattr("at_exit")?,))?;
    Ok(())
}

/// Holds the built-in stores still.
#[pyfunction]
pub(crate) fn before_fork(py: Python<'_>) {
    FORKING.fetch_add(1, Ordering::SeqCst);
    let until = Instant::now() + PATIENCE_FOR_STORES;
    while STORE_CALLS.load(Ordering::SeqCst) != 0 && Instant::now() < until {
        py.detach(|| std::thread::sleep(Duration::from_micros(200)));
    }
}

#[pyfunction]
pub(crate) fn after_fork_in_parent() {
    FORKING.fetch_sub(1, Ordering::SeqCst);
}

/// Forgets what belongs to the parent.
#[pyfunction]
pub(crate) fn after_fork_in_child() {
    GENERATION.fetch_add(1, Ordering::SeqCst);
    std::mem::forget(lock(&CURRENT).take());
    STORE_CALLS.store(0, Ordering::SeqCst);
    FORKING.store(0, Ordering::SeqCst);
    gate::reset();
}

/// Before the interpreter goes away: what was begun beside the answers is finished, within bounds, and then no thread of
/// ours enters Python any more.
#[pyfunction]
pub(crate) fn at_exit(py: Python<'_>) -> PyResult<()> {
    let running = lock(&CURRENT).clone();
    let mut outcome = Ok(());
    if let Some(Current { tasks, ending, .. }) = running {
        ending.send_replace(true);
        let settled = async move {
            let all = async {
                ending.closed().await;
                tasks.settled().await;
            };
            let _ = tokio::time::timeout(PATIENCE_FOR_TASKS, all).await;
        };
        outcome = wait::wait(py, settled);
    }
    gate::close(py, PATIENCE_FOR_CALLS);
    outcome
}
