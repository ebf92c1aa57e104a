//! The pages of the listener.
//!
//! Each is whole in itself: no resource from anywhere, one style and at most one script, both allowed by their hash and by
//! nothing else. Nothing that a request carries is put into a page; errors are shown in shutterkey's own words.

use std::fmt::Write;
use std::sync::LazyLock;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hyper::StatusCode;
use sha2::{Digest, Sha256};

use crate::error::{Error, ErrorCode, Family};

const STYLE: &str = include_str!("style.css");
const FRAGMENT_SCRIPT: &str = include_str!("fragment.js");

/// An aperture with a keyhole in it.
const MARK: &str = r#"<svg viewBox="0 0 48 48" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round"><circle cx="24" cy="24" r="21"/><path d="M24 3l8 13M42.200 13.500L34.500 26M42.200 34.500L27 33M24 45L16 32M5.800 34.500L13.500 22M5.800 13.500L21 15"/><path d="M24 19.500a3.200 3.200 0 0 1 1.700 5.900l1.100 4.600h-5.600l1.100-4.600a3.200 3.200 0 0 1 1.700-5.900z" fill="currentColor" stroke="none"/></svg>"#;

/// Pages load nothing, send nothing, and are framed by nobody.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        source(STYLE)
    )
});

/// The fragment page has one script, which may call its own origin.
static FRAGMENT_POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{}; script-src '{}'; connect-src 'self'",
        &*POLICY,
        source(FRAGMENT_SCRIPT)
    )
});

/// The hash source of Content Security Policy 3 for an inline text.
fn source(text: &str) -> String {
    format!("sha256-{}", BASE64_STANDARD.encode(Sha256::digest(text)))
}

/// One answer, whole.
#[derive(Clone)]
pub(super) struct Page {
    pub(super) status: StatusCode,
    pub(super) content_type: &'static str,
    pub(super) policy: &'static str,
    pub(super) body: String,
}

impl Page {
    pub(super) fn text(status: StatusCode, body: impl Into<String>) -> Self {
        Self {
            status,
            content_type: "text/plain; charset=utf-8",
            policy: &POLICY,
            body: body.into(),
        }
    }

    pub(super) fn empty(status: StatusCode) -> Self {
        Self::text(status, "")
    }

    fn html(status: StatusCode, title: &str, content: &str) -> Self {
        Self {
            status,
            content_type: "text/html; charset=utf-8",
            policy: &POLICY,
            body: document("", title, content, ""),
        }
    }
}

/// How the login ended: approved, or the error that ended it.
pub(super) fn result(error: Option<&Error>) -> Page {
    match error {
        None => Page::html(
            StatusCode::OK,
            "Approved",
            "<p>The answer has arrived. You can close this window and return to the terminal, where the login is finished.</p>",
        ),
        Some(error) if error.family() == Family::Denied => Page::html(
            StatusCode::OK,
            "Not approved",
            &explained(error, "You can close this window and return to the terminal."),
        ),
        Some(error) => Page::html(
            StatusCode::OK,
            "The login failed",
            &explained(error, "You can close this window and return to the terminal."),
        ),
    }
}

/// A redirect that is not this login's answer.
pub(super) fn refused(error: &Error) -> Page {
    Page::html(
        StatusCode::BAD_REQUEST,
        refused_title(error),
        &explained(error, "The login in the terminal is still waiting."),
    )
}

/// The same for the fragment page's script, which shows it as text.
pub(super) fn refused_text(error: &Error) -> Page {
    Page::text(
        StatusCode::BAD_REQUEST,
        format!(
            "{} {} The login in the terminal is still waiting.",
            error.message(),
            error.hint()
        ),
    )
}

fn refused_title(error: &Error) -> &'static str {
    match error.code() {
        ErrorCode::RedirectStateMismatch => "This answer belongs to another login",
        _ => "This is not the answer",
    }
}

/// Takes the fragment from the address bar and posts it to `post_path` on the same origin.
pub(super) fn fragment(post_path: &str) -> Page {
    let content = "<p role=\"status\">The answer is being handed to the terminal.</p>\
        <noscript><p>That takes JavaScript, which is switched off. Copy the whole address from the address bar and paste it into the terminal instead.</p></noscript>";
    let attributes = format!(" data-post=\"{}\"", escape(post_path));
    let script = format!("<script>{FRAGMENT_SCRIPT}</script>");
    Page {
        policy: &FRAGMENT_POLICY,
        body: document(&attributes, "One moment", content, &script),
        ..Page::html(StatusCode::OK, "", "")
    }
}

/// Any other path.
pub(super) fn not_found() -> Page {
    Page::html(
        StatusCode::NOT_FOUND,
        "Nothing here",
        "<p>A login is waiting for its answer at another address of this machine.</p>",
    )
}

/// A request for another host.
pub(super) fn wrong_host() -> Page {
    Page::text(
        StatusCode::BAD_REQUEST,
        "This listener answers to its own loopback address alone.",
    )
}

fn explained(error: &Error, then: &str) -> String {
    format!(
        "<p>{}</p><p>{}</p><p class=\"soft\">{then}</p><footer><span>shutterkey</span><code>{}</code></footer>",
        escape(error.message()),
        escape(error.hint()),
        error.code()
    )
}

fn document(attributes: &str, title: &str, content: &str, script: &str) -> String {
    let footer = if content.contains("<footer>") {
        ""
    } else {
        "<footer><span>shutterkey</span></footer>"
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"{attributes}><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\">\
         <title>{title} · shutterkey</title><style>{STYLE}</style></head>\
         <body><main>{MARK}<h1>{title}</h1>{content}{footer}</main>{script}</body></html>\n"
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' | '<' | '>' | '"' | '\'' => {
                let _ = write!(escaped, "&#{};", u32::from(c));
            }
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_an_error_is_text_in_a_page() {
        let error = Error::with_detail(ErrorCode::DeniedByProvider, "<script>alert('x')</script> & \"more\"");
        let page = result(Some(&error));
        assert!(!page.body.contains("<script"), "{}", page.body);
        assert!(
            page.body.contains("&#60;script&#62;alert(&#39;x&#39;)"),
            "{}",
            page.body
        );
    }

    #[test]
    fn style_and_script_cannot_end_their_own_element() {
        assert!(!STYLE.contains("</") && !FRAGMENT_SCRIPT.contains("</"));
    }

    #[test]
    fn the_script_leaves_the_address_bar_before_it_sends_anything() {
        let left = FRAGMENT_SCRIPT.find("history.replaceState").unwrap();
        let sent = FRAGMENT_SCRIPT.find("fetch(").unwrap();
        assert!(left < sent);
        assert!(!FRAGMENT_SCRIPT.contains("innerHTML"));
    }
}
