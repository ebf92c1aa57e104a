//! What callers give to a keeper.

use pyo3::prelude::*;
use shutterkey::keeper::ImportToken;
use shutterkey::{AppScopedId, Expiry};

use crate::errors;
use crate::time::Moment;
use crate::token;

pub(super) fn app_scoped(py: Python<'_>, id: &str) -> PyResult<AppScopedId> {
    AppScopedId::parse(id).map_err(|error| errors::raised(py, error))
}

pub(super) fn import_of(
    py: Python<'_>,
    token: &Bound<'_, PyAny>,
    name: Option<String>,
    kind: Option<&str>,
    expires_at: Option<Moment>,
    from_device: bool,
) -> PyResult<ImportToken> {
    let mut import = ImportToken::new(token::value_of(token)?);
    import.alias = name;
    import.from_device = from_device;
    import.expiry = expires_at.map(|at| Expiry::At(at.0));
    import.kind = kind.map(|name| token::kind_named(py, name)).transpose()?;
    Ok(import)
}
