//! The core's conformance suite, run against stores of the caller's.

use std::sync::Arc;

use pyo3::prelude::*;
use shutterkey::store::conformance::{Finding, Outcome, Report, Subject, check};
use shutterkey::{Error, ErrorCode, Result, Store};

use crate::cause::{self, Raised};
use crate::host::{self, Asyncio, EventLoop};
use crate::store::Keeping;
use crate::wait;

/// What one check found: its promise in words, `passed`, `failed` or `skipped`, and why.
type Found = (&'static str, &'static str, Option<String>);

/// Makes empty stores for the suite.
#[derive(Clone)]
struct Factory {
    make: Arc<Py<PyAny>>,
    second: Option<Arc<Py<PyAny>>>,
    own_clock: bool,
    is_coroutine: bool,
    asyncio: Asyncio,
}

impl Factory {
    /// A store that `make` answers, given the object it is a second handle of, if it is one.
    async fn store(
        &self,
        make: &Arc<Py<PyAny>>,
        of: Option<Arc<Py<PyAny>>>,
    ) -> Result<(Arc<Py<PyAny>>, Arc<dyn Store>)> {
        let (make, allowed) = (Arc::clone(make), self.asyncio.is_some());
        let made = host::call(
            &self.asyncio,
            self.is_coroutine,
            None,
            move |py| match of {
                Some(of) => make.bind(py).call1((&*of,)),
                None => make.bind(py).call0(),
            },
            move |py, outcome| {
                let made = outcome.and_then(|object| {
                    let keeping = Keeping::given(&object, allowed)?;
                    keeping.meet_loop(py);
                    Ok((Arc::new(object.unbind()), keeping))
                });
                made.and_then(|(object, keeping)| Ok((object, keeping.store(py)?)))
                    .map_err(|error| {
                        let what = format!("It raised {}.", cause::class_of(py, &error));
                        Error::with_detail(ErrorCode::StoreUnavailable, what).with_source(Raised::of(py, error, &[]))
                    })
            },
        );
        let made = made
            .await
            .map_err(|_| Error::with_detail(ErrorCode::StoreUnavailable, "The event loop is gone."))??;
        Ok(made)
    }

    async fn subject(self) -> Result<Subject> {
        let (object, store) = self.store(&self.make, None).await?;
        let mut subject = Subject::shared(store);
        if let Some(second) = &self.second {
            let (_, store) = self.store(second, Some(object)).await?;
            subject = subject.shared_second_handle(store);
        }
        Ok(match self.own_clock {
            true => subject.own_clock(),
            false => subject,
        })
    }
}

fn found(report: &Report) -> Vec<Found> {
    let found = |finding: &Finding| match &finding.outcome {
        Outcome::Passed => (finding.name, "passed", None),
        Outcome::Failed(why) => (finding.name, "failed", Some(why.clone())),
        Outcome::Skipped(why) => (finding.name, "skipped", Some(why.clone())),
    };
    report.findings().iter().map(found).collect()
}

/// Runs every check on a store that `make` makes for it. Answers what was found, or, with `asyncio`, a future of it.
#[pyfunction]
pub(crate) fn check_store<'py>(
    py: Python<'py>,
    make: Bound<'py, PyAny>,
    second: Option<Bound<'py, PyAny>>,
    own_clock: bool,
    asyncio: bool,
) -> PyResult<Bound<'py, PyAny>> {
    let known = asyncio.then(|| Arc::new(EventLoop::default()));
    if let Some(known) = &known {
        known.meet(py);
    }
    let factory = Factory {
        make: Arc::new(make.unbind()),
        second: second.map(|second| Arc::new(second.unbind())),
        own_clock,
        is_coroutine: asyncio,
        asyncio: known,
    };
    let work = async move { check(|| factory.clone().subject()).await };
    if asyncio {
        return wait::start(py, async move { Ok(found(&work.await)) }, |_, found| Ok(found));
    }
    found(&wait::wait(py, work)?).into_pyobject(py)
}
