//! A store in the keychain of the person's system.

#[cfg(all(
    unix,
    any(target_os = "macos", not(any(target_vendor = "apple", target_os = "android")))
))]
mod present;
#[cfg(not(all(
    unix,
    any(target_os = "macos", not(any(target_vendor = "apple", target_os = "android")))
)))]
mod unsupported;

#[cfg(all(
    unix,
    any(target_os = "macos", not(any(target_vendor = "apple", target_os = "android")))
))]
pub use present::KeychainStore;
#[cfg(not(all(
    unix,
    any(target_os = "macos", not(any(target_vendor = "apple", target_os = "android")))
)))]
pub use unsupported::KeychainStore;
