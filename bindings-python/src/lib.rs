//! The native part of the Python package `shutterkey`: it converts and forwards. What a value means is decided in the
//! core, and documented there; the texts here are what `help()` shows.

mod account;
mod client;
mod clock;
mod config;
mod errors;
mod gate;
mod keeper;
mod options;
mod pending;
mod process;
mod provider;
mod response;
mod store;
mod time;
mod token;
mod transport;
mod wait;
mod web;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    use super::*;

    #[pymodule_export]
    use super::account::{Account, AccountKey, Connection, LoggedOut, StoredAccount};
    #[pymodule_export]
    use super::client::Client;
    #[pymodule_export]
    use super::clock::ManualClock;
    #[pymodule_export]
    use super::config::{ClientConfig, check_distinct_redirects};
    #[pymodule_export]
    use super::errors::{Resumable, catalogue};
    #[pymodule_export]
    use super::keeper::{Event, Events, Keeper};
    #[pymodule_export]
    use super::pending::{AuthorizationRequest, Grant, PendingAuthorization};
    #[pymodule_export]
    use super::process::{after_fork_in_child, after_fork_in_parent, at_exit, before_fork};
    #[pymodule_export]
    use super::provider::Provider;
    #[pymodule_export]
    use super::store::{FileStore, MemoryStore};
    #[pymodule_export]
    use super::token::{Refreshable, Token, TokenAnswer};
    #[pymodule_export]
    use super::wait::settle_future;
    #[pymodule_export]
    use super::web::{WebAnswer, WebRequest, WebRoutes};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
