//! How fast a fleet is refreshed: evenly, below a rate, slower when the provider says that its limits near, and not at all for a
//! while when it refuses or is out of reach. No time passes here and nobody is asked: a driver waits as it is told.

use std::time::Duration;

use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Family, Result, Retry};
use crate::operation::Kept;

/// From which share of the app's limit on it goes slower, and from which it stops, in percent.
const NEAR: (u32, u32) = (75, 95);

/// How long it stops when the limit is nearly used: the provider's windows move on by the minute.
const REST: i64 = 300;

/// The first and the longest stop after the provider refused for the app's limit, in seconds.
const REFUSED: (i64, i64) = (60, 3_600);

/// After how many failures in a row nothing but the way to the provider is to blame; the first and the longest stop then.
const UNREACHABLE: (u32, i64, i64) = (5, 5, 300);

/// When the next refresh may begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// After this time.
    After(Duration),
    /// Not before this moment; then ask again.
    NotBefore(Timestamp),
}

/// A time in which no refresh begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rest {
    /// Until when.
    pub until: Timestamp,
    /// Why.
    pub why: RestReason,
}

/// Why no refresh begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RestReason {
    /// The provider refused a refresh for the app's limit.
    Refused,
    /// The provider's usage headers say that the app's limit is nearly used.
    LimitNear,
    /// Several refreshes in a row found no way to the provider, or a provider that is not well.
    Unreachable,
}

impl RestReason {
    /// The stable name: `refused`, `limit_near`, `unreachable`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::LimitNear => "limit_near",
            Self::Unreachable => "unreachable",
        }
    }
}

/// The pace of one process.
#[derive(Clone, Debug)]
pub struct Pace {
    /// Between two refreshes at the full rate, in seconds.
    interval: f64,
    /// How many times slower than that it goes.
    slower: f64,
    rest: Option<Rest>,
    refusals: u32,
    failures: u32,
    random: u64,
}

impl Pace {
    /// At most `per_second` refreshes a second. `seed` shifts the intervals, so that machines that began together do not
    /// stay together.
    pub fn new(per_second: f64, seed: u64) -> Self {
        Self {
            interval: 1.0 / per_second.max(0.000_1),
            slower: 1.0,
            rest: None,
            refusals: 0,
            failures: 0,
            random: seed | 1,
        }
    }

    /// When the next refresh may begin.
    pub fn next(&mut self, now: Timestamp) -> Next {
        if let Some(rest) = self.rest {
            if now < rest.until {
                return Next::NotBefore(rest.until);
            }
            self.rest = None;
        }
        let shift = 0.8 + 0.4 * self.drawn();
        Next::After(Duration::from_secs_f64(self.interval * self.slower * shift))
    }

    /// The stop that was told last, until a refresh may begin again.
    pub fn rest(&self) -> Option<Rest> {
        self.rest
    }

    /// How many times slower than the full rate it goes.
    pub fn slower(&self) -> f64 {
        self.slower
    }

    /// About so long: a fifth less or more, so that machines do not keep step.
    pub fn about(&mut self, time: Duration) -> Duration {
        time.mul_f64(0.8 + 0.4 * self.drawn())
    }

    /// Takes in what a refresh came to.
    pub fn heard(&mut self, outcome: &Result<Kept>, now: Timestamp) {
        let problem = match outcome {
            Ok(kept) => kept.problem.as_ref(),
            Err(error) => Some(error),
        };
        if problem.is_some_and(|error| error.code() == ErrorCode::ThrottledApp) {
            self.refused(problem, now);
            return;
        }
        if problem.is_some_and(is_about_the_way) {
            self.failures = self.failures.saturating_add(1);
            let (from, first, longest) = UNREACHABLE;
            if self.failures >= from {
                let until = now.plus(doubled(first, self.failures - from, longest));
                self.stop(until, RestReason::Unreachable);
            }
            return;
        }
        self.failures = 0;
        let usage = outcome.as_ref().ok().and_then(|kept| kept.usage);
        match usage.and_then(|usage| usage.app) {
            Some(share) if share >= NEAR.1 => {
                self.stop(now.plus(REST), RestReason::LimitNear);
                self.slower = slower(NEAR.1);
            }
            share => {
                self.slower = slower(share.unwrap_or(0));
                self.refusals = 0;
            }
        }
    }

