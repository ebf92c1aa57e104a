//! What a token that no longer works is told (fact sheet 1.6, 5.4).

use shutterkey::Timestamp;

use super::GraphError;
use super::moment::pacific;
use crate::world::Ended;

/// The answer to a token whose time is over. Whether subcode 463 comes with it differs.
pub(crate) fn expired(at: Timestamp, now: Timestamp, subcode: bool) -> GraphError {
    let message = format!(
        "Error validating access token: Session has expired on {}. The current time is {}.",
        pacific(at),
        pacific(now)
    );
    GraphError::oauth(190, subcode.then_some(463), message)
}

/// The answer to a token that was ended before its time.
pub(crate) fn dead(why: Ended, app_id: &str) -> GraphError {
    let (subcode, words) = match why {
        Ended::AppRemoved => (458, format!("The user has not authorized application {app_id}.")),
        Ended::Checkpoint => (
            459,
            "The account is at a checkpoint, which the person has to clear.".to_owned(),
        ),
        Ended::PasswordChanged => (
            460,
            "The session has been invalidated because the user changed their password or Facebook has changed the \
             session for security reasons."
                .to_owned(),
        ),
        Ended::Unconfirmed => (464, "The account is not confirmed.".to_owned()),
        Ended::Invalid => (467, "The token has become invalid.".to_owned()),
        Ended::RoleLost => (492, "The person has no role on this Page any more.".to_owned()),
    };
    GraphError::oauth(190, Some(subcode), format!("Error validating access token: {words}"))
}
