//! A driver whose waits move the clock.

use shutterkey::operation::{Answer, Operation, Step};
use shutterkey::store::{Store, Written};
use shutterkey::{Clock, HttpResponse, MemoryStore, Result};
use shutterkey_sandbox::SandboxClock;

use crate::wire;

/// Performs an operation; `heard` sees every answer of the platform.
pub(crate) async fn drive<T: std::fmt::Debug>(
    mut operation: Operation<T>,
    store: &MemoryStore,
    clock: &SandboxClock,
    mut heard: impl FnMut(&HttpResponse),
) -> Result<T> {
    let mut step = operation.begin(clock.now())?;
    loop {
        let now = clock.now();
        let answer = match step {
            Step::Done(value) => return Ok(value),
            Step::Send(request) => match wire::send(&request).await {
                Ok(response) => {
                    heard(&response);
                    Answer::Response(response)
                }
                Err(error) => Answer::SendFailed(error),
            },
            Step::Wait(time) => {
                clock.advance(i64::try_from(time.as_millis().div_ceil(1_000)).unwrap());
                Answer::Waited
            }
            Step::Load(key) => Answer::Loaded(store.load(&key, now).await?),
            Step::Lease { key, ttl } => store
                .lease(&key, ttl, now)
                .await?
                .map_or(Answer::LeaseHeld, Answer::Leased),
            Step::Release(lease) => {
                store.release(lease).await?;
                Answer::Released
            }
            Step::Save(save) => match store
                .save(&save.key, save.record, save.expected, save.fence, now)
                .await?
            {
                Written::Version(version) => Answer::Saved(version),
                Written::Conflict => Answer::Conflict,
            },
            Step::Delete { key, expected } => match store.delete(&key, expected).await? {
                Written::Version(_) => Answer::Deleted,
                Written::Conflict => Answer::Conflict,
            },
            other => panic!("a step of a later release: {other:?}"),
        };
        step = operation.step(answer, clock.now())?;
    }
}
