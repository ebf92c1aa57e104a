//! A store in a folder of files.

#[cfg(unix)]
pub(super) mod books;
#[cfg(unix)]
pub(super) mod desk;
#[cfg(unix)]
pub(super) mod folder;
#[cfg(unix)]
pub(super) mod format;
#[cfg(unix)]
mod lock;
pub(super) mod place;
#[cfg(unix)]
mod refusal;
#[cfg(unix)]
pub(super) mod room;
#[cfg(unix)]
pub(super) mod sweep;
#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod unsupported;

#[cfg(unix)]
pub use unix::FileStore;
#[cfg(not(unix))]
pub use unsupported::FileStore;
