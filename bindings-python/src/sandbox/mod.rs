//! The sandbox, running in this process.

mod clock;
mod given;
mod seeded;
mod values;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use shutterkey::Secret;
use shutterkey_cli::kept_world;
use shutterkey_sandbox::{Behaviour, Product, Sandbox};

pub(crate) use clock::SandboxClock;
use given::{failed, named, raised};
pub(crate) use seeded::SandboxSeeded;
pub(crate) use values::{MintedToken, SandboxApp, SandboxCall, SandboxPerson};

use crate::process::PerProcess;
use crate::time::{Length, Moment};
use crate::{errors, wait};

const FORKED: &str = "This sandbox belongs to the process that started it; a forked child talks to it over HTTP, at \
                      base_url, or starts one of its own.";
const CLOSED: &str = "This sandbox is closed.";

/// Open until somebody closes it. Locked only by threads that hold the interpreter, so no fork finds it locked.
type Running = Arc<Mutex<Option<Arc<Sandbox>>>>;

/// What `shutterkey.Sandbox` is made of.
#[pyclass(frozen, subclass, module = "shutterkey._native")]
pub(crate) struct NativeSandbox {
    running: PerProcess<Running>,
    base_url: String,
    control_token: Secret,
    clock: Py<SandboxClock>,
    /// Where its world is written when it is closed.
    kept_at: Option<PathBuf>,
}

impl NativeSandbox {
    fn running(&self, py: Python<'_>) -> PyResult<Running> {
        self.running.get(py, || Err(failed(py, FORKED)))
    }

    fn open(&self, py: Python<'_>) -> PyResult<Arc<Sandbox>> {
        lock(&*self.running(py)?).clone().ok_or_else(|| failed(py, CLOSED))
    }

    /// Takes the sandbox out, in the process that started it.
    fn take(&self, py: Python<'_>) -> Option<Arc<Sandbox>> {
        self.running.peek(py, |running| lock(running).take())
    }

    fn app_of(&self, credentials: shutterkey_sandbox::AppCredentials) -> SandboxApp {
        SandboxApp {
            credentials,
            base_url: self.base_url.clone(),
            origin: self.kept_at.is_some().then_some(kept_world::ORIGIN),
        }
    }
}

#[pymethods]
impl NativeSandbox {
    #[new]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    #[pyo3(signature = (*, port=0, seed=None, world=None, profile=None, clock_start=None, scenario=None, _kept=false))]
    fn new(
        py: Python<'_>,
        port: u16,
        seed: Option<u64>,
        world: Option<&Bound<'_, PyAny>>,
        profile: Option<&str>,
        clock_start: Option<Moment>,
        scenario: Option<&Bound<'_, PyAny>>,
        _kept: bool,
    ) -> PyResult<Self> {
        if world.is_some() && seed.is_some() {
            return Err(errors::misuse(py, "Give either a seed or a world, which has its own."));
        }
        let kept_at = match _kept {
            true => Some(given::folders(py)?.sandbox_world()),
            false => None,
        };
        let world = match (world, &kept_at) {
            (Some(world), _) => Some(given::world(py, world)?),
            (None, Some(path)) => kept_world::read(path).map_err(|failure| failed(py, &failure.message))?,
            (None, None) => None,
        };
        let mut builder = Sandbox::builder().port(port);
        if let Some(seed) = seed {
            builder = builder.seed(seed);
        }
        if let Some(world) = world {
            builder = builder.world(world);
        }
        if let Some(profile) = profile {
            builder = builder.profile(named(py, profile)?);
        }
        if let Some(now) = clock_start {
            builder = builder.clock_start(now.0);
        }
        if let Some(given) = scenario {
            builder = builder.scenario(given::scenario(py, given)?);
        }
        let sandbox = wait::wait(py, builder.start())?.map_err(|error| raised(py, &error))?;
        let made = Self {
            running: PerProcess::new(),
            base_url: sandbox.base_url().to_owned(),
            control_token: sandbox.control_token().clone(),
            clock: Py::new(py, SandboxClock::of(sandbox.clock()))?,
            kept_at,
        };
        let sandbox = Arc::new(Mutex::new(Some(Arc::new(sandbox))));
        made.running.get(py, || Ok(sandbox))?;
        Ok(made)
    }

    /// `http://127.0.0.1:PORT`, without a slash at the end.
    #[getter]
    fn base_url(&self) -> &str {
        &self.base_url
    }

    /// What the header `X-Shutterkey-Control` must carry at `/control/…`, for programs that drive this sandbox over HTTP.
    /// A secret, new in every run.
    fn reveal_control_token(&self) -> &str {
        self.control_token.reveal()
    }

    /// The sandbox's time, which its clients follow.
    #[getter]
    fn clock(&self, py: Python<'_>) -> Py<SandboxClock> {
        self.clock.clone_ref(py)
    }

