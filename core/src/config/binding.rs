//! What a client's logins are bound to.

use super::RedirectUri;
use crate::provider::ResponseType;

/// What all logins of one client share.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) provider: Box<str>,
    pub(crate) origin: Box<str>,
    pub(crate) client_id: Box<str>,
    pub(crate) redirect_uri: RedirectUri,
    pub(crate) response_type: ResponseType,
    pub(crate) issuer: Option<Box<str>>,
    pub(crate) iss_promised: bool,
}
