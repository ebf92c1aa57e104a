//! Whole sequences without I/O, for a driver of the caller's own.

mod answer;
mod machine;
mod step;

use std::sync::{Mutex, MutexGuard, PoisonError};

use napi::bindgen_prelude::{ClassInstance, Either};
use napi_derive::napi;
use shutterkey::{Result, UserId, operation};

use crate::account::{KeyParts, StoredAccount};
use crate::config::ClientConfig;
use crate::failure::{Failure, Resumable, outcome};
use crate::operation::answer::StepAnswer;
use crate::operation::machine::{Machine, Running};
use crate::operation::step::{DoneParts, KeptParts, ReportedParts, StepParts};
use crate::options::{ApiAnswer, Import};
use crate::pending::Accepted;
use crate::provider::{Provider, StandardSettings};
use crate::time::{moment, seconds};
use crate::token;

/// A sequence in progress.
#[napi]
pub struct Operation(Mutex<Box<dyn Machine>>);

impl Operation {
    /// `convert` makes the other side's value of the result.
    fn new<T: Send + 'static>(
        operation: shutterkey::Operation<T>,
        convert: impl Fn(T) -> Result<DoneParts> + Send + 'static,
    ) -> Self {
        Self(Mutex::new(Box::new(Running {
            operation,
            convert,
            leasing: None,
        })))
    }

    fn machine(&self) -> MutexGuard<'_, Box<dyn Machine>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[napi]
impl Operation {
    #[napi]
    pub fn begin(&self, now: f64) -> Either<StepParts, Failure> {
        outcome(self.machine().begin(moment(now)))
    }

    #[napi]
    pub fn step(&self, answer: StepAnswer, now: f64) -> Either<StepParts, Failure> {
        outcome(
            answer
                .core()
                .and_then(|answer| self.machine().step(answer, moment(now))),
        )
    }
}

fn connected(connection: shutterkey::Connection) -> Result<DoneParts> {
    Ok(DoneParts {
        connection: Some(connection.into()),
        ..DoneParts::default()
    })
}

fn gave_token(given: shutterkey::Token) -> Result<DoneParts> {
    Ok(DoneParts {
        token: Some(token::wire(&given)),
        ..DoneParts::default()
    })
}

#[napi]
pub fn complete_operation(
    config: ClassInstance<'_, ClientConfig>,
    accepted: Accepted,
    namespace: Option<String>,
    name: Option<String>,
) -> Either<Operation, Failure> {
    outcome(accepted.again().map(|(pending, grant)| {
        let request = operation::CompleteRequest {
            config: config.0.clone(),
            pending,
            grant,
            namespace,
            alias: name,
        };
        Operation::new(operation::complete(request), connected)
    }))
}

#[napi]
pub fn resume_operation(resumable: &Resumable) -> Operation {
    Operation::new(operation::resume(&resumable.0), connected)
}

#[napi]
pub fn exchange_operation(config: ClassInstance<'_, ClientConfig>, accepted: Accepted) -> Either<Operation, Failure> {
    outcome(accepted.again().map(|(pending, grant)| {
        Operation::new(operation::exchange(&config.0, &pending, grant), |exchanged| {
            Ok(DoneParts {
                exchanged: Some(exchanged.into()),
                ..DoneParts::default()
            })
        })
    }))
}

/// An operation on a token: `extend`, `refresh`, `identify`, `revoke`, `permissions` or `instagram_accounts`.
#[napi]
pub fn token_operation(
    what: String,
    config: ClassInstance<'_, ClientConfig>,
    token: String,
) -> Either<Operation, Failure> {
    let provider = config.0.provider();
    outcome(token::read(provider, &token).map(|token| match what.as_str() {
        "extend" => Operation::new(operation::extend(&config.0, &token), gave_token),
        "refresh" => Operation::new(operation::refresh(&config.0, &token), gave_token),
        "revoke" => Operation::new(operation::revoke(&config.0, &token), |()| Ok(DoneParts::default())),
        "permissions" => Operation::new(operation::permissions(&config.0, &token), |permissions| {
            Ok(DoneParts {
                permissions: Some(permissions.into()),
                ..DoneParts::default()
            })
        }),
        "instagram_accounts" => Operation::new(operation::instagram_accounts(&config.0, &token), |found| {
            Ok(DoneParts {
                accounts: Some(found.into()),
                ..DoneParts::default()
            })
        }),
        _ => Operation::new(operation::identify(&config.0, &token), |account| {
            Ok(DoneParts {
                account: Some((&account).into()),
                ..DoneParts::default()
            })
        }),
    }))
}

