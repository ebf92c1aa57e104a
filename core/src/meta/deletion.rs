//! The confirmation code of a data-deletion request (fact sheet 5.2): made from the request, checked without a store.

use subtle::ConstantTimeEq;

use super::{SignedRequest, hex, hmac_sha256};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::secret::Secret;

/// Nothing that Meta signs or wants signed under the same secret begins so.
const CODE: &[u8] = b"shutterkey data deletion v1: code\0";
const WHOM: &[u8] = b"shutterkey data deletion v1: whom\0";

/// Bytes of the time, of the account's mark, and of the authentication tag.
const TIME: usize = 5;
const MARK: usize = 8;
const TAG: usize = 12;

/// The confirmation code of a verified data-deletion request: 50 hexadecimal digits, since Meta asks for an alphanumeric code.
///
/// It holds the time of the request and a mark that differs from account to account, both authenticated under the app secret.
/// Nobody else can make one, the account's id cannot be read from it, and a request that is delivered again gets the same one.
pub fn deletion_code(app_secret: &Secret, request: &SignedRequest) -> String {
    let issued_at = request.issued_at.seconds().to_be_bytes();
    let (_, time) = issued_at.split_at(issued_at.len() - TIME);
    let whom = hmac_sha256(app_secret, &[WHOM, request.user_id.as_str().as_bytes()]);
    let (mark, _) = whom.split_at(MARK);
    let tag = tag(app_secret, time, mark);
    format!("{}{}{}", hex(time), hex(mark), hex(&tag))
}

/// Verifies a confirmation code; answers when the deletion was asked for. Give every secret that may have made it: the present
/// one and former ones.
///
/// # Errors
/// `config.secret_missing` without a secret; `provider.signature_invalid` for anything that [`deletion_code`] did not make.
pub fn verify_deletion_code(code: &str, app_secrets: &[Secret]) -> Result<Timestamp> {
    if app_secrets.is_empty() {
        return Err(Error::new(ErrorCode::ConfigSecretMissing));
    }
    let invalid = || {
        Error::with_detail(
            ErrorCode::SignatureInvalid,
            "This is not a confirmation code of this app.",
        )
    };
    let bytes = unhex(code).ok_or_else(invalid)?;
    let (time, rest) = bytes.split_at(TIME);
    let (mark, found) = rest.split_at(MARK);
    let verified = app_secrets.iter().fold(false, |verified, secret| {
        verified | bool::from(tag(secret, time, mark).ct_eq(found))
    });
    if !verified {
        return Err(invalid());
    }
    let seconds = time.iter().fold(0, |seconds, byte| seconds << 8 | i64::from(*byte));
    Ok(Timestamp::from_seconds(seconds))
}

fn tag(app_secret: &Secret, time: &[u8], mark: &[u8]) -> [u8; TAG] {
    let whole = hmac_sha256(app_secret, &[CODE, time, mark]);
    whole.first_chunk().copied().unwrap_or_default()
}

/// Lower-case digits alone: one code has one spelling.
fn unhex(text: &str) -> Option<[u8; TIME + MARK + TAG]> {
    let digits = text.as_bytes();
    if digits.len() != 2 * (TIME + MARK + TAG) {
        return None;
    }
    let mut bytes = [0; TIME + MARK + TAG];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        for digit in pair {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return None,
            };
            *byte = *byte << 4 | value;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::AppScopedId;

    fn request(user_id: &str, issued_at: i64) -> SignedRequest {
        SignedRequest {
            user_id: AppScopedId::parse(user_id).unwrap(),
            issued_at: Timestamp::from_seconds(issued_at),
        }
    }

    #[test]
    fn a_code_tells_when_deletion_was_asked_for_and_not_by_whom() {
        let secret = Secret::from("sandbox-app-secret-1");
        let code = deletion_code(&secret, &request("17841400000000001", 1_800_000_000));
        assert_eq!(code.len(), 50);
        assert!(code.bytes().all(|b| b.is_ascii_alphanumeric()) && !code.contains("17841400000000001"));
        assert_eq!(
            verify_deletion_code(&code, &[Secret::from("newer"), secret]).unwrap(),
            Timestamp::from_seconds(1_800_000_000)
        );
    }

    #[test]
    fn a_request_has_one_code_and_no_other_request_has_it() {
        let secret = Secret::from("sandbox-app-secret-1");
        let code = deletion_code(&secret, &request("17841400000000001", 1_800_000_000));
        assert_eq!(
            code,
            deletion_code(&secret, &request("17841400000000001", 1_800_000_000))
        );
        assert_ne!(
            code,
            deletion_code(&secret, &request("17841400000000002", 1_800_000_000))
        );
        assert_ne!(
            code,
            deletion_code(&secret, &request("17841400000000001", 1_800_000_001))
        );
    }

    #[test]
    fn a_code_with_any_digit_changed_is_refused() {
        let secret = [Secret::from("sandbox-app-secret-1")];
        let code = deletion_code(&secret[0], &request("17841400000000001", 1_800_000_000));
        for at in 0..code.len() {
            let mut changed = code.clone().into_bytes();
            changed[at] = if changed[at] == b'0' { b'1' } else { b'0' };
            let changed = String::from_utf8(changed).unwrap();
            let error = verify_deletion_code(&changed, &secret).unwrap_err();
            assert_eq!(error.code(), ErrorCode::SignatureInvalid, "digit {at}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let secret = [Secret::from("sandbox-app-secret-1")];
        let code = deletion_code(&secret[0], &request("1", 1_800_000_000));
        for text in [
            "",
            "abc123",
            &code.to_uppercase(),
            &code[1..],
            &format!("{code}00"),
            "é",
        ] {
            let error = verify_deletion_code(text, &secret).unwrap_err();
            assert_eq!(error.code(), ErrorCode::SignatureInvalid, "{text}");
        }
        let other = verify_deletion_code(&code, &[Secret::from("sandbox-app-secret-2")]).unwrap_err();
        assert_eq!(other.code(), ErrorCode::SignatureInvalid);
        let none = verify_deletion_code(&code, &[]).unwrap_err();
        assert_eq!(none.code(), ErrorCode::ConfigSecretMissing);
    }
}
