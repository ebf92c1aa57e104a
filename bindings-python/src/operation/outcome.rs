//! What operations on a stored account give.

use pyo3::prelude::*;
use shutterkey::Timestamp;
use shutterkey::operation;

use crate::account::StoredAccount;
use crate::errors;
use crate::time;

/// An account that was looked after: its token lives.
#[pyclass(frozen, module = "shutterkey.operation")]
pub(crate) struct Kept {
    pub(super) kept: operation::Kept,
    pub(super) now: Timestamp,
}

#[pymethods]
impl Kept {
    /// The account as it is now.
    #[getter]
    fn account(&self) -> StoredAccount {
        StoredAccount {
            record: self.kept.record.clone(),
            now: self.now,
        }
    }

    /// Whether this call refreshed its token.
    #[getter]
    fn refreshed(&self) -> bool {
        self.kept.refreshed
    }

    /// Whether a refresh succeeded and did not move the expiry.
    #[getter]
    fn stalled(&self) -> bool {
        self.kept.stalled
    }

    /// Until when the token lives, of an account that came to be at risk; told once for a token.
    #[getter]
    fn at_risk<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        self.kept.at_risk.map(|until| time::to_python(py, until)).transpose()
    }

    /// What went wrong although the token lives, as an exception that was not raised: a failed refresh, or a refreshed
    /// token that could not be stored and is in `account` alone; `store_again` tries to store it later.
    #[getter]
    fn problem<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let problem = self.kept.problem.clone();
        problem.map(|problem| errors::exception(py, problem)).transpose()
    }

    fn __repr__(&self) -> String {
        let code = self.kept.problem.as_ref().map(|problem| problem.code().as_str());
        format!(
            "Kept(account='{}', refreshed={}, problem={code:?})",
            self.kept.record.key(),
            if self.kept.refreshed { "True" } else { "False" }
        )
    }
}

/// What the report of an API's answer led to.
#[pyclass(frozen, module = "shutterkey.operation")]
pub(crate) struct Reported {
    pub(super) reported: operation::Reported,
    pub(super) now: Timestamp,
}

#[pymethods]
impl Reported {
    /// The account as it is now.
    #[getter]
    fn account(&self) -> StoredAccount {
        StoredAccount {
            record: self.reported.record.clone(),
            now: self.now,
        }
    }

    /// What the answer means, as an exception that was not raised; `None` for a success.
    #[getter]
    fn meaning<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let meaning = self.reported.meaning.clone();
        meaning.map(|meaning| errors::exception(py, meaning)).transpose()
    }

    /// Whether the account's record was changed.
    #[getter]
    fn changed(&self) -> bool {
        self.reported.changed
    }

    /// The exception to raise: that the account needs a login, or what the answer means otherwise.
    #[getter]
    fn error<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let error = self.reported.clone().into_result().err();
        error.map(|error| errors::exception(py, error)).transpose()
    }

    fn __repr__(&self) -> String {
        let code = self.reported.meaning.as_ref().map(|meaning| meaning.code().as_str());
        format!("Reported(account='{}', meaning={code:?})", self.reported.record.key())
    }
}
