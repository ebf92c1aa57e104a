//! Straight-line `async` code as a state machine that its driver steps.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::{Answer, SaveStep, SendFailure, Step};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::request::{HttpRequest, HttpResponse};
use crate::record::{Lease, RecordBytes, StoreKey, Stored};

/// A sequence in progress. See the [module](super) for the contract.
#[must_use = "an operation does nothing until it is stepped"]
pub struct Operation<T> {
    work: Option<Pin<Box<dyn Future<Output = Result<T>> + Send>>>,
    desk: Arc<Mutex<Desk>>,
    begun: bool,
}

/// Where the sequence and its driver meet: one question, one answer.
struct Desk {
    now: Timestamp,
    asked: Option<Step<std::convert::Infallible>>,
    answer: Option<Answer>,
}

impl<T> Operation<T> {
    /// An operation from a sequence that awaits nothing but the [`Io`] it is given.
    pub(crate) fn new<F>(sequence: impl FnOnce(Io) -> F) -> Self
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let desk = Arc::new(Mutex::new(Desk {
            now: Timestamp::MIN,
            asked: None,
            answer: None,
        }));
        let work = sequence(Io {
            desk: Arc::clone(&desk),
        });
        Self {
            work: Some(Box::pin(work)),
            desk,
            begun: false,
        }
    }

    /// The first step.
    ///
    /// # Errors
    /// What the operation found wrong before it needed anybody; `internal.operation` when it was begun before.
    pub fn begin(&mut self, now: Timestamp) -> Result<Step<T>> {
        if self.begun {
            return Err(misused("was begun twice"));
        }
        self.begun = true;
        lock(&self.desk).now = now;
        self.advance()
    }

    /// The next step, given the answer to the last one.
    ///
    /// # Errors
    /// How the operation ended, or `internal.operation` for an answer that does not belong to the step.
    pub fn step(&mut self, answer: Answer, now: Timestamp) -> Result<Step<T>> {
        if !self.begun {
            return Err(misused("was answered before it was begun"));
        }
        {
            let mut desk = lock(&self.desk);
            desk.now = now;
            desk.answer = Some(answer);
        }
        self.advance()
    }

    /// The same operation with another result: what a binding's language takes. An error of `convert` is one of the operation.
    pub fn map<U>(self, convert: impl FnOnce(T) -> Result<U> + Send + 'static) -> Operation<U>
    where
        T: 'static,
    {
        Operation {
            work: self
                .work
                .map(|work| Box::pin(async move { convert(work.await?) }) as Pin<Box<dyn Future<Output = _> + Send>>),
            desk: self.desk,
            begun: self.begun,
        }
    }

    fn advance(&mut self) -> Result<Step<T>> {
        let Some(work) = &mut self.work else {
            return Err(misused("was stepped after it had finished"));
        };
        match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(end) => {
                self.work = None;
                end.map(Step::Done)
            }
            Poll::Pending => match lock(&self.desk).asked.take() {
                Some(step) => Ok(retype(step)),
                None => Err(misused("waits for something that is no step")),
            },
        }
    }
}

fn retype<T>(step: Step<std::convert::Infallible>) -> Step<T> {
    match step {
        Step::Send(request) => Step::Send(request),
        Step::Load(key) => Step::Load(key),
        Step::Lease { key, ttl } => Step::Lease { key, ttl },
        Step::Save(save) => Step::Save(save),
        Step::Release(lease) => Step::Release(lease),
        Step::Delete { key, expected } => Step::Delete { key, expected },
        Step::Wait(duration) => Step::Wait(duration),
        Step::Done(never) => match never {},
    }
}

impl<T> fmt::Debug for Operation<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("begun", &self.begun)
            .field("finished", &self.work.is_none())
            .finish()
    }
}

/// The driver, as a sequence sees it.
pub(crate) struct Io {
    desk: Arc<Mutex<Desk>>,
}

/// What became of a `Save`.
pub(crate) enum Saved {
    Version(u64),
    Conflict,
}

impl Io {
    /// The moment of the last answer.
    pub(crate) fn now(&self) -> Timestamp {
        lock(&self.desk).now
    }

