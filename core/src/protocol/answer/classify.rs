//! What an API answer means: the one place where a provider's codes and words become ours.

use std::time::{SystemTime, UNIX_EPOCH};

use super::refusal::refusal_in;
use super::usage::Usage;
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, ProviderError, Retry};
use crate::protocol::request::HttpResponse;

/// The longest wait that a provider's advice can ask for: a day, in seconds.
const LONGEST_WAIT: i64 = 86_400;

/// Says what an answer of any Meta or OAuth endpoint means for the token: `None` for a success, else an error with its
/// family, code and retry advice.
///
/// Numbers decide before words, and limits before authorization: a throttled call must not look like a dead token (fact
/// sheet 5.4). An error body counts with any status, since some arrive with 200.
pub fn classify(response: &HttpResponse, now: Timestamp) -> Option<Error> {
    let status = response.status();
    let Some(mut provider) = refusal_in(response) else {
        let code = match status {
            200..=299 => return None,
            300..=399 => ErrorCode::UnexpectedRedirect,
            401 => ErrorCode::TokenInvalid,
            429 => ErrorCode::ThrottledApp,
            500..=599 => ErrorCode::Unavailable,
            _ => ErrorCode::RequestRejected,
        };
        let provider = ProviderError {
            status: Some(status),
            ..ProviderError::default()
        };
        return Some(advised(Error::new(code).from_provider(provider), response, now));
    };
    provider.status = Some(status);
    Some(judged(provider, response, now))
}

/// What a refusal means that stood in an answer.
pub(super) fn judged(provider: ProviderError, response: &HttpResponse, now: Timestamp) -> Error {
    let code = code_of(&provider, response.status());
    advised(Error::new(code).from_provider(provider), response, now)
}

fn code_of(provider: &ProviderError, status: u16) -> ErrorCode {
    let kind = provider.kind.as_deref().unwrap_or_default();
    let by_words = || provider.said.as_deref().and_then(explain_words);
    if let Some(code) = provider.code {
        return graph_code(code, provider.subcode, provider.is_transient, by_words);
    }
    match kind {
        // A bare OAuthException with a subcode of the 190 family also occurs (fact sheet 5.4).
        "OAuthException" if matches!(provider.subcode, Some(452 | 458..=460 | 463 | 464 | 467 | 492)) => {
            session_code(provider.subcode, by_words)
        }
        // RFC 6749 5.2 and 4.1.2.1, RFC 6750 3.1
        "invalid_grant" => ErrorCode::GrantRejected,
        "invalid_client" | "unauthorized_client" => ErrorCode::ClientRejected,
        "invalid_scope" => ErrorCode::InvalidScope,
        "access_denied" => ErrorCode::DeniedByUser,
        "temporarily_unavailable" | "server_error" => ErrorCode::Unavailable,
        "invalid_token" => ErrorCode::TokenInvalid,
        "insufficient_scope" | "OAuthPermissionsException" => ErrorCode::PermissionMissing,
        // The legacy API (fact sheet 4.2.5); its document of 2013 has the second name.
        "OAuthAccessTokenException" | "OAuthAccessTokenError" => ErrorCode::TokenInvalid,
        "OAuthRateLimitException" => ErrorCode::ThrottledUser,
        "OAuthClientException" => ErrorCode::InvalidClientId,
        // Everything else is named alike whatever happened: only the words tell it apart.
        _ => by_words().unwrap_or(match status {
            429 => ErrorCode::ThrottledApp,
            500.. => ErrorCode::Unavailable,
            _ if provider.is_transient => ErrorCode::Unavailable,
            _ => ErrorCode::RequestRejected,
        }),
    }
}

/// The Graph API's codes (fact sheet 5.4).
pub(crate) fn graph_code(
    code: i64,
    subcode: Option<i64>,
    is_transient: bool,
    by_words: impl Fn() -> Option<ErrorCode>,
) -> ErrorCode {
    match code {
        4 | 341 => ErrorCode::ThrottledApp,
        17 | 32 | 613 | 80_000..=80_014 => ErrorCode::ThrottledUser,
        368 => ErrorCode::Blocked,
        190 | 102 => session_code(subcode, by_words),
        452 | 483 => ErrorCode::TokenInvalidated,
        1 if by_words() == Some(ErrorCode::ClientRejected) => ErrorCode::ClientRejected,
        1 | 2 => ErrorCode::Unavailable,
        _ if is_transient => ErrorCode::Unavailable,
        10 | 200..=299 => ErrorCode::PermissionMissing,
        101 => ErrorCode::ClientRejected,
        104 => ErrorCode::SecretProof,
        100 => match subcode {
            Some(36_007) => ErrorCode::RedirectUriDiffers,
            Some(36_009) => ErrorCode::CodeUsed,
            _ => by_words().unwrap_or(ErrorCode::RequestRejected),
        },
        _ => by_words().unwrap_or(ErrorCode::RequestRejected),
    }
}

