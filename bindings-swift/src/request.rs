//! Requests that a driver sends.

use std::sync::Arc;

use shutterkey::HttpRequest;

/// A request. Address, headers and body may hold a token or a code.
#[derive(Debug, uniffi::Object)]
pub struct NativeRequest(HttpRequest);

impl NativeRequest {
    pub(crate) fn wrap(request: HttpRequest) -> Arc<Self> {
        Arc::new(Self(request))
    }
}

#[uniffi::export]
impl NativeRequest {
    /// Method, address, whether there is a body, the body, then names and values of headers in turn: all that sending takes,
    /// in one call.
    pub fn reveal(&self) -> Vec<String> {
        let body = self.0.body();
        let mut all = vec![
            self.0.method().as_str().to_owned(),
            self.0.url().to_owned(),
            if body.is_some() { "body" } else { "" }.to_owned(),
            body.unwrap_or_default().to_owned(),
        ];
        for (name, value) in self.0.headers() {
            all.extend([name.to_owned(), value.to_owned()]);
        }
        all
    }

    /// Method, host and path: what may be printed.
    pub fn described(&self) -> String {
        format!("{:?}", self.0)
    }

    /// Seconds.
    pub fn deadline(&self) -> f64 {
        self.0.deadline().as_secs_f64()
    }

    /// How much of the answer may be read, in bytes.
    pub fn body_cap(&self) -> u64 {
        self.0.body_cap() as u64
    }

    /// Whether it may be sent again when no answer came.
    pub fn is_replay_safe(&self) -> bool {
        self.0.is_replay_safe()
    }
}
