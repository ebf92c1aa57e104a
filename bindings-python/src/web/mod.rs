//! The routes of a web site, for the adapters to Python's frameworks. What they decide is decided in the core.

mod values;

use std::sync::Arc;

use pyo3::IntoPyObjectExt;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use shutterkey::site::Served;
use shutterkey::web::{self, Route, Routes};
use shutterkey::{SealKeys, Secret, Site};
pub(crate) use values::{WebAnswer, WebRequest};

use crate::client::Client;
use crate::keeper::Keeper;
use crate::options::authorize_options;
use crate::{errors, wait};

/// The decisions of one client's routes; `shutterkey.starlette`, `.flask` and `.django` are made of it.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct WebRoutes {
    site: Site,
    keeper: Option<Py<Keeper>>,
}

#[pymethods]
impl WebRoutes {
    /// The routes of a keeper, or of a client alone. `keys` seal the cookie that logins wait in: the same for every process,
    /// and for all clients of one site.
    #[new]
    #[pyo3(signature = (of, keys, *, origin=None, trusted_origins=Vec::new(), prefix=None, home=None,
        app_redirect_uri=None, app_secrets=Vec::new(), verify_token=None))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn new(
        py: Python<'_>,
        of: &Bound<'_, PyAny>,
        keys: &str,
        origin: Option<&str>,
        trusted_origins: Vec<String>,
        prefix: Option<&str>,
        home: Option<&str>,
        app_redirect_uri: Option<&str>,
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
        builder = match app_redirect_uri {
            Some(uri) => builder.app_redirect_uri(uri),
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
            site: Site::new(routes, clock),
            keeper: keeper.map(|keeper| keeper.clone().unbind()),
        })
    }

    /// The path of a route: `start`, `callback`, `deauthorize`, `data-deletion`, `webhook`, `handover-start` or
    /// `handover-finish`.
    fn path(&self, route: &str) -> PyResult<String> {
        Ok(self.site.routes().path(named(route)?))
    }

    /// The address of a route, as it is entered in the App Dashboard.
    fn url(&self, route: &str) -> PyResult<String> {
        Ok(self.site.routes().url(named(route)?))
    }

    /// Begins a login. The options are those of `authorize()`; `session` says who is logged in.
    #[pyo3(signature = (request, **options))]
    fn start(&self, py: Python<'_>, request: &WebRequest, options: Option<&Bound<'_, PyDict>>) -> PyResult<WebAnswer> {
        let options = authorize_options(py, options)?;
        values::answer(py, request.with_core(|it| self.site.start(it, options)))
    }

    /// Accepts an answer and sends nothing: `pending` and `grant`, for callers who complete the login themselves.
    #[pyo3(signature = (request, *, session=None))]
    fn accept(&self, py: Python<'_>, request: &WebRequest, session: Option<&str>) -> PyResult<WebAnswer> {
        values::answer(py, request.with_core(|it| self.site.accept(it, session)))
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
        let work = self.completing(py, request, session, name)?;
        values::answer(py, wait::wait(py, work)?)
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
        values::answer(py, request.with_core(|it| self.site.verify(route, it)))
    }

    /// The status page of a deletion. `words` say how far it has come, where it is not done at once.
    #[pyo3(signature = (request, words=None))]
    fn deletion_status(&self, py: Python<'_>, request: &WebRequest, words: Option<&str>) -> PyResult<WebAnswer> {
        values::answer(py, request.with_core(|it| self.site.deletion_status(it, words)))
    }

    /// The subscription check, or a delivery.
    fn webhook(&self, py: Python<'_>, request: &WebRequest) -> PyResult<WebAnswer> {
        values::answer(py, request.with_core(|it| self.site.webhook(it)))
    }

    /// Begins a login that an app shares with this site. The options are those of `authorize()`; `session` says who is signed
    /// in.
    #[pyo3(signature = (request, **options))]
    fn handover_start(
        &self,
        py: Python<'_>,
        request: &WebRequest,
        options: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<WebAnswer> {
        let given = options.map_or(Ok(None), |options| options.get_item("session"))?;
        let session: Option<String> = given.map_or(Ok(None), |session| session.extract())?;
        let options = authorize_options(py, options)?;
        let served = request.with_core(|it| self.site.handover_start(it, session.as_deref(), options));
        values::answer(py, served)
    }

    /// Accepts what an app hands over and sends nothing: `pending` and `grant`, for callers who complete the login
    /// themselves.
    #[pyo3(signature = (request, *, session=None))]
    fn accept_handover(&self, py: Python<'_>, request: &WebRequest, session: Option<&str>) -> PyResult<WebAnswer> {
        values::answer(py, request.with_core(|it| self.site.accept_handover(it, session)))
    }

    /// Accepts what an app hands over and completes the login with the keeper, as `callback()` does.
    #[pyo3(signature = (request, *, session=None, name=None))]
    fn handover_finish(
        &self,
        py: Python<'_>,
        request: &WebRequest,
        session: Option<String>,
        name: Option<String>,
    ) -> PyResult<WebAnswer> {
        let work = self.taking_over(py, request, session, name)?;
        values::answer(py, wait::wait(py, work)?)
    }

    fn __repr__(&self) -> String {
        format!("WebRoutes(callback='{}')", self.site.routes().url(Route::Callback))
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
        started(py, self.completing(py, request, session, name)?)
    }

    fn _deauthorize<'py>(&self, py: Python<'py>, request: &WebRequest) -> PyResult<Bound<'py, PyAny>> {
        started(py, self.removing(py, Route::Deauthorize, request)?)
    }

    fn _data_deletion<'py>(&self, py: Python<'py>, request: &WebRequest) -> PyResult<Bound<'py, PyAny>> {
        started(py, self.removing(py, Route::DataDeletion, request)?)
    }

    #[pyo3(signature = (request, *, session=None, name=None))]
    fn _handover_finish<'py>(
        &self,
        py: Python<'py>,
        request: &WebRequest,
        session: Option<String>,
        name: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        started(py, self.taking_over(py, request, session, name)?)
    }
}