#[napi]
pub fn inspect_operation(
    config: ClassInstance<'_, ClientConfig>,
    token: String,
    inspector: Option<String>,
) -> Either<Operation, Failure> {
    let made = || {
        let provider = config.0.provider();
        let inspector = inspector
            .as_deref()
            .map(|text| token::read(provider, text))
            .transpose()?;
        let operation = operation::inspect_token(&config.0, &token::read(provider, &token)?, inspector.as_ref());
        Ok(Operation::new(operation, |inspection| {
            Ok(DoneParts {
                inspection: Some(inspection.into()),
                ..DoneParts::default()
            })
        }))
    };
    outcome(made())
}

#[napi]
pub fn app_token_operation(config: ClassInstance<'_, ClientConfig>) -> Operation {
    Operation::new(operation::app_token(&config.0), gave_token)
}

#[napi]
pub fn revoke_permission_operation(
    config: ClassInstance<'_, ClientConfig>,
    token: String,
    permission: String,
) -> Either<Operation, Failure> {
    outcome(token::read(config.0.provider(), &token).map(|token| {
        let operation = operation::revoke_permission(&config.0, &token, &permission);
        Operation::new(operation, |()| Ok(DoneParts::default()))
    }))
}

#[napi]
pub fn discover_operation(issuer: String, settings: StandardSettings) -> Operation {
    Operation::new(operation::discover(&issuer), move |builder| {
        Ok(DoneParts {
            provider: Some(Provider(settings.clone().finish(builder)?)),
            ..DoneParts::default()
        })
    })
}

#[napi]
pub fn import_operation(
    config: ClassInstance<'_, ClientConfig>,
    given: Import,
    user_id: Option<String>,
    namespace: Option<String>,
) -> Either<Operation, Failure> {
    let request = || {
        let account = user_id.as_deref().map(UserId::parse).transpose()?;
        let given = given.read()?;
        Ok(operation::ImportRequest {
            config: config.0.clone(),
            token: given.token,
            kind: given.kind,
            expiry: given.expiry,
            from_device: given.from_device,
            account: account.map(shutterkey::Account::new),
            namespace,
            alias: given.alias,
        })
    };
    outcome(request().map(|request| Operation::new(operation::import(request), connected)))
}

#[napi]
pub fn keep_fresh_operation(
    config: ClassInstance<'_, ClientConfig>,
    account: KeyParts,
    namespace: String,
    even_if_not_due: bool,
) -> Either<Operation, Failure> {
    outcome(account.core().map(|account| {
        let request = operation::KeepFreshRequest {
            config: config.0.clone(),
            account,
            namespace,
            even_if_not_due,
        };
        Operation::new(operation::keep_fresh(request), |kept| {
            Ok(DoneParts {
                kept: Some(KeptParts {
                    stored: StoredAccount(kept.record),
                    refreshed: kept.refreshed,
                    stalled: kept.stalled,
                    at_risk: kept.at_risk.map(seconds),
                    problem: kept.problem.map(Into::into),
                }),
                ..DoneParts::default()
            })
        })
    }))
}

#[napi]
pub fn report_operation(
    config: ClassInstance<'_, ClientConfig>,
    account: KeyParts,
    namespace: String,
    answer: ApiAnswer,
    used: Option<String>,
) -> Either<Operation, Failure> {
    let made = || {
        let used = used.as_deref().map(|used| token::read(config.0.provider(), used));
        let operation = operation::report(
            &config.0,
            &namespace,
            &account.core()?,
            used.transpose()?,
            answer.read(),
        );
        Ok(Operation::new(operation, |reported| {
            Ok(DoneParts {
                reported: Some(ReportedParts {
                    meaning: reported.meaning.clone().map(Into::into),
                    changed: reported.changed,
                    stored: StoredAccount(reported.record.clone()),
                    failure: reported.into_result().err().map(Into::into),
                }),
                ..DoneParts::default()
            })
        }))
    };
    outcome(made())
}

#[napi]
pub fn logout_operation(
    config: ClassInstance<'_, ClientConfig>,
    account: KeyParts,
    namespace: String,
) -> Either<Operation, Failure> {
    outcome(account.core().map(|account| {
        Operation::new(operation::logout(&config.0, &namespace, &account), |out| {
            Ok(DoneParts {
                logged_out: Some(out.into()),
                ..DoneParts::default()
            })
        })
    }))
}

#[napi]
pub fn store_again_operation(
    config: ClassInstance<'_, ClientConfig>,
    account: &StoredAccount,
    namespace: String,
) -> Operation {
    let operation = operation::store_again(&config.0, &namespace, account.0.clone());
    Operation::new(operation, |record| {
        Ok(DoneParts {
            stored: Some(StoredAccount(record)),
            ..DoneParts::default()
        })
    })
}
