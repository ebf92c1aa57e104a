//! Logging in from a script: how the answer comes back, and taking it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use shutterkey::login::{self, Opened, PASTE_PAUSE, PasteReader, Pasted};
use shutterkey::{Error, ErrorCode, RedirectUri};
use tokio::sync::oneshot;

use crate::client::Client;
use crate::config::{self, ClientConfig};
use crate::keeper::Keeper;
use crate::pending::{Grant, PendingAuthorization};
use crate::store::Keeping;
use crate::time::Length;
use crate::{errors, process, wait};

/// How the answer of this client's logins comes back (`loopback`, `paste` or `external`), and a sentence that says why.
#[pyfunction]
pub(crate) fn login_mode(config: &ClientConfig) -> (&'static str, String) {
    let (mode, why) = login::choose_mode(&config.0);
    (mode.as_str(), why)
}

/// Why the answer of this client's logins cannot be taken in a script: an exception that was not raised.
#[pyfunction]
pub(crate) fn redirect_elsewhere<'py>(py: Python<'py>, config: &ClientConfig) -> PyResult<Bound<'py, PyAny>> {
    let what = format!(
        "The redirect URI {} does not lead to this machine, so nothing here can take the answer. In a web app its routes \
         complete the login: shutterkey.starlette (also for FastAPI), shutterkey.flask and shutterkey.django. For a script, \
         register https://localhost/ as well and give it as redirect_uri.",
        config.0.redirect_uri()
    );
    errors::exception(py, Error::with_detail(ErrorCode::ConfigRedirectUri, what))
}

/// Opens an address in the person's browser. `None`: a program was started with it; otherwise a sentence that says why
/// none was.
#[pyfunction]
pub(crate) fn open_browser(py: Python<'_>, url: &str) -> PyResult<Option<String>> {
    match login::open_browser(url).map_err(|error| errors::raised(py, error))? {
        Opened::By(_) => Ok(None),
        Opened::Nowhere(why) => Ok(Some(why)),
    }
}

/// The store of the profile with these settings over it.
#[pyfunction]
#[pyo3(signature = (**settings))]
pub(crate) fn profile_store(py: Python<'_>, settings: Option<&Bound<'_, PyDict>>) -> PyResult<Py<PyAny>> {
    let (profile, _) = config::profile_with(py, settings)?;
    Ok(Keeping::named(py, &profile.store)?.0)
}

/// Refuses a login that could not be kept: under a name that no account can have, or in a store that cannot be written to.
#[pyfunction]
pub(crate) fn check_login(py: Python<'_>, keeper: &Keeper, name: &str) -> PyResult<()> {
    shutterkey::account::check_alias(name).map_err(|error| errors::raised(py, error))?;
    let keeper = keeper.core(py)?;
    wait::wait_for(py, async move { keeper.store().probe().await })
}

/// What nobody answered is over.
fn too_late(py: Python<'_>, seconds: f64) -> PyErr {
    let what = format!("No answer came in {seconds} seconds.");
    errors::raised(py, Error::with_detail(ErrorCode::RedirectStateExpired, what))
}

/// Takes the redirect of one login on this machine.
#[pyclass(frozen, module = "shutterkey._native")]
pub(crate) struct LoopbackListener {
    redirect_uri: String,
    listener: Mutex<Option<login::LoopbackListener>>,
}

#[pymethods]
impl LoopbackListener {
    /// Listens at this redirect URI, or at the same on any free port.
    #[new]
    #[pyo3(signature = (redirect_uri, *, any_port=false))]
    fn new(py: Python<'_>, redirect_uri: &str, any_port: bool) -> PyResult<Self> {
        let _runtime = process::runtime(py)?.enter();
        let listener = RedirectUri::parse(redirect_uri)
            .and_then(|uri| match any_port {
                true => login::LoopbackListener::bind_any_port(&uri),
                false => login::LoopbackListener::bind(&uri),
            })
            .map_err(|error| errors::raised(py, error))?;
        Ok(Self {
            redirect_uri: listener.redirect_uri().as_str().to_owned(),
            listener: Mutex::new(Some(listener)),
        })
    }

    /// What the login must be begun with.
    #[getter]
    fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Serves until the answer is here, at most `timeout`. Then, and when Ctrl-C stops it, the port is free.
    fn wait(
        &self,
        py: Python<'_>,
        pending: &PendingAuthorization,
        client: &Client,
        timeout: Length,
    ) -> PyResult<Grant> {
        let taken = self.listener.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(listener) = taken else {
            return Err(errors::misuse(py, "This listener has waited already."));
        };
        let (pending, clock) = (pending.0.clone(), client.clock.clone());
        let (running, stopped) = oneshot::channel::<()>();
        let outcome = wait::wait(py, async move {
            let cancelled = async move { drop(stopped.await) };
            let waiting = listener.wait(&pending, &*clock, cancelled);
            tokio::time::timeout(timeout.duration(), waiting).await
        });
        // Ctrl-C ends the waiting alone; this ends the work.
        drop(running);
        match outcome? {
            Ok(grant) => grant.map(Grant::new).map_err(|error| errors::raised(py, error)),
            Err(_) => Err(too_late(py, timeout.0)),
        }
    }

    /// Frees the port.
    fn close(&self) {
        drop(self.listener.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

/// Takes what a person pastes. `read(pause)` answers a piece of the input, `None` when nothing came for `pause` seconds
/// (which may be `None`: the caller's own time is over), and an empty one at its end. `explain(error)` shows why something
/// was not the answer.
#[pyfunction]
pub(crate) fn take_pasted(
    py: Python<'_>,
    pending: &PendingAuthorization,
    client: &Client,
    read: &Bound<'_, PyAny>,
    explain: &Bound<'_, PyAny>,
    timeout: Length,
) -> PyResult<Grant> {
    let mut reader = PasteReader::new(&pending.0);
    let mut paused = false;
    let mut last: Option<Error> = None;
    loop {
        let pause: Option<Duration> = paused.then_some(PASTE_PAUSE);
        let arrived: Option<Vec<u8>> = read.call1((pause.map(|pause| pause.as_secs_f64()),))?.extract()?;
        let now = client.clock.now();
        let (judged, ended) = match &arrived {
            None if !paused => return Err(too_late(py, timeout.0)),
            None => (reader.judge(now), false),
            Some(piece) if piece.is_empty() => (reader.judge(now), true),
            Some(piece) => (reader.feed(piece, now), false),
        };
        paused = matches!(judged, Pasted::Pause);
        match judged {
            Pasted::Answer(answer) => return answer.map(Grant::new).map_err(|error| errors::raised(py, error)),
            Pasted::Cancelled => return Err(pyo3::exceptions::PyKeyboardInterrupt::new_err(())),
            Pasted::Explained(error) => {
                if !ended {
                    explain.call1((errors::exception(py, error.clone())?,))?;
                }
                last = Some(error);
            }
            _ => {}
        }
        if ended {
            return Err(match last {
                Some(error) => errors::raised(py, error),
                None => pyo3::exceptions::PyEOFError::new_err("the input ended before an answer was given"),
            });
        }
    }
}