impl WebRoutes {
    fn keeper(&self, py: Python<'_>) -> PyResult<shutterkey::Keeper> {
        let without = || errors::misuse(py, "These routes are a client's; completing a login takes a keeper.");
        self.keeper.as_ref().ok_or_else(without)?.get().core(py)
    }

    fn completing(
        &self,
        py: Python<'_>,
        request: &WebRequest,
        session: Option<String>,
        name: Option<String>,
    ) -> PyResult<impl Future<Output = Served> + Send + 'static> {
        let (site, keeper, request) = (self.site.clone(), self.keeper(py)?, request.clone());
        Ok(async move {
            let headers = request.headers();
            let it = request.core(&headers);
            site.callback(&keeper, &it, session.as_deref(), name.as_deref()).await
        })
    }

    fn taking_over(
        &self,
        py: Python<'_>,
        request: &WebRequest,
        session: Option<String>,
        name: Option<String>,
    ) -> PyResult<impl Future<Output = Served> + Send + 'static> {
        let (site, keeper, request) = (self.site.clone(), self.keeper(py)?, request.clone());
        Ok(async move {
            let headers = request.headers();
            let it = request.core(&headers);
            site.handover_finish(&keeper, &it, session.as_deref(), name.as_deref())
                .await
        })
    }

    fn removing(
        &self,
        py: Python<'_>,
        route: Route,
        request: &WebRequest,
    ) -> PyResult<impl Future<Output = Served> + Send + 'static> {
        let (site, keeper, request) = (self.site.clone(), self.keeper(py)?, request.clone());
        Ok(async move {
            let headers = request.headers();
            site.remove(&keeper, route, &request.core(&headers)).await
        })
    }

    fn remove(&self, py: Python<'_>, route: Route, request: &WebRequest) -> PyResult<WebAnswer> {
        let work = self.removing(py, route, request)?;
        values::answer(py, wait::wait(py, work)?)
    }
}

fn started<'py>(py: Python<'py>, work: impl Future<Output = Served> + Send + 'static) -> PyResult<Bound<'py, PyAny>> {
    wait::start(py, async move { Ok(work.await) }, |py, served| {
        values::answer(py, served)?.into_py_any(py)
    })
}

fn named(name: &str) -> PyResult<Route> {
    let route = Route::ALL.into_iter().find(|route| route.as_str() == name);
    route.ok_or_else(|| PyValueError::new_err(format!("there is no route named '{name}'")))
}
