//! The provider's time: what the Date header of any answer says.

use shutterkey::config::profile::Profile;
use shutterkey::{Error, ErrorCode, HttpRequest, Method, Provider, Timestamp};

use crate::context::{Context, transport};

/// Asks for the provider's front page; no token and no id goes with it.
pub(super) async fn of_provider(context: &Context) -> Result<Timestamp, Error> {
    let provider = context
        .profile_without_secret()
        .map_or_else(|_| Provider::instagram(), |profile: Profile| profile.provider);
    let data = provider.data();
    let endpoint = data
        .token
        .as_ref()
        .or(data.authorize.as_ref())
        .ok_or_else(|| Error::with_detail(ErrorCode::ConfigMissing, "The provider has no endpoint to ask."))?;
    context.ui.note(&format!("Asking {} for the time.", endpoint.origin()));
    let request = HttpRequest::new(Method::Get, format!("{}/", endpoint.origin()));
    let response = transport().send(&request).await.map_err(Error::from)?;
    response.date().ok_or_else(|| {
        Error::with_detail(
            ErrorCode::BadResponse,
            "The provider's answer has no Date header to compare the clock with.",
        )
    })
}
