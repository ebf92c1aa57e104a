//! Whole sequences without I/O, for the drivers in Swift and Kotlin.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shutterkey::protocol::replay::ReplayGuard;
use shutterkey::{Account, Operation, Result, Timestamp, UserId, operation};

use crate::account::{ConnectionParts, KeyParts};
use crate::answer::{AnswerParts, ApiAnswer};
use crate::config::NativeConfig;
use crate::failure::{Failure, NativeResumable};
use crate::machine::Machine;
use crate::moment;
use crate::pending::{NativeGrant, NativePending};
use crate::provider::{NativeProvider, StandardParts};
use crate::step::{DoneParts, KeptParts, ReportedParts, StepParts};
use crate::token::{ExpiryParts, NativeToken, expiry, kind};

/// A sequence in progress. Every step is answered exactly once, in order.
#[derive(uniffi::Object)]
pub struct NativeOperation(Mutex<Machine>);

impl NativeOperation {
    /// `convert` makes the other side's value of the result.
    pub(crate) fn wrap<T: Send + 'static>(
        operation: Operation<T>,
        convert: impl FnOnce(T) -> Result<DoneParts> + Send + 'static,
    ) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Machine::new(operation.map(convert)))))
    }

    fn machine(&self) -> MutexGuard<'_, Machine> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for NativeOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NativeOperation")
    }
}

#[uniffi::export]
impl NativeOperation {
    /// The first step.
    pub fn begin(&self, now: i64) -> Result<StepParts, Failure> {
        Ok(self.machine().begin(moment(now))?)
    }

    /// The next step, given the answer to the last one.
    pub fn step(&self, answer: AnswerParts, now: i64) -> Result<StepParts, Failure> {
        Ok(self.machine().step(answer.core()?, moment(now))?)
    }
}

pub(crate) fn connecting(operation: Operation<shutterkey::Connection>) -> Arc<NativeOperation> {
    NativeOperation::wrap(operation, |connection| {
        Ok(DoneParts::Connection {
            connection: ConnectionParts::from(connection),
        })
    })
}

fn giving(operation: Operation<shutterkey::Token>) -> Arc<NativeOperation> {
    NativeOperation::wrap(operation, |token| {
        Ok(DoneParts::Token {
            token: NativeToken::wrap(token),
        })
    })
}

/// Completes a login; without a namespace no store is asked.
#[uniffi::export]
pub fn complete_operation(
    config: &NativeConfig,
    pending: &NativePending,
    grant: &NativeGrant,
    namespace: Option<String>,
    name: Option<String>,
) -> Result<Arc<NativeOperation>, Failure> {
    Ok(connecting(operation::complete(operation::CompleteRequest {
        config: config.0.clone(),
        pending: pending.0.clone(),
        grant: grant.take()?,
        namespace,
        alias: name,
    })))
}

/// Which logins a client without a store completed.
#[derive(Debug, Default, uniffi::Object)]
pub struct NativeCompleted(Arc<Mutex<ReplayGuard>>);

#[uniffi::export]
impl NativeCompleted {
    /// None yet.
    #[uniffi::constructor]
    pub fn new() -> Arc<Self> {
        Arc::default()
    }

    /// Completes a login once.
    pub fn complete(
        &self,
        config: &NativeConfig,
        pending: &NativePending,
        grant: &NativeGrant,
    ) -> Result<Arc<NativeOperation>, Failure> {
        let request = operation::CompleteRequest {
            config: config.0.clone(),
            pending: pending.0.clone(),
            grant: grant.take()?,
            namespace: None,
            alias: None,
        };
        Ok(connecting(operation::complete_once(&self.0, request)))
    }
}

/// Finishes a login whose code is spent.
#[uniffi::export]
pub fn resume_operation(resumable: &NativeResumable) -> Arc<NativeOperation> {
    connecting(operation::resume(&resumable.0))
}

/// Exchanges a code.
#[uniffi::export]
pub fn exchange_operation(
    config: &NativeConfig,
    pending: &NativePending,
    grant: &NativeGrant,
) -> Result<Arc<NativeOperation>, Failure> {
    let operation = operation::exchange(&config.0, &pending.0, grant.take()?);
    Ok(NativeOperation::wrap(operation, |answer| {
        Ok(DoneParts::Exchanged {
            exchanged: answer.into(),
        })
    }))
}

