//! The keeper.

mod events;
mod fleet;
mod given;
mod import;
mod making;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use shutterkey::keeper::DEFAULT_CAPACITY;
use shutterkey::protocol::request::HttpResponse;

pub(crate) use events::{Event, Events};
pub(crate) use fleet::{FleetCounts, FleetRun};
use given::{app_scoped, import_of};
pub(crate) use import::{Import, ImportReport};
use tokio::sync::watch;

use crate::account::{AccountKey, Connection, LoggedOut, StoredAccount};
use crate::client::Client;
use crate::errors::{self, Resumable};
use crate::instagram::InstagramAccounts;
use crate::pending::{AuthorizationRequest, Grant, PendingAuthorization};
use crate::process::{self, PerProcess};
use crate::response;
use crate::store::Keeping;
use crate::time::{Length, Moment};
use crate::token::Token;
use crate::{missing, wait};

/// Keeps the tokens of one client's accounts alive: a token that was got once simply goes on working. One keeper serves
/// all threads of a process, and goes on working in a forked child.
///
/// A keeper of this client's accounts in this store. Without arguments: of the shared profile, in the store that
/// `shutterkey login` wrote. Keyword arguments stand over the profile.
#[pyclass(frozen, module = "shutterkey")]
pub(crate) struct Keeper {
    client: Py<Client>,
    store: Py<PyAny>,
    keeping: Keeping,
    namespace: String,
    reread: Duration,
    capacity: usize,
    /// Where else its accounts may be, if it looks where nobody told it to.
    elsewhere: Option<PathBuf>,
    made: PerProcess<shutterkey::Keeper>,
    /// Tells those who keep a fleet with it to stop.
    stops: PerProcess<Arc<watch::Sender<()>>>,
}

impl Keeper {
    /// The keeper of this process.
    pub(crate) fn core(&self, py: Python<'_>) -> PyResult<shutterkey::Keeper> {
        self.client.get().sending.meet_loop(py);
        self.keeping.meet_loop(py);
        self.made.get(py, || {
            let client = self.client.get().core(py)?;
            let store = self.keeping.store(py)?;
            Ok(shutterkey::Keeper::builder(client, store)
                .namespace(self.namespace.as_str())
                .reread(self.reread)
                .capacity(self.capacity)
                .tasks(&process::tasks(py)?)
                .build())
        })
    }

    /// The client that it keeps the accounts of.
    pub(crate) fn of_client(&self) -> &Client {
        self.client.get()
    }

    fn get_token(
        &self,
        py: Python<'_>,
        name: String,
    ) -> PyResult<impl Future<Output = shutterkey::Result<shutterkey::Token>> + Send + 'static> {
        let (keeper, namespace, elsewhere) = (self.core(py)?, self.namespace.clone(), self.elsewhere.clone());
        Ok(async move {
            match keeper.token(&name).await {
                Ok(token) => Ok(token),
                Err(error) => Err(missing::explained(error, elsewhere.as_deref(), &namespace, &name).await),
            }
        })
    }

    fn fresh(&self, py: Python<'_>, name: &str) -> Option<Token> {
        self.made.peek(py, |keeper| keeper.fresh_token(name)).map(Token)
    }

    fn stored(&self, record: shutterkey::record::AccountRecord) -> StoredAccount {
        StoredAccount {
            record,
            now: self.client.get().clock.now(),
        }
    }
}

