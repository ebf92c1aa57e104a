//! What all handlers share, and the desk at which each of them works.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, on};
use shutterkey::{Clock, Secret, Timestamp};

use crate::callbacks::{Log, Outbox};
use crate::clock::SandboxClock;
use crate::error::SandboxError;
use crate::fault::Faults;
use crate::http::{self, Call};
use crate::journal::{Journal, Note};
use crate::reach::Reach;
use crate::scenario::Seeded;
use crate::usage::Usages;
use crate::world::{Person, World};
use crate::{ids, security};

/// One running sandbox.
pub(crate) struct Shared {
    pub(crate) port: u16,
    /// From where it is reached.
    pub(crate) reach: Reach,
    /// Opens the control API; new in every run.
    pub(crate) control_token: Secret,
    /// Key of the CSRF tokens; new in every run.
    csrf_key: Secret,
    pub(crate) clock: SandboxClock,
    world: Mutex<World>,
    journal: Mutex<Journal>,
    /// What the platform sends to apps by itself goes here.
    pub(crate) outbox: Outbox,
    pub(crate) deliveries: Log,
    faults: Mutex<Faults>,
    /// What the usage headers say.
    usages: Mutex<Usages>,
    /// What scenarios made, by their names.
    seeded: Mutex<Seeded>,
}

impl Shared {
    pub(crate) fn new(
        port: u16,
        reach: Reach,
        world: World,
        outbox: Outbox,
        control_token: Option<Secret>,
    ) -> Result<Self, SandboxError> {
        let control_token = match control_token {
            Some(token) if token.reveal().len() < 32 => {
                return Err(SandboxError::Exposed("a control token has at least 32 characters"));
            }
            Some(token) => token,
            None => Secret::new(ids::random_hex()?),
        };
        Ok(Self {
            port,
            reach,
            control_token,
            csrf_key: Secret::new(ids::random_hex()?),
            clock: SandboxClock::restored(world.clock),
            world: Mutex::new(world),
            journal: Mutex::default(),
            outbox,
            deliveries: Log::default(),
            faults: Mutex::default(),
            usages: Mutex::default(),
            seeded: Mutex::default(),
        })
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn journal(&self) -> MutexGuard<'_, Journal> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn usages(&self) -> MutexGuard<'_, Usages> {
        self.usages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn seeded(&self) -> MutexGuard<'_, Seeded> {
        self.seeded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs a handler over the world, unless its guard refuses the call.
    fn serve(&self, handler: Handler, call: &Call, guard: Option<Guard>) -> Response {
        let known = call
            .cookie(&self.session_cookie())
            .filter(|id| is_session(id))
            .map(str::to_owned);
        let fresh = known.is_none();
        let Some(session) = known.map_or_else(|| ids::random_hex().ok(), Some) else {
            return (
                StatusCode::SERVICE_UNAVAILABLE,
                "No random bytes from the operating system.",
            )
                .into_response();
        };
        let mut world = self.world();
        let username = call
            .cookie(&self.person_cookie())
            .filter(|name| world.person(name).is_some());
        let mut desk = Desk {
            username: username.map(str::to_owned),
            csrf: security::csrf_token(&self.csrf_key, &session),
            world: &mut world,
            now: self.clock.now(),
            clock: &self.clock,
            site: self,
        };
        if let Some(refusal) = guard.and_then(|guard| guard(&desk, call)) {
            return refusal;
        }
        let mut response = handler(&mut desk, call);
        let note = response.extensions_mut().get_or_insert_default::<Note>();
        note.asked = call.harmless();
        if fresh && is_html(&response) {
            let cookie = format!("{}={session}; Path=/; HttpOnly; SameSite=Lax", self.session_cookie());
            response = http::with_header(response, header::SET_COOKIE, &cookie);
        }
        response
    }

    // Cookies do not know ports: the port is in the name, so that two sandboxes do not overwrite each other's.
    fn session_cookie(&self) -> String {
        format!("shutterkey_sandbox_{}", self.port)
    }

    pub(crate) fn key_cookie(&self) -> String {
        format!("shutterkey_key_{}", self.port)
    }

    /// What the cookie of a browser holds that has shown the key: of this run alone, and not the key itself.
    pub(crate) fn key_proof(&self) -> String {
        security::csrf_token(&self.csrf_key, "access key")
    }

    pub(crate) fn person_cookie(&self) -> String {
        format!("shutterkey_person_{}", self.port)
    }
}

fn is_session(id: &str) -> bool {
    id.len() == 64 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_html(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind: &HeaderValue| kind.as_bytes().starts_with(b"text/html"))
}

/// What a handler works with: the world, the time, and who sits at the browser.
pub(crate) struct Desk<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) now: Timestamp,
    pub(crate) clock: &'a SandboxClock,
    pub(crate) site: &'a Shared,
    /// The person picked in this browser.
    pub(crate) username: Option<String>,
    /// The token that every form of this browser carries.
    pub(crate) csrf: String,
}

impl Desk<'_> {
    /// The person picked in this browser.
    pub(crate) fn person(&self) -> Option<&Person> {
        self.world.person(self.username.as_deref()?)
    }
}

/// A pure function over the world: one request in, one response out.
pub(crate) type Handler = fn(&mut Desk<'_>, &Call) -> Response;
type Guard = fn(&Desk<'_>, &Call) -> Option<Response>;

fn route(filter: MethodFilter, handler: Handler, guard: Option<Guard>) -> MethodRouter<Arc<Shared>> {
    on(
        filter,
        move |State(shared): State<Arc<Shared>>, call: Call| async move { shared.serve(handler, &call, guard) },
    )
}

/// `GET` (and `HEAD`).
pub(crate) fn get(handler: Handler) -> MethodRouter<Arc<Shared>> {
    route(MethodFilter::GET, handler, None)
}

/// These verbs, of a program: no browser form, so no cross-site guard; the endpoint checks credentials itself.
pub(crate) fn api(verbs: MethodFilter, handler: Handler) -> MethodRouter<Arc<Shared>> {
    route(verbs, handler, None)
}

/// `POST` of a program: no browser form, so no cross-site guard; the endpoint checks credentials itself.
pub(crate) fn post_api(handler: Handler) -> MethodRouter<Arc<Shared>> {
    route(MethodFilter::POST, handler, None)
}

/// `POST` of a form on the sandbox's own pages: same origin and the browser's own CSRF token, or nothing happens.
pub(crate) fn post_form(handler: Handler) -> MethodRouter<Arc<Shared>> {
    route(MethodFilter::POST, handler, Some(security::refuse_foreign_form))
}

/// Any verb that the route does not know.
pub(crate) fn otherwise(router: MethodRouter<Arc<Shared>>, handler: Handler) -> MethodRouter<Arc<Shared>> {
    router.fallback(plain(handler))
}

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler as axum takes it, without a verb.
pub(crate) fn plain(handler: Handler) -> impl Fn(State<Arc<Shared>>, Call) -> Answer + Clone + Send + Sync + 'static {
    move |State(shared), call| Box::pin(async move { shared.serve(handler, &call, None) })
}
