//! A store that is an object of the caller's.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyTuple};
use shutterkey::record::{Lease, RecordBytes, StoreKey};
use shutterkey::store::{BoxFuture, Listed, Written};
use shutterkey::{Error, ErrorCode, Result, Store, Timestamp};

use crate::cause::{self, Raised};
use crate::host::{self, Asyncio, EventLoop, NoAnswer};
use crate::records;

const METHODS: [&str; 7] = ["load", "save", "delete", "lease", "release", "list", "probe"];

/// An object with the methods of `shutterkey.Store` or `shutterkey.AsyncStore`.
pub(crate) struct HostStore {
    object: Arc<Py<PyAny>>,
    /// For each of [`METHODS`], whether it is a coroutine function.
    coroutines: [bool; METHODS.len()],
    asyncio: Asyncio,
}

impl HostStore {
    pub(crate) fn given(store: &Bound<'_, PyAny>, asyncio: bool) -> PyResult<Self> {
        let mut coroutines = [false; METHODS.len()];
        for (name, is_coroutine) in METHODS.into_iter().zip(&mut coroutines) {
            match store.getattr_opt(name)? {
                Some(method) if method.is_callable() && !store.is_instance_of::<pyo3::types::PyType>() => {
                    *is_coroutine = host::is_coroutine_function(&method)?;
                }
                _ => {
                    return Err(PyTypeError::new_err(format!(
                        "a store is one of shutterkey's, such as a FileStore, or an object with the methods of \
                         shutterkey.Store; this one has no {name}()"
                    )));
                }
            }
        }
        if !asyncio && coroutines.contains(&true) {
            return Err(PyTypeError::new_err("this store is asynchronous; AsyncKeeper takes it"));
        }
        Ok(Self {
            object: Arc::new(store.clone().unbind()),
            coroutines,
            asyncio: asyncio.then(|| Arc::new(EventLoop::default())),
        })
    }

    pub(crate) fn is_asynchronous(&self) -> bool {
        self.coroutines.contains(&true)
    }

    pub(crate) fn meet_loop(&self, py: Python<'_>) {
        if let Some(known) = &self.asyncio {
            known.meet(py);
        }
    }

    /// Calls a method; `secrets`: what must not be in the message of what it raises.
    async fn call<T, A>(
        &self,
        method: &'static str,
        arguments: A,
        secrets: Option<RecordBytes>,
        convert: fn(&Bound<'_, PyAny>) -> PyResult<T>,
    ) -> Result<T>
    where
        T: Send + 'static,
        A: for<'py> FnOnce(Python<'py>) -> PyResult<Bound<'py, PyTuple>> + Send + 'static,
    {
        let object = Arc::clone(&self.object);
        let is_coroutine = METHODS
            .into_iter()
            .zip(self.coroutines)
            .any(|(name, is_coroutine)| name == method && is_coroutine);
        let answered = host::call(
            &self.asyncio,
            is_coroutine,
            None,
            move |py| object.bind(py).getattr(method)?.call1(arguments(py)?),
            move |py, outcome| {
                outcome
                    .and_then(|answer| convert(&answer))
                    .map_err(|error| failed(py, error, secrets.as_ref()))
            },
        );
        answered.await.unwrap_or_else(|none| {
            let why = match none {
                NoAnswer::NotBegun(why) => why,
                NoAnswer::Lost | NoAnswer::Late => "The event loop that the store worked on is gone.",
            };
            Err(Error::with_detail(ErrorCode::StoreUnavailable, why))
        })
    }
}

/// An error of the `store` family that the store raised is that error; anything else makes it unavailable.
fn failed(py: Python<'_>, error: PyErr, secrets: Option<&RecordBytes>) -> Error {
    let known = store_code(py, &error);
    let meant = match known {
        Some(code) => Error::new(code),
        None => Error::with_detail(
            ErrorCode::StoreUnavailable,
            format!("The store raised {}.", cause::class_of(py, &error)),
        ),
    };
    let text = secrets.map(|record| String::from_utf8_lossy(&record.bytes));
    let words = text.map_or_else(Vec::new, |text| secret_words(py, &text));
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    meant.with_source(Raised::of(py, error, &words))
}

/// The code of an exception that is an error of the `store` family.
pub(crate) fn store_code(py: Python<'_>, error: &PyErr) -> Option<ErrorCode> {
    let code: String = error.value(py).getattr("code").ok()?.extract().ok()?;
    let mut codes = ErrorCode::ALL.iter().copied();
    codes.find(|known| known.as_str() == code && known.family() == shutterkey::Family::Store)
}

