//! Keeping all accounts of an app alive: what is due is claimed in batches, refreshed at a pace, and given back. Any number
//! of processes and machines do so over one store, and each account is refreshed by one of them.

use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::Keeper;
use super::options::FleetOptions;
use super::progress::FleetCounts;
use super::unsaved::store_at_last;
use crate::entropy::Entropy;
use crate::error::Result;
use crate::keeping::{Next, Pace};
use crate::record::Lease;
use crate::store::Claimed;

/// How long a claim is good for. The work on one begins in the first half of it, so that it ends within the second.
const CLAIM: Duration = Duration::from_secs(300);

/// How much work is claimed at once: that of so many seconds, at the full rate.
const AHEAD: f64 = 10.0;

/// The most that is claimed at once.
const LARGEST_BATCH: f64 = 500.0;

/// The longest that nobody looks at the clock: it may be moved, and somebody may want this to stop.
const LOOK_UP: Duration = Duration::from_secs(1);

/// The longest pause after the store failed.
const STORE_PAUSE: Duration = Duration::from_secs(60);

/// The longest rest that a run waits for which ends when nothing is due: whoever started it starts it again.
const ONCE_RESTS: i64 = 30;

impl Keeper {
    /// Keeps every account of this client in the store alive, until `stop` is ready: claims what is due, refreshes it evenly
    /// below the rate, slower when the provider's usage headers say that the app's limit nears, and not at all for a while when it
    /// refuses or is out of reach. What became of each account is an [event](Self::events) as ever.
    ///
    /// Any number of processes do this over one store that they share. Whichever is killed leaves claims that end by
    /// themselves after five minutes. A refreshed token that the store does not take is tried until it does. When `stop` is ready, what is
    /// under way is finished, with one more try where the store failed, and the rest is given back. Dropping the
    /// future instead ends what is under way in the middle: a refresh that the provider has made and nobody stored.
    ///
    /// # Errors
    /// With [`FleetOptions::once`], the `store` family; without, a store that fails is asked again after a pause.
    pub async fn run(&self, options: FleetOptions, stop: impl Future<Output = ()> + Send) -> Result<FleetCounts> {
        let mut stop = pin!(stop);
        let seed = u64::from_le_bytes(*Entropy::<8>::from_os()?.bytes());
        let mut fleet = Fleet {
            keeper: self,
            prefix: self.0.keeping.accounts_prefix(),
            pace: Arc::new(Mutex::new(Pace::new(options.per_second, seed))),
            under_way: JoinSet::new(),
            ends: watch::Sender::new(false),
            began_last: Instant::now(),
            stopped: false,
            options,
        };
        let outcome = fleet.work(stop.as_mut()).await;
        fleet.ends.send_replace(true);
        while fleet.under_way.join_next().await.is_some() {}
        outcome.map(|()| fleet.options.progress.counts())
    }
}

struct Fleet<'a> {
    keeper: &'a Keeper,
    prefix: String,
    options: FleetOptions,
    pace: Arc<Mutex<Pace>>,
    under_way: JoinSet<()>,
    /// Whether nothing waits any more for the store to come back.
    ends: watch::Sender<bool>,
    began_last: Instant,
    stopped: bool,
}

type Stop<'a, F> = Pin<&'a mut F>;

