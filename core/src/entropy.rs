//! Randomness as a value.

use std::fmt;

use zeroize::Zeroize;

use crate::error::{Error, ErrorCode, Result};
use crate::secret::REDACTED;

/// Random bytes from the operating system, handed to the pure floors like any other argument.
pub struct Entropy<const N: usize>([u8; N]);

impl<const N: usize> Entropy<N> {
    /// One call to the operating system.
    ///
    /// There is no buffer and no generator in this process, so a fork or a restored snapshot cannot repeat a value.
    ///
    /// # Errors
    /// `internal.entropy` when the system has none; there is no weaker substitute.
    pub fn from_os() -> Result<Self> {
        let mut entropy = Self([0; N]);
        getrandom::fill(&mut entropy.0).map_err(|_| Error::new(ErrorCode::EntropyUnavailable))?;
        Ok(entropy)
    }

    /// Known bytes: for test vectors only (see [`crate::testing`]).
    pub(crate) fn known(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    pub(crate) fn bytes(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> Drop for Entropy<N> {
    fn drop(&mut self) {
        // As a slice: zeroize writes an array byte by byte and a slice in bulk.
        self.0.as_mut_slice().zeroize();
    }
}

impl<const N: usize> fmt::Debug for Entropy<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}
