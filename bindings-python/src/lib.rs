//! The native part of the Python package `shutterkey`: it converts and forwards. What a value means is decided in the
//! core, and documented there; the texts here are what `help()` shows.

mod account;
mod cause;
mod client;
mod clock;
mod command;
mod config;
mod conformance;
mod discover;
mod errors;
mod gate;
mod graph;
mod handover;
mod host;
mod host_store;
mod http;
mod inspection;
mod instagram;
mod jar;
mod keeper;
mod login;
mod meta;
mod missing;
mod operation;
mod options;
mod pending;
mod postgres;
mod process;
mod protocol;
mod provider;
mod records;
mod response;
mod sandbox;
mod seal;
mod sealed_store;
mod sealing;
mod store;
mod testing;
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
    use super::command::run_command;
    #[pymodule_export]
    use super::config::{ClientConfig, check_distinct_redirects};
    #[pymodule_export]
    use super::conformance::check_store;
    #[pymodule_export]
    use super::discover::{discover, discover_for_asyncio};
    #[pymodule_export]
    use super::errors::{Resumable, catalogue};
    #[pymodule_export]
    use super::graph::{
        build_accounts_request, build_app_token_request, build_inspect_request, build_permissions_request,
        build_revoke_permission_request, parse_accounts_response, parse_app_token_response, parse_inspect_response,
        parse_permissions_response,
    };
    #[pymodule_export]
    use super::handover::{Handover, HandoverStart};
    #[pymodule_export]
    use super::http::{HttpRequest, HttpResponse};
    #[pymodule_export]
    use super::inspection::{GranularScope, Permissions, TokenInspection};
    #[pymodule_export]
    use super::instagram::{
        FacebookPage, InstagramAccount, InstagramAccounts, ListedPage, MissingAccounts, PagesAnswer,
    };
    #[pymodule_export]
    use super::jar::PendingJar;
    #[pymodule_export]
    use super::keeper::{Event, Events, FleetCounts, FleetRun, Import, ImportReport, Keeper};
    #[pymodule_export]
    use super::login::{
        LoopbackListener, check_login, login_mode, open_browser, profile_store, redirect_elsewhere, take_pasted,
    };
    #[pymodule_export]
    use super::meta::{
        SignedRequest, appsecret_proof, check_return_to, classify, legacy_signature, verify_signed_request,
        verify_webhook, webhook_challenge,
    };
    #[pymodule_export]
    use super::operation::{Answer, Kept, Operation, Reported, Step};
    #[pymodule_export]
    use super::pending::{AuthorizationRequest, Grant, PendingAuthorization};
    #[pymodule_export]
    use super::postgres::PostgresStore;
    #[pymodule_export]
    use super::process::{after_fork_in_child, after_fork_in_parent, at_exit, before_fork};
    #[pymodule_export]
    use super::protocol::{
        ReplayGuard, build_exchange_request, build_extend_request, build_identify_request, build_metadata_request,
        build_refresh_request, build_revoke_request, metadata_urls, parse_exchange_response, parse_extend_response,
        parse_identify_response, parse_metadata, parse_refresh_response, parse_revoke_response,
    };
    #[pymodule_export]
    use super::provider::Provider;
    #[pymodule_export]
    use super::records::{RecordBytes, Stored};
    #[pymodule_export]
    use super::sandbox::{
        MintedToken, NativeSandbox, SandboxApp, SandboxCall, SandboxClock, SandboxPerson, SandboxSeeded,
    };
    #[pymodule_export]
    use super::seal::SealKeys;
    #[pymodule_export]
    use super::sealed_store::SealedStore;
    #[pymodule_export]
    use super::sealing::Resealed;
    #[pymodule_export]
    use super::store::{FileStore, MemoryStore};
    #[pymodule_export]
    use super::testing::{resolve_profile, testing_authorize, testing_seal, testing_seal_keys};
    #[pymodule_export]
    use super::token::{Refreshable, Token, TokenAnswer};
    #[pymodule_export]
    use super::wait::settle_future;
    #[pymodule_export]
    use super::web::{WebAnswer, WebRequest, WebRoutes};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        // A thread may raise while the interpreter ends, when nothing should be imported any more.
        PyModule::import(module.py(), "shutterkey._errors")?;
        super::process::watch(module)
    }
}
