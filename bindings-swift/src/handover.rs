//! Logins that are shared with a backend.

use std::sync::Arc;

use shutterkey::{Handover, HandoverStart};

use crate::failure::Failure;
use crate::moment;

/// A login that the app's backend began.
#[derive(Debug, uniffi::Object)]
pub struct NativeLogin(HandoverStart);

/// What the app gives its backend to finish it.
#[derive(Debug, uniffi::Object)]
pub struct NativeHandover(Handover);

#[uniffi::export]
impl NativeLogin {
    /// Reads what the backend sent.
    #[uniffi::constructor]
    pub fn parse(json: String) -> Result<Arc<Self>, Failure> {
        Ok(Arc::new(Self(HandoverStart::parse(&json)?)))
    }

    /// The address for the system's browser.
    pub fn url(&self) -> String {
        self.0.url().to_owned()
    }

    /// Where the answer comes to.
    pub fn redirect_uri(&self) -> String {
        self.0.redirect_uri().as_str().to_owned()
    }

    /// From when on no answer is accepted.
    pub fn expires_at(&self) -> i64 {
        self.0.expires_at().seconds()
    }

    /// The whole value as JSON, which is a secret.
    pub fn to_json(&self) -> String {
        self.0.to_json().reveal().to_owned()
    }

    /// Checks what the browser came back with.
    pub fn answer(&self, redirect_url: String, now: i64) -> Result<Arc<NativeHandover>, Failure> {
        Ok(Arc::new(NativeHandover(self.0.answer(&redirect_url, moment(now))?)))
    }
}

#[uniffi::export]
impl NativeHandover {
    /// The body of the request to the backend, which is a secret.
    pub fn to_json(&self) -> String {
        self.0.to_json().reveal().to_owned()
    }
}
