//! Work on the runtime, for a thread that waits and for an event loop that does not.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyModule};

use crate::{errors, gate, process};

/// How often a waiting main thread looks for Ctrl-C.
const SIGNALS: Duration = Duration::from_millis(50);

/// Runs work to its end with the interpreter released. Ctrl-C stops the waiting, not the work: what was received is still
/// stored.
pub(crate) fn wait<T: Send + 'static>(py: Python<'_>, work: impl Future<Output = T> + Send + 'static) -> PyResult<T> {
    let mut inside = gate::hold(py);
    let (sender, receiver) = sync_channel(1);
    process::runtime(py)?.spawn(async move {
        let _ = sender.send(work.await);
    });
    let watches_signals = is_main_thread(py)?;
    // A receiver is not Sync; it travels into the closure and back.
    let mut receiver = receiver;
    loop {
        let (arrived, back);
        ((arrived, back), inside) = gate::away(py, inside, move || {
            let arrived = match watches_signals {
                true => receiver.recv_timeout(SIGNALS),
                false => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            (arrived, receiver)
        });
        receiver = back;
        match arrived {
            Ok(value) => return Ok(value),
            Err(RecvTimeoutError::Timeout) => py.check_signals()?,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(PyRuntimeError::new_err(
                    "shutterkey: the task that worked on this went away",
                ));
            }
        }
    }
}

/// As [`wait`], for work of the core, whose error is raised.
pub(crate) fn wait_for<T: Send + 'static>(
    py: Python<'_>,
    work: impl Future<Output = shutterkey::Result<T>> + Send + 'static,
) -> PyResult<T> {
    wait(py, work)?.map_err(|error| errors::raised(py, error))
}

/// Starts work and answers an `asyncio` future of the running loop. A future that is cancelled leaves the work alone.
pub(crate) fn start<'py, T, R>(
    py: Python<'py>,
    work: impl Future<Output = shutterkey::Result<T>> + Send + 'static,
    convert: impl FnOnce(Python<'_>, T) -> PyResult<R> + Send + 'static,
) -> PyResult<Bound<'py, PyAny>>
where
    T: Send + 'static,
    R: for<'a> IntoPyObject<'a>,
{
    let _inside = gate::hold(py);
    let event_loop = running_loop(py)?;
    let future = event_loop.call_method0("create_future")?;
    let (waiting_loop, waiting) = (event_loop.unbind(), future.clone().unbind());
    process::runtime(py)?.spawn(async move {
        let outcome = work.await;
        gate::call_python(move |py| {
            let outcome = match outcome {
                Ok(value) => convert(py, value).and_then(|value| value.into_py_any(py)),
                Err(error) => Err(errors::raised(py, error)),
            };
            let (ok, value) = match outcome {
                Ok(value) => (true, value),
                Err(error) => (false, error.into_value(py).into_any()),
            };
            let settle = settle_in(py);
            // A loop that was closed has nobody who waits.
            if let Ok(settle) = settle {
                let _ = waiting_loop.call_method1(py, "call_soon_threadsafe", (settle, waiting, ok, value));
            }
        });
    });
    Ok(future)
}

/// Gives a future its result, unless it was cancelled. For the package alone.
#[pyfunction]
pub(crate) fn settle_future(future: &Bound<'_, PyAny>, ok: bool, value: Py<PyAny>) -> PyResult<()> {
    if future.call_method0("done")?.extract::<bool>()? {
        return Ok(());
    }
    future.call_method1(if ok { "set_result" } else { "set_exception" }, (value,))?;
    Ok(())
}

fn settle_in(py: Python<'_>) -> PyResult<&Bound<'_, PyAny>> {
    static SETTLE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    SETTLE
        .get_or_try_init(py, || {
            Ok(PyModule::import(py, "shutterkey._native")?
                .getattr("settle_future")?
                .unbind())
        })
        .map(|settle| settle.bind(py))
}

/// The loop that runs in this thread.
pub(crate) fn running_loop(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    static RUNNING: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    RUNNING.import(py, "asyncio", "get_running_loop")?.call0()
}

/// Whether signals are handled in this thread. Without the module `threading` there is no other thread.
fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    let modules = PyModule::import(py, "sys")?.getattr("modules")?.cast_into::<PyDict>()?;
    let Some(threading) = modules.get_item("threading")? else {
        return Ok(true);
    };
    let main = threading.call_method0("main_thread")?.getattr("ident")?;
    main.eq(threading.call_method0("get_ident")?)
}
