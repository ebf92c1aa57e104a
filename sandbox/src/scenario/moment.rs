//! A moment in a file: seconds since 1970, or a date and a time with an offset.

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use shutterkey::Timestamp;
use toml::value::{Datetime, Offset};

const WANTED: &str = "a moment is seconds since 1970, or a date and a time with an offset such as 2026-03-01T09:00:00Z";

pub(super) fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Seconds(Timestamp),
        Text(String),
    }
    match Option::<Written>::deserialize(deserializer).map_err(|_| D::Error::custom(WANTED))? {
        None => Ok(None),
        Some(Written::Seconds(moment)) => Ok(Some(moment)),
        Some(Written::Text(text)) => match parse(&text) {
            Some(moment) => Ok(Some(moment)),
            None => Err(D::Error::custom(WANTED)),
        },
    }
}

fn parse(text: &str) -> Option<Timestamp> {
    let Datetime {
        date: Some(date),
        time: Some(time),
        offset: Some(offset),
    } = text.parse().ok()?
    else {
        return None;
    };
    let minutes = match offset {
        Offset::Z => 0,
        Offset::Custom { minutes } => i64::from(minutes),
    };
    let day = Timestamp::midnight(i64::from(date.year), i64::from(date.month), i64::from(date.day));
    let seconds =
        i64::from(time.hour) * 3_600 + i64::from(time.minute) * 60 + i64::from(time.second.unwrap_or_default());
    Some(day.plus(seconds - minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_moment_is_read_as_it_is_shown_and_an_offset_is_taken_off() {
        for text in ["2026-03-01T09:00:00Z", "2024-02-29T23:59:59Z", "1969-12-31T00:00:01Z"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        assert_eq!(parse("2026-03-01 10:30:00+01:30"), parse("2026-03-01T09:00:00Z"));
        for wrong in [
            "2026-03-01",
            "09:00:00",
            "2026-03-01T09:00:00",
            "2026-02-30T09:00:00Z",
            "tomorrow",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
