//! What a store of the caller's keeps.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use shutterkey::Timestamp;

use crate::time::Moment;
use crate::token::not_pickled;

/// A record as a store sees it: bytes that hold a token, and two moments in plain sight.
///
/// Moments of a store are whole seconds since 1970 (UTC), which every database can keep and compare. The bytes are a
/// secret: keep them as secrets are kept, and print them nowhere.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct RecordBytes(pub(crate) shutterkey::record::RecordBytes);

#[pymethods]
impl RecordBytes {
    #[new]
    #[pyo3(signature = (data, *, due_at=None, forget_at=None))]
    fn new(data: Vec<u8>, due_at: Option<Moment>, forget_at: Option<Moment>) -> Self {
        Self(shutterkey::record::RecordBytes {
            bytes: data.into(),
            due_at: due_at.map(|moment| moment.0),
            forget_at: forget_at.map(|moment| moment.0),
        })
    }

    /// The record itself.
    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.bytes)
    }

    /// When the keeper wants to see it again; `None`: not by time. What `list` is asked for by.
    #[getter]
    fn due_at(&self) -> Option<i64> {
        self.0.due_at.map(Timestamp::seconds)
    }

    /// From when on it may be removed, and is answered as if it were; `None`: never.
    #[getter]
    fn forget_at(&self) -> Option<i64> {
        self.0.forget_at.map(Timestamp::seconds)
    }

    fn __repr__(&self) -> String {
        let shown = |moment: Option<i64>| moment.map_or_else(|| "None".to_owned(), |seconds| seconds.to_string());
        format!(
            "RecordBytes(data=[redacted; {}], due_at={}, forget_at={})",
            self.0.bytes.len(),
            shown(self.due_at()),
            shown(self.forget_at())
        )
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(not_pickled("A RecordBytes"))
    }
}

/// A record as it came out of a store, with its version.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct Stored {
    /// The record.
    #[pyo3(get)]
    record: Py<RecordBytes>,
    /// Grows with every write of the key, and is never used twice, not even after a deletion.
    #[pyo3(get)]
    version: u64,
}

#[pymethods]
impl Stored {
    #[new]
    fn new(record: Py<RecordBytes>, version: u64) -> Self {
        Self { record, version }
    }

    fn __repr__(&self) -> String {
        format!("Stored({}, version={})", self.record.get().__repr__(), self.version)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(not_pickled("A Stored"))
    }
}

impl Stored {
    pub(crate) fn core(&self) -> shutterkey::record::Stored {
        shutterkey::record::Stored {
            record: self.record.get().0.clone(),
            version: self.version,
        }
    }
}
