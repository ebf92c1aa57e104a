//! Where to send the person after a login.

use crate::error::{Error, ErrorCode, Result};

/// Refuses a path to return to that leads to another site (open redirect): `//evil`, `/\evil`, `https:evil`, and
/// anything with control characters, whether raw or percent-encoded.
///
/// # Errors
/// `redirect.return_to`.
pub fn check_return_to(path: &str) -> Result<()> {
    let mut bytes = path.bytes();
    let own_path = bytes.next() == Some(b'/')
        && !matches!(bytes.next(), Some(b'/' | b'\\'))
        && path.len() <= 2_048
        && path.bytes().all(|b| matches!(b, 0x21..=0x7e) && b != b'\\')
        && !percent_encoded_controls(path);
    if own_path {
        Ok(())
    } else {
        Err(Error::new(ErrorCode::RedirectReturnTo))
    }
}

fn percent_encoded_controls(path: &str) -> bool {
    // %00 to %1f, %5c and %7f, and an encoded slash at the start: some frameworks decode before they redirect.
    path.as_bytes()
        .windows(3)
        .enumerate()
        .any(|(index, window)| match window {
            [b'%', high, low] => {
                matches!(
                    (high.to_ascii_lowercase(), low.to_ascii_lowercase()),
                    (b'0' | b'1', _) | (b'5', b'c') | (b'7', b'f')
                ) || (index == 1 && (high, low.to_ascii_lowercase()) == (&b'2', b'f'))
            }
            _ => false,
        })
}
