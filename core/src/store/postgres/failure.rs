//! What went wrong at the database, as errors of the `store` family.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use tokio_postgres::error::{DbError, SqlState};

use crate::error::{Error, ErrorCode, printable};

/// What is to be done about a failed statement.
pub(super) enum Fault {
    /// Nothing was changed, and the same statement may succeed at once.
    Collided,
    /// The connection is of no use any more; whether the statement was carried out is not known.
    Lost(Error),
    /// The server said no, and the connection is as good as before.
    Refused(Error),
}

pub(super) fn fault(error: &tokio_postgres::Error) -> Fault {
    let Some(said) = error.as_db_error() else {
        return Fault::Lost(of(error));
    };
    let code = said.code();
    if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED {
        return Fault::Collided;
    }
    // Class 08 is about connections, 57P about a server that ends.
    if error.is_closed() || ["08", "57P"].iter().any(|class| code.code().starts_with(class)) {
        return Fault::Lost(of(error));
    }
    Fault::Refused(of(error))
}

/// The error of a connection that could not be made.
pub(super) fn connecting(error: &tokio_postgres::Error, shown: &str) -> Error {
    let error = of(error);
    Error::with_detail(
        error.code(),
        format!("{} The address leads to {shown}.", error.message()),
    )
    .retrying(error.retry())
}

/// The error of a connection or a statement.
pub(super) fn of(error: &tokio_postgres::Error) -> Error {
    if let Some(said) = error.as_db_error() {
        return by_state(said);
    }
    let cause = error.source();
    if let Some(cause) = cause.and_then(|cause| cause.downcast_ref::<io::Error>()) {
        return by_input_output(cause);
    }
    // tokio-postgres has kinds and no way to ask for them. What it prints names the kind; its cause could quote anything,
    // but for the authentication, which has words of its own.
    match error.to_string() {
        kind if kind.starts_with("authentication error") || kind.starts_with("invalid configuration") => {
            let why = cause.map(|cause| printable(&cause.to_string())).unwrap_or_default();
            detailed(
                ErrorCode::StoreDenied,
                "The database's server cannot be logged in to",
                &why,
            )
        }
        kind if kind.starts_with("error performing TLS handshake") => {
            let why = cause.map_or_else(
                || "the server does not speak TLS".to_owned(),
                |cause| printable(&cause.to_string()),
            );
            not_secured(&why)
        }
        _ if error.is_closed() => unavailable("The connection to the database was closed."),
        kind => detailed(
            ErrorCode::StoreUnavailable,
            "The database did not answer as it should",
            &printable(&kind),
        ),
    }
}

fn by_state(said: &DbError) -> Error {
    let code = said.code();
    let why = format!("{} (SQLSTATE {})", printable(said.message()), code.code());
    let (meaning, what) = match code.code() {
        "25006" => (ErrorCode::StoreReadOnly, "The database takes no writes"),
        "53100" => (ErrorCode::StoreFull, "The database has no room left"),
        "3D000" | "42501" => (ErrorCode::StoreDenied, "The database refuses us"),
        "42P01" | "3F000" | "42703" | "42704" => (
            ErrorCode::StoreSchema,
            "The tables of the store are not those that are needed",
        ),
        "22021" | "22P05" => (ErrorCode::Misuse, "The database cannot hold this key"),
        other if other.starts_with("28") => (ErrorCode::StoreDenied, "The database does not let us in"),
        _ if says_denied(said.message()) => (ErrorCode::StoreDenied, "The database does not let us in"),
        _ => (ErrorCode::StoreUnavailable, "The database failed"),
    };
    detailed(meaning, what, &why)
}

/// PgBouncer has one SQLSTATE (08P01) for most of what it refuses, and says the rest in words.
fn says_denied(message: &str) -> bool {
    [
        "password authentication failed",
        "no such user",
        "no such database",
        "SASL authentication failed",
        "auth failed",
    ]
    .iter()
    .any(|words| message.contains(words))
}

fn by_input_output(error: &io::Error) -> Error {
    if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
        return not_secured(&printable(&error.to_string()));
    }
    detailed(
        ErrorCode::StoreUnavailable,
        "The database cannot be reached",
        &printable(&error.to_string()),
    )
}

fn not_secured(why: &str) -> Error {
    Error::with_detail(
        ErrorCode::StoreUnavailable,
        format!(
            "No secure connection to the database could be made: {why}. Set sslmode and sslrootcert in its address to what the server has (docs/stores.md)."
        ),
    )
    .retrying(crate::error::Retry::FixConfig)
}

pub(super) fn too_late(deadline: Duration) -> Error {
    unavailable(&format!(
        "The database did not answer within {} ms.",
        deadline.as_millis()
    ))
}

pub(super) fn no_connection(deadline: Duration) -> Error {
    unavailable(&format!(
        "No connection to the database was free, or could be made, within {} ms.",
        deadline.as_millis()
    ))
}

pub(super) fn unavailable(what: &str) -> Error {
    Error::with_detail(ErrorCode::StoreUnavailable, what.to_owned())
}

fn detailed(code: ErrorCode, what: &str, why: &str) -> Error {
    let why = why.trim_end_matches('.');
    Error::with_detail(
        code,
        if why.is_empty() {
            format!("{what}.")
        } else {
            format!("{what}: {why}.")
        },
    )
}
