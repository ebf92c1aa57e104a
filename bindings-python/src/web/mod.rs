//! The routes of a web site, for the adapters to Python's frameworks. What they decide is decided in the core.

mod values;

use std::sync::Arc;

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use shutterkey::web::{self, Route, Routes};
use shutterkey::{Clock, Entropy, SealKeys, Secret};
use values::Outcome;
pub(crate) use values::{WebAnswer, WebRequest};

use crate::client::Client;
use crate::keeper::Keeper;
use crate::options::authorize_options;
use crate::{errors, wait};

/// The decisions of one client's routes; `shutterkey.starlette`, `.flask` and `.django` are made of it.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct WebRoutes {
    inner: Arc<Inner>,
    keeper: Option<Py<Keeper>>,
}

struct Inner {
    routes: Routes,
    clock: Arc<dyn Clock>,
}

impl Inner {
    /// The outcome of a route that succeeded, or the response to its error.
    fn concluded(&self, route: Route, request: &WebRequest, outcome: shutterkey::Result<Outcome>) -> Outcome {
        outcome.unwrap_or_else(|error| {
            let response = request.with_core(|it| self.routes.failed(route, it, &error, self.clock.now()));
            Outcome {
                error: Some(error),
                ..Outcome::saying(response)
            }
        })
    }

    fn start(&self, request: &WebRequest, options: shutterkey::AuthorizeOptions) -> shutterkey::Result<Outcome> {
        let entropy = Entropy::from_os()?;
        request
            .with_core(|it| self.routes.start(it, options, self.clock.now(), entropy))
            .map(Outcome::saying)
    }

    fn accept(&self, request: &WebRequest, session: Option<&str>) -> shutterkey::Result<Outcome> {
        let now = self.clock.now();
        request.with_core(|it| {
            let accepted = self.routes.callback(it, session, now)?;
            Ok(Outcome {
                accepted: Some(accepted),
                ..Outcome::saying(self.routes.connected(it, now))
            })
        })
    }

    async fn complete(
        self: Arc<Self>,
        keeper: shutterkey::Keeper,
        request: WebRequest,
        session: Option<String>,
        name: Option<String>,
    ) -> Outcome {
        let outcome = match self.accept(&request, session.as_deref()) {
            Ok(Outcome {
                accepted: Some(accepted),
                response,
                ..
            }) => keeper
                .complete_grant(&accepted.pending, accepted.grant, name.as_deref())
                .await
                .map(|connection| Outcome {
                    response,
                    connection: Some(connection),
                    ..Outcome::default()
                }),
            other => other,
        };
        self.concluded(Route::Callback, &request, outcome)
    }

    fn deauthorize(&self, request: &WebRequest) -> shutterkey::Result<Outcome> {
        let signed = request.with_core(|it| self.routes.deauthorize(it, self.clock.now()))?;
        Ok(Outcome {
            signed: Some(signed),
            ..Outcome::saying(self.routes.deauthorized())
        })
    }

    fn data_deletion(&self, request: &WebRequest) -> shutterkey::Result<Outcome> {
        let deletion = request.with_core(|it| self.routes.data_deletion(it, self.clock.now()))?;
        let response = self.routes.deletion_confirmed(&deletion);
        Ok(Outcome {
            confirmation_code: Some(deletion.confirmation_code),
            signed: Some(deletion.request),
            ..Outcome::saying(response)
        })
    }

    fn deletion_status(&self, request: &WebRequest, words: Option<&str>) -> shutterkey::Result<Outcome> {
        let deletion = request.with_core(|it| self.routes.deletion_status(it))?;
        let response = self.routes.deletion_page(&deletion, words);
        Ok(Outcome {
            requested_at: Some(deletion.requested_at),
            confirmation_code: Some(deletion.confirmation_code),
            ..Outcome::saying(response)
        })
    }

    fn webhook(&self, request: &WebRequest) -> shutterkey::Result<Outcome> {
        Ok(match request.with_core(|it| self.routes.webhook(it))? {
            web::Webhook::Challenge(response) => Outcome::saying(response),
            web::Webhook::Delivery(response) => Outcome {
                delivery: true,
                ..Outcome::saying(response)
            },
        })
    }

