//! The registered redirect URI.

use super::{Request, Response, Routes};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Family, Result};
use crate::operation::code_is_unspent;
use crate::protocol::pending::PendingAuthorization;
use crate::protocol::redirect::Grant;

/// An answer that was accepted: what completing the login takes.
#[derive(Debug)]
pub struct Accepted {
    /// The login that it answers.
    pub pending: PendingAuthorization,
    /// What the person granted.
    pub grant: Grant,
}

impl Routes {
    /// Accepts the answer to a login that this browser began with this client. Nothing is sent anywhere: the caller completes
    /// the login and then answers [`Self::connected`], or on any error [`Self::failed`].
    ///
    /// The login is found in the browser's own cookie by the answer's state; it has to be of this client and of this redirect
    /// URI (mix-up), and `session` has to be who was logged in at the start: a login begun by nobody is not completed by
    /// somebody, or the reverse.
    ///
    /// # Errors
    /// The `redirect` family; the `denied` family when the person or the provider said no.
    pub fn callback(&self, request: &Request<'_>, session: Option<&str>, now: Timestamp) -> Result<Accepted> {
        let malformed = |why: &'static str| Err(Error::with_detail(ErrorCode::RedirectMalformed, why));
        if request.method != "GET" {
            return malformed("An authorization response comes by GET.");
        }
        if request.is_speculative() {
            return malformed("A login is not completed by a browser that loads ahead of the person.");
        }
        let jar = self.jar(*request, now);
        let pending = jar.find(request.query).map_err(not_open_here)?;
        pending.check_client(&self.0.config)?;
        if pending.redirect_uri() != self.0.config.redirect_uri() {
            return Err(Error::new(ErrorCode::RedirectMismatch));
        }
        if pending.session().is_none() && session.is_some() {
            return Err(Error::new(ErrorCode::RedirectSessionMismatch));
        }
        let grant = pending.accept_query(request.query, now, session)?;
        Ok(Accepted {
            pending: pending.clone(),
            grant,
        })
    }

    /// Sends the person on after a login that is completed: to the path that it names, or home, with the fragment
    /// `#connected` unless the path has one. The login leaves the cookie.
    pub fn connected(&self, request: &Request<'_>, now: Timestamp) -> Response {
        let (back, cookie) = self.without_login(*request, now);
        // Without a fragment of its own, browsers carry the answer's along: Meta's `#_` would stay in the address bar. An empty
        // one does not survive every framework.
        let mut location = back.unwrap_or_else(|| self.0.home.clone());
        if !location.contains('#') {
            location.push_str("#connected");
        }
        with_cookie(Response::see_other(location), cookie)
    }

    /// The path to go back to, and the cookie without the login that the request answers.
    fn without_login(&self, request: Request<'_>, now: Timestamp) -> (Option<String>, Option<String>) {
        let mut jar = self.jar(request, now);
        let Ok(login) = jar.find(request.query) else {
            return (None, None);
        };
        let (handle, back) = (login.handle(), login.return_to().map(str::to_owned));
        jar.remove(&handle);
        // A login that stays in the cookie is still spent only once; better that than no answer at all.
        (back, jar.to_set_cookie(&*self.0.sealer, now).ok())
    }

    /// The path to go back to after a failed login, and the cookie to set where the login is at an end.
    pub(super) fn after_failure(
        &self,
        request: Request<'_>,
        error: &Error,
        now: Timestamp,
    ) -> (Option<String>, Option<String>) {
        let (back, cookie) = self.without_login(request, now);
        (back, cookie.filter(|_| ends_the_login(error)))
    }
}

pub(super) fn with_cookie(response: Response, cookie: Option<String>) -> Response {
    match cookie {
        Some(cookie) => response.with("set-cookie", cookie),
        None => response,
    }
}

/// An answer that was refused is not this login's, and must not cancel it; one whose code was not sent may come again.
fn ends_the_login(error: &Error) -> bool {
    if error.resumable().is_some() {
        return true;
    }
    match error.family() {
        Family::Redirect => error.code() == ErrorCode::RedirectStateUsed,
        // Before the exchange, the claim in the store and the configuration; after it, errors are resumable.
        Family::Store | Family::Config => false,
        _ => !code_is_unspent(error),
    }
}

/// What a person sees who took too long, or whose browser lost the cookie.
fn not_open_here(error: Error) -> Error {
    if error.code() != ErrorCode::RedirectStateMismatch {
        return error;
    }
    Error::with_detail(
        ErrorCode::RedirectStateMismatch,
        "No login that is open in this browser has this answer: it took too long, was finished before, or was begun elsewhere.",
    )
}
