//! Moments as these messages write them.

use shutterkey::Timestamp;

/// A moment as these messages write it: `Monday, 01-Dec-25 06:00:00 PST`.
pub(super) fn pacific(moment: Timestamp) -> String {
    const DAYS: [&str; 7] = [
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
    ];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let local = moment.plus(-8 * 3_600);
    let text = local.to_string();
    let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
    let day = usize::try_from(local.seconds().div_euclid(86_400).rem_euclid(7)).unwrap_or_default();
    let month = part(5..7).parse::<usize>().unwrap_or(1).saturating_sub(1);
    format!(
        "{}, {}-{}-{} {} PST",
        DAYS.get(day).unwrap_or(&""),
        part(8..10),
        MONTHS.get(month).unwrap_or(&""),
        part(2..4),
        part(11..19)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_pacific_time() {
        assert_eq!(
            pacific(Timestamp::from_seconds(1_764_597_600)),
            "Monday, 01-Dec-25 06:00:00 PST"
        );
        assert_eq!(pacific(Timestamp::from_seconds(0)), "Wednesday, 31-Dec-69 16:00:00 PST");
    }
}