    fn refused(&mut self, problem: Option<&Error>, now: Timestamp) {
        let until = match problem.map(Error::retry) {
            Some(Retry::After(moment)) => moment,
            _ => now.plus(doubled(REFUSED.0, self.refusals, REFUSED.1)),
        };
        self.refusals = self.refusals.saturating_add(1);
        self.slower = slower(NEAR.1);
        self.stop(until, RestReason::Refused);
    }

    fn stop(&mut self, until: Timestamp, why: RestReason) {
        if self.rest.is_none_or(|known| known.until < until) {
            self.rest = Some(Rest { until, why });
        }
    }

    /// From 0 to 1, evenly (xorshift64).
    fn drawn(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        (self.random >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// How many times slower: once below three quarters of the limit, eleven times shortly before its end.
fn slower(share: u32) -> f64 {
    1.0 + f64::from(share.clamp(NEAR.0, NEAR.1) - NEAR.0) / 2.0
}

fn doubled(first: i64, times: u32, longest: i64) -> i64 {
    first.saturating_mul(1 << times.min(20)).min(longest)
}

/// Whether a failure is of the network or of the provider's health, and not of one account.
fn is_about_the_way(error: &Error) -> bool {
    error.family() == Family::Network || error.code() == ErrorCode::Unavailable
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

    fn failed(code: ErrorCode) -> Result<Kept> {
        Err(Error::new(code))
    }

    fn mean_interval(pace: &mut Pace) -> f64 {
        let intervals = (0..1_000).map(|_| match pace.next(NOW) {
            Next::After(interval) => interval.as_secs_f64(),
            Next::NotBefore(_) => panic!("stopped"),
        });
        intervals.sum::<f64>() / 1_000.0
    }

    #[test]
    fn it_keeps_its_rate_and_two_seeds_do_not_keep_step() {
        let (mut one, mut other) = (Pace::new(20.0, 1), Pace::new(20.0, 2));
        assert!((mean_interval(&mut one) - 0.05).abs() < 0.002);
        assert_ne!(one.next(NOW), other.next(NOW));
        assert_eq!(Pace::new(20.0, 7).next(NOW), Pace::new(20.0, 7).next(NOW));
    }

    #[test]
    fn a_refusal_of_the_app_stops_everybody_longer_each_time_or_as_long_as_the_provider_says() {
        let mut pace = Pace::new(1.0, 1);
        let mut now = NOW;
        for stop in [60, 120, 240, 480, 960, 1_920, 3_600, 3_600] {
            pace.heard(&failed(ErrorCode::ThrottledApp), now);
            assert_eq!(pace.next(now), Next::NotBefore(now.plus(stop)));
            assert_eq!(pace.rest().map(|rest| rest.why), Some(RestReason::Refused));
            now = now.plus(stop);
            assert!(matches!(pace.next(now), Next::After(_)));
        }
        let said = Error::new(ErrorCode::ThrottledApp).retrying(Retry::After(now.plus(77)));
        pace.heard(&Err(said), now);
        assert_eq!(pace.next(now), Next::NotBefore(now.plus(77)));
    }

    #[test]
    fn one_account_that_cannot_be_reached_stops_nobody_and_five_in_a_row_do() {
        let mut pace = Pace::new(1.0, 1);
        for _ in 0..4 {
            pace.heard(&failed(ErrorCode::Unavailable), NOW);
        }
        assert!(matches!(pace.next(NOW), Next::After(_)));
        pace.heard(&failed(ErrorCode::Unavailable), NOW);
        assert_eq!(pace.next(NOW), Next::NotBefore(NOW.plus(5)));
        for _ in 0..20 {
            pace.heard(&failed(ErrorCode::Unavailable), NOW);
        }
        assert_eq!(pace.next(NOW), Next::NotBefore(NOW.plus(300)));
        // An account that needs a login was answered about: the way is fine.
        let later = NOW.plus(301);
        pace.heard(&failed(ErrorCode::AccountNeedsLogin), later);
        pace.heard(&failed(ErrorCode::Unavailable), later);
        assert!(matches!(pace.next(later), Next::After(_)));
    }

    #[test]
    fn one_persons_limit_stops_nobody_else() {
        let mut pace = Pace::new(1.0, 1);
        for _ in 0..10 {
            pace.heard(&failed(ErrorCode::ThrottledUser), NOW);
        }
        assert!(matches!(pace.next(NOW), Next::After(_)));
    }

    #[test]
    fn it_goes_slower_as_the_limit_nears() {
        assert_eq!(
            (slower(0), slower(75), slower(85), slower(95), slower(200)),
            (1.0, 1.0, 6.0, 11.0, 11.0)
        );
    }
}
