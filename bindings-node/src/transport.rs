//! Requests by a `fetch` of the caller's.

use std::fmt;
use std::sync::Arc;

use shutterkey::store::BoxFuture;
use shutterkey::{HttpRequest, HttpResponse, Secret, SendError, SendFailure, Transport};

use crate::host::{Answer, Asked, Behind, Question};

/// The caller's `fetch`.
pub(crate) struct HostTransport(pub(crate) Asked);

impl HostTransport {
    async fn exchange(&self, request: &HttpRequest) -> Result<HttpResponse, SendError> {
        if request.endpoint().is_err() {
            return Err(SendFailure::REFUSED.into());
        }
        let headers = request.headers();
        let secrets = request.secret_values();
        let question = Question {
            what: "fetch",
            name: request.url().to_owned(),
            method: Some(request.method().as_str()),
            headers: Some(
                headers
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect(),
            ),
            body: request.body().map(str::to_owned),
            secrets: Some(secrets.iter().map(Secret::reveal).map(str::to_owned).collect()),
            length: Some(request.deadline().as_secs_f64()),
            limit: u32::try_from(request.body_cap()).ok(),
            ..Question::default()
        };
        let asked = tokio::time::timeout(request.deadline(), self.0.ask(question));
        match asked.await {
            Ok(Some(answer)) => read(answer),
            Ok(None) => Err(SendFailure::Reset.into()),
            Err(_) => Err(SendFailure::Timeout.into()),
        }
    }
}

fn read(answer: Answer) -> Result<HttpResponse, SendError> {
    let Some(failure) = answer.failure else {
        let body = answer.bytes.map(|bytes| bytes.to_vec());
        return Ok(HttpResponse::new(
            answer.status.unwrap_or_default(),
            answer.headers.unwrap_or_default(),
            body.unwrap_or_default(),
        ));
    };
    let failure = SendFailure::by_name(&failure).unwrap_or(SendFailure::UNKNOWN);
    Err(match answer.behind {
        Some(number) => SendError::new(failure, Arc::new(Behind(number))),
        None => failure.into(),
    })
}

impl Transport for HostTransport {
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        Box::pin(self.exchange(request))
    }
}

impl fmt::Debug for HostTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostTransport")
    }
}
