//! A keychain of a test's own, as the store and as another program sees it.
#![allow(dead_code)] // Each test binary uses its part of it.

mod session;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use secret_service::{EncryptionType, SecretService};
pub(crate) use session::Session;
use shutterkey::store::KeychainStore;

/// Longer than anything here takes, on any machine.
pub(crate) const LONG: Duration = Duration::from_secs(30);

const SERVICE: &str = "org.freedesktop.secrets";

impl Session {
    /// With an unlocked keychain.
    pub(crate) async fn start() -> Self {
        let mut session = Self::without_keychain();
        session.start_keychain().await;
        session
    }

    /// Starts the keychain, unlocked, with whatever it held before.
    pub(crate) async fn start_keychain(&mut self) {
        self.spawn_keychain();
        let began = Instant::now();
        while !self.has_keychain().await {
            assert!(began.elapsed() < LONG, "the keychain did not start");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn has_keychain(&self) -> bool {
        let bus = zbus::fdo::DBusProxy::new(&self.connect().await).await.unwrap();
        bus.name_has_owner(SERVICE.try_into().unwrap()).await.unwrap() && self.service().await.is_some()
    }

    async fn connect(&self) -> zbus::Connection {
        let builder = zbus::connection::Builder::address(self.address.as_str()).unwrap();
        builder.build().await.unwrap()
    }

    async fn service(&self) -> Option<SecretService<'static>> {
        let service = SecretService::connect_with_existing(EncryptionType::Plain, self.connect().await).await;
        let service = service.ok()?;
        service.get_default_collection().await.ok()?;
        Some(service)
    }

    /// The keychain as another program sees it.
    pub(crate) async fn as_another_program(&self) -> SecretService<'static> {
        self.service().await.expect("a keychain")
    }

    pub(crate) async fn lock(&self) {
        let service = self.as_another_program().await;
        service.get_default_collection().await.unwrap().lock().await.unwrap();
    }

    /// Stops it where it is: it is there, and answers nothing.
    pub(crate) fn freeze_keychain(&self, signal: rustix::process::Signal) {
        let keychain = rustix::process::Pid::from_child(self.keychain.as_ref().unwrap());
        rustix::process::kill_process(keychain, signal).unwrap();
    }

    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.home.path().join("stores").join(name)
    }

    pub(crate) async fn open(&self, folder: &str) -> KeychainStore {
        open(&self.folder(folder), &self.address).await
    }

    /// Secret and attributes of every item of the keychain, by label.
    pub(crate) async fn items(&self) -> HashMap<String, (Vec<u8>, HashMap<String, String>)> {
        let service = self.as_another_program().await;
        let collection = service.get_default_collection().await.unwrap();
        let mut items = HashMap::new();
        for item in collection.get_all_items().await.unwrap() {
            let mut attributes = item.get_attributes().await.unwrap();
            // GNOME Keyring adds one of its own, at a time of its own.
            attributes.remove("xdg:schema");
            let found = (item.get_secret().await.unwrap(), attributes);
            let label = item.get_label().await.unwrap();
            assert!(items.insert(label.clone(), found).is_none(), "{label} twice");
        }
        items
    }

    /// What a person does in the keychain's own program.
    pub(crate) async fn remove_by_hand(&self, label: &str) {
        let service = self.as_another_program().await;
        let collection = service.get_default_collection().await.unwrap();
        for item in collection.get_all_items().await.unwrap() {
            if item.get_label().await.unwrap() == label {
                item.delete().await.unwrap();
            }
        }
    }
}

pub(crate) async fn open(folder: &Path, address: &str) -> KeychainStore {
    KeychainStore::open_in(folder).await.unwrap().session_bus(address)
}
