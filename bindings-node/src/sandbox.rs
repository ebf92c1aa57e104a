//! The sandbox, running in this process.

use std::sync::{Arc, Mutex, PoisonError};

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, PromiseRaw};
use napi_derive::napi;
use serde::de::DeserializeOwned;
use shutterkey_sandbox::{AppCredentials, Approval, SandboxError, Scenario, World};

use crate::clock::Clock;
use crate::runtime::promise;
use crate::seeded::SeededParts;
use crate::time::{moment, seconds};

/// Why a sandbox did not do what it was asked to.
#[napi(object, object_from_js = false)]
pub struct SandboxRefusal {
    pub refused: String,
}

fn answered<T>(result: Result<T, String>) -> Either<T, SandboxRefusal> {
    match result {
        Ok(value) => Either::A(value),
        Err(refused) => Either::B(SandboxRefusal { refused }),
    }
}

fn refused(error: SandboxError) -> String {
    error.to_string()
}

/// One of an enumeration's names, as the sandbox itself reads them.
fn named<T: DeserializeOwned>(name: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::from(name)).map_err(|error| error.to_string())
}

/// How a sandbox starts.
#[napi(object, object_to_js = false)]
pub struct SandboxStart {
    pub port: Option<u16>,
    pub seed: Option<f64>,
    /// A world that was saved, as JSON.
    pub world: Option<String>,
    pub profile: Option<String>,
    pub clock_start: Option<f64>,
    pub scenario: Option<GivenScenario>,
}

/// A scenario: as JSON text, or the path of a file.
#[napi(object, object_to_js = false)]
pub struct GivenScenario {
    pub json: Option<String>,
    pub file: Option<String>,
}

impl GivenScenario {
    fn read(&self) -> Result<Scenario, String> {
        let read = match &self.file {
            Some(file) => Scenario::read(file),
            None => Scenario::from_json(self.json.as_deref().unwrap_or_default()),
        };
        read.map_err(refused)
    }
}

/// What a person decides.
#[napi(object, object_to_js = false)]
pub struct Decision {
    pub person: Option<String>,
    pub untick: Option<Vec<String>>,
    pub deny: Option<bool>,
}

/// A person of the sandbox.
#[napi(object, object_from_js = false)]
pub struct PersonParts {
    pub username: String,
    pub full_name: String,
    pub account_type: &'static str,
    pub user_id: String,
    pub legacy_id: String,
    pub media_count: u32,
    pub follows_count: u32,
    pub followers_count: u32,
}

impl From<shutterkey_sandbox::Person> for PersonParts {
    fn from(person: shutterkey_sandbox::Person) -> Self {
        Self {
            username: person.username,
            full_name: person.full_name,
            account_type: person.account_type.name(),
            user_id: person.user_id,
            legacy_id: person.legacy_id,
            media_count: person.media_count,
            follows_count: person.follows_count,
            followers_count: person.followers_count,
        }
    }
}

/// A token made without a login.
#[napi(object, object_from_js = false)]
pub struct MintedParts {
    pub client_id: String,
    pub access_token: String,
    pub refresh_token: Option<String>,
    pub username: String,
    pub user_id: String,
    pub issued_at: f64,
    pub expires_at: Option<f64>,
}

impl From<shutterkey_sandbox::MintedToken> for MintedParts {
    fn from(minted: shutterkey_sandbox::MintedToken) -> Self {
        Self {
            client_id: minted.client_id,
            access_token: minted.access_token.reveal().to_owned(),
            refresh_token: minted.refresh_token.map(|token| token.reveal().to_owned()),
            username: minted.username,
            user_id: minted.user_id,
            issued_at: seconds(minted.issued_at),
            expires_at: minted.expires_at.map(seconds),
        }
    }
}

/// A call that the sandbox answered.
#[napi(object, object_from_js = false)]
pub struct CallParts {
    pub at: f64,
    pub endpoint: String,
    pub method: String,
    pub status: u16,
    pub grant_type: Option<String>,
    pub account: Option<String>,
    pub client_id: Option<String>,
    pub number: f64,
    pub fault: Option<String>,
}

/// An app that is registered in a sandbox.
#[napi]
#[derive(Clone)]
pub struct SandboxApp(pub(crate) AppCredentials);

