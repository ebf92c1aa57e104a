//! A store whose records are sealed before they reach it.

use std::sync::Arc;

use pyo3::prelude::*;
use shutterkey::Store;
use shutterkey::store::RecordSealer;

use crate::sealing::{Resealed, pass, sealer_of};
use crate::store::Keeping;
use crate::time::Moment;
use crate::{errors, wait};

/// Any store, with records sealed on the way in and opened on the way out: the store never sees a token. It goes around a
/// `FileStore`, a `MemoryStore` or one of your own.
///
/// With a ring of keys (`SealKeys`, or the text that `shutterkey keygen` prints), or a sealer of your own. Keys of
/// records, `due_at` and `forget_at` stay in plain sight.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct SealedStore {
    store: Py<PyAny>,
    sealer: Arc<dyn RecordSealer>,
}

/// The core's, over whatever store is below.
type Sealed = shutterkey::store::SealedStore<Arc<dyn Store>>;

impl SealedStore {
    /// What is below, for a keeper.
    pub(crate) fn below(&self, py: Python<'_>, asyncio: bool) -> PyResult<Keeping> {
        Keeping::given(self.store.bind(py), asyncio)
    }

    pub(crate) fn over(&self, below: Arc<dyn Store>) -> Sealed {
        Sealed::shared(below, Arc::clone(&self.sealer))
    }

    fn opened(&self, py: Python<'_>, asyncio: bool) -> PyResult<Sealed> {
        let below = self.below(py, asyncio)?;
        below.meet_loop(py);
        Ok(self.over(below.store(py)?))
    }
}

#[pymethods]
impl SealedStore {
    #[new]
    #[pyo3(signature = (store, seal_keys=None, *, sealer=None))]
    fn new(
        py: Python<'_>,
        store: &Bound<'_, PyAny>,
        seal_keys: Option<&Bound<'_, PyAny>>,
        sealer: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Self> {
        let Some(sealer) = sealer_of(py, seal_keys, sealer)? else {
            return Err(errors::misuse(py, "A sealed store needs seal_keys or a sealer."));
        };
        // Whatever is no store is refused here and not at the first use.
        Keeping::given(store, true)?;
        Ok(Self {
            store: store.clone().unbind(),
            sealer,
        })
    }

    /// The store below, which holds the sealed records.
    #[getter]
    fn store(&self, py: Python<'_>) -> Py<PyAny> {
        self.store.clone_ref(py)
    }

    /// Seals anew, with the key that seals now, every record whose key begins with `prefix` and that another key sealed.
    /// Each is leased meanwhile, so that no refresh is disturbed; one that somebody has is passed over. Run it until the
    /// answer `is_complete`, then take the old key out.
    ///
    /// `seal_plain`: records that are not sealed at all are sealed, too, for the one pass after a store got its first key.
    #[pyo3(signature = (prefix="", *, seal_plain=false, now=None))]
    fn reseal(&self, py: Python<'_>, prefix: &str, seal_plain: bool, now: Option<Moment>) -> PyResult<Resealed> {
        let (store, prefix, (plain, now)) = (self.opened(py, false)?, prefix.to_owned(), pass(seal_plain, now));
        wait::wait_for(py, async move { store.reseal(&prefix, plain, now).await }).map(Resealed)
    }

    /// `reseal()` for `asyncio`.
    #[pyo3(signature = (prefix="", *, seal_plain=false, now=None))]
    fn reseal_async<'py>(
        &self,
        py: Python<'py>,
        prefix: &str,
        seal_plain: bool,
        now: Option<Moment>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (store, prefix, (plain, now)) = (self.opened(py, true)?, prefix.to_owned(), pass(seal_plain, now));
        let work = async move { store.reseal(&prefix, plain, now).await };
        wait::start(py, work, |_, done| Ok(Resealed(done)))
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("SealedStore({})", self.store.bind(py).repr()?))
    }
}
