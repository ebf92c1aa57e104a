//! The parameters of a redirect, read strictly.

use std::borrow::Cow;

use super::{PARAMETER_CAP, RESPONSE_CAP};
use crate::error::{Error, ErrorCode, Result, is_unprintable, printable};

/// Length, and no character that a URL does not have.
pub(super) fn check_text(text: &str) -> Result<()> {
    if text.len() > RESPONSE_CAP {
        return Err(Error::new(ErrorCode::RedirectTooLarge));
    }
    if any_byte(text, |b| (b <= b' ') | (b == 0x7f) | (b == b'\\')) {
        return Err(Error::with_detail(
            ErrorCode::RedirectMalformed,
            "The redirect has spaces, control characters or backslashes.",
        ));
    }
    Ok(())
}

/// Whether any byte is so. There is no branch in the loop and nothing wider than a byte, so that it runs over many bytes
/// at once.
fn any_byte(text: &str, is: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(0, |found, b| found | u8::from(is(b))) != 0
}

/// Whether decoding would change anything, or find something that cannot be decoded.
fn is_encoded(text: &str) -> bool {
    any_byte(text, |b| (b == b'%') | (b == b'+'))
}

/// Parameters in order, names decoded, values raw and decoded.
pub(crate) struct Parameters<'a>(Vec<(Cow<'a, str>, &'a str, Cow<'a, str>)>);

impl<'a> Parameters<'a> {
    pub(super) fn none() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn parse(text: &'a str) -> Result<Self> {
        if text.is_empty() {
            return Ok(Self::none());
        }
        // Mostly nothing is encoded: one look at everything then saves one at each name and value.
        let encoded = is_encoded(text);
        let plain = !encoded && text.is_ascii();
        let decode = |part: &'a str| if encoded { decode(part) } else { Ok(Cow::Borrowed(part)) };
        let mut parameters: Vec<(Cow<'a, str>, &'a str, Cow<'a, str>)> = Vec::with_capacity(6);
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            if parameters.len() == PARAMETER_CAP {
                return Err(Error::new(ErrorCode::RedirectTooLarge));
            }
            let (raw_name, raw) = pair.split_once('=').unwrap_or((pair, ""));
            let name = decode(raw_name)?;
            if parameters.iter().any(|(known, _, _)| *known == name) {
                return Err(Error::with_detail(
                    ErrorCode::RedirectDuplicateParameter,
                    format!(
                        "The parameter {} occurs more than once in the redirect.",
                        printable(&name)
                    ),
                ));
            }
            let value = decode(raw)?;
            // The provider's prose is made printable where it is used; everything else is refused.
            if !plain && name != "error_description" && value.chars().any(is_unprintable) {
                return Err(Error::with_detail(
                    ErrorCode::RedirectMalformed,
                    "A parameter of the redirect has control or bidirectional characters.",
                ));
            }
            parameters.push((name, raw, value));
        }
        Ok(Self(parameters))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Cow<'a, str>> {
        self.0
            .iter()
            .find(|(known, _, _)| known == name)
            .map(|(_, _, value)| value)
    }

    /// As it stood in the URL: the state is compared before anything is decoded.
    pub(crate) fn raw(&self, name: &str) -> Option<&'a str> {
        self.0
            .iter()
            .find(|(known, _, _)| known == name)
            .map(|(_, raw, _)| *raw)
    }
}

/// Form-decoding (RFC 6749 App. B) that refuses what lenient decoders let through: `%zz`, a lone `%`, and bytes that
/// are not UTF-8, overlong forms included.
pub(super) fn decode(text: &str) -> Result<Cow<'_, str>> {
    if !is_encoded(text) {
        return Ok(Cow::Borrowed(text));
    }
    let malformed = || Error::with_detail(ErrorCode::RedirectMalformed, "The redirect has bad percent-encoding.");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit = |b: Option<u8>| {
                    b.and_then(|b| char::from(b).to_digit(16))
                        .and_then(|d| u8::try_from(d).ok())
                };
                match (digit(rest.next()), digit(rest.next())) {
                    (Some(high), Some(low)) => high << 4 | low,
                    _ => return Err(malformed()),
                }
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map(Cow::Owned).map_err(|_| malformed())
}
