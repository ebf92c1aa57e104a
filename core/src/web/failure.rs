//! Errors as responses.

use super::callback::with_cookie;
use super::page::Page;
use super::{Request, Response, Route, Routes};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Family, Retry};

impl Routes {
    /// The response to an error of a route, wherever on the way it came up: a page for people, JSON for the platform and for apps. It says
    /// what happened and what to do, and repeats nothing that the request carried.
    ///
    /// After a callback, the login stays in the cookie unless it is at an end: denied, or its code was spent.
    pub fn failed(&self, route: Route, request: &Request<'_>, error: &Error, now: Timestamp) -> Response {
        let status = status(error);
        let response = match route {
            Route::Start => Response::page(status, &page(error, &self.0.home, "The login was not begun")),
            Route::Callback => {
                let (back, cookie) = self.after_failure(*request, error, now);
                let back = back.as_deref().unwrap_or(&self.0.home);
                let title = match error.family() {
                    Family::Denied => "Not connected",
                    _ => "The login was not completed",
                };
                with_cookie(Response::page(status, &page(error, back, title)), cookie)
            }
            Route::DataDeletion if request.method != "POST" => {
                let unknown = Page {
                    title: "Deletion of your data",
                    paragraphs: vec![
                        "There is no such request. Compare the confirmation code with the one that you were given.",
                    ],
                    code: Some(error.code().as_str()),
                    ..Page::default()
                };
                Response::page(404, &unknown)
            }
            Route::Deauthorize
            | Route::DataDeletion
            | Route::Webhook
            | Route::HandoverStart
            | Route::HandoverFinish => {
                let said = serde_json::json!({
                    "code": error.code().as_str(),
                    "message": said(error),
                    "hint": error.hint(),
                });
                Response::json(status, &serde_json::json!({ "error": said }))
            }
        };
        match error.retry() {
            Retry::After(moment) => response.with("retry-after", moment.since(now).max(1).to_string()),
            _ => response,
        }
    }
}

/// Particulars of the configuration, of the store and of misuse are for those who run the site.
fn said(error: &Error) -> &str {
    match (error.family(), error.code()) {
        (Family::Config | Family::Store | Family::Internal, code) => code.summary(),
        // Said to that person.
        (_, ErrorCode::DeniedByUser) => "You did not approve, so nothing was connected.",
        _ => error.message(),
    }
}

fn page<'a>(error: &'a Error, back: &'a str, title: &'a str) -> Page<'a> {
    let (advice, visit) = match error.retry() {
        Retry::Login => ("Go back and begin again.", None),
        Retry::Reconsent => ("You can go back and try again whenever you want.", None),
        Retry::Backoff | Retry::After(_) => ("Go back and try again in a moment.", None),
        Retry::UserAction(address) => ("Follow the notice there first, then try again:", Some(address)),
        // Catalogue words: they name settings, not their values.
        Retry::FixConfig => (error.hint(), None),
        Retry::Never => ("Trying again does not help.", None),
    };
    Page {
        title,
        paragraphs: vec![said(error), advice],
        visit,
        back: Some(back),
        code: Some(error.code().as_str()),
    }
}

fn status(error: &Error) -> u16 {
    match (error.family(), error.code()) {
        (_, ErrorCode::RedirectCrossSite | ErrorCode::RedirectSessionMismatch) => 403,
        (_, ErrorCode::SignatureInvalid | ErrorCode::VerifyTokenMismatch) => 403,
        (_, ErrorCode::CallbackMalformed) => 400,
        (_, ErrorCode::Unavailable) => 503,
        (_, ErrorCode::Timeout) => 504,
        (Family::Redirect, _) => 400,
        (Family::Denied, _) => 403,
        (Family::Account, _) => 409,
        // The platform delivers again after these.
        (Family::Store | Family::Throttled, _) => 503,
        (Family::Config | Family::Internal, _) => 500,
        (Family::Provider | Family::Network | Family::Token, _) => 502,
    }
}
