//! Who seals the records of a store: a ring of keys, or an object of the caller's.

use std::sync::Arc;

use pyo3::exceptions::{PyOSError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};
use shutterkey::store::{PlainRecords, RecordSealer, WithSealer};
use shutterkey::{Error, ErrorCode, Family, Result, Sealer};
use zeroize::Zeroizing;

use crate::cause::{self, Raised};
use crate::seal::SealKeys;
use crate::time::{self, Moment};
use crate::{errors, gate, host_store};

/// Reads `seal_keys=` and `sealer=`, of which at most one is given.
pub(crate) fn sealer_of(
    py: Python<'_>,
    seal_keys: Option<&Bound<'_, PyAny>>,
    sealer: Option<&Bound<'_, PyAny>>,
) -> PyResult<Option<Arc<dyn RecordSealer>>> {
    match (seal_keys, sealer) {
        (Some(_), Some(_)) => Err(errors::misuse(py, "Give either seal_keys or a sealer, not both.")),
        (Some(keys), None) => keys_of(py, keys).map(|keys| Some(Arc::new(keys) as Arc<dyn RecordSealer>)),
        (None, Some(sealer)) if sealer.hasattr("seal")? && sealer.hasattr("open")? => {
            let own = OwnSealer(Arc::new(sealer.clone().unbind()));
            Ok(Some(Arc::new(WithSealer(Arc::new(own)))))
        }
        (None, Some(_)) => Err(PyTypeError::new_err(
            "a sealer is an object with the methods of shutterkey.Sealer",
        )),
        (None, None) => Ok(None),
    }
}

fn keys_of(py: Python<'_>, keys: &Bound<'_, PyAny>) -> PyResult<shutterkey::SealKeys> {
    if let Ok(text) = keys.cast::<PyString>() {
        return shutterkey::SealKeys::parse(text.to_str()?).map_err(|error| errors::raised(py, error));
    }
    match keys.cast::<SealKeys>() {
        Ok(keys) => Ok(keys.get().0.clone()),
        Err(_) => Err(PyTypeError::new_err(
            "seal_keys are a SealKeys, or the text that `shutterkey keygen` prints",
        )),
    }
}

/// An object of the caller's, called on threads that may block. It is shared, as it is by a store and its copies.
struct OwnSealer(Arc<Py<PyAny>>);

impl OwnSealer {
    fn call<T>(
        &self,
        refusal: ErrorCode,
        secret: &[u8],
        ask: impl FnOnce(Python<'_>, &Bound<'_, PyAny>) -> PyResult<T>,
    ) -> Result<T> {
        let asked = gate::call_python(|py| {
            ask(py, self.0.bind(py)).map_err(|error| {
                let code = host_store::store_code(py, &error);
                // A service that is out of reach has said nothing about the record.
                let away = error.is_instance_of::<PyOSError>(py);
                let code = code.unwrap_or(if away { ErrorCode::StoreUnavailable } else { refusal });
                let meant = match code.family() {
                    Family::Store if away => {
                        Error::with_detail(code, format!("The sealer raised {}.", cause::class_of(py, &error)))
                    }
                    _ => Error::new(code),
                };
                let words = host_store::secret_words(py, &String::from_utf8_lossy(secret));
                let words: Vec<_> = words.iter().map(String::as_str).collect();
                meant.with_source(Raised::of(py, error, &words))
            })
        });
        asked.unwrap_or_else(|| Err(Error::new(ErrorCode::StoreUnavailable)))
    }
}

impl Sealer for OwnSealer {
    fn seal(&self, purpose: &str, context: &str, plain: &[u8]) -> Result<String> {
        self.call(ErrorCode::ConfigSealKey, plain, |py, object| {
            object
                .call_method1("seal", (purpose, context, PyBytes::new(py, plain)))?
                .extract()
        })
    }

    fn open(&self, purpose: &str, context: &str, sealed: &str) -> Result<Zeroizing<Vec<u8>>> {
        self.call(ErrorCode::RedirectSealInvalid, &[], |_, object| {
            let plain = object.call_method1("open", (purpose, context, sealed))?;
            Ok(Zeroizing::new(plain.cast::<PyBytes>()?.as_bytes().to_vec()))
        })
    }
}

/// What a pass that seals records anew has done.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct Resealed(pub(crate) shutterkey::store::Resealed);

#[pymethods]
impl Resealed {
    /// How many were sealed anew.
    #[getter]
    fn resealed(&self) -> u64 {
        self.0.resealed
    }

    /// How many the key that seals now had sealed before.
    #[getter]
    fn current(&self) -> u64 {
        self.0.current
    }

    /// How many were passed over, since somebody else has them at the moment.
    #[getter]
    fn busy(&self) -> u64 {
        self.0.busy
    }

    /// The keys of those that cannot be opened, each with why; they are left as they are.
    #[getter]
    fn unreadable<'py>(&self, py: Python<'py>) -> PyResult<Vec<(String, Bound<'py, PyAny>)>> {
        let told = |(key, error): &(shutterkey::record::StoreKey, Error)| {
            Ok((key.as_str().to_owned(), errors::exception(py, error.clone())?))
        };
        self.0.unreadable.iter().map(told).collect()
    }

    /// Whether every record is sealed with the present key now.
    #[getter]
    fn is_complete(&self) -> bool {
        self.0.is_complete()
    }

    fn __repr__(&self) -> String {
        let Self(done) = self;
        format!(
            "Resealed(resealed={}, current={}, busy={}, unreadable={})",
            done.resealed,
            done.current,
            done.busy,
            done.unreadable.len()
        )
    }
}

/// What `reseal()` is told: whether records that are not sealed at all get sealed, and the present.
pub(crate) fn pass(seal_plain: bool, now: Option<Moment>) -> (PlainRecords, shutterkey::Timestamp) {
    let plain = match seal_plain {
        true => PlainRecords::Seal,
        false => PlainRecords::Refuse,
    };
    (plain, time::or_now(now))
}