#[pymethods]
impl Keeper {
    #[new]
    #[pyo3(signature = (client=None, store=None, *, namespace="default", reread=None, capacity=DEFAULT_CAPACITY,
        http=None, clock=None, **settings))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn new(
        py: Python<'_>,
        client: Option<&Bound<'_, PyAny>>,
        store: Option<&Bound<'_, PyAny>>,
        namespace: &str,
        reread: Option<Length>,
        capacity: usize,
        http: Option<&Bound<'_, PyAny>>,
        clock: Option<&Bound<'_, PyAny>>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        Self::made(
            py, client, store, namespace, reread, capacity, http, clock, settings, false,
        )
    }

    /// The client.
    #[getter]
    fn client(&self, py: Python<'_>) -> Py<Client> {
        self.client.clone_ref(py)
    }

    /// The store, as it was given.
    #[getter]
    fn store(&self, py: Python<'_>) -> Py<PyAny> {
        self.store.clone_ref(py)
    }

    /// The namespace in the store.
    #[getter]
    fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Begins a login: the URL to open in the person's browser, and what to keep until the answer comes.
    #[pyo3(signature = (**options))]
    fn authorize(&self, py: Python<'_>, options: Option<&Bound<'_, PyDict>>) -> PyResult<AuthorizationRequest> {
        self.client.get().begin(py, options)
    }

    /// Completes a login from its redirect URL and stores the account, under a name of the caller's own where one is
    /// given. What is received is saved as soon as it is received. Two callbacks of one login at once get the same
    /// result; a later one gets `redirect.state_used`.
    #[pyo3(signature = (pending, redirect_url, *, name=None))]
    fn complete(
        &self,
        py: Python<'_>,
        pending: &PendingAuthorization,
        redirect_url: &str,
        name: Option<String>,
    ) -> PyResult<Connection> {
        let grant = pending.0.accept(redirect_url, self.client.get().clock.now(), None);
        let grant = grant.map(Grant::new).map_err(|error| errors::raised(py, error))?;
        self.complete_grant(py, pending, &grant, name)
    }

    /// The same for a grant that was accepted before: with a session, from a query, or pasted.
    #[pyo3(signature = (pending, grant, *, name=None))]
    fn complete_grant(
        &self,
        py: Python<'_>,
        pending: &PendingAuthorization,
        grant: &Grant,
        name: Option<String>,
    ) -> PyResult<Connection> {
        let (keeper, pending, grant) = (self.core(py)?, pending.0.clone(), grant.take(py)?);
        let work = async move { keeper.complete_grant(&pending, grant, name.as_deref()).await };
        wait::wait_for(py, work).map(Connection)
    }

    /// Finishes a login whose code is spent and whose later step failed.
    fn resume(&self, py: Python<'_>, resumable: &Resumable) -> PyResult<Connection> {
        let (keeper, resumable) = (self.core(py)?, resumable.0.clone());
        wait::wait_for(py, async move { keeper.resume(&resumable).await }).map(Connection)
    }

    /// Takes a token that was made elsewhere, such as by the dashboard's *Generate token*, asks the provider whose it is
    /// and stores the account. By default it is a long-lived one of unknown expiry: one refresh tells.
    ///
    /// One that came `from_device`, or from anybody else whose word does not count, is taken only if the provider says that
    /// it was made for this app (Facebook's `debug_token`); otherwise `token.wrong_app`. Where the provider does not say,
    /// devices hand in codes.
    #[pyo3(signature = (token, *, name=None, kind=None, expires_at=None, from_device=false))]
    fn import_token(
        &self,
        py: Python<'_>,
        token: &Bound<'_, PyAny>,
        name: Option<String>,
        kind: Option<&str>,
        expires_at: Option<Moment>,
        from_device: bool,
    ) -> PyResult<Connection> {
        let import = import_of(py, token, name, kind, expires_at, from_device)?;
        let keeper = self.core(py)?;
        wait::wait_for(py, async move { keeper.import_token(import).await }).map(Connection)
    }

    /// Takes in the accounts of a fleet: a line of NDJSON each, from a path, an open file, or any iterable of lines. A line is
    /// an object with `user_id` and `access_token`, and what else is known: `name`, `kind`, `issued_at`, `expires_at` and
    /// `data_access_until` (seconds since 1970), `scopes`, `refresh_token`, `app_scoped_id`, `username`.
    ///
    /// The provider is not asked: whoever has the file vouches for it. A line that cannot be taken is reported, and the
    /// others are. Again, it changes nothing, so an import that was cut short is simply begun again. Refreshes that are due
    /// at once are spread over `spread` (a day). With `dry_run` nothing is written.
    #[pyo3(signature = (source, *, dry_run=false, spread=None))]
    fn import_many(
        &self,
        py: Python<'_>,
        source: &Bound<'_, PyAny>,
        dry_run: bool,
        spread: Option<Length>,
    ) -> PyResult<ImportReport> {
        Import::begin(py, self, dry_run, spread)?.all(py, source)
    }

    /// Keeps every account of this client in the store alive: claims what is due, refreshes it evenly below `per_second`
    /// with at most `at_once` under way, slower when the provider's usage headers say that the app's limit nears, and looks
    /// again every `poll` seconds. Any number of processes and machines do so over one store, and each account is refreshed
    /// by one of them. `once` ends when nothing is due any more, for a job that cron starts.
    ///
    /// Ends by `stop()` from another thread or a signal handler, with the counts, or by Ctrl-C, which is raised: what is
    /// under way is finished before. `on_progress` is called with the counts once a second while they change. What became of
    /// each account is an event as ever. A store that fails is asked again after a pause; with `once`, it raises.
    #[pyo3(signature = (*, per_second=10.0, at_once=16, poll=Length(30.0), once=false, on_progress=None))]
    fn run(
        &self,
        py: Python<'_>,
        per_second: f64,
        at_once: usize,
        poll: Length,
        once: bool,
        on_progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<FleetCounts> {
        let options = fleet::options(per_second, at_once, poll, once)?;
        FleetRun::begin(py, self, options)?.wait(py, on_progress)
    }

    /// Has every `run()` of this keeper in this process finish what is under way and end.
    fn stop(&self, py: Python<'_>) {
        if let Some(stops) = self.stops.peek(py, |stops| Some(Arc::clone(stops))) {
            stops.send_replace(());
        }
    }

    /// A live token of the account with this name, or user id. From memory while it is fresh; refreshed beside the answer
    /// when it is due, and only near its end does a caller wait. One refresh serves all callers.
    fn token(&self, py: Python<'_>, name: &Bound<'_, PyString>) -> PyResult<Token> {
        let name = name.to_str()?;
        if let Some(token) = self.fresh(py, name) {
            return Ok(token);
        }
        wait::wait_for(py, self.get_token(py, name.to_owned())?).map(Token)
    }

    /// The account's token as query parameters: `{"access_token": …}`. For `requests.get(url, params=…)`.
    fn params<'py>(&self, py: Python<'py>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyDict>> {
        self.token(py, name)?.params(py)
    }

    /// The account's token as a header (RFC 6750 2.1): `{"Authorization": "Bearer …"}`.
    fn headers<'py>(&self, py: Python<'py>, name: &Bound<'py, PyString>) -> PyResult<Bound<'py, PyDict>> {
        self.token(py, name)?.headers(py)
    }

    /// Refreshes now, although it may not be due. The provider's rules hold: younger than 24 hours raises
    /// `token.too_young`.
    fn refresh(&self, py: Python<'_>, name: String) -> PyResult<Token> {
        let keeper = self.core(py)?;
        wait::wait_for(py, async move { keeper.refresh(&name).await }).map(Token)
    }

    /// Tells the keeper what an API answered to a call with the account's token: a response of httpx, requests or aiohttp's
    /// shape, or status, body and headers. Raises what the answer means when it is not a success: `NeedsLogin` when the
    /// token is dead, which is remembered.
    #[pyo3(signature = (name, response, body=None, headers=None))]
    fn report(
        &self,
        py: Python<'_>,
        name: String,
        response: &Bound<'_, PyAny>,
        body: Option<&Bound<'_, PyAny>>,
        headers: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let (keeper, answer): (_, HttpResponse) = (self.core(py)?, response::given(response, body, headers)?);
        wait::wait_for(py, async move { keeper.report(&name, answer).await })
    }

    /// One account as the store has it.
    fn account(&self, py: Python<'_>, name: String) -> PyResult<StoredAccount> {
        let keeper = self.core(py)?;
        wait::wait_for(py, async move { keeper.account(&name).await }).map(|record| self.stored(record))
    }

    /// This client's accounts in the store, ordered by key.
    fn accounts(&self, py: Python<'_>) -> PyResult<Vec<StoredAccount>> {
        let keeper = self.core(py)?;
        let records = wait::wait_for(py, async move { keeper.accounts().await })?;
        Ok(records.into_iter().map(|record| self.stored(record)).collect())
    }

    /// The account that a deauthorize or data-deletion callback is about.
    fn find_app_scoped(&self, py: Python<'_>, app_scoped_id: &str) -> PyResult<Option<AccountKey>> {
        let (keeper, id) = (self.core(py)?, app_scoped(py, app_scoped_id)?);
        wait::wait_for(py, async move { keeper.find_app_scoped(&id).await }).map(|key| key.map(AccountKey))
    }

    /// The Instagram accounts that the account's token leads to; an empty answer has a reason.
    fn instagram_accounts(&self, py: Python<'_>, name: String) -> PyResult<InstagramAccounts> {
        let keeper = self.core(py)?;
        wait::wait_for(py, async move { keeper.instagram_accounts(&name).await }).map(InstagramAccounts)
    }

    /// Ends the account's token at the provider where that is possible, and removes the account.
    fn logout(&self, py: Python<'_>, name: String) -> PyResult<LoggedOut> {
        let keeper = self.core(py)?;
        wait::wait_for(py, async move { keeper.logout(&name).await }).map(LoggedOut)
    }

    /// Drops an account from memory; the store keeps it.
    fn forget(&self, py: Python<'_>, name: &str) -> PyResult<()> {
        self.core(py)?.forget(name);
        Ok(())
    }

    /// What happens beside the answers: refreshes, failures of refreshes, accounts that need a login. A bounded queue; one
    /// reader gets each event.
    fn events(slf: Py<Self>) -> Events {
        Events(slf)
    }

    /// Waits until everything that runs beside the answers has ended.
    fn settle(&self, py: Python<'_>) -> PyResult<()> {
        let tasks = process::tasks(py)?;
        wait::wait(py, async move { tasks.settled().await })
    }

    fn __enter__(slf: Py<Self>) -> Py<Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, pyo3::types::PyTuple>) -> PyResult<()> {
        self.settle(py)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let store = self.store.bind(py).repr()?;
        Ok(format!(
            "Keeper({}, {store}, namespace={:?})",
            self.client.get().repr(),
            self.namespace
        ))
    }

    // For AsyncKeeper: the same, answering a future of the running loop.

    /// As the class itself; its HTTP and its store may be asynchronous.
    #[staticmethod]
    #[pyo3(signature = (client=None, store=None, *, namespace="default", reread=None, capacity=DEFAULT_CAPACITY,
        http=None, clock=None, **settings))]
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    fn _for_asyncio(
        py: Python<'_>,
        client: Option<&Bound<'_, PyAny>>,
        store: Option<&Bound<'_, PyAny>>,
        namespace: &str,
        reread: Option<Length>,
        capacity: usize,
        http: Option<&Bound<'_, PyAny>>,
        clock: Option<&Bound<'_, PyAny>>,
        settings: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<Self> {
        Self::made(
            py, client, store, namespace, reread, capacity, http, clock, settings, true,
        )
    }

    fn _fresh(&self, py: Python<'_>, name: &Bound<'_, PyString>) -> PyResult<Option<Token>> {
        Ok(self.fresh(py, name.to_str()?))
    }

    #[pyo3(signature = (pending, grant, name))]
    fn _complete_grant<'py>(
        &self,
        py: Python<'py>,
        pending: &PendingAuthorization,
        grant: &Grant,
        name: Option<String>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (keeper, pending, grant) = (self.core(py)?, pending.0.clone(), grant.take(py)?);
        let work = async move { keeper.complete_grant(&pending, grant, name.as_deref()).await };
        wait::start(py, work, |_, connection| Ok(Connection(connection)))
    }

    fn _resume<'py>(&self, py: Python<'py>, resumable: &Resumable) -> PyResult<Bound<'py, PyAny>> {
        let (keeper, resumable) = (self.core(py)?, resumable.0.clone());
        wait::start(py, async move { keeper.resume(&resumable).await }, |_, connection| {
            Ok(Connection(connection))
        })
    }

    #[pyo3(signature = (token, name, kind, expires_at, from_device))]
    fn _import_token<'py>(
        &self,
        py: Python<'py>,
        token: &Bound<'py, PyAny>,
        name: Option<String>,
        kind: Option<&str>,
        expires_at: Option<Moment>,
        from_device: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        let import = import_of(py, token, name, kind, expires_at, from_device)?;
        let keeper = self.core(py)?;
        let work = async move { keeper.import_token(import).await };
        wait::start(py, work, |_, connection| Ok(Connection(connection)))
    }

    fn _import(&self, py: Python<'_>, dry_run: bool, spread: Option<Length>) -> PyResult<Import> {
        Import::begin(py, self, dry_run, spread)
    }

    fn _run(&self, py: Python<'_>, per_second: f64, at_once: usize, poll: Length, once: bool) -> PyResult<FleetRun> {
        FleetRun::begin(py, self, fleet::options(per_second, at_once, poll, once)?)
    }

    fn _token<'py>(&self, py: Python<'py>, name: String) -> PyResult<Bound<'py, PyAny>> {
        wait::start(py, self.get_token(py, name)?, |_, token| Ok(Token(token)))
    }

    fn _refresh<'py>(&self, py: Python<'py>, name: String) -> PyResult<Bound<'py, PyAny>> {
        let keeper = self.core(py)?;
        wait::start(py, async move { keeper.refresh(&name).await }, |_, token| {
            Ok(Token(token))
        })
    }

    #[pyo3(signature = (name, response, body, headers))]
    fn _report<'py>(
        &self,
        py: Python<'py>,
        name: String,
        response: &Bound<'py, PyAny>,
        body: Option<&Bound<'py, PyAny>>,
        headers: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (keeper, answer) = (self.core(py)?, response::given(response, body, headers)?);
        wait::start(py, async move { keeper.report(&name, answer).await }, |_, ()| Ok(()))
    }

    fn _account<'py>(&self, py: Python<'py>, name: String) -> PyResult<Bound<'py, PyAny>> {
        let (keeper, now) = (self.core(py)?, self.client.get().clock.now());
        wait::start(py, async move { keeper.account(&name).await }, move |_, record| {
            Ok(StoredAccount { record, now })
        })
    }

    fn _accounts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let (keeper, now) = (self.core(py)?, self.client.get().clock.now());
        wait::start(py, async move { keeper.accounts().await }, move |_, records| {
            Ok(records
                .into_iter()
                .map(|record| StoredAccount { record, now })
                .collect::<Vec<_>>())
        })
    }

    fn _find_app_scoped<'py>(&self, py: Python<'py>, app_scoped_id: &str) -> PyResult<Bound<'py, PyAny>> {
        let (keeper, id) = (self.core(py)?, app_scoped(py, app_scoped_id)?);
        let work = async move { keeper.find_app_scoped(&id).await };
        wait::start(py, work, |_, key| Ok(key.map(AccountKey)))
    }

    fn _instagram_accounts<'py>(&self, py: Python<'py>, name: String) -> PyResult<Bound<'py, PyAny>> {
        let keeper = self.core(py)?;
        let work = async move { keeper.instagram_accounts(&name).await };
        wait::start(py, work, |_, found| Ok(InstagramAccounts(found)))
    }

    fn _logout<'py>(&self, py: Python<'py>, name: String) -> PyResult<Bound<'py, PyAny>> {
        let keeper = self.core(py)?;
        wait::start(py, async move { keeper.logout(&name).await }, |_, logged_out| {
            Ok(LoggedOut(logged_out))
        })
    }

    fn _settle<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let tasks = process::tasks(py)?;
        let work = async move {
            tasks.settled().await;
            Ok(())
        };
        wait::start(py, work, |_, ()| Ok(()))
    }

    fn _event_ready<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let events = self.core(py)?.events();
        let work = async move {
            events.ready().await;
            Ok(())
        };
        wait::start(py, work, |_, ()| Ok(()))
    }
}