/// What must not be in the message of an exception, of a text that is a record. If its words cannot be told apart, all of it
/// is one secret.
pub(crate) fn secret_words(py: Python<'_>, text: &str) -> Vec<String> {
    PyModule::import(py, "shutterkey._causes")
        .and_then(|module| module.call_method1("words", (text,))?.extract())
        .unwrap_or_else(|_| vec![text.to_owned()])
}

/// A number; `True` is none.
fn number(answer: &Bound<'_, PyAny>) -> PyResult<Option<u64>> {
    if answer.is_none() {
        return Ok(None);
    }
    if answer.is_instance_of::<PyBool>() {
        return Err(PyTypeError::new_err(
            "a store answers a version or a fence as an int, or None",
        ));
    }
    answer.extract().map(Some)
}

fn loaded(answer: &Bound<'_, PyAny>) -> PyResult<Option<shutterkey::record::Stored>> {
    if answer.is_none() {
        return Ok(None);
    }
    // The answer itself is not quoted: it may be the record.
    let stored = answer
        .cast::<records::Stored>()
        .map_err(|_| PyTypeError::new_err("load() answers a shutterkey.Stored, or None"))?;
    Ok(Some(stored.get().core()))
}

fn listed(answer: &Bound<'_, PyAny>) -> PyResult<Vec<Listed>> {
    let mut listed = Vec::new();
    for entry in answer.try_iter()? {
        let (key, due_at): (String, Option<i64>) = entry?
            .extract()
            .map_err(|_| PyTypeError::new_err("list() answers pairs of a key and its due_at, an int or None"))?;
        listed.push(Listed {
            key: StoreKey::from_stored(key),
            due_at: due_at.map(Timestamp::from_seconds),
        });
    }
    Ok(listed)
}

impl Store for HostStore {
    fn load<'a>(
        &'a self,
        key: &'a StoreKey,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Option<shutterkey::record::Stored>>> {
        let key = key.as_str().to_owned();
        Box::pin(self.call("load", move |py| (key, now.seconds()).into_pyobject(py), None, loaded))
    }

    fn save<'a>(
        &'a self,
        key: &'a StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Written>> {
        let (key, given) = (key.as_str().to_owned(), record.clone());
        let written = |answer: &Bound<'_, PyAny>| Ok(number(answer)?.map_or(Written::Conflict, Written::Version));
        Box::pin(self.call(
            "save",
            move |py| {
                let record = Py::new(py, records::RecordBytes(given))?;
                (key, record, expected, fence, now.seconds()).into_pyobject(py)
            },
            Some(record),
            written,
        ))
    }

    fn delete<'a>(&'a self, key: &'a StoreKey, expected: u64) -> BoxFuture<'a, Result<Written>> {
        let key = key.as_str().to_owned();
        Box::pin(async move {
            let deleted = |answer: &Bound<'_, PyAny>| answer.extract::<bool>();
            match self
                .call("delete", move |py| (key, expected).into_pyobject(py), None, deleted)
                .await?
            {
                true => Ok(Written::Version(expected)),
                false => Ok(Written::Conflict),
            }
        })
    }

    fn lease<'a>(&'a self, key: &'a StoreKey, ttl: Duration, now: Timestamp) -> BoxFuture<'a, Result<Option<Lease>>> {
        let leased = key.as_str().to_owned();
        Box::pin(async move {
            let fence = self
                .call(
                    "lease",
                    move |py| (leased, ttl.as_secs(), now.seconds()).into_pyobject(py),
                    None,
                    number,
                )
                .await?;
            Ok(fence.map(|fence| Lease {
                key: key.clone(),
                fence,
            }))
        })
    }

    fn release<'a>(&'a self, lease: Lease) -> BoxFuture<'a, Result<()>> {
        Box::pin(self.call(
            "release",
            move |py| (lease.key.as_str(), lease.fence).into_pyobject(py),
            None,
            |_| Ok(()),
        ))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        due_before: Option<Timestamp>,
        after: Option<&'a StoreKey>,
        limit: usize,
    ) -> BoxFuture<'a, Result<Vec<Listed>>> {
        let (prefix, after) = (prefix.to_owned(), after.map(|key| key.as_str().to_owned()));
        let due_before = due_before.map(Timestamp::seconds);
        Box::pin(self.call(
            "list",
            move |py| (prefix, due_before, after, limit).into_pyobject(py),
            None,
            listed,
        ))
    }

    fn probe(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(self.call("probe", |py| Ok(PyTuple::empty(py)), None, |_| Ok(())))
    }
}

impl fmt::Debug for HostStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostStore")
    }
}
