//! Pages for people whose login did not end as they wished, and for the status of a deletion. Plain on purpose: they stand
//! in somebody else's site.

use std::sync::LazyLock;

use crate::html::{csp_source, escape};

const STYLE: &str = ":root{color-scheme:light dark}body{margin:0 auto;max-width:36rem;padding:3rem 1.5rem;\
font:1.0625rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}h1{font-size:1.5rem;line-height:1.25}code{opacity:.7}a{color:inherit}\
:focus-visible{outline:3px solid;outline-offset:3px}";

/// Nothing is loaded, sent or framed.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    format!(
        "default-src 'none'; style-src '{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        csp_source(STYLE)
    )
});

pub(super) fn policy() -> String {
    POLICY.clone()
}

/// What a page says. All of it is text.
#[derive(Default)]
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    pub(super) paragraphs: Vec<&'a str>,
    /// An address of the platform where the person has something to do.
    pub(super) visit: Option<&'a str>,
    /// The path of this site to go back to.
    pub(super) back: Option<&'a str>,
    /// An error code.
    pub(super) code: Option<&'a str>,
}

impl Page<'_> {
    pub(super) fn to_html(&self) -> String {
        let title = escape(self.title);
        let mut content: String = self
            .paragraphs
            .iter()
            .map(|words| format!("<p>{}</p>", escape(words)))
            .collect();
        let link = |address: &str, words: &str| format!("<p><a href=\"{}\">{}</a></p>", escape(address), escape(words));
        if let Some(address) = self.visit {
            content.push_str(&link(address, address));
        }
        if let Some(path) = self.back {
            content.push_str(&link(path, "Back"));
        }
        if let Some(code) = self.code {
            content.push_str(&format!("<p><code>{}</code></p>", escape(code)));
        }
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
             <title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1>{content}</main></body></html>\n"
        )
    }
}
