//! What callers give to a keeper, and the forms that a token is asked for in.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use shutterkey::keeper::ImportToken;
use shutterkey::{AppScopedId, Expiry};

use crate::errors;
use crate::time::Moment;
use crate::token::{self, Token};

/// The token as query parameters.
pub(super) fn parameters<'py>(py: Python<'py>, token: &Token) -> PyResult<Bound<'py, PyDict>> {
    let parameters = PyDict::new(py);
    parameters.set_item("access_token", token.0.reveal())?;
    Ok(parameters)
}

/// The token as a header.
pub(super) fn headers<'py>(py: Python<'py>, token: &Token) -> PyResult<Bound<'py, PyDict>> {
    let headers = PyDict::new(py);
    headers.set_item("Authorization", format!("Bearer {}", token.0.reveal()))?;
    Ok(headers)
}

pub(super) fn app_scoped(py: Python<'_>, id: &str) -> PyResult<AppScopedId> {
    AppScopedId::parse(id).map_err(|error| errors::raised(py, error))
}

pub(super) fn import_of(
    py: Python<'_>,
    token: &Bound<'_, PyAny>,
    name: Option<String>,
    kind: Option<&str>,
    expires_at: Option<Moment>,
) -> PyResult<ImportToken> {
    let mut import = ImportToken::new(token::value_of(token)?);
    import.alias = name;
    import.expiry = expires_at.map(|at| Expiry::At(at.0));
    import.kind = kind.map(|name| token::kind_named(py, name)).transpose()?;
    Ok(import)
}
