//! What callers say about one login.

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyString};
use shutterkey::{AuthorizeOptions, ScopeSet, UserId};

use crate::errors;
use crate::response;
use crate::time::Length;

/// Reads the keyword arguments of `authorize`.
pub(crate) fn authorize_options(py: Python<'_>, given: Option<&Bound<'_, PyDict>>) -> PyResult<AuthorizeOptions> {
    let mut options = AuthorizeOptions::new();
    let Some(given) = given else { return Ok(options) };
    let raised = |error| errors::raised(py, error);
    for (name, value) in given.iter() {
        let name = name.extract::<String>()?;
        if value.is_none() {
            continue;
        }
        options = match name.as_str() {
            "required_scopes" => options.required_scopes(ScopeSet::new(names(&value)?).map_err(raised)?),
            "optional_scopes" => options.optional_scopes(ScopeSet::new(names(&value)?).map_err(raised)?),
            "expect_account" => options.expect_account(UserId::parse(&value.extract::<String>()?).map_err(raised)?),
            "context" => options.context(value.cast::<PyBytes>()?.as_bytes()),
            "return_to" => options.return_to(value.extract::<String>()?),
            "session" => options.session(&value.extract::<String>()?),
            "ttl" => options.ttl(value.extract::<Length>()?.seconds()),
            "force_reauth" => match value.extract::<bool>()? {
                true => options.force_reauth(),
                false => options,
            },
            "extra" => {
                for (name, value) in response::pairs(Some(&value))? {
                    options = options.extra(name, value);
                }
                options
            }
            _ => {
                return Err(PyTypeError::new_err(format!(
                    "authorize() got an unexpected keyword argument '{name}'"
                )));
            }
        };
    }
    Ok(options)
}

/// Names from any iterable but a text, whose characters would be taken for names.
pub(crate) fn names(given: &Bound<'_, PyAny>) -> PyResult<Vec<String>> {
    if given.is_instance_of::<PyString>() {
        return Err(PyTypeError::new_err(
            "scopes are a list of names, not one text; put it into brackets",
        ));
    }
    given.try_iter()?.map(|name| name?.extract()).collect()
}
