//! Questions to objects of the caller's: their `fetch`, their store.
//!
//! A question goes to the event loop by a function that does not keep it alive; the answer comes back by its number. Exceptions
//! stay on the other side: an error of the core carries the number of the one behind it ([`Behind`]).

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use napi::Status;
use napi::bindgen_prelude::{Function, Uint8Array};
use napi::threadsafe_function::{ThreadsafeFunction, ThreadsafeFunctionCallMode};
use napi_derive::napi;
use tokio::sync::oneshot;

/// What is asked. Of a request: where it goes and how; of a store: its method and what it is called with.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct Question {
    /// What the answer is given with.
    pub number: u32,
    /// `fetch`, or a method of a store.
    pub what: &'static str,
    /// The address, a store's key, or the prefix of a list.
    pub name: String,
    pub method: Option<&'static str>,
    pub headers: Option<Vec<(String, String)>>,
    pub body: Option<String>,
    /// What must not be printed.
    pub secrets: Option<Vec<String>>,
    /// Seconds: the deadline of a request, or the length of a lease.
    pub length: Option<f64>,
    /// The cap of a body in bytes, or of a list.
    pub limit: Option<u32>,
    pub bytes: Option<Uint8Array>,
    pub due_at: Option<f64>,
    pub forget_at: Option<f64>,
    pub expected: Option<f64>,
    pub fence: Option<f64>,
    pub now: Option<f64>,
    pub due_before: Option<f64>,
    pub after: Option<String>,
}

/// What is answered. `failure` is what went wrong, and `behind` the number of the exception.
#[napi(object, object_to_js = false)]
#[derive(Default)]
pub struct Answer {
    pub failure: Option<String>,
    pub behind: Option<u32>,
    pub status: Option<u16>,
    pub headers: Option<Vec<(String, String)>>,
    pub bytes: Option<Uint8Array>,
    pub due_at: Option<f64>,
    pub forget_at: Option<f64>,
    /// A version, or a fence.
    pub count: Option<f64>,
    pub listed: Option<Vec<ListedEntry>>,
}

/// An entry of a list.
#[napi(object, object_to_js = false)]
pub struct ListedEntry {
    pub key: String,
    pub due_at: Option<f64>,
}

type Ask = ThreadsafeFunction<Question, (), Question, Status, false, true>;
type Waiting = HashMap<u32, oneshot::Sender<Answer>>;

/// An object of the caller's.
#[derive(Clone)]
pub(crate) struct Asked(Arc<Inner>);

pub(crate) struct Inner {
    ask: Ask,
    /// The last number and who waits; nothing once the event loop is ending.
    waiting: Mutex<Option<(u32, Waiting)>>,
}

impl Inner {
    fn waiting(&self) -> MutexGuard<'_, Option<(u32, Waiting)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asked {
    /// Asks and waits. `None`: the event loop is gone.
    pub(crate) async fn ask(&self, mut question: Question) -> Option<Answer> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut waiting = self.0.waiting();
            let (last, waiting) = waiting.as_mut()?;
            *last = last.wrapping_add(1);
            question.number = *last;
            waiting.insert(*last, sender);
        }
        let number = question.number;
        if self.0.ask.call(question, ThreadsafeFunctionCallMode::NonBlocking) != Status::Ok {
            if let Some((_, waiting)) = self.0.waiting().as_mut() {
                waiting.remove(&number);
            }
            return None;
        }
        receiver.await.ok()
    }
}

/// The way to an object of the caller's. The client or store that it is made for owns it: if this did, the function that asks and
/// this would keep each other alive.
#[napi]
pub struct Host {
    asked: Mutex<Option<Asked>>,
    known: Weak<Inner>,
}

impl Host {
    /// For the one client or store that it is made for.
    pub(crate) fn take(&self) -> napi::Result<Asked> {
        let taken = self.asked.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.ok_or_else(|| napi::Error::from_reason("this host is somebody else's"))
    }
}

#[napi]
impl Host {
    #[napi(constructor)]
    pub fn new(
        #[napi(ts_arg_type = "(question: Question) => void")] ask: Function<'_, Question, ()>,
    ) -> napi::Result<Self> {
        let ask = ask
            .build_threadsafe_function()
            .weak::<true>()
            .callee_handled::<false>()
            .build()?;
        let waiting = Mutex::new(Some((0, HashMap::new())));
        let inner = Arc::new(Inner { ask, waiting });
        Ok(Self {
            known: Arc::downgrade(&inner),
            asked: Mutex::new(Some(Asked(inner))),
        })
    }

    /// Answers a question. One that nobody waits for any more is passed over.
    #[napi]
    pub fn answer(&self, number: u32, answer: Answer) {
        let Some(inner) = self.known.upgrade() else { return };
        let waiting = inner
            .waiting()
            .as_mut()
            .and_then(|(_, waiting)| waiting.remove(&number));
        if let Some(waiting) = waiting {
            // Who asked may have gone away.
            let _ = waiting.send(answer);
        }
    }
}

/// The event loop is ending: nobody answers any more.
impl Drop for Host {
    fn drop(&mut self) {
        if let Some(inner) = self.known.upgrade() {
            inner.waiting().take();
        }
    }
}

/// The number of the exception behind an error.
#[derive(Clone, Copy)]
pub(crate) struct Behind(pub(crate) u32);

impl Behind {
    /// The one behind this error.
    pub(crate) fn of(error: &shutterkey::Error) -> Option<u32> {
        let source = std::error::Error::source(error)?;
        source.downcast_ref::<Self>().map(|behind| behind.0)
    }
}

impl fmt::Debug for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an exception")
    }
}

impl fmt::Display for Behind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an exception")
    }
}

impl std::error::Error for Behind {}
