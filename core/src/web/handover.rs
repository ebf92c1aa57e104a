//! The routes of an app that shares its logins with this site.

use super::callback::Accepted;
use super::{Request, Response, Routes};
use crate::clock::Timestamp;
use crate::entropy::Entropy;
use crate::error::{Error, ErrorCode, Result};
use crate::operation::Connection;
use crate::protocol::authorize::{AuthorizeOptions, build_authorization_request};
use crate::protocol::handover::{Handover, HandoverStart};

impl Routes {
    /// Begins a login for an app whose user is signed in here as `session`, and answers what the app needs to go on: JSON with
    /// the address to open and a handle ([`HandoverStart`]).
    ///
    /// The handle is the login, sealed for this user: nothing is kept here. On mobile the provider is asked to let the person
    /// enter their credentials where it knows how (`force_reauth`, fact sheet 1.2), unless `options` say otherwise.
    ///
    /// # Errors
    /// `redirect.session_mismatch` without a user; `redirect.cross_site` for a page of another site; `redirect.malformed` unless
    /// by POST; the `config` family as [`build_authorization_request`].
    pub fn handover_start(
        &self,
        request: &Request<'_>,
        session: Option<&str>,
        options: AuthorizeOptions,
        now: Timestamp,
        entropy: Entropy<64>,
    ) -> Result<Response> {
        let session = self.signed_in_app(*request, session)?;
        let mut options = options.session(session);
        if self.0.app_config.provider().data().force_reauth && !options.has_extra("force_reauth") {
            options = options.force_reauth();
        }
        let login = build_authorization_request(&self.0.app_config, options, now, entropy)?;
        let start = HandoverStart::seal(&login, &*self.0.sealer, session)?;
        Ok(Response::json_text(200, start.to_json().reveal()))
    }

    /// Accepts what the app hands over, for the same user. Nothing is sent anywhere: the caller completes the login and then
    /// answers [`Self::handed_over`], or on any error [`Self::failed`].
    ///
    /// # Errors
    /// `redirect.seal_invalid` for a login that was not begun here for this user; `redirect.malformed` for what is not a
    /// hand-over that this release knows; otherwise as [`Self::handover_start`] and [`Handover::accept`].
    pub fn handover_finish(&self, request: &Request<'_>, session: Option<&str>, now: Timestamp) -> Result<Accepted> {
        let session = self.signed_in_app(*request, session)?;
        let json = request.json().ok_or_else(|| {
            Error::with_detail(
                ErrorCode::RedirectMalformed,
                "A login is handed over as JSON, with content-type: application/json.",
            )
        })?;
        let handover = Handover::parse(json)?;
        let (pending, grant) = handover.accept(&self.0.app_config, &*self.0.sealer, session, now)?;
        Ok(Accepted { pending, grant })
    }

    /// The answer to a login that was handed over and is completed: the account, and never its token.
    pub fn handed_over(&self, connection: &Connection) -> Response {
        let account = &connection.account;
        let said = serde_json::json!({
            "version": 1,
            "account": {
                "user_id": account.user_id,
                "username": account.username,
                "name": account.name,
                "account_type": account.account_type,
            },
            "missing_scopes": connection.missing_scopes,
        });
        Response::json(200, &said)
    }

    /// The answer to a login that was accepted, by callers who complete it later: nothing of it yet.
    pub fn taken_over(&self) -> Response {
        Response::json(200, &serde_json::json!({ "version": 1 }))
    }

    /// Who the app's user is. A page of another site is nobody's app; an app sends neither of a browser's two headers.
    fn signed_in_app<'a>(&self, request: Request<'_>, session: Option<&'a str>) -> Result<&'a str> {
        if request.method != "POST" {
            return Err(Error::with_detail(
                ErrorCode::RedirectMalformed,
                "An app begins and finishes a login by POST.",
            ));
        }
        self.check_page(request)?;
        session.filter(|session| !session.is_empty()).ok_or_else(|| {
            Error::with_detail(
                ErrorCode::RedirectSessionMismatch,
                "An app shares its login with the user who is signed in to this site, and nobody is.",
            )
        })
    }
}
