//! Taking in the accounts of a whole fleet.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyDict, PyIterator, PyString};
use shutterkey::keeper::ImportOptions;
use tokio::sync::Mutex;

use super::Keeper;
use crate::time::Length;
use crate::{errors, wait};

/// How many lines are read before they are handed over.
const BATCH: usize = 256;

/// What became of the lines of `Keeper.import_many()`.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct ImportReport(shutterkey::keeper::ImportReport);

#[pymethods]
impl ImportReport {
    /// Lines with something on them.
    #[getter]
    fn lines(&self) -> u64 {
        self.0.lines
    }

    /// Accounts that were not there.
    #[getter]
    fn added(&self) -> u64 {
        self.0.added
    }

    /// Accounts whose token took the place of one that was dead or older.
    #[getter]
    fn replaced(&self) -> u64 {
        self.0.replaced
    }

    /// Accounts that were there with this token.
    #[getter]
    fn unchanged(&self) -> u64 {
        self.0.unchanged
    }

    /// Accounts that are there with another token, as new for all that is known, which stays.
    #[getter]
    fn kept(&self) -> u64 {
        self.0.kept
    }

    /// Lines that could not be taken.
    #[getter]
    fn refused(&self) -> u64 {
        self.0.refused
    }

    /// Why, by the number of the line from 1 on, in order: exceptions that were not raised, of the first thousand.
    #[getter]
    fn refusals<'py>(&self, py: Python<'py>) -> PyResult<Vec<(u64, Bound<'py, PyAny>)>> {
        let told = |(number, error): &(u64, shutterkey::Error)| Ok((*number, errors::exception(py, error.clone())?));
        self.0.refusals.iter().map(told).collect()
    }

    fn __repr__(&self) -> String {
        let Self(report) = self;
        format!(
            "ImportReport(lines={}, added={}, replaced={}, unchanged={}, kept={}, refused={})",
            report.lines, report.added, report.replaced, report.unchanged, report.kept, report.refused
        )
    }
}

type Core = Arc<Mutex<Option<shutterkey::keeper::Import>>>;

/// An import that is under way.
#[pyclass(frozen, module = "shutterkey._native")]
pub(crate) struct Import(Core);

impl Import {
    pub(super) fn begin(py: Python<'_>, keeper: &Keeper, dry_run: bool, spread: Option<Length>) -> PyResult<Self> {
        let mut options = ImportOptions::new();
        if dry_run {
            options = options.dry_run();
        }
        if let Some(spread) = spread {
            options = options.spread(spread.duration());
        }
        Ok(Self(Arc::new(Mutex::new(Some(keeper.core(py)?.import(&options))))))
    }

    /// Takes in every line of a source.
    pub(super) fn all(&self, py: Python<'_>, source: &Bound<'_, PyAny>) -> PyResult<ImportReport> {
        let (lines, file) = opened(source)?;
        let taken = self.taken(py, &lines);
        if let Some(file) = file {
            file.call_method0("close")?;
        }
        taken?;
        wait::wait_for(py, ended(Arc::clone(&self.0))).map(ImportReport)
    }

    fn taken(&self, py: Python<'_>, lines: &Bound<'_, PyIterator>) -> PyResult<()> {
        loop {
            let batch = lines.clone().take(BATCH).collect::<PyResult<Vec<_>>>()?;
            if batch.is_empty() {
                return Ok(());
            }
            let batch = batch.iter().map(text_of).collect::<PyResult<_>>()?;
            wait::wait_for(py, added(Arc::clone(&self.0), batch))?;
        }
    }
}

#[pymethods]
impl Import {
    /// A future that is ready when these lines are taken in.
    fn add<'py>(&self, py: Python<'py>, lines: Vec<Bound<'py, PyAny>>) -> PyResult<Bound<'py, PyAny>> {
        let batch = lines.iter().map(text_of).collect::<PyResult<_>>()?;
        wait::start(py, added(Arc::clone(&self.0), batch), |_, ()| Ok(()))
    }

    /// A future of what became of all.
    fn finish<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        wait::start(py, ended(Arc::clone(&self.0)), |_, report| Ok(ImportReport(report)))
    }
}

async fn added(import: Core, lines: Vec<String>) -> shutterkey::Result<()> {
    if let Some(import) = &mut *import.lock().await {
        for line in &lines {
            import.line(line).await?;
        }
    }
    Ok(())
}

async fn ended(import: Core) -> shutterkey::Result<shutterkey::keeper::ImportReport> {
    match import.lock().await.take() {
        Some(import) => import.finish().await,
        None => Ok(shutterkey::keeper::ImportReport::default()),
    }
}

/// The lines of a path, of an open file, or of any iterable; and the file that is to be closed afterwards.
fn opened<'py>(source: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyIterator>, Option<Bound<'py, PyAny>>)> {
    let py = source.py();
    // The names of whoever is a mapping or the bytes of a text are no lines.
    if source.is_instance_of::<PyBytes>() || source.is_instance_of::<PyByteArray>() || source.is_instance_of::<PyDict>()
    {
        return Err(PyTypeError::new_err(
            "import_many() takes a path, an open file or an iterable of lines",
        ));
    }
    if source.extract::<PathBuf>().is_ok() {
        let file = PyModule::import(py, "io")?.call_method1("open", (source, "rb"))?;
        return Ok((file.try_iter()?, Some(file)));
    }
    Ok((source.try_iter()?, None))
}

/// A line as text. Bytes that are no UTF-8 become no JSON either, and are refused as the line that they are.
fn text_of(line: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(text) = line.cast::<PyString>() {
        // Halves of surrogate pairs cannot be told, and the exception would hold the line.
        return Ok(text.to_str().map_or_else(|_| NO_TEXT.to_owned(), str::to_owned));
    }
    match line.cast::<PyBytes>() {
        Ok(bytes) => Ok(std::str::from_utf8(bytes.as_bytes()).map_or_else(|_| NO_TEXT.to_owned(), str::to_owned)),
        Err(_) => Err(PyTypeError::new_err("a line of import_many() is a str or bytes")),
    }
}

const NO_TEXT: &str = "\u{fffd}";
