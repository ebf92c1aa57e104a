//! The core's conformance suite, run against stores of the caller's.

use std::sync::{Arc, Mutex, PoisonError};

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, PromiseRaw};
use napi_derive::napi;
use shutterkey::store::conformance::{Finding, Outcome, Subject, check};
use shutterkey::{Error, ErrorCode, Result};

use crate::host::{Asked, Host, Question};
use crate::runtime::promise;
use crate::store::Store;

/// What one check found: its promise in words, `passed`, `failed` or `skipped`, and why.
#[napi(object, object_from_js = false)]
pub struct FindingParts {
    pub name: &'static str,
    pub outcome: &'static str,
    pub why: Option<String>,
}

impl From<&Finding> for FindingParts {
    fn from(finding: &Finding) -> Self {
        let (outcome, why) = match &finding.outcome {
            Outcome::Passed => ("passed", None),
            Outcome::Failed(why) => ("failed", Some(why.clone())),
            Outcome::Skipped(why) => ("skipped", Some(why.clone())),
        };
        Self {
            name: finding.name,
            outcome,
            why,
        }
    }
}

type Made = (Store, Option<Store>);

/// Runs the suite. Stores are asked for one at a time: before a question is answered, the store is given here.
#[napi]
#[derive(Default)]
pub struct StoreCheck {
    made: Arc<Mutex<Option<Made>>>,
}

async fn subject(asked: &Asked, made: &Mutex<Option<Made>>, own_clock: bool) -> Result<Subject> {
    let gone = || Error::with_detail(ErrorCode::StoreUnavailable, "The event loop is gone.");
    let question = Question {
        what: "make",
        ..Question::default()
    };
    let answer = asked.ask(question).await.ok_or_else(gone)?;
    if let Some(failure) = answer.failure {
        let what = format!("It threw {failure}.");
        return Err(Error::with_detail(ErrorCode::StoreUnavailable, what));
    }
    let (store, second) = made
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take()
        .ok_or_else(gone)?;
    let mut subject = Subject::shared(store.0);
    if let Some(second) = second {
        subject = subject.shared_second_handle(second.0);
    }
    Ok(if own_clock { subject.own_clock() } else { subject })
}

#[napi]
impl StoreCheck {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// The store that was asked for.
    #[napi]
    pub fn give(&self, store: ClassInstance<'_, Store>, second: Option<ClassInstance<'_, Store>>) {
        let made = (Store::clone(&store), second.map(|second| Store::clone(&second)));
        *self.made.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
    }

    /// Runs every check.
    #[napi]
    pub fn run<'env>(
        &self,
        env: &'env Env,
        host: ClassInstance<'_, Host>,
        own_clock: bool,
    ) -> napi::Result<PromiseRaw<'env, Vec<FindingParts>>> {
        let (asked, made) = (host.take()?, self.made.clone());
        promise(env, async move {
            let report = check(|| subject(&asked, &made, own_clock)).await;
            report.findings().iter().map(Into::into).collect()
        })
    }
}
