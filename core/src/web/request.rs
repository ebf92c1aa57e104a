//! What a framework knows of a request.

use std::fmt;

use crate::error::{Error, ErrorCode, Result, printable};

/// A request, copied field by field from a framework's own.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// `GET`, `POST`, …
    pub method: &'a str,
    /// The raw query, as it came, without its question mark; empty where there is none.
    pub query: &'a str,
    /// All header fields, in any order and any case, repeated ones repeated.
    pub headers: &'a [(&'a str, &'a str)],
    /// The raw body, as it came; empty where there is none.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// The values of a header field.
    fn values(self, name: &str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim_matches([' ', '\t']))
    }

    /// The value of a header field that a sender writes once. One that is there twice is not what a browser or Meta sends;
    /// it is answered whole, and then equals nothing that is expected.
    pub(super) fn header(self, name: &str) -> Option<String> {
        let mut values = self.values(name);
        let first = values.next()?.to_owned();
        Some(values.fold(first, |all, value| all + ", " + value))
    }

    /// The cookies. HTTP/2 may cut the field into several (RFC 9113 8.2.3).
    pub(super) fn cookie(self) -> Option<String> {
        let cookies: Vec<_> = self.values("cookie").collect();
        (!cookies.is_empty()).then(|| cookies.join("; "))
    }

    /// Whether a browser loads this ahead of the person, who may never go there.
    pub(super) fn is_speculative(self) -> bool {
        ["sec-purpose", "purpose", "x-moz"]
            .into_iter()
            .flat_map(|name| self.values(name))
            .any(|value| value.contains("prefetch") || value.contains("prerender"))
    }

    /// Whether the body is a form without files.
    pub(super) fn has_form(self) -> bool {
        self.has_type("application/x-www-form-urlencoded")
    }

    /// The body, where it is JSON and says so: no page of another site can send that without asking first.
    pub(super) fn json(self) -> Option<&'a str> {
        self.has_type("application/json").then_some(())?;
        std::str::from_utf8(self.body).ok()
    }

    fn has_type(self, wanted: &str) -> bool {
        self.header("content-type")
            .and_then(|kind| kind.split(';').next().map(|kind| kind.trim().to_ascii_lowercase()))
            .is_some_and(|kind| kind == wanted)
    }
}

/// The one value of a name in form-encoded text.
///
/// # Errors
/// `provider.callback_malformed` where it occurs more than once: two readers would take different ones.
pub(super) fn form_value(form: &[u8], name: &str) -> Result<Option<String>> {
    let mut values = url::form_urlencoded::parse(form).filter(|(known, _)| known == name);
    let first = values.next().map(|(_, value)| value.into_owned());
    if values.next().is_some() {
        return Err(Error::with_detail(
            ErrorCode::CallbackMalformed,
            format!("The field {} occurs more than once.", printable(name)),
        ));
    }
    Ok(first)
}

/// Query, cookies and body hold what nobody may read in a log.
impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &printable(self.method))
            .finish_non_exhaustive()
    }
}