#[napi]
impl SandboxApp {
    #[napi(getter)]
    pub fn product(&self) -> &'static str {
        self.0.product.as_str()
    }

    #[napi(getter)]
    pub fn name(&self) -> String {
        self.0.name.clone()
    }

    #[napi(getter)]
    pub fn client_id(&self) -> String {
        self.0.client_id.clone()
    }

    #[napi]
    pub fn reveal_client_secret(&self) -> Option<String> {
        self.0.client_secret.as_ref().map(|secret| secret.reveal().to_owned())
    }

    #[napi(getter)]
    pub fn meta_app_id(&self) -> Option<String> {
        self.0.meta_app_id.clone()
    }

    #[napi(getter)]
    pub fn config_ids(&self) -> Vec<String> {
        self.0.config_ids.clone()
    }

    #[napi(getter)]
    pub fn redirect_uris(&self) -> Vec<String> {
        self.0.redirect_uris.clone()
    }

    #[napi(getter)]
    pub fn authorize_url(&self) -> String {
        self.0.authorize_url.clone()
    }

    #[napi(getter)]
    pub fn token_url(&self) -> String {
        self.0.token_url.clone()
    }
}

/// A running sandbox. It holds its port until it is closed, and no event loop.
#[napi]
pub struct Sandbox {
    running: Mutex<Option<Arc<shutterkey_sandbox::Sandbox>>>,
    base_url: String,
    control_token: String,
    clock: shutterkey_sandbox::SandboxClock,
}

impl Sandbox {
    fn taken(&self) -> Option<Arc<shutterkey_sandbox::Sandbox>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn open(&self) -> Result<Arc<shutterkey_sandbox::Sandbox>, String> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.clone().ok_or_else(|| "This sandbox is closed.".to_owned())
    }

    async fn started(options: SandboxStart) -> Result<Self, String> {
        let mut builder = shutterkey_sandbox::Sandbox::builder().port(options.port.unwrap_or_default());
        if let Some(seed) = options.seed {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "any number is a seed"
            )]
            let seed = seed as u64;
            builder = builder.seed(seed);
        }
        if let Some(world) = &options.world {
            builder = builder.world(World::from_json(world).map_err(refused)?);
        }
        if let Some(profile) = &options.profile {
            builder = builder.profile(named(profile)?);
        }
        if let Some(now) = options.clock_start {
            builder = builder.clock_start(moment(now));
        }
        if let Some(scenario) = &options.scenario {
            builder = builder.scenario(scenario.read()?);
        }
        let sandbox = builder.start().await.map_err(refused)?;
        Ok(Self {
            base_url: sandbox.base_url().to_owned(),
            control_token: sandbox.control_token().reveal().to_owned(),
            clock: sandbox.clock(),
            running: Mutex::new(Some(Arc::new(sandbox))),
        })
    }
}

/// Starts a sandbox.
#[napi]
pub async fn start_sandbox(options: SandboxStart) -> Either<Sandbox, SandboxRefusal> {
    answered(Sandbox::started(options).await)
}

#[napi]
impl Sandbox {
    #[napi(getter)]
    pub fn base_url(&self) -> String {
        self.base_url.clone()
    }

    #[napi]
    pub fn reveal_control_token(&self) -> String {
        self.control_token.clone()
    }

    #[napi]
    pub fn clock(&self) -> Clock {
        Clock::of_sandbox(self.clock.clone())
    }

    #[napi]
    pub fn person(&self, name: String, account_type: Option<String>) -> Either<PersonParts, SandboxRefusal> {
        answered(self.open().and_then(|sandbox| {
            let person = match account_type {
                Some(kind) => sandbox.person_of(&name, named(&kind)?),
                None => sandbox.person(&name),
            };
            person.map(Into::into).map_err(refused)
        }))
    }

    #[napi]
    pub fn people(&self) -> Either<Vec<PersonParts>, SandboxRefusal> {
        answered(
            self.open()
                .map(|sandbox| sandbox.people().into_iter().map(Into::into).collect()),
        )
    }

    /// Registers an app; `spec` is JSON as the control API takes it.
    #[napi]
    pub fn app(&self, spec: String) -> Either<SandboxApp, SandboxRefusal> {
        answered(self.open().and_then(|sandbox| {
            let spec = serde_json::from_str(&spec).map_err(|error| error.to_string())?;
            sandbox.app(&spec).map(SandboxApp).map_err(refused)
        }))
    }

    #[napi]
    pub fn apps(&self, product: String) -> Either<Vec<SandboxApp>, SandboxRefusal> {
        answered(self.open().and_then(|sandbox| {
            let apps = sandbox.apps(named(&product)?);
            Ok(apps.into_iter().map(SandboxApp).collect())
        }))
    }

