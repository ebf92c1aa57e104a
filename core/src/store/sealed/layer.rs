//! Sealing and opening the bytes of a record.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::RecordSealer;
use crate::error::{Error, ErrorCode, Result};
use crate::record::{RecordBytes, SEALED_MARK, StoreKey, Stored};

/// What a probe seals and opens again.
const PROBE: (&str, &[u8]) = ("probe", b"shutterkey asks whether records can be sealed");

/// How a stored record reads to this layer.
pub(super) enum Read<'a> {
    Sealed(&'a str),
    /// Written before there was a layer.
    Plain,
    /// Neither.
    Damaged,
}

#[derive(Clone)]
pub(in crate::store) struct Layer(Arc<dyn RecordSealer>);

impl Layer {
    pub(in crate::store) fn new(sealer: Arc<dyn RecordSealer>) -> Self {
        Self(sealer)
    }

    pub(in crate::store) async fn seal(&self, key: &StoreKey, record: &RecordBytes) -> Result<RecordBytes> {
        let sealed = self.0.seal_record(key.as_str(), &record.bytes).await?;
        let mut bytes = Vec::with_capacity(SEALED_MARK.len() + sealed.len());
        bytes.extend_from_slice(SEALED_MARK);
        bytes.extend_from_slice(sealed.as_bytes());
        Ok(RecordBytes {
            bytes: Zeroizing::new(bytes),
            due_at: record.due_at,
            forget_at: record.forget_at,
        })
    }

    pub(in crate::store) async fn open(&self, key: &StoreKey, stored: Stored) -> Result<Stored> {
        let bytes = match read(&stored.record.bytes) {
            Read::Sealed(sealed) => self
                .0
                .open_record(key.as_str(), sealed)
                .await
                .map_err(|error| of(key, error))?,
            Read::Plain => return Err(refused(key, "is not sealed")),
            Read::Damaged => return Err(refused(key, "is damaged")),
        };
        Ok(Stored {
            record: RecordBytes { bytes, ..stored.record },
            version: stored.version,
        })
    }

    pub(super) fn is_current(&self, sealed: &str) -> bool {
        self.0.is_current(sealed)
    }

    pub(in crate::store) async fn probe(&self) -> Result<()> {
        let (context, plain) = PROBE;
        let sealed = self.0.seal_record(context, plain).await?;
        match self.0.open_record(context, &sealed).await?.as_slice() {
            opened if opened == plain => Ok(()),
            _ => Err(Error::with_detail(
                ErrorCode::ConfigSealKey,
                "What the sealer seals, it does not open.",
            )),
        }
    }
}

pub(super) fn read(bytes: &[u8]) -> Read<'_> {
    match bytes.strip_prefix(SEALED_MARK).map(std::str::from_utf8) {
        Some(Ok(sealed)) => Read::Sealed(sealed),
        Some(Err(_)) => Read::Damaged,
        None => Read::Plain,
    }
}

fn refused(key: &StoreKey, why: &str) -> Error {
    Error::with_detail(ErrorCode::StoreSealInvalid, format!("The record {key} {why}."))
}

/// The same error, saying which record it is about.
fn of(key: &StoreKey, error: Error) -> Error {
    match error.code() {
        ErrorCode::StoreSealInvalid => refused(
            key,
            "does not open: it was changed, moved here from another key, or sealed with a key that is not in the ring",
        )
        .with_source_of(&error),
        _ => error,
    }
}

impl fmt::Debug for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