    /// A callback of the platform, and what it removes.
    async fn remove(self: Arc<Self>, keeper: shutterkey::Keeper, route: Route, request: WebRequest) -> Outcome {
        let verified = match route {
            Route::Deauthorize => self.deauthorize(&request),
            _ => self.data_deletion(&request),
        };
        let outcome = match verified {
            Ok(Outcome {
                signed: Some(signed),
                response,
                confirmation_code,
                ..
            }) => keeper.deauthorized(&signed).await.map(|removed| Outcome {
                removed,
                response,
                confirmation_code,
                signed: Some(signed),
                ..Outcome::default()
            }),
            other => other,
        };
        self.concluded(route, &request, outcome)
    }
}

#[pymethods]
impl WebRoutes {
    /// The routes of a keeper, or of a client alone. `keys` seal the cookie that logins wait in: the same for every process,
    /// and for all clients of one site.
    #[new]
    #[pyo3(signature = (of, keys, *, origin=None, trusted_origins=Vec::new(), prefix=None, home=None,
        app_secrets=Vec::new(), verify_token=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn new(
        py: Python<'_>,
        of: &Bound<'_, PyAny>,
        keys: &str,
        origin: Option<&str>,
        trusted_origins: Vec<String>,
        prefix: Option<&str>,
        home: Option<&str>,
        app_secrets: Vec<String>,
        verify_token: Option<&str>,
    ) -> PyResult<Self> {
        let raised = |error| errors::raised(py, error);
        let keeper = of.cast::<Keeper>().ok();
        let client = match &keeper {
            Some(keeper) => keeper.get().of_client(),
            None => of.cast::<Client>()?.get(),
        };
        let (config, clock) = (client.config.clone(), Arc::clone(&client.clock));
        let sealer = Arc::new(SealKeys::parse(keys).map_err(raised)?);
        let mut builder = Routes::builder(config, sealer);
        builder = match origin {
            Some(origin) => builder.origin(origin),
            None => builder,
        };
        builder = match prefix {
            Some(prefix) => builder.prefix(prefix),
            None => builder,
        };
        builder = match home {
            Some(home) => builder.home(home),
            None => builder,
        };
        builder = match verify_token {
            Some(token) => builder.verify_token(token),
            None => builder,
        };
        builder = trusted_origins
            .into_iter()
            .fold(builder, web::RoutesBuilder::trusted_origin);
        builder = app_secrets
            .into_iter()
            .fold(builder, |builder, secret| builder.app_secret(Secret::new(secret)));
        let routes = builder.build().map_err(raised)?;
        Ok(Self {
            inner: Arc::new(Inner { routes, clock }),
            keeper: keeper.map(|keeper| keeper.clone().unbind()),
        })
    }

    /// The path of a route: `start`, `callback`, `deauthorize`, `data-deletion` or `webhook`.
    fn path(&self, route: &str) -> PyResult<String> {
        Ok(self.inner.routes.path(named(route)?))
    }

    /// The address of a route, as it is entered in the App Dashboard.
    fn url(&self, route: &str) -> PyResult<String> {
        Ok(self.inner.routes.url(named(route)?))
    }

    /// Begins a login. The options are those of `authorize()`; `session` says who is logged in.
    #[pyo3(signature = (request, **options))]
    fn start(&self, py: Python<'_>, request: &WebRequest, options: Option<&Bound<'_, PyDict>>) -> PyResult<WebAnswer> {
        let options = authorize_options(py, options)?;
        self.answer(py, Route::Start, request, self.inner.start(request, options))
    }

    /// Accepts an answer and sends nothing: `pending` and `grant`, for callers who complete the login themselves.
    #[pyo3(signature = (request, *, session=None))]
    fn accept(&self, py: Python<'_>, request: &WebRequest, session: Option<&str>) -> PyResult<WebAnswer> {
        self.answer(py, Route::Callback, request, self.inner.accept(request, session))
    }

    /// Accepts an answer and completes the login with the keeper, which stores the account, under a name if one is given.
    #[pyo3(signature = (request, *, session=None, name=None))]
    fn callback(
        &self,
        py: Python<'_>,
        request: &WebRequest,
        session: Option<String>,
        name: Option<String>,
    ) -> PyResult<WebAnswer> {
        let work = Arc::clone(&self.inner).complete(self.keeper(py)?, request.clone(), session, name);
        wait::wait(py, work)?.into_answer(py)
    }

