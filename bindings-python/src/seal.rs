//! Sealing keys, and a sealer of the caller's own.

use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::{PyException, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use shutterkey::{Error, ErrorCode, Result, Sealer};
use zeroize::Zeroizing;

use crate::{errors, gate};

/// A ring of keys for `seal()` and `PendingJar`: the first seals, all open. To rotate, put a new key in front and drop
/// the last one after the longest life of what it sealed.
///
/// XChaCha20-Poly1305 with a random nonce and a key for each purpose (HKDF-SHA256).
#[pyclass(frozen, module = "shutterkey")]
#[derive(Clone)]
pub(crate) struct SealKeys(pub(crate) shutterkey::SealKeys);

#[pymethods]
impl SealKeys {
    /// A ring of one new key, from the system's randomness.
    #[staticmethod]
    fn generate(py: Python<'_>) -> PyResult<Self> {
        shutterkey::SealKeys::generate()
            .map(Self)
            .map_err(|error| errors::raised(py, error))
    }

    /// Reads keys as `serialize()` and `shutterkey keygen` write them: `id:key`, separated by commas or white space.
    /// Raises `config.seal_key`.
    #[staticmethod]
    fn parse(py: Python<'_>, text: &str) -> PyResult<Self> {
        shutterkey::SealKeys::parse(text)
            .map(Self)
            .map_err(|error| errors::raised(py, error))
    }

    /// The ring as text, a secret: for a secret store, never for a log.
    fn serialize(&self) -> String {
        self.0.serialize().reveal().to_owned()
    }

    /// The ring with the keys of another one in front, which seal from now on.
    fn rotated(&self, newer: &Self) -> Self {
        Self(self.0.rotated(&newer.0))
    }

    fn __repr__(&self) -> String {
        // The core prints the keys' ids alone.
        format!("SealKeys({:?}, [redacted])", self.0)
    }

    fn __reduce__(&self) -> PyResult<()> {
        Err(crate::token::not_pickled("A SealKeys"))
    }
}

/// What was given to seal with: a ring of keys, or an object with `seal` and `open`.
pub(crate) enum Sealing {
    Keys(shutterkey::SealKeys),
    Own(OwnSealer),
}

impl Sealing {
    pub(crate) fn given(sealer: &Bound<'_, PyAny>) -> PyResult<Self> {
        if let Ok(keys) = sealer.cast::<SealKeys>() {
            return Ok(Self::Keys(keys.get().0.clone()));
        }
        if sealer.hasattr("seal")? && sealer.hasattr("open")? {
            return Ok(Self::Own(OwnSealer {
                object: sealer.clone().unbind(),
                raised: Mutex::new(None),
            }));
        }
        Err(PyTypeError::new_err(
            "sealing takes a SealKeys, or an object with the methods of shutterkey.Sealer",
        ))
    }

    pub(crate) fn core(&self) -> &dyn Sealer {
        match self {
            Self::Keys(keys) => keys,
            Self::Own(own) => own,
        }
    }

    /// What came of sealing or opening; the exception of a sealer of the caller's own is the cause of ours.
    pub(crate) fn outcome<T>(&self, py: Python<'_>, outcome: Result<T>) -> PyResult<T> {
        let behind = match self {
            Self::Keys(_) => None,
            Self::Own(own) => own.raised.lock().unwrap_or_else(PoisonError::into_inner).take(),
        };
        match (outcome, behind) {
            // Ctrl-C and the like are nobody's failure.
            (_, Some(behind)) if !behind.is_instance_of::<PyException>(py) => Err(behind),
            (Ok(value), _) => Ok(value),
            (Err(error), behind) => {
                let raised = errors::raised(py, error);
                raised.set_cause(py, behind);
                Err(raised)
            }
        }
    }
}

/// A KMS or a vault of the caller's: `seal(purpose, context, plain)` answers a text, `open(purpose, context, sealed)`
/// the bytes.
pub(crate) struct OwnSealer {
    object: Py<PyAny>,
    raised: Mutex<Option<PyErr>>,
}

impl OwnSealer {
    fn call<T>(&self, refusal: ErrorCode, ask: impl FnOnce(Python<'_>, &Bound<'_, PyAny>) -> PyResult<T>) -> Result<T> {
        match gate::call_python(|py| ask(py, self.object.bind(py))) {
            Some(Ok(answer)) => Ok(answer),
            failed => {
                *self.raised.lock().unwrap_or_else(PoisonError::into_inner) = failed.and_then(PyResult::err);
                Err(Error::new(refusal))
            }
        }
    }
}

impl Sealer for OwnSealer {
    fn seal(&self, purpose: &str, context: &str, plain: &[u8]) -> Result<String> {
        self.call(ErrorCode::ConfigSealKey, |py, object| {
            object
                .call_method1("seal", (purpose, context, PyBytes::new(py, plain)))?
                .extract()
        })
    }

    fn open(&self, purpose: &str, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
        self.call(ErrorCode::RedirectSealInvalid, |_, object| {
            let plain = object.call_method1("open", (purpose, context, sealed))?;
            Ok(Zeroizing::new(plain.cast::<PyBytes>()?.as_bytes().to_vec()))
        })
    }
}
