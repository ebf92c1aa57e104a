//! How requests are sent: the built-in HTTP, or an object of the caller's.

use std::fmt;
use std::sync::Arc;

use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use shutterkey::store::BoxFuture;
use shutterkey::{HttpRequest, HttpResponse, HttpTransport, SendError, SendFailure, Transport};

use crate::cause::{Raised, Told};
use crate::host::{self, Asyncio, EventLoop, NoAnswer};
use crate::process::PerProcess;
use crate::response;

/// What a client sends with.
pub(crate) enum Sending {
    /// The built-in HTTP. Its connections belong to one process.
    BuiltIn(PerProcess<Arc<HttpTransport>>),
    /// The caller's.
    Host(Arc<HostTransport>),
}

impl Sending {
    /// `asyncio`: whether it may be asynchronous.
    pub(crate) fn given(py: Python<'_>, http: Option<&Bound<'_, PyAny>>, asyncio: bool) -> PyResult<Self> {
        let Some(http) = http else {
            return Ok(Self::BuiltIn(PerProcess::new()));
        };
        let adapted = PyModule::import(py, "shutterkey._http")?.call_method1("adapt", (http,))?;
        let (send, is_coroutine): (Py<PyAny>, bool) = adapted.extract()?;
        if is_coroutine && !asyncio {
            return Err(PyTypeError::new_err(
                "this HTTP client is asynchronous; AsyncClient and AsyncKeeper take it",
            ));
        }
        Ok(Self::Host(Arc::new(HostTransport {
            send: Arc::new(send),
            is_coroutine,
            asyncio: asyncio.then(|| Arc::new(EventLoop::default())),
        })))
    }

    pub(crate) fn transport(&self, py: Python<'_>) -> PyResult<Arc<dyn Transport>> {
        self.meet_loop(py);
        match self {
            Self::BuiltIn(made) => made
                .get(py, || Ok(Arc::new(HttpTransport::new())))
                .map(|transport| transport as Arc<dyn Transport>),
            Self::Host(host) => Ok(Arc::clone(host) as Arc<dyn Transport>),
        }
    }

    /// Remembers the event loop of a call, for what is asynchronous.
    pub(crate) fn meet_loop(&self, py: Python<'_>) {
        if let Self::Host(host) = self
            && let Some(known) = &host.asyncio
        {
            known.meet(py);
        }
    }
}

/// The caller's HTTP: `send` is an adapter of `shutterkey._http`.
pub(crate) struct HostTransport {
    send: Arc<Py<PyAny>>,
    is_coroutine: bool,
    asyncio: Asyncio,
}

impl HostTransport {
    async fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, SendError> {
        if let Err(error) = request.endpoint() {
            let why = Arc::new(Told(error.to_string()));
            return Err(SendError::new(SendFailure::REFUSED, why));
        }
        let (send, asked, sent) = (Arc::clone(&self.send), request.clone(), request.clone());
        let answered = host::call(
            &self.asyncio,
            self.is_coroutine,
            Some(request.deadline()),
            move |py| ask(py, &send, &asked),
            move |py, outcome| {
                outcome
                    .and_then(|answer| answer_of(&answer))
                    .map_err(|error| failure_of(py, error, &sent))
            },
        );
        match answered.await {
            Ok(answer) => answer,
            Err(NoAnswer::NotBegun(why)) => Err(SendError::new(SendFailure::Offline, Arc::new(Told(why.to_owned())))),
            Err(NoAnswer::Lost) => Err(SendFailure::Reset.into()),
            Err(NoAnswer::Late) => Err(SendFailure::Timeout.into()),
        }
    }
}

fn ask<'py>(py: Python<'py>, send: &Py<PyAny>, request: &HttpRequest) -> PyResult<Bound<'py, PyAny>> {
    let headers: Vec<_> = request.headers().collect();
    let arguments = (
        request.method().as_str(),
        request.url(),
        headers,
        request.body().map(|body| PyBytes::new(py, body.as_bytes())),
        request.deadline().as_secs_f64(),
        request.body_cap(),
    );
    send.bind(py).call1(arguments)
}

fn answer_of(answer: &Bound<'_, PyAny>) -> PyResult<HttpResponse> {
    let (status, headers, body): (Bound<'_, PyAny>, Bound<'_, PyAny>, Bound<'_, PyAny>) = answer.extract()?;
    Ok(HttpResponse::new(
        status.extract()?,
        response::pairs(Some(&headers))?,
        response::bytes(&body)?,
    ))
}

/// `shutterkey._http.SendFailed` says what kind of failure it is and has the original as its cause.
fn failure_of(py: Python<'_>, error: PyErr, request: &HttpRequest) -> SendError {
    let kind: Option<String> = error
        .value(py)
        .getattr("shutterkey_failure")
        .and_then(|kind| kind.extract())
        .ok();
    let failure = kind.as_deref().and_then(SendFailure::by_name);
    let failure = failure.unwrap_or(SendFailure::UNKNOWN);
    let original = match kind {
        Some(_) => error.cause(py),
        None => Some(error),
    };
    match original {
        Some(original) => {
            let secrets = request.secret_values();
            let secrets: Vec<_> = secrets.iter().map(shutterkey::Secret::reveal).collect();
            SendError::new(failure, Raised::of(py, original, &secrets))
        }
        None => failure.into(),
    }
}

impl Transport for HostTransport {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        Box::pin(self.exchange(request))
    }
}

impl fmt::Debug for HostTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostTransport")
    }
}