/// Makes a short-lived token long-lived.
#[uniffi::export]
pub fn extend_operation(config: &NativeConfig, token: &NativeToken) -> Arc<NativeOperation> {
    giving(operation::extend(&config.0, &token.0))
}

/// Refreshes a token.
#[uniffi::export]
pub fn refresh_operation(config: &NativeConfig, token: &NativeToken) -> Arc<NativeOperation> {
    giving(operation::refresh(&config.0, &token.0))
}

/// Asks whose token it is.
#[uniffi::export]
pub fn identify_operation(provider: &NativeProvider, token: &NativeToken) -> Arc<NativeOperation> {
    NativeOperation::wrap(operation::identify(&provider.0, &token.0), |account| {
        Ok(DoneParts::Account {
            account: (&account).into(),
        })
    })
}

/// Ends a token at the provider.
#[uniffi::export]
pub fn revoke_operation(config: &NativeConfig, token: &NativeToken) -> Arc<NativeOperation> {
    NativeOperation::wrap(operation::revoke(&config.0, &token.0), |()| Ok(DoneParts::Nothing))
}

/// Describes a server from its own metadata; what is given stands over it.
#[uniffi::export]
pub fn discover_operation(issuer: String, given: StandardParts) -> Arc<NativeOperation> {
    NativeOperation::wrap(operation::discover(&issuer), move |builder| {
        Ok(DoneParts::Provider {
            provider: Arc::new(NativeProvider(given.finish(builder)?)),
        })
    })
}

/// Takes a token that was made elsewhere.
#[uniffi::export]
pub fn import_operation(
    config: &NativeConfig,
    token: String,
    token_kind: Option<String>,
    expires: Option<ExpiryParts>,
    user_id: Option<String>,
    namespace: Option<String>,
    name: Option<String>,
) -> Result<Arc<NativeOperation>, Failure> {
    Ok(connecting(operation::import(operation::ImportRequest {
        config: config.0.clone(),
        token: token.into(),
        kind: token_kind.as_deref().map(kind).transpose()?,
        expiry: expires.as_ref().map(expiry),
        from_device: false,
        account: user_id.as_deref().map(UserId::parse).transpose()?.map(Account::new),
        namespace,
        alias: name,
    })))
}

/// Makes sure that an account has a live token.
#[uniffi::export]
pub fn keep_fresh_operation(
    config: &NativeConfig,
    account: KeyParts,
    namespace: String,
    even_if_not_due: bool,
) -> Result<Arc<NativeOperation>, Failure> {
    let request = operation::KeepFreshRequest {
        config: config.0.clone(),
        account: account.core()?,
        namespace,
        even_if_not_due,
    };
    Ok(NativeOperation::wrap(operation::keep_fresh(request), |kept| {
        Ok(DoneParts::Kept {
            kept: KeptParts {
                stored: Arc::new(crate::account::NativeAccount(kept.record)),
                refreshed: kept.refreshed,
                stalled: kept.stalled,
                at_risk: kept.at_risk.map(Timestamp::seconds),
                problem: kept.problem.map(Into::into),
            },
        })
    }))
}

/// Remembers what an API's answer says about an account's token.
#[uniffi::export]
pub fn report_operation(
    config: &NativeConfig,
    account: KeyParts,
    namespace: String,
    used: Option<Arc<NativeToken>>,
    answer: ApiAnswer,
) -> Result<Arc<NativeOperation>, Failure> {
    let used = used.map(|token| token.0.clone());
    let operation = operation::report(&config.0, &namespace, &account.core()?, used, answer.read());
    Ok(NativeOperation::wrap(operation, |reported| {
        Ok(DoneParts::Reported {
            reported: ReportedParts {
                stored: Arc::new(crate::account::NativeAccount(reported.record.clone())),
                meaning: reported.meaning.clone().map(Into::into),
                changed: reported.changed,
                failure: reported.into_result().err().map(Into::into),
            },
        })
    }))
}

/// Ends an account's token at the provider where that is possible, and removes the account.
#[uniffi::export]
pub fn logout_operation(
    config: &NativeConfig,
    account: KeyParts,
    namespace: String,
) -> Result<Arc<NativeOperation>, Failure> {
    let operation = operation::logout(&config.0, &namespace, &account.core()?);
    Ok(NativeOperation::wrap(operation, crate::keeping::logged_out))
}