/// The 190 family by subcode; without one by its words (fact sheet 1.6), which never lead out of the family.
fn session_code(subcode: Option<i64>, by_words: impl Fn() -> Option<ErrorCode>) -> ErrorCode {
    match subcode {
        None => match by_words() {
            Some(code @ (ErrorCode::TokenExpired | ErrorCode::TokenInvalidated)) => code,
            _ => ErrorCode::TokenInvalid,
        },
        Some(458) => ErrorCode::TokenRevoked,
        Some(459) => ErrorCode::AccountCheckpoint,
        Some(460 | 452) => ErrorCode::TokenInvalidated,
        Some(463) => ErrorCode::TokenExpired,
        Some(464 | 492) => ErrorCode::AccountUnusable,
        _ => ErrorCode::TokenInvalid,
    }
}

/// Parts of what providers say, in lower case; the first that fits decides.
pub(crate) const SAYINGS: [(&str, ErrorCode); 26] = [
    (
        "redirect uri does not match registered redirect uri",
        ErrorCode::RedirectUriNotRegistered,
    ),
    ("invalid redirect_uri", ErrorCode::RedirectUriNotRegistered),
    ("url blocked", ErrorCode::RedirectUriNotRegistered),
    ("error validating verification code", ErrorCode::RedirectUriDiffers),
    ("invalid platform app", ErrorCode::InvalidPlatformApp),
    ("insufficient developer role", ErrorCode::InsufficientDeveloperRole),
    ("implicit authentication is disabled", ErrorCode::ImplicitDisabled),
    ("you are not a sandbox user", ErrorCode::NotSandboxUser),
    ("invalid client id", ErrorCode::InvalidClientId),
    ("app not active", ErrorCode::InsufficientDeveloperRole),
    ("invalid scope: user_profile", ErrorCode::BasicDisplayEnded),
    ("invalid scope: user_media", ErrorCode::BasicDisplayEnded),
    ("unsupported request - method type: get", ErrorCode::BasicDisplayEnded),
    ("invalid scope", ErrorCode::InvalidScope),
    ("matching code was not found or was already used", ErrorCode::CodeUsed),
    ("this authorization code has been used", ErrorCode::CodeUsed),
    ("this authorization code has expired", ErrorCode::CodeExpired),
    ("error validating client secret", ErrorCode::ClientRejected),
    ("error validating application", ErrorCode::ClientRejected),
    ("appsecret_proof", ErrorCode::SecretProof),
    ("session has expired", ErrorCode::TokenExpired),
    ("session has been invalidated", ErrorCode::TokenInvalidated),
    ("cannot parse access token", ErrorCode::TokenInvalid),
    ("invalid oauth access token", ErrorCode::TokenInvalid),
    ("the access_token provided is invalid", ErrorCode::TokenInvalid),
    ("you must include a valid client_id", ErrorCode::RequestRejected),
];

/// Recognises what providers say, on an error page or in a body, in the wording of any year (fact sheet 1.2, 1.3, 2.3,
/// 4.2.2). Used where there is no number to go by.
pub(crate) fn explain_words(text: &str) -> Option<ErrorCode> {
    let text = text.to_ascii_lowercase();
    SAYINGS
        .iter()
        .find(|(words, _)| text.contains(words))
        .map(|(_, code)| *code)
}

/// Adds when to come back, where the provider says: `Retry-After` (seconds or a date) or the minutes of
/// `X-Business-Use-Case-Usage`. At most a day is believed.
fn advised(error: Error, response: &HttpResponse, now: Timestamp) -> Error {
    if error.retry() != Retry::Backoff {
        return error;
    }
    let wait = response
        .header("retry-after")
        .and_then(|value| retry_after(value, now))
        .or_else(|| {
            let wait = Usage::of(response)?.regain_access?;
            Some(i64::try_from(wait.as_secs()).unwrap_or(LONGEST_WAIT))
        });
    match wait {
        Some(seconds) if seconds > 0 => error.retrying(Retry::After(now.plus(seconds.min(LONGEST_WAIT)))),
        _ => error,
    }
}

fn retry_after(value: &str, now: Timestamp) -> Option<i64> {
    let value = value.trim();
    if value.bytes().all(|b| b.is_ascii_digit()) && !value.is_empty() {
        return Some(value.parse().unwrap_or(LONGEST_WAIT));
    }
    let at: SystemTime = httpdate::parse_http_date(value).ok()?;
    let seconds = at.duration_since(UNIX_EPOCH).ok()?.as_secs();
    Some(Timestamp::from_seconds(i64::try_from(seconds).ok()?).since(now))
}
