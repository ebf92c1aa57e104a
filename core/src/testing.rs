//! Fixed randomness, for test vectors and for nothing else.

use crate::entropy::Entropy;

/// Randomness that is not random. A login made with it can be forged by anybody who reads the test.
pub fn fixed_entropy<const N: usize>(bytes: [u8; N]) -> Entropy<N> {
    Entropy::known(bytes)
}
