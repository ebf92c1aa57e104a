//! Operations of the core, whatever they give.

use pyo3::prelude::*;
use shutterkey::Timestamp;
use shutterkey::record::StoreKey;

use super::Step;

/// A step of the core that Python has not seen yet.
pub(super) type Asked = Box<dyn FnOnce(Python<'_>) -> PyResult<Step>>;

/// An operation, whatever it gives.
pub(super) trait Machine: Send {
    fn begin(&mut self, now: Timestamp) -> shutterkey::Result<Asked>;
    fn step(&mut self, answer: shutterkey::Answer, now: Timestamp) -> shutterkey::Result<Asked>;
    fn printed(&self) -> String;
}

pub(super) struct Running<T, F> {
    pub(super) operation: shutterkey::Operation<T>,
    pub(super) convert: F,
    /// The key of the lease that was asked for last: an answer has its fence alone.
    pub(super) leasing: Option<StoreKey>,
}

impl<T, F> Running<T, F>
where
    T: Send + 'static,
    F: Fn(Python<'_>, T, Timestamp) -> PyResult<Py<PyAny>> + Clone + Send + 'static,
{
    fn asked(&mut self, step: shutterkey::Step<T>, now: Timestamp) -> Asked {
        if let shutterkey::Step::Lease { key, .. } = &step {
            self.leasing = Some(key.clone());
        }
        let convert = self.convert.clone();
        Box::new(move |py| Step::new(py, step, |value| convert(py, value, now)))
    }
}

impl<T, F> Machine for Running<T, F>
where
    T: Send + 'static,
    F: Fn(Python<'_>, T, Timestamp) -> PyResult<Py<PyAny>> + Clone + Send + 'static,
{
    fn begin(&mut self, now: Timestamp) -> shutterkey::Result<Asked> {
        let step = self.operation.begin(now)?;
        Ok(self.asked(step, now))
    }

    fn step(&mut self, mut answer: shutterkey::Answer, now: Timestamp) -> shutterkey::Result<Asked> {
        if let (shutterkey::Answer::Leased(lease), Some(key)) = (&mut answer, &self.leasing) {
            lease.key = key.clone();
        }
        let step = self.operation.step(answer, now)?;
        Ok(self.asked(step, now))
    }

    fn printed(&self) -> String {
        format!("{:?}", self.operation)
    }
}
