//! Many accounts: taking them in, and keeping them alive.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, PromiseRaw};
use napi_derive::napi;
use shutterkey::keeper::{FleetCounts, FleetOptions, Progress};
use tokio::sync::watch;

use crate::failure::{Failure, outcome};
use crate::keeper::Keeper;
use crate::runtime::promise;

/// How lines are taken in. What is left out is the core's default.
#[napi(object, object_to_js = false)]
pub struct LineOptions {
    pub dry_run: bool,
    /// Seconds.
    pub spread: Option<f64>,
}

/// What became of the lines.
#[napi(object, object_from_js = false)]
pub struct ImportReportParts {
    pub lines: f64,
    pub added: f64,
    pub replaced: f64,
    pub unchanged: f64,
    pub kept: f64,
    pub refused: f64,
    pub refusals: Vec<RefusalParts>,
}

/// A line that could not be taken.
#[napi(object, object_from_js = false)]
pub struct RefusalParts {
    pub line: f64,
    pub error: Failure,
}

impl From<shutterkey::keeper::ImportReport> for ImportReportParts {
    fn from(report: shutterkey::keeper::ImportReport) -> Self {
        let refusal = |(line, error): (u64, shutterkey::Error)| RefusalParts {
            line: line as f64,
            error: error.into(),
        };
        Self {
            lines: report.lines as f64,
            added: report.added as f64,
            replaced: report.replaced as f64,
            unchanged: report.unchanged as f64,
            kept: report.kept as f64,
            refused: report.refused as f64,
            refusals: report.refusals.into_iter().map(refusal).collect(),
        }
    }
}

type Import = Arc<tokio::sync::Mutex<Option<shutterkey::keeper::Import>>>;

/// An import that is under way.
#[napi]
pub struct LineImport(Import);

#[napi]
impl LineImport {
    #[napi(constructor)]
    pub fn new(keeper: ClassInstance<'_, Keeper>, given: LineOptions) -> Self {
        let mut options = shutterkey::keeper::ImportOptions::new();
        if given.dry_run {
            options = options.dry_run();
        }
        if let Some(spread) = given.spread {
            options = options.spread(length(spread));
        }
        Self(Arc::new(tokio::sync::Mutex::new(Some(keeper.0.import(&options)))))
    }

    #[napi]
    pub fn add<'env>(&self, env: &'env Env, lines: Vec<String>) -> napi::Result<PromiseRaw<'env, Option<Failure>>> {
        let import = Arc::clone(&self.0);
        promise(env, async move { added(&import, lines).await.err().map(Into::into) })
    }

    #[napi]
    pub fn finish<'env>(&self, env: &'env Env) -> napi::Result<PromiseRaw<'env, Either<ImportReportParts, Failure>>> {
        let import = Arc::clone(&self.0);
        promise(env, async move {
            let report = match import.lock().await.take() {
                Some(import) => import.finish().await,
                None => Ok(shutterkey::keeper::ImportReport::default()),
            };
            outcome(report.map(Into::into))
        })
    }
}

async fn added(import: &Import, lines: Vec<String>) -> shutterkey::Result<()> {
    if let Some(import) = &mut *import.lock().await {
        for line in &lines {
            import.line(line).await?;
        }
    }
    Ok(())
}

fn length(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX)
}

/// How a fleet is kept. What is left out is the core's default.
#[napi(object, object_to_js = false)]
pub struct RunOptions {
    pub per_second: Option<f64>,
    pub at_once: Option<u32>,
    /// Seconds.
    pub poll: Option<f64>,
    pub once: bool,
}

/// What was done.
#[napi(object, object_from_js = false)]
pub struct CountsParts {
    pub accounts: f64,
    pub refreshed: f64,
    pub unchanged: f64,
    pub failed: f64,
    pub at_risk: f64,
    pub needs_login: f64,
    pub blocked: f64,
    pub lost: f64,
    pub store_failures: f64,
}

impl From<FleetCounts> for CountsParts {
    fn from(counts: FleetCounts) -> Self {
        Self {
            accounts: counts.accounts() as f64,
            refreshed: counts.refreshed as f64,
            unchanged: counts.unchanged as f64,
            failed: counts.failed as f64,
            at_risk: counts.at_risk as f64,
            needs_login: counts.needs_login as f64,
            blocked: counts.blocked as f64,
            lost: counts.lost as f64,
            store_failures: counts.store_failures as f64,
        }
    }
}

/// A fleet that is kept. It stops when its event loop has ended.
#[napi]
pub struct FleetRun {
    keeper: shutterkey::Keeper,
    options: FleetOptions,
    progress: Progress,
    told: Mutex<FleetCounts>,
    stop: watch::Sender<bool>,
}

#[napi]
impl FleetRun {
    #[napi(constructor)]
    pub fn new(keeper: ClassInstance<'_, Keeper>, given: RunOptions) -> Self {
        let mut options = FleetOptions::new();
        if let Some(rate) = given.per_second {
            options = options.per_second(rate);
        }
        if let Some(refreshes) = given.at_once {
            options = options.at_once(refreshes as usize);
        }
        if let Some(interval) = given.poll {
            options = options.poll(length(interval));
        }
        if given.once {
            options = options.once();
        }
        Self {
            keeper: keeper.0.clone(),
            progress: options.progress(),
            options,
            told: Mutex::default(),
            stop: watch::Sender::new(false),
        }
    }

    #[napi]
    pub fn run<'env>(&self, env: &'env Env) -> napi::Result<PromiseRaw<'env, Either<CountsParts, Failure>>> {
        let (keeper, options, mut stopped) = (self.keeper.clone(), self.options.clone(), self.stop.subscribe());
        promise(env, async move {
            let stop = async move { drop(stopped.wait_for(|stop| *stop).await) };
            outcome(keeper.run(options, stop).await.map(Into::into))
        })
    }

    /// Finishes what is under way and begins nothing more.
    #[napi]
    pub fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// The counts.
    #[napi]
    pub fn counts(&self) -> CountsParts {
        self.progress.counts().into()
    }

    /// The counts if they have changed since this was asked before.
    #[napi]
    pub fn changed(&self) -> Option<CountsParts> {
        let counts = self.progress.counts();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        (*told != counts).then(|| {
            *told = counts;
            counts.into()
        })
    }
}