    /// Sends once.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse> {
        let secrets = request.secret_values();
        match self.ask(Step::Send(request)).await {
            Answer::Response(response) => Ok(response.hiding(secrets)),
            Answer::SendFailed(error) => Err(error.into()),
            other => Err(unexpected(&other)),
        }
    }

    /// Sends, and sends again when that can do no harm and may help: at most three times, with growing waits that
    /// `spread` shifts so that many callers do not come back together.
    pub(crate) async fn send_patiently(&self, request: HttpRequest, spread: u64) -> Result<HttpResponse> {
        const WAITS: [u64; 2] = [400, 1_600];
        for wait in WAITS {
            let answer = self.ask(Step::Send(request.clone())).await;
            let passing = match &answer {
                Answer::Response(response) => response.status() >= 500,
                Answer::SendFailed(error) => !matches!(error.failure(), SendFailure::Tls | SendFailure::TooLarge),
                other => return Err(unexpected(other)),
            };
            if !(passing && request.is_replay_safe()) {
                return match answer {
                    Answer::Response(response) => Ok(response.hiding(request.secret_values())),
                    Answer::SendFailed(error) => Err(error.into()),
                    other => Err(unexpected(&other)),
                };
            }
            self.wait(Duration::from_millis(wait + spread % wait)).await?;
        }
        self.send(request).await
    }

    pub(crate) async fn load(&self, key: &StoreKey) -> Result<Option<Stored>> {
        match self.ask(Step::Load(key.clone())).await {
            Answer::Loaded(stored) => Ok(stored),
            Answer::StoreFailed(error) => Err(error),
            other => Err(unexpected(&other)),
        }
    }

    /// `None` when somebody else has it.
    pub(crate) async fn lease(&self, key: &StoreKey, ttl: Duration) -> Result<Option<Lease>> {
        match self.ask(Step::Lease { key: key.clone(), ttl }).await {
            Answer::Leased(lease) => Ok(Some(lease)),
            Answer::LeaseHeld => Ok(None),
            Answer::StoreFailed(error) => Err(error),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) async fn save(
        &self,
        key: &StoreKey,
        record: RecordBytes,
        expected: Option<u64>,
        fence: Option<u64>,
    ) -> Result<Saved> {
        match self
            .ask(Step::Save(SaveStep {
                key: key.clone(),
                record,
                expected,
                fence,
            }))
            .await
        {
            Answer::Saved(version) => Ok(Saved::Version(version)),
            Answer::Conflict => Ok(Saved::Conflict),
            Answer::StoreFailed(error) => Err(error),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) async fn release(&self, lease: Lease) -> Result<()> {
        match self.ask(Step::Release(lease)).await {
            Answer::Released => Ok(()),
            Answer::StoreFailed(error) => Err(error),
            other => Err(unexpected(&other)),
        }
    }

    /// Whether the record was removed; a newer one is left alone.
    pub(crate) async fn delete(&self, key: &StoreKey, expected: u64) -> Result<bool> {
        match self
            .ask(Step::Delete {
                key: key.clone(),
                expected,
            })
            .await
        {
            Answer::Deleted => Ok(true),
            Answer::Conflict => Ok(false),
            Answer::StoreFailed(error) => Err(error),
            other => Err(unexpected(&other)),
        }
    }

    pub(crate) async fn wait(&self, duration: Duration) -> Result<()> {
        match self.ask(Step::Wait(duration)).await {
            Answer::Waited => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    /// Performs another operation as part of this one: the same driver answers its steps.
    pub(crate) async fn perform<T>(&self, mut operation: Operation<T>) -> Result<T> {
        let mut step = operation.begin(self.now())?;
        loop {
            let asked = match step {
                Step::Done(value) => return Ok(value),
                Step::Send(request) => Step::Send(request),
                Step::Load(key) => Step::Load(key),
                Step::Lease { key, ttl } => Step::Lease { key, ttl },
                Step::Save(save) => Step::Save(save),
                Step::Release(lease) => Step::Release(lease),
                Step::Delete { key, expected } => Step::Delete { key, expected },
                Step::Wait(duration) => Step::Wait(duration),
            };
            let answer = self.ask(asked).await;
            step = operation.step(answer, self.now())?;
        }
    }

    async fn ask(&self, step: Step<std::convert::Infallible>) -> Answer {
        lock(&self.desk).asked = Some(step);
        std::future::poll_fn(|_| match lock(&self.desk).answer.take() {
            Some(answer) => Poll::Ready(answer),
            None => Poll::Pending,
        })
        .await
    }
}

fn unexpected(answer: &Answer) -> Error {
    let name = format!("{answer:?}");
    let name = name.split(['(', ' ', '{']).next().unwrap_or_default();
    misused(&format!("got the answer {name}, which does not belong to its step"))
}

fn misused(how: &str) -> Error {
    Error::with_detail(ErrorCode::OperationMisused, format!("An operation {how}."))
}

/// A panic while the lock was held cannot leave the desk half-written: every write is one assignment.
fn lock(desk: &Mutex<Desk>) -> MutexGuard<'_, Desk> {
    desk.lock().unwrap_or_else(PoisonError::into_inner)
}
