//! The Secret Service (freedesktop.org's Secret Storage Specification) over D-Bus: the items of the default collection.
//!
//! Secrets cross the bus encrypted for this session alone (the specification's Diffie-Hellman exchange), so that whoever
//! listens on it reads none.

mod fault;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fault::{Fault, no_bus, too_late};
use secret_service::{Collection, EncryptionType, Item, SearchItemsResult, SecretService};
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use zbus::connection;
use zeroize::Zeroizing;

use super::vault::{Name, Vault, Way};
use crate::error::Result;

const CONTENT_TYPE: &str = "application/octet-stream";

pub(super) struct Keychain {
    way: Way,
    session: Mutex<Option<Session>>,
}

/// A connection, and the runtime that it lives on. One of its own: the callers' may end before the store does.
struct Session {
    service: Option<SecretService<'static>>,
    runtime: Option<Runtime>,
}

impl Session {
    fn open(way: &Way) -> Result<Self, Fault> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Fault::Refused(no_bus(&error.to_string())))?;
        let opening = async {
            let builder = match &way.bus {
                Some(address) => connection::Builder::address(address.as_str()),
                None => connection::Builder::session(),
            };
            let bus = match builder {
                Ok(builder) => builder.build().await,
                Err(error) => Err(error),
            };
            let bus = bus.map_err(|error| Fault::Refused(no_bus(&error.to_string())))?;
            Ok(SecretService::connect_with_existing(EncryptionType::Dh, bus).await?)
        };
        match runtime.block_on(async { timeout(way.deadline, opening).await }) {
            Ok(Ok(service)) => Ok(Self {
                service: Some(service),
                runtime: Some(runtime),
            }),
            Ok(Err(fault)) => Err(fault),
            Err(_) => Err(Fault::Late(too_late(way.deadline))),
        }
    }

    fn run<T>(
        &self,
        deadline: Duration,
        work: &impl AsyncFn(&SecretService<'static>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let (Some(service), Some(runtime)) = (&self.service, &self.runtime) else {
            return Err(Fault::Lost(too_late(deadline)));
        };
        match runtime.block_on(async { timeout(deadline, work(service)).await }) {
            Ok(outcome) => outcome,
            Err(_) => Err(Fault::Late(too_late(deadline))),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A connection that ends says so to its runtime; and none may be waited for, since this one may end inside another.
            let inside = runtime.enter();
            self.service = None;
            drop(inside);
            runtime.shutdown_background();
        }
    }
}

impl Keychain {
    pub(super) fn by(way: Way) -> Self {
        Self {
            way,
            session: Mutex::default(),
        }
    }

    /// Works over the session of before, or over a new one. Work that is begun twice does the same twice.
    fn with<T>(&self, work: impl AsyncFn(&SecretService<'static>) -> Result<T, Fault>) -> Result<T> {
        let mut slot = self.session.lock().unwrap_or_else(PoisonError::into_inner);
        // The keychain may have been started anew since, and knows nothing of the session.
        if let Some(session) = slot.take() {
            match session.run(self.way.deadline, &work) {
                Err(Fault::Lost(_)) => {}
                outcome => return Self::keep(&mut slot, session, outcome),
            }
        }
        let session = Session::open(&self.way).map_err(Fault::into_error)?;
        let outcome = session.run(self.way.deadline, &work);
        Self::keep(&mut slot, session, outcome)
    }

    /// Keeps a session that is as good as before.
    fn keep<T>(slot: &mut Option<Session>, session: Session, outcome: Result<T, Fault>) -> Result<T> {
        if matches!(outcome, Ok(_) | Err(Fault::Refused(_))) {
            *slot = Some(session);
        }
        outcome.map_err(Fault::into_error)
    }
}

/// What items are found by. The names are plain, the values random or digests.
fn attributes(name: Name<'_>) -> HashMap<&str, &str> {
    HashMap::from([
        ("application", "shutterkey"),
        ("store", name.store),
        ("record", name.record),
    ])
}

/// The item of a name, if it is there; an error when that cannot be known.
async fn find<'a>(service: &'a SecretService<'static>, name: Name<'_>) -> Result<Option<Item<'a>>, Fault> {
    let SearchItemsResult { mut unlocked, locked } = service.search_items(attributes(name)).await?;
    if let Some(item) = unlocked.pop() {
        return Ok(Some(item));
    }
    if !locked.is_empty() {
        return Err(Fault::locked());
    }
    // A locked collection may not say what it holds.
    collection(service).await.map(|_| None)
}

/// The default collection, unlocked.
async fn collection<'a>(service: &'a SecretService<'static>) -> Result<Collection<'a>, Fault> {
    let collection = service.get_default_collection().await?;
    if collection.is_locked().await? {
        return Err(Fault::locked());
    }
    Ok(collection)
}

impl Vault for Keychain {
    fn get(&self, name: Name<'_>) -> Result<Option<Zeroizing<Vec<u8>>>> {
        self.with(async |service| match find(service, name).await? {
            Some(item) => Ok(Some(Zeroizing::new(item.get_secret().await?))),
            None => Ok(None),
        })
    }

    fn set(&self, name: Name<'_>, label: &str, secret: &[u8]) -> Result<()> {
        self.with(async |service| {
            // Where it is, also if another collection has become the default.
            if let Some(item) = find(service, name).await? {
                return Ok(item.set_secret(secret, CONTENT_TYPE).await?);
            }
            let collection = collection(service).await?;
            let made = collection.create_item(label, attributes(name), secret, true, CONTENT_TYPE);
            made.await?;
            Ok(())
        })
    }

    fn remove(&self, name: Name<'_>) -> Result<()> {
        self.with(async |service| match find(service, name).await? {
            Some(item) => Ok(item.delete().await?),
            None => Ok(()),
        })
    }
}

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretService")
    }
}