impl Fleet<'_> {
    async fn work<F: Future<Output = ()>>(&mut self, mut stop: Stop<'_, F>) -> Result<()> {
        let mut pause = LOOK_UP;
        while !self.stopped {
            self.rest(stop.as_mut()).await;
            if self.stopped {
                break;
            }
            match self.claim().await {
                Ok(claimed) if claimed.is_empty() => {
                    pause = LOOK_UP;
                    self.options.progress.store_answered();
                    if self.options.once {
                        return Ok(());
                    }
                    let poll = self.pace(|pace| pace.about(self.options.poll));
                    self.wait(poll, stop.as_mut()).await;
                }
                Ok(claimed) => {
                    pause = LOOK_UP;
                    self.options.progress.store_answered();
                    self.refresh(claimed, stop.as_mut()).await;
                }
                Err(error) => {
                    let now = self.keeper.client().now();
                    self.options.progress.store_failed(&error, now);
                    if self.options.once {
                        return Err(error);
                    }
                    self.wait(pause, stop.as_mut()).await;
                    pause = (pause * 2).min(STORE_PAUSE);
                }
            }
        }
        Ok(())
    }

    async fn claim(&self) -> Result<Vec<Claimed>> {
        let now = self.keeper.client().now();
        let limit = (self.options.per_second * AHEAD).clamp(1.0, LARGEST_BATCH) as usize;
        let due_before = now.plus(1);
        let store = self.keeper.store();
        store.claim_due(&self.prefix, due_before, limit, CLAIM, now).await
    }

    async fn refresh<F: Future<Output = ()>>(&mut self, claimed: Vec<Claimed>, mut stop: Stop<'_, F>) {
        let claimed_at = Instant::now();
        let mut claims = claimed.into_iter();
        while let Some(claim) = claims.next() {
            let goes = self.turn(stop.as_mut()).await && claimed_at.elapsed() < CLAIM / 2;
            if goes {
                self.begin(claim);
                continue;
            }
            // Others may take them meanwhile.
            self.give_back(claim.lease).await;
            for claim in claims {
                self.give_back(claim.lease).await;
            }
            return;
        }
    }

    /// Waits for a free place and for the time of the next refresh; false when there is to be none for now.
    async fn turn<F: Future<Output = ()>>(&mut self, mut stop: Stop<'_, F>) -> bool {
        while self.under_way.len() >= self.options.at_once && !self.stopped {
            tokio::select! {
                _ = self.under_way.join_next() => {}
                () = stop.as_mut() => self.stopped = true,
            }
        }
        while self.under_way.try_join_next().is_some() {}
        let now = self.keeper.client().now();
        match self.pace(|pace| pace.next(now)) {
            Next::After(interval) if !self.stopped => {
                // A tenth of a second that was lost is made up for; more would be a burst.
                let earliest = Instant::now().checked_sub(Duration::from_millis(100));
                let at = (self.began_last + interval).max(earliest.unwrap_or(self.began_last));
                tokio::select! {
                    () = sleep_until(at) => self.began_last = at,
                    () = stop => self.stopped = true,
                }
                !self.stopped
            }
            _ => false,
        }
    }

    fn begin(&mut self, claim: Claimed) {
        let (keeper, pace, progress) = (self.keeper.clone(), Arc::clone(&self.pace), self.options.progress());
        let running = (keeper.0.tasks.begin(), progress.begin());
        let (then, ends) = (self.options.then.clone(), self.ends.subscribe());
        self.under_way.spawn(async move {
            let mut outcome = match claim.record {
                Ok(stored) => keeper.perform(keeper.0.keeping.keep_claimed(claim.lease, stored)).await,
                Err(error) => Err(error),
            };
            keeper.0.events.announce();
            {
                let mut pace = pace.lock().unwrap_or_else(PoisonError::into_inner);
                pace.heard(&outcome, keeper.client().now());
                progress.paced(pace.rest(), pace.slower());
            }
            let unsaved = matches!(&outcome, Ok(kept) if kept.is_unsaved());
            if !unsaved {
                progress.done(&outcome);
            }
            if let (Some(then), Ok(kept)) = (then, &outcome)
                && kept.refreshed
            {
                (then.0)(kept.record.clone()).await;
            }
            if let Ok(kept) = &mut outcome
                && unsaved
            {
                kept.problem = store_at_last(&keeper, &kept.record.key(), ends).await.err();
                progress.done(&outcome);
            }
            drop(running);
        });
    }

    async fn give_back(&self, lease: Lease) {
        // It frees itself if that fails.
        let _ = self.keeper.store().release(lease).await;
    }

    /// Waits while the pace says that nothing may begin.
    async fn rest<F: Future<Output = ()>>(&mut self, mut stop: Stop<'_, F>) {
        while !self.stopped {
            let now = self.keeper.client().now();
            match self.pace(|pace| pace.next(now)) {
                Next::After(_) => {
                    self.pace(|pace| self.options.progress.paced(pace.rest(), pace.slower()));
                    return;
                }
                Next::NotBefore(until) if self.options.once && until.since(now) > ONCE_RESTS => self.stopped = true,
                Next::NotBefore(until) => {
                    let left = u64::try_from(until.since(now)).unwrap_or(1).max(1);
                    self.wait(Duration::from_secs(left).min(LOOK_UP), stop.as_mut()).await;
                }
            }
        }
    }

    async fn wait<F: Future<Output = ()>>(&mut self, time: Duration, stop: Stop<'_, F>) {
        tokio::select! {
            () = sleep(time) => {}
            () = stop => self.stopped = true,
        }
    }

    fn pace<T>(&self, ask: impl FnOnce(&mut Pace) -> T) -> T {
        ask(&mut self.pace.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
