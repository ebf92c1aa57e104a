//! The Rust driver: performs an operation's steps over a [`Transport`], a [`Store`] and a [`Clock`], on tokio.

use crate::clock::Clock;
use crate::error::{Error, ErrorCode, Result};
use crate::operation::{Answer, Operation, Step};
use crate::store::{Store, Written};
use crate::transport::Transport;

/// Drives an operation to its end.
///
/// Dropping the future drops the operation in the middle of a step: run it in a task of its own where what was received
/// must not be lost, as [`crate::Client`] and [`crate::Keeper`] do.
///
/// # Errors
/// How the operation ended; `internal.misuse` when it needs a store and there is none.
pub async fn drive<T>(
    mut operation: Operation<T>,
    transport: &dyn Transport,
    store: Option<&dyn Store>,
    clock: &dyn Clock,
) -> Result<T> {
    let mut step = operation.begin(clock.now())?;
    loop {
        let answer = match step {
            Step::Done(value) => return Ok(value),
            Step::Send(request) => match transport.send(&request).await {
                Ok(response) => Answer::Response(response),
                Err(error) => Answer::SendFailed(error),
            },
            Step::Wait(duration) => {
                tokio::time::sleep(duration).await;
                Answer::Waited
            }
            other => match store {
                Some(store) => on_store(other, store, clock).await,
                None => Answer::StoreFailed(Error::with_detail(
                    ErrorCode::Misuse,
                    "This needs a store, and there is none.",
                )),
            },
        };
        step = operation.step(answer, clock.now())?;
    }
}

async fn on_store<T>(step: Step<T>, store: &dyn Store, clock: &dyn Clock) -> Answer {
    let now = clock.now();
    let answer = match step {
        Step::Load(key) => store.load(&key, now).await.map(Answer::Loaded),
        Step::Lease { key, ttl } => store
            .lease(&key, ttl, now)
            .await
            .map(|lease| lease.map_or(Answer::LeaseHeld, Answer::Leased)),
        Step::Save(save) => store
            .save(&save.key, save.record, save.expected, save.fence, now)
            .await
            .map(|written| match written {
                Written::Version(version) => Answer::Saved(version),
                Written::Conflict => Answer::Conflict,
            }),
        Step::Release(lease) => store.release(lease).await.map(|()| Answer::Released),
        Step::Delete { key, expected } => store.delete(&key, expected).await.map(|written| match written {
            Written::Version(_) => Answer::Deleted,
            Written::Conflict => Answer::Conflict,
        }),
        Step::Send(_) | Step::Wait(_) | Step::Done(_) => Err(Error::new(ErrorCode::OperationMisused)),
    };
    answer.unwrap_or_else(Answer::StoreFailed)
}
