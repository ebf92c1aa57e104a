//! A running sandbox.

mod answers;
mod builder;
mod deliver;

use std::sync::Arc;

use shutterkey::{Clock, Secret};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::apps::{self, AppCredentials, AppSpec, MintedToken};
use crate::browser::{self, Approval};
use crate::clock::SandboxClock;
use crate::error::SandboxError;
use crate::journal::Calls;
use crate::lives::{self, PageSpec, Whose};
use crate::scenario::{self, Scenario, Seeded};
use crate::site::Shared;
use crate::world::{AccountType, Ended, FacebookPage, Person, Product};

pub use builder::Builder;

/// The platform on localhost. Dropping it closes the port.
pub struct Sandbox {
    shared: Arc<Shared>,
    stop: Option<watch::Sender<()>>,
    servers: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox")
            .field("base_url", &self.shared.reach.public)
            .finish_non_exhaustive()
    }
}

impl Sandbox {
    /// Starts a fresh world on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// See [`Builder::start`].
    pub async fn start() -> Result<Self, SandboxError> {
        Self::builder().start().await
    }

    /// To choose port, seed, world, profile or time.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Makes what a scenario describes, beside what is there: all of it, or nothing if it has one mistake. It answers what
    /// was made, by the scenario's own names. The same scenario in worlds of the same seed makes the same.
    ///
    /// # Errors
    /// [`SandboxError::Scenario`] with the place of the first mistake in the scenario, and what is allowed there.
    pub fn seed(&self, scenario: &Scenario) -> Result<Seeded, SandboxError> {
        scenario::seed(&self.shared, scenario)
    }

    /// What scenarios made since the start or the last reset, by their names; of two of one name the later one.
    pub fn seeded(&self) -> Seeded {
        self.shared.seeded().clone()
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.shared.port
    }