    /// The person of this name (`ada` and `ada.sandbox` are the same), added if there is none: by default with a business
    /// account; `account_type` is `Business`, `Media_Creator` or `Personal`, as the platform spells it.
    #[pyo3(signature = (name, *, account_type="Business"))]
    fn person(&self, py: Python<'_>, name: &str, account_type: &str) -> PyResult<SandboxPerson> {
        let person = self.open(py)?.person_of(name, named(py, account_type)?);
        person.map(SandboxPerson::from).map_err(|error| raised(py, &error))
    }

    /// Everybody, in the order in which they came. A fresh world has `studio` and `bakery` (business), `maker` (creator)
    /// and `visitor` (personal).
    fn people(&self, py: Python<'_>) -> PyResult<Vec<SandboxPerson>> {
        Ok(self.open(py)?.people().into_iter().map(SandboxPerson::from).collect())
    }

    /// Registers an app; `spec` is JSON as the control API takes it.
    fn _register(&self, py: Python<'_>, spec: &str) -> PyResult<SandboxApp> {
        let spec = serde_json::from_str(spec).map_err(|error| failed(py, &error.to_string()))?;
        let app = self.open(py)?.app(&spec);
        app.map(|app| self.app_of(app)).map_err(|error| raised(py, &error))
    }

    /// Makes what a scenario describes: a mapping, or the path of a file. All of it, or nothing if it has one mistake, which
    /// `SandboxError` tells with its place and with what is allowed there. Answers what was made, by the scenario's names.
    fn seed(&self, py: Python<'_>, scenario: &Bound<'_, PyAny>) -> PyResult<SandboxSeeded> {
        let (sandbox, scenario) = (self.open(py)?, given::scenario(py, scenario)?);
        let made = sandbox.seed(&scenario).map_err(|error| raised(py, &error))?;
        SandboxSeeded::of(py, made, self)
    }

    /// What scenarios made since the start or the last reset, by their names; of two of one name the later one.
    #[getter]
    fn seeded(&self, py: Python<'_>) -> PyResult<SandboxSeeded> {
        SandboxSeeded::of(py, self.open(py)?.seeded(), self)
    }

    /// One call of the control API: its path below `/control/`, its body as JSON text. Answers JSON text.
    fn _control(&self, py: Python<'_>, word: &str, body: &str) -> PyResult<String> {
        self.open(py)?.control(word, body).map_err(|error| raised(py, &error))
    }

    /// As `_control()`, for what takes time.
    fn _control_wait(&self, py: Python<'_>, word: &str, body: &str) -> PyResult<String> {
        let work = self.open(py)?.control_later(word, body);
        wait::wait(py, work)?.map_err(|error| raised(py, &error))
    }

    /// The apps of a product, in the order in which they were registered.
    #[pyo3(signature = (product="instagram"))]
    fn apps(&self, py: Python<'_>, product: &str) -> PyResult<Vec<SandboxApp>> {
        let product: Product = named(py, product)?;
        let apps = self.open(py)?.apps(product);
        Ok(apps.into_iter().map(|app| self.app_of(app)).collect())
    }

    /// Walks an authorize URL of this sandbox to its end over real HTTP: picks the person (`studio` by default), sends
    /// the consent form, and answers the redirect URL, which is not followed. `untick` names permissions to refuse;
    /// `deny` presses *Cancel*. Raises `SandboxError` with the platform's own words where it shows an error instead.
    #[pyo3(signature = (url, person=None, *, untick=None, deny=false))]
    fn approve(
        &self,
        py: Python<'_>,
        url: String,
        person: Option<String>,
        untick: Option<&Bound<'_, PyAny>>,
        deny: bool,
    ) -> PyResult<String> {
        let (sandbox, approval) = (self.open(py)?, given::approval(person, untick, deny)?);
        wait::wait(py, async move { sandbox.approve(&url, &approval).await })?.map_err(|error| raised(py, &error))
    }

    /// A token as if it had been obtained `age` ago (just now by default), without a login: of this app, or of the product's newest one (one is
    /// made if there is none).
    #[pyo3(signature = (person="studio", *, product="instagram", age=None, app=None))]
    fn mint_token(
        &self,
        py: Python<'_>,
        person: &str,
        product: &str,
        age: Option<Length>,
        app: Option<&SandboxApp>,
    ) -> PyResult<MintedToken> {
        let (sandbox, age) = (self.open(py)?, age.map_or(0, Length::seconds));
        let minted = match app {
            Some(app) => sandbox.mint_token_for(&app.credentials, person, age),
            None => sandbox.mint_token(named(py, product)?, person, age),
        };
        minted.map(MintedToken).map_err(|error| raised(py, &error))
    }

