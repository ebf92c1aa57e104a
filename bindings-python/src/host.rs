//! Calls of the caller's own objects (HTTP, stores) from the runtime.
//!
//! A function that answers at once runs on a thread of the runtime's blocking pool. A coroutine function runs on the
//! caller's event loop, and no thread waits for it: its task hands the result over when it is done.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use tokio::sync::oneshot;

use crate::{gate, wait};

/// The event loop that a caller's coroutines run on: the one of the last call of an asynchronous client or keeper.
#[derive(Default)]
pub(crate) struct EventLoop(Mutex<Option<Py<PyAny>>>);

impl EventLoop {
    /// Remembers the loop that runs in this thread, if one does.
    pub(crate) fn meet(&self, py: Python<'_>) {
        if let Ok(running) = wait::running_loop(py) {
            *lock(&self.0) = Some(running.unbind());
        }
    }

    fn get(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        lock(&self.0).as_ref().map(|known| known.clone_ref(py))
    }
}

/// Where coroutines run; `None`: nowhere, since the caller's own call waits.
pub(crate) type Asyncio = Option<Arc<EventLoop>>;

/// Why a call has no answer, not even an exception.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// Nothing of the caller's was run, and why.
    NotBegun(&'static str),
    /// It began, and nobody will hear of it: its event loop is gone.
    Lost,
    /// The deadline passed.
    Late,
}

type Make = Box<dyn for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>> + Send>;
type Finish = Box<dyn for<'py> FnOnce(Python<'py>, PyResult<Bound<'py, PyAny>>) + Send>;

const WAITING: u8 = 0;
const BEGUN: u8 = 1;
const GIVEN_UP: u8 = 2;

/// Whether a call has begun: it is never both begun and given up as not begun.
#[derive(Clone, Default)]
struct Progress(Arc<AtomicU8>);

impl Progress {
    fn go(&self, to: u8) -> bool {
        self.0
            .compare_exchange(WAITING, to, Ordering::SeqCst, Ordering::SeqCst)
            .is_ok()
    }
}

/// Calls `make`, on the event loop if it is `a_coroutine`, and converts what it answers or raises while Python is held.
pub(crate) async fn call<T: Send + 'static>(
    asyncio: &Asyncio,
    a_coroutine: bool,
    deadline: Option<Duration>,
    make: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>> + Send + 'static,
    convert: impl for<'py> FnOnce(Python<'py>, PyResult<Bound<'py, PyAny>>) -> T + Send + 'static,
) -> Result<T, NoAnswer> {
    let (sender, receiver) = oneshot::channel();
    let progress = Progress::default();
    let finish: Finish = Box::new(move |py, outcome| drop(sender.send(convert(py, outcome))));
    let (scheduled, thread) = match a_coroutine {
        true => (Some(on_loop(asyncio, progress.clone(), Box::new(make), finish)?), None),
        false => {
            let (asyncio, progress) = (asyncio.clone(), progress.clone());
            let thread = tokio::task::spawn_blocking(move || {
                gate::call_python(move |py| {
                    if progress.go(BEGUN) {
                        in_thread(py, asyncio, make, finish);
                    }
                })
            });
            (None, Some(thread))
        }
    };
    let answer = async {
        match thread {
            // What a closed gate was to let in is not dropped, so the channel alone would not say so.
            Some(thread) => match thread.await {
                Ok(None) => None,
                _ => receiver.await.ok(),
            },
            None => receiver.await.ok(),
        }
    };
    let answered = match deadline {
        Some(deadline) => tokio::time::timeout(deadline, answer).await,
        None => Ok(answer.await),
    };
    match answered {
        Ok(Some(value)) => Ok(value),
        Ok(None) if progress.go(GIVEN_UP) => Err(NoAnswer::NotBegun("The interpreter or the event loop is ending.")),
        Ok(None) => Err(NoAnswer::Lost),
        Err(_) => {
            // What waits for its turn is not begun any more; what runs is asked to stop.
            if !progress.go(GIVEN_UP)
                && let Some(scheduled) = scheduled
            {
                gate::call_python(|py| scheduled.get().cancel(py));
            }
            Err(NoAnswer::Late)
        }
    }
}

