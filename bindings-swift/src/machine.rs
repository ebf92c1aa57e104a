//! Operations of the core, whatever they give.

use shutterkey::record::StoreKey;
use shutterkey::{Answer, Operation, Result, SendFailure, Step, Timestamp};

use crate::step::{DoneParts, StepParts};

pub(crate) trait Machine: Send {
    fn begin(&mut self, now: Timestamp) -> Result<StepParts>;
    fn step(&mut self, answer: Answer, now: Timestamp) -> Result<StepParts>;
}

pub(crate) struct Running<T, F> {
    operation: Operation<T>,
    convert: F,
    /// The key of the lease that was asked for last: an answer has its fence alone.
    leasing: Option<StoreKey>,
}

impl<T, F> Running<T, F>
where
    F: Fn(T) -> Result<DoneParts>,
{
    pub(crate) fn new(operation: Operation<T>, convert: F) -> Self {
        Self {
            operation,
            convert,
            leasing: None,
        }
    }

    /// Hands a step on, but for a request that must not be sent: that one is answered here, so that no driver has to look.
    fn asked(&mut self, mut step: Step<T>, now: Timestamp) -> Result<StepParts> {
        while let Step::Send(request) = &step {
            if request.endpoint().is_ok() {
                break;
            }
            step = self
                .operation
                .step(Answer::SendFailed(SendFailure::REFUSED.into()), now)?;
        }
        if let Step::Lease { key, .. } = &step {
            self.leasing = Some(key.clone());
        }
        StepParts::new(step, &self.convert)
    }
}

impl<T, F> Machine for Running<T, F>
where
    T: Send + 'static,
    F: Fn(T) -> Result<DoneParts> + Send + 'static,
{
    fn begin(&mut self, now: Timestamp) -> Result<StepParts> {
        let step = self.operation.begin(now)?;
        self.asked(step, now)
    }

    fn step(&mut self, mut answer: Answer, now: Timestamp) -> Result<StepParts> {
        if let (Answer::Leased(lease), Some(key)) = (&mut answer, &self.leasing) {
            lease.key = key.clone();
        }
        let step = self.operation.step(answer, now)?;
        self.asked(step, now)
    }
}
