//! A record as a file: one line that says what it is and whether it is whole, one line of metadata, and the bytes.
//!
//! ```text
//! shutterkey-record 1 <SHA-256 of all that follows this line, in hexadecimal>
//! {"key":"default/account/…","version":7,"due_at":1800000000,"forget_at":null}
//! <the record's bytes, to the end of the file>
//! ```

use std::fmt::Write;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::record::{RecordBytes, StoreKey, Stored};

const MAGIC: &str = "shutterkey-record ";
const FORMAT: &str = "1";

#[derive(Serialize, Deserialize)]
struct Metadata {
    key: String,
    version: u64,
    due_at: Option<Timestamp>,
    forget_at: Option<Timestamp>,
}

/// What a file holds.
#[derive(Debug)]
pub(in crate::store) struct Entry {
    pub(in crate::store) key: StoreKey,
    pub(in crate::store) stored: Stored,
}

impl Entry {
    pub(in crate::store) fn is_forgotten(&self, now: Timestamp) -> bool {
        self.stored.record.forget_at.is_some_and(|moment| now >= moment)
    }
}

/// Why a file holds nothing that can be used.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::store) enum Unreadable {
    /// Cut off, overwritten, or never one.
    Damaged,
    /// Whole, for all that is known, and written by another release.
    OtherFormat(String),
}

/// The name, without its ending, of the files of a key. A hash: keys are longer than file names may be, and file systems
/// that ignore case would take two keys for one.
pub(in crate::store) fn file_stem(key: &StoreKey) -> String {
    hex(&Sha256::digest(key.as_str().as_bytes()))
}

pub(in crate::store) fn encode(key: &StoreKey, version: u64, record: &RecordBytes) -> Zeroizing<Vec<u8>> {
    let metadata = Metadata {
        key: key.as_str().to_owned(),
        version,
        due_at: record.due_at,
        forget_at: record.forget_at,
    };
    // Of strings and numbers alone; there is no value of it that JSON cannot hold.
    let mut metadata = serde_json::to_vec(&metadata).unwrap_or_default();
    metadata.push(b'\n');
    let hash = Sha256::new().chain_update(&metadata).chain_update(&*record.bytes);
    let first = format!("{MAGIC}{FORMAT} {}\n", hex(&hash.finalize()));
    // Made at its full length, so that no shorter copy with a token in it is left behind unwiped.
    let mut file = Zeroizing::new(Vec::with_capacity(first.len() + metadata.len() + record.bytes.len()));
    file.extend_from_slice(first.as_bytes());
    file.extend_from_slice(&metadata);
    file.extend_from_slice(&record.bytes);
    file
}

pub(in crate::store) fn decode(file: &[u8]) -> Result<Entry, Unreadable> {
    let (first, rest) = line(file)?;
    let first = std::str::from_utf8(first).map_err(|_| Unreadable::Damaged)?;
    let (format, hash) = first
        .strip_prefix(MAGIC)
        .and_then(|words| words.split_once(' '))
        .ok_or(Unreadable::Damaged)?;
    if format != FORMAT {
        let is_number = !format.is_empty() && format.len() <= 9 && format.bytes().all(|byte| byte.is_ascii_digit());
        return Err(if is_number {
            Unreadable::OtherFormat(format.to_owned())
        } else {
            Unreadable::Damaged
        });
    }
    if hash != hex(&Sha256::digest(rest)) {
        return Err(Unreadable::Damaged);
    }
    let (metadata, bytes) = line(rest)?;
    let metadata: Metadata = serde_json::from_slice(metadata).map_err(|_| Unreadable::Damaged)?;
    Ok(Entry {
        key: StoreKey::from_stored(metadata.key),
        stored: Stored {
            record: RecordBytes {
                bytes: Zeroizing::new(bytes.to_vec()),
                due_at: metadata.due_at,
                forget_at: metadata.forget_at,
            },
            version: metadata.version,
        },
    })
}

fn line(text: &[u8]) -> Result<(&[u8], &[u8]), Unreadable> {
    let end = text.iter().position(|byte| *byte == b'\n').ok_or(Unreadable::Damaged)?;
    let (line, rest) = text.split_at(end);
    Ok((line, rest.get(1..).unwrap_or_default()))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Zeroizing<Vec<u8>> {
        let record = RecordBytes {
            bytes: b"bytes\n\xff".to_vec().into(),
            due_at: Some(Timestamp::from_seconds(5)),
            forget_at: None,
        };
        encode(&StoreKey::from_stored("a/b"), 7, &record)
    }

    #[test]
    fn a_file_reads_back_as_it_was_written() {
        let entry = decode(&sample()).unwrap();
        assert_eq!((entry.key.as_str(), entry.stored.version), ("a/b", 7));
        assert_eq!(*entry.stored.record.bytes, b"bytes\n\xff");
        assert_eq!(entry.stored.record.due_at, Some(Timestamp::from_seconds(5)));
    }

    #[test]
    fn every_cut_and_every_flipped_bit_is_noticed() {
        let file = sample();
        for length in 0..file.len() {
            assert_eq!(
                decode(&file[..length]).unwrap_err(),
                Unreadable::Damaged,
                "cut at {length}"
            );
        }
        for position in 0..file.len() {
            for bit in 0..8 {
                let mut flipped = file.clone();
                flipped[position] ^= 1 << bit;
                assert!(decode(&flipped).is_err(), "bit {bit} of byte {position}");
            }
        }
    }

    #[test]
    fn a_later_format_is_not_taken_for_damage() {
        let later = String::from_utf8_lossy(&sample()).replacen("record 1 ", "record 2 ", 1);
        let refused = decode(later.as_bytes()).unwrap_err();
        assert_eq!(refused, Unreadable::OtherFormat("2".to_owned()));
    }
}