    /// `http://127.0.0.1:PORT`, or the public URL where there is one; without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.shared.reach.public
    }

    /// What the header `X-Shutterkey-Control` must carry at `/control/...`; new in every run.
    pub fn control_token(&self) -> &Secret {
        &self.shared.control_token
    }

    /// The sandbox's clock; give a clone to the client under test.
    pub fn clock(&self) -> SandboxClock {
        self.shared.clock.clone()
    }

    /// The person called `name` (`ada` and `ada.sandbox` are the same); added as a business account if there is none.
    ///
    /// # Errors
    /// [`SandboxError::Username`] when it cannot be a username.
    pub fn person(&self, name: &str) -> Result<Person, SandboxError> {
        apps::person(&mut self.shared.world(), name, AccountType::Business)
    }

    /// Like [`Sandbox::person`], with another kind of account for a new one.
    ///
    /// # Errors
    /// [`SandboxError::Username`] when it cannot be a username.
    pub fn person_of(&self, name: &str, kind: AccountType) -> Result<Person, SandboxError> {
        apps::person(&mut self.shared.world(), name, kind)
    }

    /// Everybody, in the order in which they came.
    pub fn people(&self) -> Vec<Person> {
        self.shared.world().people.clone()
    }

    /// Registers an app.
    ///
    /// # Errors
    /// [`SandboxError::App`] when its name or a redirect URI is refused, [`SandboxError::UnknownPerson`] for its owner.
    pub fn app(&self, spec: &AppSpec) -> Result<AppCredentials, SandboxError> {
        apps::register(&mut self.shared.world(), &self.shared.reach, spec)
    }

    /// The apps of a product, in the order in which they were registered.
    pub fn apps(&self, product: Product) -> Vec<AppCredentials> {
        apps::credentials(&self.shared.world(), &self.shared.reach, product)
    }

    /// Walks an authorize URL of this sandbox to its end over real HTTP: picks the person, sends the consent form, and
    /// answers the redirect URL with its query and fragment. The redirect itself is not followed.
    ///
    /// # Errors
    /// [`SandboxError::Approval`] with the platform's own words when it shows an error instead of redirecting.
    pub async fn approve(&self, authorize_url: &str, approval: &Approval) -> Result<String, SandboxError> {
        browser::approve(&self.shared, authorize_url, approval).await
    }

    /// A token as if it had been obtained `age_seconds` ago, of the product's newest app (one is made if there is
    /// none): long-lived for `instagram`, with `basic` for `legacy`, with a refresh token for `standard`.
    ///
    /// # Errors
    /// [`SandboxError::Username`] when `person` cannot be a username.
    pub fn mint_token(&self, product: Product, person: &str, age_seconds: i64) -> Result<MintedToken, SandboxError> {
        let now = self.shared.clock.now();
        apps::mint(
            &mut self.shared.world(),
            &self.shared.reach,
            product,
            None,
            person,
            now.plus(age_seconds.saturating_neg()),
        )
    }

    /// Like [`Sandbox::mint_token`], for the app with this client id.
    ///
    /// # Errors
    /// [`SandboxError::UnknownApp`] as well.
    pub fn mint_token_for(
        &self,
        app: &AppCredentials,
        person: &str,
        age_seconds: i64,
    ) -> Result<MintedToken, SandboxError> {
        let (now, id) = (self.shared.clock.now(), Some(app.client_id.as_str()));
        apps::mint(
            &mut self.shared.world(),
            &self.shared.reach,
            app.product,
            id,
            person,
            now.plus(age_seconds.saturating_neg()),
        )
    }

    /// The tokens of a person end now by time, of one product or of all; answers how many. The legacy platform's die, since
    /// they have no time.
    ///
    /// # Errors
    /// [`SandboxError::UnknownPerson`].
    pub fn expire(&self, person: &str, product: Option<Product>) -> Result<usize, SandboxError> {
        let now = self.shared.clock.now();
        lives::expire(&mut self.shared.world(), &whose(person, product), now)
    }

    /// The tokens of a person die before their time, of one product or of all; answers how many.
    ///
    /// # Errors
    /// [`SandboxError::UnknownPerson`].
    pub fn invalidate(&self, person: &str, product: Option<Product>, why: Ended) -> Result<usize, SandboxError> {
        lives::invalidate(&mut self.shared.world(), &self.shared, &whose(person, product), why)
    }

    /// The person clears the checkpoint of [`Ended::Checkpoint`]: the same tokens live again. Answers how many.
    ///
    /// # Errors
    /// [`SandboxError::UnknownPerson`].
    pub fn clear_checkpoint(&self, person: &str) -> Result<usize, SandboxError> {
        lives::clear_checkpoint(&mut self.shared.world(), &whose(person, None))
    }

    /// Adds a Facebook Page. Every professional person has one from the start.
    ///
    /// # Errors
    /// [`SandboxError::Username`] for a name that nobody can have.
    pub fn page(&self, spec: &PageSpec) -> Result<FacebookPage, SandboxError> {
        lives::add_page(&mut self.shared.world(), spec)
    }

    /// Removes all Facebook Pages of a person.
    ///
    /// # Errors
    /// [`SandboxError::UnknownPerson`].
    pub fn remove_pages(&self, person: &str) -> Result<(), SandboxError> {
        lives::remove_pages(&mut self.shared.world(), person)
    }

    /// All Facebook Pages, in the order in which they came.
    pub fn pages(&self) -> Vec<FacebookPage> {
        self.shared.world().social.pages.clone()
    }

    /// One call of the control API: `word` is its path below `/control/`, body and answer are JSON texts. For packages in
    /// other languages, which have every word that takes no time by this one function.
    ///
    /// # Errors
    /// [`SandboxError::Control`] with what a call over HTTP would say.
    pub fn control(&self, word: &str, body: &str) -> Result<String, SandboxError> {
        crate::control::call(&self.shared, word, body)
    }

    /// As [`Sandbox::control`], for every word: a future that holds the sandbox's world, and not the sandbox.
    ///
    /// # Errors
    /// As [`Sandbox::control`].
    pub fn control_later(
        &self,
        word: &str,
        body: &str,
    ) -> impl Future<Output = Result<String, SandboxError>> + Send + use<> {
        crate::control::call_later(self.shared.clone(), word.to_owned(), body.to_owned())
    }

    /// What was called since the start or the last reset, oldest first; never with secrets.
    pub fn calls(&self) -> Calls {
        self.shared.journal().calls()
    }

    /// Back to a fresh world of the same seed and switches: no apps, the first people, no calls, no faults, the
    /// machine's time.
    pub fn reset(&self) {
        apps::reset(&self.shared);
    }

    /// The whole world as JSON, to start from again with [`Builder::world`]. It holds the sandbox's secrets and tokens.
    ///
    /// # Errors
    /// See [`crate::World::to_json`].
    pub fn save_world(&self) -> Result<String, SandboxError> {
        apps::save(&self.shared)
    }

    /// Closes the port and waits until it is closed; dropping closes it as well, without waiting.
    pub async fn shutdown(mut self) {
        drop(self.stop.take());
        for server in self.servers.drain(..) {
            let _ = server.await;
        }
    }
}

fn whose(person: &str, product: Option<Product>) -> Whose {
    Whose {
        person: person.to_owned(),
        product,
    }
}