    /// Verifies a deauthorize callback and removes the account.
    fn deauthorize(&self, py: Python<'_>, request: &WebRequest) -> PyResult<WebAnswer> {
        self.remove(py, Route::Deauthorize, request)
    }

    /// Verifies a data-deletion request and removes the account.
    fn data_deletion(&self, py: Python<'_>, request: &WebRequest) -> PyResult<WebAnswer> {
        self.remove(py, Route::DataDeletion, request)
    }

    /// Verifies one of the two and removes nothing.
    fn verify(&self, py: Python<'_>, route: &str, request: &WebRequest) -> PyResult<WebAnswer> {
        let route = named(route)?;
        let verified = match route {
            Route::Deauthorize => self.inner.deauthorize(request),
            _ => self.inner.data_deletion(request),
        };
        self.answer(py, route, request, verified)
    }

    /// The status page of a deletion. `words` say how far it has come, where it is not done at once.
    #[pyo3(signature = (request, words=None))]
    fn deletion_status(&self, py: Python<'_>, request: &WebRequest, words: Option<&str>) -> PyResult<WebAnswer> {
        self.answer(
            py,
            Route::DataDeletion,
            request,
            self.inner.deletion_status(request, words),
        )
    }

    /// The subscription check, or a delivery.
    fn webhook(&self, py: Python<'_>, request: &WebRequest) -> PyResult<WebAnswer> {
        self.answer(py, Route::Webhook, request, self.inner.webhook(request))
    }

    fn __repr__(&self) -> String {
        format!("WebRoutes(callback='{}')", self.inner.routes.url(Route::Callback))
    }

    // The same, answering a future of the running loop.

    #[pyo3(signature = (request, *, session=None, name=None))]
    fn _callback<'py>(
        &self,
        py: Python<'py>,
        request: &WebRequest,
        session: Option<String>,
        name: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let work = Arc::clone(&self.inner).complete(self.keeper(py)?, request.clone(), session, name);
        started(py, work)
    }

    fn _deauthorize<'py>(&self, py: Python<'py>, request: &WebRequest) -> PyResult<Bound<'py, PyAny>> {
        started(
            py,
            Arc::clone(&self.inner).remove(self.keeper(py)?, Route::Deauthorize, request.clone()),
        )
    }

    fn _data_deletion<'py>(&self, py: Python<'py>, request: &WebRequest) -> PyResult<Bound<'py, PyAny>> {
        started(
            py,
            Arc::clone(&self.inner).remove(self.keeper(py)?, Route::DataDeletion, request.clone()),
        )
    }
}

impl WebRoutes {
    fn keeper(&self, py: Python<'_>) -> PyResult<shutterkey::Keeper> {
        let without = || errors::misuse(py, "These routes are a client's; completing a login takes a keeper.");
        self.keeper.as_ref().ok_or_else(without)?.get().core(py)
    }

    fn answer(
        &self,
        py: Python<'_>,
        route: Route,
        request: &WebRequest,
        outcome: shutterkey::Result<Outcome>,
    ) -> PyResult<WebAnswer> {
        self.inner.concluded(route, request, outcome).into_answer(py)
    }

    fn remove(&self, py: Python<'_>, route: Route, request: &WebRequest) -> PyResult<WebAnswer> {
        let work = Arc::clone(&self.inner).remove(self.keeper(py)?, route, request.clone());
        wait::wait(py, work)?.into_answer(py)
    }
}

fn started<'py>(py: Python<'py>, work: impl Future<Output = Outcome> + Send + 'static) -> PyResult<Bound<'py, PyAny>> {
    wait::start(py, async move { Ok(work.await) }, |py, outcome| {
        outcome.into_answer(py)?.into_py_any(py)
    })
}

fn named(name: &str) -> PyResult<Route> {
    let route = Route::ALL.into_iter().find(|route| route.as_str() == name);
    route.ok_or_else(|| PyValueError::new_err(format!("there is no route named '{name}'")))
}
