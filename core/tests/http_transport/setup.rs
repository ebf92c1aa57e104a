//! Transports, providers and tokens that several tests use.

use std::time::Duration;

use shutterkey::protocol::request::{HttpRequest, HttpResponse, Method};
use shutterkey::protocol::token::{Expiry, Token, TokenKind};
use shutterkey::{ClientConfig, HttpTransport, Provider, SendFailure, Timestamp, Transport};

/// A moment whose spread over the waits of 400 and 1,600 milliseconds is zero: the tries come as soon as they can.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_600_000_000);

/// Long enough for a loopback answer on a busy machine, short enough for a test that waits for it to pass.
pub(crate) const SHORT: Duration = Duration::from_millis(400);

/// Without the proxies of the machine that runs the tests.
pub(crate) fn transport() -> HttpTransport {
    HttpTransport::builder().no_proxy().build().unwrap()
}

pub(crate) fn impatient() -> HttpTransport {
    HttpTransport::builder().no_proxy().deadline(SHORT).build().unwrap()
}

pub(crate) async fn get(transport: &HttpTransport, url: &str) -> Result<HttpResponse, SendFailure> {
    let sent = transport.send(&HttpRequest::new(Method::Get, url)).await;
    sent.map_err(|error| error.failure())
}

pub(crate) async fn post(transport: &HttpTransport, url: &str, body: &str) -> Result<HttpResponse, SendFailure> {
    let sent = transport.send(&HttpRequest::new(Method::Post, url).form(body)).await;
    sent.map_err(|error| error.failure())
}

/// Instagram, played by a server at `base`.
pub(crate) fn config(base: &str) -> ClientConfig {
    let provider = Provider::instagram().at_sandbox(base, None).unwrap();
    ClientConfig::builder(provider, "1234567890123456")
        .client_secret("sandbox-secret")
        .redirect_uri("http://127.0.0.1:9/callback")
        .build()
        .unwrap()
}

/// A long-lived token that may be refreshed at [`NOW`], of an age that is a multiple of 1,600 seconds: see there.
pub(crate) fn old_token(config: &ClientConfig, value: &str) -> Token {
    Token::builder(config.provider(), value, TokenKind::Long)
        .issued_at(Some(NOW.plus(-30 * 86_400)))
        .expiry(Expiry::At(NOW.plus(30 * 86_400)))
        .build()
        .unwrap()
}
