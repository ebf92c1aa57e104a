//! What callers of a sandbox give, and its errors.

use std::path::PathBuf;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use serde::de::DeserializeOwned;
use shutterkey::config::profile::Folders;
use shutterkey_cli::kept_world;
use shutterkey_sandbox::{Approval, SandboxError, Scenario, World};

use crate::{errors, options};

/// A person's decision.
pub(super) fn approval(person: Option<String>, untick: Option<&Bound<'_, PyAny>>, deny: bool) -> PyResult<Approval> {
    let mut approval = Approval::default();
    approval.person = person;
    approval.deny = deny;
    if let Some(untick) = untick {
        approval.untick = options::names(untick)?;
    }
    Ok(approval)
}

/// A text that begins with `{` is the world itself; everything else is the path of a file with it.
pub(super) fn world(py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<World> {
    if let Ok(text) = given.extract::<String>()
        && text.trim_start().starts_with('{')
    {
        return World::from_json(&text).map_err(|error| raised(py, &error));
    }
    let path: PathBuf = given.extract()?;
    match kept_world::read(&path) {
        Ok(Some(world)) => Ok(world),
        Ok(None) => Err(failed(py, &format!("There is no world file {}.", path.display()))),
        Err(failure) => Err(failed(py, &failure.message)),
    }
}

/// A mapping, or the path of a file.
pub(super) fn scenario(py: Python<'_>, given: &Bound<'_, PyAny>) -> PyResult<Scenario> {
    let read = match given.extract::<PathBuf>() {
        Ok(path) => Scenario::read(path),
        Err(_) => Scenario::from_json(&written(given)?),
    };
    read.map_err(|error| raised(py, &error))
}

/// One of an enumeration's names, as the sandbox itself reads them.
pub(super) fn named<T: DeserializeOwned>(py: Python<'_>, name: &str) -> PyResult<T> {
    serde_json::from_value(serde_json::Value::from(name)).map_err(|error| failed(py, &error.to_string()))
}

/// As JSON.
pub(super) fn written(value: &Bound<'_, PyAny>) -> PyResult<String> {
    PyModule::import(value.py(), "json")?
        .call_method1("dumps", (value,))?
        .extract()
}

/// Where this user's things are kept.
pub(super) fn folders(py: Python<'_>) -> PyResult<Folders> {
    Folders::from_process().map_err(|error| errors::raised(py, error))
}

pub(super) fn raised(py: Python<'_>, error: &SandboxError) -> PyErr {
    failed(py, &error.to_string())
}

/// A `SandboxError`.
pub(super) fn failed(py: Python<'_>, what: &str) -> PyErr {
    static CLASS: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let made = CLASS
        .import(py, "shutterkey._errors", "SandboxError")
        .and_then(|class| class.call1((what,)));
    match made {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}