fn in_thread(
    py: Python<'_>,
    asyncio: Asyncio,
    make: impl for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyAny>>,
    finish: Finish,
) {
    let answer = match make(py) {
        Ok(answer) => answer,
        Err(error) => return finish(py, Err(error)),
    };
    if !matches!(answer.hasattr("__await__"), Ok(true)) {
        return finish(py, Ok(answer));
    }
    // A function that does not look like a coroutine function and answers an awaitable all the same.
    let Some(known) = asyncio.as_ref().and_then(|asyncio| asyncio.get(py)) else {
        let _ = answer.call_method0("close");
        let what = "this answers an awaitable; AsyncClient and AsyncKeeper take asynchronous objects";
        return finish(py, Err(PyTypeError::new_err(what)));
    };
    let awaitable = answer.unbind();
    let scheduled = Scheduled::new(
        known.clone_ref(py),
        Progress::default(),
        Box::new(move |py| Ok(awaitable.into_bound(py))),
        finish,
    );
    if let Ok(scheduled) = Py::new(py, scheduled) {
        // A loop that is closed by now drops it, and with it the caller's side of the channel.
        let _ = known.call_method1(py, "call_soon_threadsafe", (scheduled,));
    }
}

fn on_loop(asyncio: &Asyncio, progress: Progress, make: Make, finish: Finish) -> Result<Py<Scheduled>, NoAnswer> {
    let scheduled = gate::call_python(|py| {
        let known = asyncio.as_ref().and_then(|asyncio| asyncio.get(py));
        let known = known.ok_or("No event loop is known: call it from a coroutine first.")?;
        let closed = "The event loop of the last call is closed.";
        let scheduled = Py::new(py, Scheduled::new(known.clone_ref(py), progress, make, finish)).map_err(|_| closed)?;
        known
            .call_method1(py, "call_soon_threadsafe", (&scheduled,))
            .map(|_| scheduled)
            .map_err(|_| closed)
    });
    scheduled
        .unwrap_or(Err("The interpreter is ending."))
        .map_err(NoAnswer::NotBegun)
}

/// A call on its way through an event loop. The loop calls it to begin, and its task calls [`done`](Self::done).
#[pyclass(frozen, module = "shutterkey._native", weakref)]
pub(crate) struct Scheduled {
    event_loop: Py<PyAny>,
    progress: Progress,
    state: Mutex<State>,
}

struct State {
    make: Option<Make>,
    finish: Option<Finish>,
    /// A loop knows its tasks by weak references alone.
    task: Option<Py<PyAny>>,
}

impl Scheduled {
    fn new(event_loop: Py<PyAny>, progress: Progress, make: Make, finish: Finish) -> Self {
        Self {
            event_loop,
            progress,
            state: Mutex::new(State {
                make: Some(make),
                finish: Some(finish),
                task: None,
            }),
        }
    }

    fn cancel(&self, py: Python<'_>) {
        let task = lock(&self.state).task.as_ref().map(|task| task.clone_ref(py));
        if let Some(cancel) = task.and_then(|task| task.getattr(py, "cancel").ok()) {
            let _ = self.event_loop.call_method1(py, "call_soon_threadsafe", (cancel,));
        }
    }

    fn finish(&self, py: Python<'_>, outcome: PyResult<Bound<'_, PyAny>>) {
        let finish = {
            let mut state = lock(&self.state);
            state.task = None;
            state.finish.take()
        };
        if let Some(finish) = finish {
            finish(py, outcome);
        }
    }

    fn begin<'py>(&self, py: Python<'py>, make: Make, done: Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
        static ENSURE_FUTURE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
        let answer = make(py)?;
        if !answer.hasattr("__await__")? {
            return Ok(Some(answer));
        }
        let task = ENSURE_FUTURE.import(py, "asyncio", "ensure_future")?.call1((answer,))?;
        lock(&self.state).task = Some(task.clone().unbind());
        task.call_method1("add_done_callback", (done,))?;
        Ok(None)
    }
}

#[pymethods]
impl Scheduled {
    fn __call__(slf: &Bound<'_, Self>) -> PyResult<()> {
        let (py, this) = (slf.py(), slf.get());
        let make = lock(&this.state).make.take();
        if let Some(make) = make
            && this.progress.go(BEGUN)
        {
            match this.begin(py, make, slf.getattr("done")?) {
                Ok(None) => {}
                Ok(Some(answer)) => this.finish(py, Ok(answer)),
                Err(error) => this.finish(py, Err(error)),
            }
        }
        Ok(())
    }

    fn done(&self, task: &Bound<'_, PyAny>) {
        self.finish(task.py(), task.call_method0("result"));
    }
}

/// Whether calling this answers a coroutine, as far as that can be seen.
pub(crate) fn is_coroutine_function(function: &Bound<'_, PyAny>) -> PyResult<bool> {
    static ASK: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let ask = ASK.import(function.py(), "inspect", "iscoroutinefunction")?;
    let itself: bool = ask.call1((function,))?.extract()?;
    Ok(itself
        || match function.getattr_opt("__call__")? {
            Some(call) => ask.call1((call,))?.extract()?,
            None => false,
        })
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
