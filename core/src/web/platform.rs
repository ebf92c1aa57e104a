//! The routes that the platform calls.

use super::page::Page;
use super::request::form_value;
use super::{Request, Response, Route, Routes};
use crate::clock::Timestamp;
use crate::error::{Error, ErrorCode, Result};
use crate::meta::{
    SignedRequest, deletion_code, verify_deletion_code, verify_signed_request, verify_webhook, webhook_challenge,
};
use crate::secret::Secret;

/// A verified data-deletion request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeletionRequest {
    /// Whose data it is about, and since when.
    pub request: SignedRequest,
    /// The confirmation code, the same for the same request.
    pub confirmation_code: String,
    /// The status page.
    pub url: String,
}

/// A deletion whose status somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeletionStatus {
    /// The verified confirmation code.
    pub confirmation_code: String,
    /// When the deletion was asked for.
    pub requested_at: Timestamp,
}

/// A verified request to the webhook's address.
#[derive(Clone, Debug)]
pub enum Webhook {
    /// The subscription check, with its answer.
    Challenge(Response),
    /// A delivery: a JSON object, whose exact bytes are signed. The answer is sent once it was taken.
    Delivery(Response),
}

impl Routes {
    /// Verifies a deauthorize callback: the person removed the app. The account's token is dead; remove it, then answer
    /// [`Self::deauthorized`].
    ///
    /// # Errors
    /// `provider.callback_malformed`, `provider.signature_invalid`, `config.secret_missing`.
    pub fn deauthorize(&self, request: &Request<'_>, now: Timestamp) -> Result<SignedRequest> {
        self.signed_request(*request, now)
    }

    /// The answer to a deauthorize callback (fact sheet 5.2: its body is ignored).
    pub fn deauthorized(&self) -> Response {
        Response::text(200, "")
    }

    /// Verifies a data-deletion request. Delete what belongs to the account, then answer [`Self::deletion_confirmed`].
    ///
    /// # Errors
    /// As [`Self::deauthorize`].
    pub fn data_deletion(&self, request: &Request<'_>, now: Timestamp) -> Result<DeletionRequest> {
        let verified = self.signed_request(*request, now)?;
        let secret = self.0.app_secrets.first();
        let secret = secret.ok_or_else(|| Error::new(ErrorCode::ConfigSecretMissing))?;
        let confirmation_code = deletion_code(secret, &verified);
        Ok(DeletionRequest {
            url: format!("{}?code={confirmation_code}", self.url(Route::DataDeletion)),
            confirmation_code,
            request: verified,
        })
    }

    /// The answer to a data-deletion request: the address of its status page, and the confirmation code.
    pub fn deletion_confirmed(&self, deletion: &DeletionRequest) -> Response {
        let body = serde_json::json!({ "url": deletion.url, "confirmation_code": deletion.confirmation_code });
        Response::json(200, &body)
    }

    /// Verifies the confirmation code that a status page is asked for with (`?code=`).
    ///
    /// # Errors
    /// `provider.callback_malformed` without a code, `provider.signature_invalid` for one that was not given out here.
    pub fn deletion_status(&self, request: &Request<'_>) -> Result<DeletionStatus> {
        if !matches!(request.method, "GET" | "HEAD") {
            return Err(malformed("A status page is asked for by GET."));
        }
        let code = form_value(request.query.as_bytes(), "code")?;
        let confirmation_code = code.ok_or_else(|| malformed("The confirmation code is missing: ?code=…"))?;
        Ok(DeletionStatus {
            requested_at: verify_deletion_code(&confirmation_code, &self.0.app_secrets)?,
            confirmation_code,
        })
    }

    /// The status page. `words` says how far the deletion has come, where it is not done before it is confirmed.
    pub fn deletion_page(&self, deletion: &DeletionStatus, words: Option<&str>) -> Response {
        let received = format!("Your request was received: {}.", for_people(deletion.requested_at));
        let words = words.unwrap_or("The connection with your account, and what was kept for it, has been deleted.");
        let page = Page {
            title: "Deletion of your data",
            paragraphs: vec![&received, words],
            ..Page::default()
        };
        Response::page(200, &page)
    }

    /// Verifies a request to the webhook's address: the subscription check by GET, a delivery by POST.
    ///
    /// # Errors
    /// As [`verify_webhook`] and [`webhook_challenge`]; `provider.callback_malformed` for a verified body that is no JSON object.
    pub fn webhook(&self, request: &Request<'_>) -> Result<Webhook> {
        match request.method {
            "GET" => {
                let none = Secret::from("");
                let token = self.0.verify_token.as_ref().unwrap_or(&none);
                let challenge = webhook_challenge(request.query, token)?;
                Ok(Webhook::Challenge(Response::text(200, challenge)))
            }
            "POST" => {
                let signature = request.header("x-hub-signature-256");
                verify_webhook(request.body, signature.as_deref(), &self.0.app_secrets)?;
                serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(request.body)
                    .map_err(|_| malformed("The delivery is not a JSON object."))?;
                Ok(Webhook::Delivery(Response::text(200, "")))
            }
            _ => Err(malformed("A webhook is called by GET or POST.")),
        }
    }

    fn signed_request(&self, request: Request<'_>, now: Timestamp) -> Result<SignedRequest> {
        if request.method != "POST" {
            return Err(malformed("This callback comes by POST."));
        }
        let signed_request = form_value(request.body, "signed_request")?;
        let signed_request = signed_request.ok_or_else(|| malformed("The body has no signed_request."))?;
        verify_signed_request(&signed_request, &self.0.app_secrets, now)
    }
}

fn malformed(why: &'static str) -> Error {
    Error::with_detail(ErrorCode::CallbackMalformed, why)
}

/// `2026-11-23 21:40 UTC`.
fn for_people(moment: Timestamp) -> String {
    let text = moment.to_string();
    let minutes = text.rsplit_once(':').map_or(&*text, |(minutes, _)| minutes);
    format!("{} UTC", minutes.replace('T', " "))
}
