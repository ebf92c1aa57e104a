//! Time as a value: seconds since 1970 in UTC, and where they come from.
//!
//! The pure floors never look at a clock; they are given a [`Timestamp`]. Only drivers (the client, the keeper, the
//! sandbox) hold a [`Clock`].

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A moment: whole seconds since 1970-01-01T00:00:00Z. Signed, for languages without unsigned integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The earliest moment there is.
    pub const MIN: Self = Self(i64::MIN);
    /// The latest moment there is.
    pub const MAX: Self = Self(i64::MAX);

    /// The moment `seconds` after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// The beginning of a day of the calendar, in UTC; months and days count from one.
    #[doc(hidden)]
    pub const fn midnight(year: i64, month: i64, day: i64) -> Self {
        // Days from civil, over years that begin on March 1st, so that the leap day is the last of its year.
        let (year, from_march) = if month > 2 {
            (year, month - 3)
        } else {
            (year - 1, month + 9)
        };
        let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
        let days = 365 * year + leaps + (153 * from_march + 2) / 5 + day - 1 - 719_468;
        Self(days * 86_400)
    }

    /// Seconds since the epoch.
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// This moment plus `seconds` (which may be negative); stays at the ends instead of overflowing.
    #[must_use]
    pub const fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this moment; negative when `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// How long from now until this moment; zero when it has passed.
    pub fn wait_from(self, now: Self) -> Duration {
        Duration::from_secs(u64::try_from(self.since(now)).unwrap_or(0))
    }
}

/// RFC 3339 in UTC, for people: `2026-11-23T21:40:00Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(86_400);
        let second = self.0.rem_euclid(86_400);
        // Civil-from-days over 400-year eras that begin on March 1st, so that the leap day is the last of its year.
        let z = i128::from(days) + 719_468;
        let era = z.div_euclid(146_097);
        let day_of_era = z.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 {
            month_from_march + 3
        } else {
            month_from_march - 9
        };
        let year = year_of_era + era * 400 + i128::from(month <= 2);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
            second / 3_600,
            second / 60 % 60,
            second % 60
        )
    }
}

/// Where the present comes from. Every client and keeper takes one; a sandbox hands out its own.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        // A clock set before 1970 reads as 1970: tokens then look fresh for too long rather than dead for ever.
        let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until it is moved. Clones share the same moment.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl ManualClock {
    /// A clock that stands at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.seconds())))
    }

    /// Moves to `now`, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.seconds(), Ordering::SeqCst);
    }

    /// Moves by `seconds`, which may be negative.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

impl<C: Clock + ?Sized> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        (**self).now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_known_dates() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_795_470_000, "2026-11-23T21:40:00Z"),
        ] {
            assert_eq!(Timestamp::from_seconds(seconds).to_string(), text);
        }
    }

    #[test]
    fn a_day_of_the_calendar_begins_at_midnight() {
        for (day, text) in [
            (Timestamp::midnight(1970, 1, 1), "1970-01-01T00:00:00Z"),
            (Timestamp::midnight(1900, 2, 28), "1900-02-28T00:00:00Z"),
            (Timestamp::midnight(2000, 2, 29), "2000-02-29T00:00:00Z"),
            (Timestamp::midnight(2026, 9, 24), "2026-09-24T00:00:00Z"),
            (Timestamp::midnight(2027, 1, 21), "2027-01-21T00:00:00Z"),
            (Timestamp::midnight(2028, 2, 29), "2028-02-29T00:00:00Z"),
            (Timestamp::midnight(9999, 12, 31), "9999-12-31T00:00:00Z"),
        ] {
            assert_eq!(day.to_string(), text);
        }
    }

    #[test]
    fn prints_the_ends_without_overflow() {
        assert!(!Timestamp::MIN.to_string().is_empty());
        assert!(!Timestamp::MAX.to_string().is_empty());
    }

    #[test]
    fn clones_of_a_manual_clock_move_together() {
        let clock = ManualClock::new(Timestamp::from_seconds(100));
        let follower = clock.clone();
        clock.advance(60);
        assert_eq!(follower.now(), Timestamp::from_seconds(160));
    }
}
