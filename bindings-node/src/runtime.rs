//! Where work runs that waits: napi's runtime, with one thread of ours.
//!
//! napi ends it with the last environment of a process, and joins its threads first. A promise that is pending keeps its event
//! loop alive, since somebody waits for it; what runs beside the answers does not.
//!
//! No work borrows a native class (as an `async fn` with `&self` would): a worker thread that is terminated frees its objects
//! while the work goes on.

use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use napi::Env;
use napi::bindgen_prelude::{PromiseRaw, ToNapiValue};
use napi_derive::{module_init, napi};

/// The work is waiting for the network; files have threads of their own. A second thread would mostly be woken to find that the
/// first one is done: a login takes a third longer with it.
const THREADS: usize = 1;

#[module_init]
fn init() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(THREADS)
        .thread_name("shutterkey")
        .enable_all()
        .build();
    // Where the system gives no threads, napi's own attempt says so when something needs one.
    if let Ok(runtime) = runtime {
        napi::bindgen_prelude::create_custom_tokio_runtime(runtime);
    }
}

/// A promise of what the work answers. It owns all that it works with.
pub(crate) fn promise<T: Send + ToNapiValue + 'static>(
    env: &Env,
    work: impl Future<Output = T> + Send + 'static,
) -> napi::Result<PromiseRaw<'_, T>> {
    env.spawn_future(async move { Ok(work.await) })
}

/// What runs beside the answers of the keepers of one event loop.
#[napi]
#[derive(Default)]
pub struct Tasks(pub(crate) shutterkey::keeper::Tasks);

#[napi]
impl Tasks {
    #[napi(constructor)]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing runs.
    #[napi]
    pub fn idle(&self) -> bool {
        let settled = pin!(self.0.settled());
        settled.poll(&mut Context::from_waker(Waker::noop())) == Poll::Ready(())
    }

    /// Waits until nothing runs, or at most this many seconds.
    #[napi]
    pub fn settled<'env>(&self, env: &'env Env, within: Option<f64>) -> napi::Result<PromiseRaw<'env, ()>> {
        let tasks = self.0.clone();
        promise(env, async move {
            match within.map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)) {
                Some(within) => drop(tokio::time::timeout(within, tasks.settled()).await),
                None => tasks.settled().await,
            }
        })
    }
}