    /// What was called since the start or the last reset, oldest first; never with secrets. Those whose endpoint contains
    /// `matching`, and that were answered with `status`.
    #[pyo3(signature = (matching=None, *, status=None))]
    fn calls(&self, py: Python<'_>, matching: Option<&str>, status: Option<u16>) -> PyResult<Vec<SandboxCall>> {
        let mut calls = self.open(py)?.calls();
        if let Some(part) = matching {
            calls = calls.matching(part);
        }
        if let Some(status) = status {
            calls = calls.with_status(status);
        }
        calls.as_slice().iter().map(|call| SandboxCall::of(py, call)).collect()
    }

    /// The switches for what sources disagree on: a copy, to read. `set_behaviour()` changes them.
    #[getter]
    fn behaviour<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let text =
            serde_json::to_string(&self.open(py)?.behaviour()).map_err(|error| failed(py, &error.to_string()))?;
        PyModule::import(py, "json")?.call_method1("loads", (text,))
    }

    /// Sets switches from now on, by their names; `profile` (`production` or `documented`) sets all of them first.
    #[pyo3(signature = (**switches))]
    fn set_behaviour(&self, py: Python<'_>, switches: Option<&Bound<'_, PyDict>>) -> PyResult<()> {
        let sandbox = self.open(py)?;
        let Some(switches) = switches else { return Ok(()) };
        let changes =
            serde_json::from_str(&given::written(switches)?).map_err(|error| failed(py, &error.to_string()))?;
        let changed: Behaviour = sandbox
            .behaviour()
            .changed(changes)
            .map_err(|error| raised(py, &error))?;
        sandbox.set_behaviour(changed);
        Ok(())
    }

    /// Back to a fresh world of the same seed and switches: no apps, the first people, no calls, no faults, the machine's
    /// time.
    fn reset(&self, py: Python<'_>) -> PyResult<()> {
        self.open(py)?.reset();
        Ok(())
    }

    /// The whole world as JSON text, for `Sandbox(world=…)`. It holds the sandbox's secrets and tokens.
    fn save_world(&self, py: Python<'_>) -> PyResult<String> {
        self.open(py)?.save_world().map_err(|error| raised(py, &error))
    }

    /// Closes the port and waits until it is closed. More than once is fine; in a forked child it does nothing.
    fn close(&self, py: Python<'_>) -> PyResult<()> {
        let Some(sandbox) = self.take(py) else { return Ok(()) };
        wait::wait(py, closing(sandbox, self.kept_at.clone()))?.map_err(|failure| failed(py, &failure.message))
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyTuple>) -> PyResult<()> {
        self.close(py)
    }

    fn __repr__(&self) -> String {
        format!("Sandbox(base_url='{}')", self.base_url)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("A Sandbox"))
    }

    // For shutterkey.Sandbox. The asynchronous ones answer a future of the running loop.

    #[pyo3(signature = (url, person, untick, deny))]
    fn _approve<'py>(
        &self,
        py: Python<'py>,
        url: String,
        person: Option<String>,
        untick: Option<&Bound<'py, PyAny>>,
        deny: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (sandbox, approval) = (self.open(py)?, given::approval(person, untick, deny)?);
        let work = async move { Ok(sandbox.approve(&url, &approval).await) };
        wait::start(py, work, |py, walked| walked.map_err(|error| raised(py, &error)))
    }

    fn _control_later<'py>(&self, py: Python<'py>, word: &str, body: &str) -> PyResult<Bound<'py, PyAny>> {
        let called = self.open(py)?.control_later(word, body);
        let work = async move { Ok(called.await) };
        wait::start(py, work, |py, answer| answer.map_err(|error| raised(py, &error)))
    }

    fn _close<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (sandbox, kept_at) = (self.take(py), self.kept_at.clone());
        let work = async move {
            Ok(match sandbox {
                Some(sandbox) => closing(sandbox, kept_at).await,
                None => Ok(()),
            })
        };
        wait::start(py, work, |py, closed| {
            closed.map_err(|failure| failed(py, &failure.message))
        })
    }

    /// The name of the app whose accounts its keepers keep by default; `None`: the newest one.
    #[getter]
    fn _app_name(&self) -> Option<&'static str> {
        self.kept_at.as_ref().map(|_| kept_world::APP_NAME)
    }

    /// The folder of its accounts, for the world that the command keeps.
    #[getter]
    fn _accounts(&self, py: Python<'_>) -> PyResult<Option<PathBuf>> {
        match self.kept_at {
            Some(_) => Ok(Some(given::folders(py)?.sandbox_accounts())),
            None => Ok(None),
        }
    }
}

async fn closing(sandbox: Arc<Sandbox>, kept_at: Option<PathBuf>) -> shutterkey_cli::exit::Outcome {
    let kept = kept_at.map_or(Ok(()), |path| kept_world::save(&sandbox, &path));
    // Somebody may be approving in another thread; then the port closes when that has ended.
    if let Some(sandbox) = Arc::into_inner(sandbox) {
        sandbox.shutdown().await;
    }
    kept
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
