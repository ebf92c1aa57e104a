//! From when until when a certificate holds (RFC 5280 4.1.2.5). Nothing else of it is read here: TLS itself does that.

use crate::clock::Timestamp;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The first and the last moment of a DER certificate; `None` for what is none.
pub(super) fn validity(der: &[u8]) -> Option<(Timestamp, Timestamp)> {
    let (certificate, _) = inside(der, SEQUENCE)?;
    let (mut rest, _) = inside(certificate, SEQUENCE)?;
    // Version (only from version 2 on), serial number, signature algorithm, issuer.
    if rest.first() == Some(&VERSION) {
        rest = element(rest)?.2;
    }
    for _ in 0..3 {
        rest = element(rest)?.2;
    }
    let (period, _) = inside(rest, SEQUENCE)?;
    let (tag, begins, after) = element(period)?;
    let (other, ends, _) = element(after)?;
    Some((moment(tag, begins)?, moment(other, ends)?))
}

/// The contents of an element with this tag, and what follows it.
fn inside(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (found, contents, rest) = element(der)?;
    (found == tag).then_some((contents, rest))
}

/// The first element: its tag, its contents, and what follows.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let length = match first {
        0..=0x7f => usize::from(first),
        0x81..=0x83 => {
            let (digits, after) = rest.split_at_checked(usize::from(first & 0x7f))?;
            rest = after;
            digits.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
        }
        _ => return None,
    };
    let (contents, after) = rest.split_at_checked(length)?;
    Some((tag, contents, after))
}

/// `YYMMDDhhmmssZ` or `YYYYMMDDhhmmssZ`.
fn moment(tag: u8, text: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(text).ok()?;
    let digits = text.strip_suffix('Z')?;
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match (tag, digits.len()) {
        (UTC_TIME, 12) => {
            let short: i64 = digits.get(..2)?.parse().ok()?;
            (if short < 50 { 2_000 + short } else { 1_900 + short }, digits.get(2..)?)
        }
        (GENERALIZED_TIME, 14) => (digits.get(..4)?.parse().ok()?, digits.get(4..)?),
        _ => return None,
    };
    let part = |at: usize| rest.get(at..at + 2)?.parse::<i64>().ok();
    let (month, day) = (part(0)?, part(2)?);
    let seconds = part(4)? * 3_600 + part(6)? * 60 + part(8)?;
    (1..=12)
        .contains(&month)
        .then(|| Timestamp::midnight(year, month, day).plus(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_time_are_read_and_printed_the_same() {
        for (tag, text, printed) in [
            (UTC_TIME, "260131235959Z", "2026-01-31T23:59:59Z"),
            (UTC_TIME, "991231000000Z", "1999-12-31T00:00:00Z"),
            (GENERALIZED_TIME, "20500229120000Z", "2050-03-01T12:00:00Z"),
            (GENERALIZED_TIME, "20240229000000Z", "2024-02-29T00:00:00Z"),
            (GENERALIZED_TIME, "99991231235959Z", "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(moment(tag, text.as_bytes()).unwrap().to_string(), printed, "{text}");
        }
        for refused in ["26013123595Z", "260131235959", "2601312359+1Z", "261331000000Z", ""] {
            assert_eq!(moment(UTC_TIME, refused.as_bytes()), None, "{refused}");
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_validity_wherever_it_ends() {
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2024, 2, 29);
        params.not_after = rcgen::date_time_ymd(2051, 1, 1);
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let der = certificate.der();
        let (begins, ends) = validity(der).unwrap();
        assert_eq!(begins.to_string(), "2024-02-29T00:00:00Z");
        assert_eq!(ends.to_string(), "2051-01-01T00:00:00Z");
        for end in 0..der.len() {
            assert_eq!(validity(&der[..end]), None, "{end}");
        }
    }
}
