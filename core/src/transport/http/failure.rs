//! What reqwest's errors mean. They hold addresses with tokens in them: nothing but the kind leaves this file.

use std::error::Error;
use std::io;

use crate::operation::SendFailure;

/// The kind of a failure, by the causes in its chain.
pub(super) fn failure_of(error: &reqwest::Error) -> SendFailure {
    let causes = Causes::of(error);
    if causes.tls {
        SendFailure::Tls
    } else if causes.timeout || error.is_timeout() {
        SendFailure::Timeout
    } else if error.is_dns() {
        SendFailure::Dns
    } else if error.is_connect() {
        SendFailure::Offline
    } else {
        SendFailure::Reset
    }
}

#[derive(Default)]
struct Causes {
    tls: bool,
    timeout: bool,
}

impl Causes {
    fn of(error: &reqwest::Error) -> Self {
        let mut causes = Self::default();
        let mut next: Option<&(dyn Error + 'static)> = Some(error);
        while let Some(cause) = next {
            causes.tls |= cause.is::<rustls::Error>();
            next = cause.source();
            if let Some(cause) = cause.downcast_ref::<io::Error>() {
                causes.timeout |= cause.kind() == io::ErrorKind::TimedOut;
                // An I/O error's source() is that of the error inside, so the one inside would be stepped over.
                next = match cause.get_ref() {
                    Some(inside) => Some(inside),
                    None => next,
                };
            }
        }
        causes
    }
}