    /// Walks an authorize URL to its end and answers the redirect URL.
    #[napi]
    pub fn approve<'env>(
        &self,
        env: &'env Env,
        url: String,
        decision: Decision,
    ) -> napi::Result<PromiseRaw<'env, Either<String, SandboxRefusal>>> {
        let mut approval = Approval::default();
        approval.person = decision.person;
        approval.untick = decision.untick.unwrap_or_default();
        approval.deny = decision.deny.unwrap_or_default();
        let sandbox = self.open();
        promise(env, async move {
            let work = async { sandbox?.approve(&url, &approval).await.map_err(refused) };
            answered(work.await)
        })
    }

    /// A token as if it had been obtained `age` seconds ago: of this app, or of the product's newest one.
    #[napi]
    pub fn mint_token(
        &self,
        person: String,
        age: f64,
        product: String,
        app: Option<ClassInstance<'_, SandboxApp>>,
    ) -> Either<MintedParts, SandboxRefusal> {
        let age = moment(age).seconds();
        answered(self.open().and_then(|sandbox| {
            let minted = match app {
                Some(app) => sandbox.mint_token_for(&app.0, &person, age),
                None => sandbox.mint_token(named(&product)?, &person, age),
            };
            minted.map(Into::into).map_err(refused)
        }))
    }

    /// One call of the control API: its path below `/control/`, its body as JSON text. Answers JSON text.
    #[napi]
    pub fn control(&self, word: String, body: String) -> Either<String, SandboxRefusal> {
        answered(
            self.open()
                .and_then(|sandbox| sandbox.control(&word, &body).map_err(refused)),
        )
    }

    /// As `control`, for what takes time.
    #[napi]
    pub fn control_later<'env>(
        &self,
        env: &'env Env,
        word: String,
        body: String,
    ) -> napi::Result<PromiseRaw<'env, Either<String, SandboxRefusal>>> {
        let called = self.open().map(|sandbox| sandbox.control_later(&word, &body));
        promise(env, async move {
            let work = async { called?.await.map_err(refused) };
            answered(work.await)
        })
    }

    /// Makes what a scenario describes.
    #[napi]
    pub fn seed(&self, scenario: GivenScenario) -> Either<SeededParts, SandboxRefusal> {
        answered(self.open().and_then(|sandbox| {
            let made = sandbox.seed(&scenario.read()?).map_err(refused)?;
            SeededParts::of(made)
        }))
    }

    /// What scenarios made since the start or the last reset.
    #[napi]
    pub fn seeded(&self) -> Either<SeededParts, SandboxRefusal> {
        answered(self.open().and_then(|sandbox| SeededParts::of(sandbox.seeded())))
    }

    /// What was called since the start or the last reset.
    #[napi]
    pub fn calls(&self) -> Either<Vec<CallParts>, SandboxRefusal> {
        answered(self.open().map(|sandbox| {
            let calls = sandbox.calls();
            let calls = calls.as_slice().iter().map(|call| CallParts {
                at: seconds(call.at),
                endpoint: call.endpoint.clone(),
                method: call.method.clone(),
                status: call.status,
                grant_type: call.grant_type.clone(),
                account: call.account.clone(),
                client_id: call.client_id.clone(),
                number: f64::from(u32::try_from(call.number).unwrap_or(u32::MAX)),
                fault: call.fault.clone(),
            });
            calls.collect()
        }))
    }

    /// Back to a fresh world.
    #[napi]
    pub fn reset(&self) -> Option<SandboxRefusal> {
        match self.open() {
            Ok(sandbox) => {
                sandbox.reset();
                None
            }
            Err(refused) => Some(SandboxRefusal { refused }),
        }
    }

    #[napi]
    pub fn save_world(&self) -> Either<String, SandboxRefusal> {
        answered(self.open().and_then(|sandbox| sandbox.save_world().map_err(refused)))
    }

    /// Closes the port and waits until it is closed. More than once is fine.
    #[napi]
    pub fn close<'env>(&self, env: &'env Env) -> napi::Result<PromiseRaw<'env, ()>> {
        let taken = self.taken();
        promise(env, async move {
            // Somebody who still waits for an approval holds the sandbox; the last one of them closes it.
            if let Some(Ok(sandbox)) = taken.map(Arc::try_unwrap) {
                sandbox.shutdown().await;
            }
        })
    }
}
