//! What was granted, one by one.

use super::wire::graph::{Permission, PermissionsWire, read};
use super::wire::{Object, Text};
use super::{refuse, unusable};
use crate::clock::Timestamp;
use crate::error::Result;
use crate::protocol::request::HttpResponse;
use crate::scope::ScopeSet;

/// More permissions than any platform has: what is longer is not their list.
const MOST: usize = 1_000;

/// What became of each permission that was ever asked for (`/me/permissions`; fact sheet 2.6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Permissions {
    /// Those that the token has.
    pub granted: ScopeSet,
    /// Those that the person refused, or took back.
    pub declined: ScopeSet,
    /// Those that lapsed: Meta takes back what was not used for 90 days.
    pub expired: ScopeSet,
}

/// Reads the list of permissions. A state that is not one of the three is passed over.
///
/// # Errors
/// The provider's refusal; `provider.bad_response`.
pub fn parse_permissions_response(response: &HttpResponse, now: Timestamp) -> Result<Permissions> {
    refuse(response, now)?;
    let PermissionsWire { data } = read(response.body()).map_err(|why| unusable(&response.hide(&why)))?;
    if data.len() > MOST {
        return Err(unusable("has more permissions than there are"));
    }
    let with = |state: &'static str| {
        ScopeSet::granted(
            data.iter()
                .filter_map(move |Object(Permission { permission, status })| {
                    let (Text(permission), Text(status)) = (permission, status);
                    (&**status == state).then_some(&**permission)
                }),
        )
    };
    Ok(Permissions {
        granted: with("granted"),
        declined: with("declined"),
        expired: with("expired"),
    })
}
