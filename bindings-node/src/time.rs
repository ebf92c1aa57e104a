//! Moments cross as seconds since 1970.

use shutterkey::Timestamp;

/// Whole seconds, downwards. What no clock can show is the nearest moment that one can.
pub(crate) fn moment(seconds: f64) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "a conversion that saturates")]
    Timestamp::from_seconds(seconds.floor() as i64)
}

/// Seconds, exact for three hundred million years.
pub(crate) fn seconds(at: Timestamp) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "Date counts milliseconds in a double as well")]
    let seconds = at.seconds() as f64;
    seconds
}
