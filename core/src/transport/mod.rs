//! How requests are sent.

#[cfg(feature = "http")]
mod http;

use std::fmt;

#[cfg(feature = "http")]
pub use http::{HttpTransport, HttpTransportBuilder, TrustedRoots};

use crate::operation::SendError;
use crate::protocol::request::{HttpRequest, HttpResponse};
use crate::store::BoxFuture;

/// Sends requests under the driver contract (see [`HttpRequest`]): https only (loopback excepted), no redirect followed,
/// no cookies, within the deadline, at most the body cap read, and each request sent once.
pub trait Transport: Send + Sync + fmt::Debug {
    /// Sends one request, once.
    ///
    /// # Errors
    /// Why there is no response. [`Dns`](crate::SendFailure::Dns) and [`Offline`](crate::SendFailure::Offline) promise
    /// that nothing was sent.
    fn send<'a>(&'a self, request: &'a HttpRequest) -> BoxFuture<'a, Result<HttpResponse, SendError>>;
}
