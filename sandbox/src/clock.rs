//! The sandbox's time: real time plus an offset, or standing still.

use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use shutterkey::{Clock, SystemClock, Timestamp};

/// How a sandbox clock relates to the machine's clock; kept in a saved world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockSetting {
    /// Seconds added to the machine's time while the clock runs.
    pub offset_seconds: i64,
    /// The moment at which the clock stands still; absent while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_at: Option<Timestamp>,
}

/// A clock that runs with the machine's and can be moved, or stopped. Clones share the same time.
///
/// Give it to a client (`shutterkey::Clock`), so that the client and the platform agree what time it is.
#[derive(Clone, Debug, Default)]
pub struct SandboxClock(Arc<Mutex<ClockSetting>>);

impl SandboxClock {
    pub(crate) fn restored(setting: ClockSetting) -> Self {
        Self(Arc::new(Mutex::new(setting)))
    }

    /// Moves by `seconds`, which may be negative; a frozen clock moves as well and stays frozen.
    pub fn advance(&self, seconds: i64) {
        self.change(|setting| match setting.frozen_at {
            Some(at) => setting.frozen_at = Some(at.plus(seconds)),
            None => setting.offset_seconds = setting.offset_seconds.saturating_add(seconds),
        });
    }

    /// Sets the present moment; the clock goes on running from there, or stands there if it is frozen.
    pub fn set(&self, now: Timestamp) {
        self.change(|setting| match setting.frozen_at {
            Some(_) => setting.frozen_at = Some(now),
            None => setting.offset_seconds = now.since(SystemClock.now()),
        });
    }

    /// Stops the clock at its present moment.
    pub fn freeze(&self) {
        self.change(|setting| setting.frozen_at = Some(present(setting)));
    }

    /// Lets a frozen clock run again from the moment at which it stands.
    pub fn unfreeze(&self) {
        self.change(|setting| {
            if let Some(at) = setting.frozen_at.take() {
                setting.offset_seconds = at.since(SystemClock.now());
            }
        });
    }

    /// Whether the clock stands still.
    pub fn is_frozen(&self) -> bool {
        self.setting().frozen_at.is_some()
    }

    pub(crate) fn setting(&self) -> ClockSetting {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over a setting, as a kept world has one.
    pub(crate) fn restore(&self, setting: ClockSetting) {
        self.change(|own| *own = setting);
    }

    fn change(&self, change: impl FnOnce(&mut ClockSetting)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Clock for SandboxClock {
    fn now(&self) -> Timestamp {
        present(&self.setting())
    }
}

fn present(setting: &ClockSetting) -> Timestamp {
    setting
        .frozen_at
        .unwrap_or_else(|| SystemClock.now().plus(setting.offset_seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frozen_clock_moves_only_when_moved_and_clones_follow() {
        let clock = SandboxClock::default();
        clock.freeze();
        clock.set(Timestamp::from_seconds(1_000));
        let follower = clock.clone();
        clock.advance(-10);
        assert_eq!(follower.now(), Timestamp::from_seconds(990));
    }

    #[test]
    fn a_running_clock_set_to_a_moment_runs_on_from_it() {
        let clock = SandboxClock::default();
        clock.set(Timestamp::from_seconds(5_000_000));
        let passed = clock.now().since(Timestamp::from_seconds(5_000_000));
        assert!((0..=5).contains(&passed), "{passed} seconds passed");
        assert!(!clock.is_frozen());
    }

    #[test]
    fn unfreezing_keeps_the_moment() {
        let clock = SandboxClock::default();
        clock.freeze();
        clock.set(Timestamp::from_seconds(7_000));
        clock.unfreeze();
        assert!((0..=5).contains(&clock.now().since(Timestamp::from_seconds(7_000))));
    }
}
