//! Operations of the core, whatever they give.

use shutterkey::record::StoreKey;
use shutterkey::{Answer, Result, Timestamp};

use super::step::{DoneParts, StepParts};

pub(super) trait Machine: Send {
    fn begin(&mut self, now: Timestamp) -> Result<StepParts>;
    fn step(&mut self, answer: Answer, now: Timestamp) -> Result<StepParts>;
}

pub(super) struct Running<T, F> {
    pub(super) operation: shutterkey::Operation<T>,
    pub(super) convert: F,
    /// The key of the lease that was asked for last: an answer has its fence alone.
    pub(super) leasing: Option<StoreKey>,
}

impl<T, F> Running<T, F>
where
    F: Fn(T) -> Result<DoneParts>,
{
    fn asked(&mut self, step: shutterkey::Step<T>) -> Result<StepParts> {
        if let shutterkey::Step::Lease { key, .. } = &step {
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
        self.asked(step)
    }

    fn step(&mut self, mut answer: Answer, now: Timestamp) -> Result<StepParts> {
        if let (Answer::Leased(lease), Some(key)) = (&mut answer, &self.leasing) {
            lease.key = key.clone();
        }
        let step = self.operation.step(answer, now)?;
        self.asked(step)
    }
}
