//! Moments for people.

use shutterkey::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// `2026-11-23 21:40 UTC`.
pub(crate) fn when(at: Timestamp) -> String {
    let text = at.to_string();
    match (text.get(..10), text.get(11..16)) {
        (Some(day), Some(minute)) if text.len() == 20 => format!("{day} {minute} UTC"),
        _ => text,
    }
}

/// `2026-11-23`.
pub(crate) fn date(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(..10).unwrap_or(&text).to_owned()
}

/// `in 59 days`, `in 3 hours`, `2 days ago`, `now`: rounded to the nearest whole.
pub(crate) fn in_words(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.since(now);
    let distance = seconds.saturating_abs();
    let (count, unit) = match distance {
        0..MINUTE => return "now".to_owned(),
        MINUTE..HOUR => (nearest(distance, MINUTE), "minute"),
        HOUR..=129_600 => (nearest(distance, HOUR), "hour"),
        _ => (nearest(distance, DAY), "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    if seconds > 0 {
        format!("in {count} {unit}{plural}")
    } else {
        format!("{count} {unit}{plural} ago")
    }
}

fn nearest(distance: i64, unit: i64) -> i64 {
    distance.saturating_add(unit / 2) / unit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn distances_are_rounded_to_the_nearest_whole() {
        for (seconds, words) in [
            (59, "now"),
            (60, "in 1 minute"),
            (3_599, "in 60 minutes"),
            (2 * HOUR, "in 2 hours"),
            (60 * DAY - 5, "in 60 days"),
            (-2 * DAY, "2 days ago"),
        ] {
            assert_eq!(in_words(at(seconds), at(0)), words, "{seconds}");
        }
    }

    #[test]
    fn moments_are_named_with_their_zone() {
        assert_eq!(when(at(1_795_470_000)), "2026-11-23 21:40 UTC");
        assert_eq!(date(at(1_795_470_000)), "2026-11-23");
    }
}
