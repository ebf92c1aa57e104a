//! The store where there is a keychain that it knows.

mod desk;
mod index;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(not(target_os = "macos"))]
mod secret_service;
mod store;
mod vault;

#[cfg(target_os = "macos")]
use macos::Keychain;
#[cfg(not(target_os = "macos"))]
use secret_service::Keychain;
pub use store::KeychainStore;
