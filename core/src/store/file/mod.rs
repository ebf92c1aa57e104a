//! A store in a folder of files.

#[cfg(unix)]
mod books;
#[cfg(unix)]
mod desk;
#[cfg(unix)]
mod folder;
#[cfg(unix)]
mod format;
#[cfg(unix)]
mod lock;
mod place;
#[cfg(unix)]
mod refusal;
#[cfg(unix)]
mod unix;
#[cfg(not(unix))]
mod unsupported;

#[cfg(unix)]
pub use unix::FileStore;
#[cfg(not(unix))]
pub use unsupported::FileStore;
