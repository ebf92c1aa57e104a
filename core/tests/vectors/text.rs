//! Texts and bytes of the cases, spelled out or described.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;

/// A text: as it is, `{"repeat": "ab", "times": 1000}`, or a list of such pieces.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
pub(crate) enum Text {
    Plain(String),
    Repeat(Repeat),
    Pieces(Vec<Text>),
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repeat {
    repeat: String,
    times: usize,
}

impl Text {
    pub(crate) fn build(&self) -> String {
        match self {
            Self::Plain(text) => text.clone(),
            Self::Repeat(piece) => piece.repeat.repeat(piece.times),
            Self::Pieces(pieces) => pieces.iter().map(Self::build).collect(),
        }
    }
}

/// Bytes: a text, or `{"base64": "…"}`.
#[derive(Deserialize, Clone)]
#[serde(untagged)]
pub(crate) enum Bytes {
    Text(Text),
    Base64(Base64),
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Base64 {
    base64: String,
}

impl Bytes {
    pub(crate) fn build(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.build().into_bytes(),
            Self::Base64(encoded) => BASE64_STANDARD.decode(&encoded.base64).unwrap(),
        }
    }
}

/// The bytes behind hexadecimal digits.
pub(crate) fn from_hex<const N: usize>(digits: &str) -> [u8; N] {
    let bytes: Vec<_> = (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap())
        .collect();
    bytes
        .try_into()
        .unwrap_or_else(|bytes: Vec<u8>| panic!("{} bytes of entropy instead of {N}", bytes.len()))
}
