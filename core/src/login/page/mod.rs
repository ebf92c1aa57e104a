//! The pages of the listener.
//!
//! Each is whole in itself: no resource from anywhere, one style and at most one script, both allowed by their hash and by
//! nothing else. Nothing that a request carries is put into a page; errors are shown in shutterkey's own words.

use std::sync::LazyLock;

use hyper::StatusCode;

use crate::error::{Error, ErrorCode, Family};
use crate::html::{csp_source, escape};

const APPROVED: &str = "Approved";

pub(super) const STYLE: &str = include_str!("style.css");
const FRAGMENT_SCRIPT: &str = include_str!("fragment.js");

/// An aperture; what stands in its opening comes after.
pub(super) const MARK: &str = r#"<svg viewBox="0 0 48 48" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><circle cx="24" cy="24" r="21"/><path d="M35.2 26.4L19 44.4M27.6 34.9L3.8 29.9M16.3 32.5L8.8 9.5M12.8 21.6L29 3.6M20.4 13.1L44.2 18.1M31.7 15.5L39.2 38.5"/>"#;

/// A keyhole.
pub(super) const OPEN: &str = r#"<path d="M24 18.5a3.6 3.6 0 0 1 1.9 6.6l1.2 4.9h-6.2l1.2-4.9A3.6 3.6 0 0 1 24 18.5z" fill="currentColor" stroke="none"/></svg>"#;

/// A check mark.
const DONE: &str = r#"<path d="M19.5 24.3l3.2 3.2 6-6.6" stroke-width="2.75"/></svg>"#;

/// Pages load nothing, send nothing, and are framed by nobody.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        csp_source(STYLE)
    )
});

/// The fragment page has one script, which may call its own origin.
static FRAGMENT_POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "{}; script-src '{}'; connect-src 'self'",
        &*POLICY,
        csp_source(FRAGMENT_SCRIPT)
    )
});

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
            APPROVED,
            "<p>The answer has arrived. You can close this window and return to the terminal, which finishes the login.</p>",
        ),
        Some(error) if error.code() == ErrorCode::DeniedByUser => Page::html(
            StatusCode::OK,
            "Not approved",
            &with_code(
                error,
                "<p>You did not approve, so nothing was granted and nothing was stored. To try again, start a new login in the terminal.</p>",
            ),
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
    let (title, content) = match error.code() {
        ErrorCode::RedirectStateMismatch => (
            "This answer belongs to another login",
            with_code(error, &format!("<p>{FOREIGN}</p>")),
        ),
        _ => (
            "This is not the answer",
            explained(error, "The login in the terminal is still waiting."),
        ),
    };
    Page::html(StatusCode::BAD_REQUEST, title, &content)
}

/// What the person can do about an answer of another login.
const FOREIGN: &str =
    "It was not used. The login in the terminal is still waiting: finish it in the page that it opened last.";

/// The same for the fragment page's script, which shows it as text.
pub(super) fn refused_text(error: &Error) -> Page {
    let words = match error.code() {
        ErrorCode::RedirectStateMismatch => format!("This answer belongs to another login. {FOREIGN}"),
        _ => format!(
            "{} {} The login in the terminal is still waiting.",
            error.message(),
            error.hint()
        ),
    };
    Page::text(StatusCode::BAD_REQUEST, words)
}

/// Takes the fragment from the address bar and posts it to `post_path` on the same origin.
pub(super) fn fragment(post_path: &str) -> Page {
    let content = "<p role=\"status\">The answer still has to be handed to the terminal.</p>\
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
    let words = format!(
        "<p>{}</p><p>{}</p><p class=\"soft\">{then}</p>",
        escape(error.message()),
        escape(error.hint())
    );
    with_code(error, &words)
}

fn with_code(error: &Error, words: &str) -> String {
    format!(
        "{words}<footer><span>shutterkey</span><code>{}</code></footer>",
        error.code()
    )
}

fn document(attributes: &str, title: &str, content: &str, script: &str) -> String {
    let footer = if content.contains("<footer>") {
        ""
    } else {
        "<footer><span>shutterkey</span></footer>"
    };
    let (class, center) = if title == APPROVED {
        (" class=\"done\"", DONE)
    } else {
        ("", OPEN)
    };
    format!(
        "<!doctype html>\n<html lang=\"en\"{attributes}><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\">\
         <title>{title} · shutterkey</title><style>{STYLE}</style></head>\
         <body><main{class}>{MARK}{center}<h1>{title}</h1>{content}{footer}</main>{script}</body></html>\n"
    )
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
