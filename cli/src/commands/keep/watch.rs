//! The line on a terminal, and what changes between two looks at it.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use shutterkey::keeper::Rest;

use super::lines::{Lines, why};
use super::status::Status;
use crate::exit::{Failure, Outcome};
use crate::output::{Live, Ui, clock_face, in_words};

/// The rate is that of so long.
const RATE_OF: Duration = Duration::from_secs(60);

/// Looks at a fleet four times a second.
pub(super) struct Watch {
    live: Live,
    status: Status,
    rest: Option<Rest>,
    store_fails: bool,
    /// How many had been refreshed when.
    refreshed: VecDeque<(Instant, u64)>,
}

impl Watch {
    pub(super) fn new(ui: Ui, status: Status) -> Self {
        Self {
            live: Live::new(ui),
            status,
            rest: None,
            store_fails: false,
            refreshed: VecDeque::new(),
        }
    }

    /// Tells what has changed, and draws the line.
    pub(super) fn look(&mut self, lines: &Lines, stopping: bool) -> Outcome {
        let state = self.status.progress().state();
        let rest = state.rest.filter(|rest| rest.until > self.status.now());
        if let Some(rest) = rest
            && self.rest != Some(rest)
        {
            lines.resting(rest)?;
        }
        self.rest = rest;
        match (&state.store_failure, self.store_fails) {
            (Some(failure), false) => lines.store_unavailable(&Failure::from(failure.error.clone()))?,
            (None, true) => lines.store_recovered()?,
            _ => {}
        }
        self.store_fails = state.store_failure.is_some();
        let rate = self.rate();
        self.live.draw(&self.line(rate, stopping));
        Ok(())
    }

    /// Refreshes a minute.
    fn rate(&mut self) -> f64 {
        let (now, count) = (Instant::now(), self.status.progress().counts().refreshed);
        while self
            .refreshed
            .front()
            .is_some_and(|(at, _)| now.duration_since(*at) > RATE_OF)
        {
            self.refreshed.pop_front();
        }
        let (since, before) = self.refreshed.front().copied().unwrap_or((now, count));
        self.refreshed.push_back((now, count));
        let seconds = now.duration_since(since).as_secs_f64().max(1.0);
        (count - before) as f64 * 60.0 / seconds
    }

    fn line(&self, rate: f64, stopping: bool) -> String {
        let (counts, state) = (self.status.progress().counts(), self.status.progress().state());
        let now = self.status.now();
        let mut parts = Vec::new();
        // What is wrong first: a narrow terminal cuts the end off.
        if stopping {
            parts.push(match state.under_way {
                0 => "ending".to_owned(),
                1 => "ending when 1 refresh is done".to_owned(),
                several => format!("ending when {several} refreshes are done"),
            });
        }
        if self.store_fails {
            parts.push("the store fails".to_owned());
        }
        if let Some(rest) = self.rest {
            let left = u64::try_from(rest.until.since(now)).unwrap_or(0);
            parts.push(format!(
                "rests {}, {}",
                clock_face(Duration::from_secs(left)),
                why(rest)
            ));
        }
        let mut some = |count: u64, of_one: &str, of_several: &str| match count {
            0 => {}
            1 => parts.push(format!("1 {of_one}")),
            several => parts.push(format!("{several} {of_several}")),
        };
        let all = self.status.counted().unwrap_or_default();
        some(all.accounts, "account", "accounts");
        some(all.needs_login.max(counts.needs_login), "needs a login", "need a login");
        some(all.at_risk, "at risk", "at risk");
        some(counts.failed + counts.lost, "failed", "failed");
        some(self.status.hooks().1, "program failed", "programs failed");
        some(state.under_way, "under way", "under way");
        parts.push(format!("{} refreshed", counts.refreshed));
        if rate >= 0.5 {
            parts.push(format!("{rate:.0} a minute"));
        }
        if let Some(at) = all.next_due.filter(|at| *at > now) {
            parts.push(format!("next {}", in_words(at, now)));
        }
        parts.join(", ")
    }
}
