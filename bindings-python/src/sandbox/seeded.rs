//! What a scenario made.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::NativeSandbox;
use super::given::failed;
use super::values::{MintedToken, SandboxPerson};

/// What scenarios made, by the names that they gave.
#[pyclass(frozen, get_all, module = "shutterkey")]
pub(crate) struct SandboxSeeded {
    /// People, by their names without `.sandbox`.
    people: Py<PyDict>,
    /// Apps.
    apps: Py<PyDict>,
    /// Facebook Pages.
    pages: Py<PyDict>,
    /// Tokens.
    tokens: Py<PyDict>,
}

impl SandboxSeeded {
    pub(super) fn of(py: Python<'_>, made: shutterkey_sandbox::Seeded, sandbox: &NativeSandbox) -> PyResult<Self> {
        let pages = serde_json::to_string(&made.pages).map_err(|error| failed(py, &error.to_string()))?;
        let pages = PyModule::import(py, "json")?.call_method1("loads", (pages,))?;
        Ok(Self {
            people: named(py, made.people, SandboxPerson::from)?,
            apps: named(py, made.apps, |app| sandbox.app_of(app))?,
            pages: pages.cast_into::<PyDict>()?.unbind(),
            tokens: named(py, made.tokens, MintedToken)?,
        })
    }
}

fn named<'py, T, P>(py: Python<'py>, all: BTreeMap<String, T>, show: impl Fn(T) -> P) -> PyResult<Py<PyDict>>
where
    P: IntoPyObject<'py>,
{
    let dict = PyDict::new(py);
    for (name, one) in all {
        dict.set_item(name, show(one))?;
    }
    Ok(dict.unbind())
}

#[pymethods]
impl SandboxSeeded {
    fn __repr__(&self, py: Python<'_>) -> String {
        let names = |dict: &Py<PyDict>| dict.bind(py).keys().to_string();
        format!(
            "SandboxSeeded(people={}, apps={}, pages={}, tokens={})",
            names(&self.people),
            names(&self.apps),
            names(&self.pages),
            names(&self.tokens)
        )
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("What was seeded"))
    }
}
