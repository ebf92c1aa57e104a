//! Errors of the core as plain values.

use napi::bindgen_prelude::Either;
use napi_derive::napi;
use shutterkey::{Error, ErrorCode, Retry};

use crate::host::Behind;
use crate::{time, token};

/// What an error of the core says.
#[napi(object, object_from_js = false)]
pub struct Failure {
    pub family: &'static str,
    pub code: &'static str,
    /// What happened, with the provider's words and the code.
    pub text: String,
    /// What happened.
    pub summary: String,
    pub hint: &'static str,
    pub retry: &'static str,
    /// For `after`: from when on.
    pub after: Option<f64>,
    /// For `user_action`: where.
    pub address: Option<&'static str>,
    pub provider: Option<ProviderSaid>,
    pub reason: Option<String>,
    pub resumable: Option<Resumable>,
    /// The number of the exception behind it.
    pub behind: Option<u32>,
}

/// What the provider itself said.
#[napi(object, object_from_js = false)]
pub struct ProviderSaid {
    pub status: Option<u16>,
    pub kind: Option<String>,
    pub code: Option<i64>,
    pub subcode: Option<i64>,
    pub said: Option<String>,
    pub trace_id: Option<String>,
    pub is_transient: bool,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let (after, address) = match error.retry() {
            Retry::After(at) => (Some(time::seconds(at)), None),
            Retry::UserAction(address) => (None, Some(address)),
            _ => (None, None),
        };
        Self {
            family: error.family().as_str(),
            code: error.code().as_str(),
            text: error.to_string(),
            summary: error.message().to_owned(),
            hint: error.hint(),
            retry: error.retry().as_str(),
            after,
            address,
            provider: error.provider().map(|said| ProviderSaid {
                status: said.status,
                kind: said.kind.clone(),
                code: said.code,
                subcode: said.subcode,
                said: said.said.clone(),
                trace_id: said.trace_id.clone(),
                is_transient: said.is_transient,
            }),
            reason: error.reason().map(str::to_owned),
            resumable: error.resumable().cloned().map(Resumable),
            behind: Behind::of(&error),
        }
    }
}

/// A result as the other side takes it.
pub(crate) fn outcome<T>(result: shutterkey::Result<T>) -> Either<T, Failure> {
    match result {
        Ok(value) => Either::A(value),
        Err(error) => Either::B(error.into()),
    }
}

/// What is left of a login whose code is spent and whose later step failed.
#[napi]
#[derive(Clone)]
pub struct Resumable(pub(crate) shutterkey::Resumable);

#[napi]
impl Resumable {
    /// The public name of the login.
    #[napi(getter)]
    pub fn handle(&self) -> String {
        self.0.handle()
    }

    /// The token that was received.
    #[napi]
    pub fn token(&self) -> String {
        token::wire(self.0.token())
    }
}

/// A misuse of this package by its caller.
#[napi]
pub fn misuse(what: String) -> Failure {
    Error::with_detail(ErrorCode::Misuse, what).into()
}

/// A row of the catalogue of errors.
#[napi(object, object_from_js = false)]
pub struct CatalogueRow {
    pub family: &'static str,
    pub code: &'static str,
    pub summary: &'static str,
    pub hint: &'static str,
    pub retry: &'static str,
}

/// The catalogue of errors, in its order.
#[napi]
pub fn catalogue() -> Vec<CatalogueRow> {
    ErrorCode::ALL
        .iter()
        .map(|code| CatalogueRow {
            family: code.family().as_str(),
            code: code.as_str(),
            summary: code.summary(),
            hint: code.hint(),
            retry: code.retry().as_str(),
        })
        .collect()
}
