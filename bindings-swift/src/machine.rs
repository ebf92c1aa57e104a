//! One operation of the core on its way, whatever it gives.

use shutterkey::record::StoreKey;
use shutterkey::{Answer, Operation, Result, SendFailure, Step, Timestamp};

use crate::step::{DoneParts, StepParts};

pub(crate) struct Machine {
    operation: Operation<DoneParts>,
    /// The key of the lease that was asked for last: an answer has its fence alone.
    leasing: Option<StoreKey>,
}

impl Machine {
    pub(crate) fn new(operation: Operation<DoneParts>) -> Self {
        Self {
            operation,
            leasing: None,
        }
    }

    pub(crate) fn begin(&mut self, now: Timestamp) -> Result<StepParts> {
        let step = self.operation.begin(now)?;
        self.asked(step, now)
    }

    pub(crate) fn step(&mut self, mut answer: Answer, now: Timestamp) -> Result<StepParts> {
        if let (Answer::Leased(lease), Some(key)) = (&mut answer, &self.leasing) {
            lease.key = key.clone();
        }
        let step = self.operation.step(answer, now)?;
        self.asked(step, now)
    }

    /// Hands a step on, but for a request that must not be sent: that one is answered here, so that no driver has to look.
    fn asked(&mut self, mut step: Step<DoneParts>, now: Timestamp) -> Result<StepParts> {
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
        StepParts::new(step)
    }
}
